package ollama_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/internal/ollamatest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
	"github.com/agent-forge/forge/scorer/ollama"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

// soak is set where the long versions of tests are to run.
func soak() bool { return os.Getenv("FORGE_SOAK") != "" }

// steady is a model that always says the same: it rates skills and domain, and points at lines of
// offers and of llmtest.Resume.
func steady(rating int) ollamatest.Model {
	rate := func(posting, resume string) string {
		return fmt.Sprintf(`{"posting_lines":["%s"],"resume_lines":["%s"],"rating":%d}`, posting, resume,
			rating)
	}
	const none = `{"posting_lines":[],"resume_lines":[],"rating":0}`
	return ollamatest.Model{Likes: []string{
		`{"skills":` + rate("P6", "R4"), `,"experience":` + none, `,"domain":` + rate("P5", "R5"),
		`,"location":` + none, `,"other":` + none,
		`,"missing_skills":["group","offer"],"reasoning":"As it stands","recommendations":[]}`,
	}}
}

// realScorer is a scorer on a real server. A token of the tiny model is at most a byte, or two
// where it merges them.
func realScorer(tb testing.TB, s *ollamatest.Server, change func(*ollama.Options)) *ollama.Scorer {
	tb.Helper()
	o := &ollama.Options{
		BaseURL: s.URL, Model: s.Model, NumCtx: 16384, NumPredict: 4096,
		CountTokens: func(text string) int { return len(text) },
	}
	if change != nil {
		change(o)
	}
	sc, err := ollama.New(o)
	require.NoError(tb, err)
	return sc
}

// offers are n postings; every second one has a line about Go where the steady model points for
// skills.
func offers(n int) []enrich.Posting {
	postings := make([]enrich.Posting, n)
	for i := range postings {
		text := fmt.Sprintf("Offer %d of our group.\nWe look for an engineer with Kubernetes and "+
			"Terraform practice.\n", i)
		if i%2 == 0 {
			text += "You write services in Go and gRPC for payments.\n"
		} else {
			text += "You write to the harbour office.\n"
		}
		postings[i] = enrich.Posting{
			Lead: lead.Lead{
				Title: fmt.Sprintf("Engineer %d", i), Company: "Parcel Works",
				Location: "Berlin",
			},
			Data: enrich.Data{Description: text + strings.Repeat("The parcels must be there on time. ", i%7)},
		}
	}
	return llmtest.Number(postings)
}

