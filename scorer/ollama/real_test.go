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
	"github.com/agent-forge/forge/internal/ollamatest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/ollama"
	"github.com/agent-forge/forge/store/sqlite"
)

// soak is set where the long versions of tests are to run.
func soak() bool { return os.Getenv("FORGE_SOAK") != "" }

// steady is a model that always gives the same judgement: it quotes two lines, and postings differ in which they hold.
func steady() ollamatest.Model {
	blank := `{"posting_quote":"","resume_quote":"","rating":0}`
	return ollamatest.Model{Likes: []string{
		`{"skills":{"posting_quote":"services in Go and gRPC","resume_quote":"services in Go with gRPC and","rating":5}`,
		`,"experience":{"posting_quote":"engineer with Kubernetes practice","resume_quote":"services on Kubernetes and keep","rating":5}`,
		`,"domain":` + blank, `,"location":` + blank, `,"other":` + blank,
		`,"missing_skills":["Rust"],"reasoning":"As it stands","recommendations":[]}`,
	}}
}

// real is a scorer on a real server. A token of the tiny model is at most a byte, or two where it merges them.
func real(tb testing.TB, s *ollamatest.Server, change func(*ollama.Options)) *ollama.Scorer {
	tb.Helper()
	o := &ollama.Options{
		BaseURL: s.URL, Model: s.Model, NumCtx: 16384, NumPredict: 4096, CountTokens: func(text string) int { return len(text) },
	}
	if change != nil {
		change(o)
	}
	sc, err := ollama.New(o)
	require.NoError(tb, err)
	return sc
}

// offers are n postings; every second one holds the line that the steady model quotes for skills.
func offers(n int) []enrich.Posting {
	postings := make([]enrich.Posting, n)
	for i := range postings {
		text := fmt.Sprintf("Offer %d of our group.\nWe look for an engineer with Kubernetes practice. Terraform and PostgreSQL are there.\n", i)
		if i%2 == 0 {
			text += "You write services in Go and gRPC.\n"
		}
		postings[i] = enrich.Posting{
			Lead: lead.Lead{Title: fmt.Sprintf("Engineer %d", i), Company: "Parcel Works", Location: "Berlin"},
			Data: enrich.Data{Description: text + strings.Repeat("The parcels must be there on time. ", i%7)},
		}
	}
	return numbered(postings)
}

func TestAgainstARealOllama(t *testing.T) {
	t.Parallel()
	server := ollamatest.Start(t, steady())

	server.Create(t, "rambling:tiny", ollamatest.Model{})

	// The subtests follow one another: the server has one slot, and two of them measure.
	t.Run("it is there, and has an identity", func(t *testing.T) {
		sc := real(t, server, nil)
		require.NoError(t, sc.Ping(t.Context()))
		id, err := sc.Identity(t.Context())
		require.NoError(t, err)
		require.Regexp(t, `^ollama qwen2\.5:tiny@[0-9a-f]{64} prompt=`, id)
	})

	t.Run("a model that is not there is named, with the way to get it", func(t *testing.T) {
		sc := real(t, server, func(o *ollama.Options) { o.Model = "qwen2.5:7b" })
		_, err := sc.Score(t.Context(), resumeText, offers(1)[0])
		for _, err := range []error{err, sc.Ping(t.Context())} {
			require.ErrorIs(t, err, scorer.ErrUnavailable)
			require.ErrorContains(t, err, "ollama pull qwen2.5:7b")
		}
	})

	t.Run("postings are scored end to end into a file", func(t *testing.T) {
		n := 4
		if soak() {
			n = 100
		}
		ctx := t.Context()
		db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "forge.db"), nil)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		require.NoError(t, db.Migrate(ctx))
		start := time.Now()
		report, err := newPipeline(t, offers(n), real(t, server, func(o *ollama.Options) { o.NumCtx, o.NumPredict = 9216, 3200 }), db.ForUser("ada")).Run(ctx, lead.Query{})
		require.NoError(t, err)
		t.Logf("%d of %d decided in %v: %d matched, %d rejected", report.Matched+report.Rejected, n, time.Since(start).Round(time.Millisecond), report.Matched, report.Rejected)
		require.GreaterOrEqual(t, report.Matched+report.Rejected, n*95/100)
		stats, err := db.ForUser("ada").Stats(ctx)
		require.NoError(t, err)
		require.Equal(t, n/2, stats.ByStatus[lead.Matched], "the line about Go is in every second posting")
		require.Equal(t, n/2, stats.ByStatus[lead.AutoRejected])
	})

	t.Run("the résumé is read once", func(t *testing.T) {
		resume := resumeText + "\n\n" + strings.Repeat("Moved one more service to Kubernetes and wrote down how it went.\n", 30)
		var evals []time.Duration
		sc := real(t, server, func(o *ollama.Options) {
			o.Observe = func(c ollama.Call) { evals = append(evals, c.PromptEval) }
		})
		best := 1.0
		for round := 0; round < 3 && best > 0.6; round++ { // a busy machine can make a measurement worthless
			evals = nil
			for _, p := range offers(2) {
				_, err := sc.Score(t.Context(), fmt.Sprintf("Version %d\n%s", round, resume), p)
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
		var calls []ollama.Call
		sc := real(t, server, func(o *ollama.Options) {
			o.CountTokens = func(text string) int { return len(text) / 4 } // a quarter of the truth
			o.NumCtx, o.NumPredict = 8000, 3200
			o.Observe = func(c ollama.Call) {
				calls = append(calls, c)
				cancel() // one call is enough to see it
			}
		})
		p := offers(1)[0]
		p.Data.Description += strings.Repeat("\n- Another line about parcels and the way they go", 400)
		m, err := sc.Score(ctx, resumeText, p)
		require.Error(t, err)
		require.Zero(t, m)
		require.ErrorIs(t, calls[0].Err, scorer.ErrTooLong)
		require.Equal(t, 8000, calls[0].PromptTokens, "the server cuts a prompt to exactly its window, and says nothing")
	})

	t.Run("a cancelled call stops the model", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, err := real(t, server, func(o *ollama.Options) { o.Model = "rambling:tiny" }).Score(ctx, resumeText, offers(1)[0])
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, scorer.ErrUnavailable)
	})

	t.Run("a model that rambles comes to an end", func(t *testing.T) {
		var calls []ollama.Call
		sc := real(t, server, func(o *ollama.Options) {
			o.Model, o.NumPredict, o.NumCtx = "rambling:tiny", 9000, 20000
			o.Observe = func(c ollama.Call) { calls = append(calls, c) }
		})
		// Without chance it falls into a loop, which the server ends without a word: that must not pass for an answer.
		_, err := sc.Score(t.Context(), resumeText, offers(1)[0])
		require.ErrorIs(t, err, scorer.ErrReply)
		require.ErrorContains(t, err, "repeated itself")
		seeds := 1
		if soak() {
			seeds = 3
		}
		for seed := range seeds {
			_, err := sc.Sample(t.Context(), resumeText, offers(1)[0], scorer.Sampling{Temperature: 1, Seed: seed})
			require.True(t, err == nil || strings.Contains(err.Error(), "claims a fit"), "%v", err)
		}
		for _, c := range calls[1:] {
			t.Logf("wrote %d tokens in %v: %v", c.ReplyTokens, c.Eval.Round(time.Millisecond), c.Err)
			require.Positive(t, c.ReplyTokens)
		}
	})
}