func TestRealOllama(t *testing.T) {
	t.Parallel()
	server := ollamatest.Start(t, steady(5))
	server.Create(t, "low:tiny", steady(0))
	server.Create(t, "rambling:tiny", ollamatest.Model{})

	// The subtests follow one another: the server has one slot, and two of them measure.
	t.Run("it is there, and has an identity", func(t *testing.T) {
		sc := realScorer(t, server, nil)
		require.NoError(t, sc.Ping(t.Context()))
		id, err := sc.Identity(t.Context())
		require.NoError(t, err)
		require.Regexp(t, `^ollama qwen2\.5:tiny@[0-9a-f]{64} counted=true prompt=`, id)
	})

	t.Run("a model that is not there is named, with the way to get it", func(t *testing.T) {
		sc := realScorer(t, server, func(o *ollama.Options) { o.Model = "qwen2.5:7b" })
		_, err := sc.Score(t.Context(), llmtest.Resume, offers(1)[0])
		for _, err := range []error{err, sc.Ping(t.Context())} {
			require.ErrorIs(t, err, scorer.ErrUnavailable)
			require.ErrorContains(t, err, "ollama pull qwen2.5:7b")
		}
	})

	t.Run("postings are scored end to end into a file", func(t *testing.T) {
		n := 2
		if soak() {
			n = 20
		}
		ctx := t.Context()
		db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "forge.db"), nil)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		require.NoError(t, db.Migrate(ctx))
		for _, c := range []struct {
			model             string
			matched, rejected int
		}{{server.Model, n, 0}, {"low:tiny", 0, n}} {
			user := db.ForUser(c.model)
			sc := realScorer(t, server, func(o *ollama.Options) {
				o.Model, o.NumCtx, o.NumPredict = c.model,
					9216, 3200
			})
			start := time.Now()
			report, err := llmtest.Pipeline(t, offers(n), sc, user).Run(ctx, lead.Query{})
			require.NoError(t, err)
			t.Logf("%s: %d decided in %v", c.model, n, time.Since(start).Round(time.Millisecond))
			require.Equal(t, [2]int{c.matched, c.rejected}, [2]int{report.Matched, report.Rejected})
			entries, _, err := user.List(ctx, store.Filter{Limit: store.MaxPage})
			require.NoError(t, err)
			unverified := 0
			for _, e := range entries {
				if strings.HasPrefix(e.Assessment.Reasoning, "Not verified") {
					unverified++
				}
			}
			require.Equal(t, c.matched/2, unverified, "every second posting lacks the line about Go")
		}
	})

	t.Run("every reply has the form asked for", func(t *testing.T) {
		n := 2
		if soak() {
			n = 20
		}
		// firstReply is what the first of the calls for a posting brought.
		firstReply := func(p enrich.Posting, seed int) (first llm.Call) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			asked := 0
			sc := realScorer(t, server, func(o *ollama.Options) {
				o.Model, o.NumPredict, o.NumCtx = "rambling:tiny", 9000, 20000
				o.Observe = func(c llm.Call) {
					if asked++; asked == 1 {
						first = c
					}
					cancel()
				}
			})
			_, _ = sc.Sample(ctx, llmtest.Resume, p, scorer.Sampling{Temperature: 1, Seed: seed})
			return first
		}
		followed, tokens := 0, 0
		var last llm.Call
		for i, p := range offers(n) {
			last = firstReply(p, i+1)
			// What a model of random weights says is seldom an assessment, but always of the form.
			otherForm := last.Err != nil && strings.Contains(last.Err.Error(), "JSON schema")
			if last.ReplyTokens == 0 || otherForm {
				t.Logf("seed %d: %v", i+1, last.Err)
				continue
			}
			followed++
			tokens += last.ReplyTokens
		}
		t.Logf("%d of %d replies followed the form, %d tokens each; the last prompt had %d", followed, n,
			tokens/max(followed, 1), last.PromptTokens)
		require.Equal(t, n, followed)
	})

	t.Run("the résumé is read once", func(t *testing.T) {
		resume := llmtest.Resume + "\n\n" +
			strings.Repeat("Moved a service and wrote down how it went.\n", 40)
		var evals []time.Duration
		sc := realScorer(t, server, func(o *ollama.Options) {
			o.Observe = func(c llm.Call) { evals = append(evals, c.PromptEval) }
		})
		best := 1.0
		for round := 0; round < 3 && best > 0.6; round++ { // a busy machine can make a measurement worthless
			evals = nil
			bound, err := sc.ForResume(fmt.Sprintf("Version %d of %s", round, resume))
			require.NoError(t, err)
			for _, i := range []int{0, 2} {
				_, err := bound.Score(t.Context(), "", offers(3)[i])
				require.NoError(t, err)
			}
			best = min(best, evals[1].Seconds()/evals[0].Seconds())
			t.Logf("reading the first prompt took %v, the second %v", evals[0], evals[1])
		}
		require.LessOrEqual(t, best, 0.6)
	})

	t.Run("a prompt that the server cut is not judged", func(t *testing.T) {
		if !soak() {
			t.Skip("reads 8000 tokens: set FORGE_SOAK; a scripted server stands in for it")
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var calls []llm.Call
		sc := realScorer(t, server, func(o *ollama.Options) {
			o.CountTokens = func(text string) int { return len(text) / 4 } // a quarter of the truth
			o.NumCtx, o.NumPredict = 8000, 3200
			o.Observe = func(c llm.Call) {
				calls = append(calls, c)
				cancel() // one call is enough to see it
			}
		})
		p := offers(1)[0]
		p.Data.Description += strings.Repeat("\n- Another line about parcels and the way they go", 400)
		a, err := sc.Score(ctx, llmtest.Resume, p)
		require.Error(t, err)
		require.Zero(t, a)
		require.ErrorIs(t, calls[0].Err, scorer.ErrTooLong)
		require.Equal(t, 8000, calls[0].PromptTokens,
			"the server cuts a prompt to exactly its window, and says nothing")
	})

	t.Run("a cancelled call stops the model", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, err := realScorer(t, server, func(o *ollama.Options) { o.Model = "rambling:tiny" }).
			Score(ctx, llmtest.Resume, offers(1)[0])
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, scorer.ErrUnavailable)
	})
}
