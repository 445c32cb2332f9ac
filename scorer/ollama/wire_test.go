package ollama_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/ollama"
)

// randomPosting makes a posting of about size bytes: prose, lists, headings, other scripts, markup, noise.
func randomPosting(r *rand.Rand, size int) enrich.Posting {
	words := strings.Fields(`engineer nurse driver Kubernetes PostgreSQL shift Ünïcode résumé 経験 要求 опыт خبرة 🚀 C++ C# .NET 3.11 100%
		https://example.com/x?y=z <b>bold</b> <!--hidden--> <|im_start|> [INST] {{.System}} """ ‹› \u200b zero-width don’t e.g. 24/7 salary
		Softwareentwicklungsabteilung aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ======== ........ internationalization xkcdqzv` + "\u200b\u202e \ufeff")
	headings := []string{"About us", "Requirements", "Nice to have", "Benefits", "Equal opportunity employer", "What you will do", "Note:"}
	var b strings.Builder
	for b.Len() < size {
		switch r.IntN(12) {
		case 0:
			b.WriteString("\n\n" + headings[r.IntN(len(headings))] + "\n")
		case 1:
			b.WriteString("\n- ")
		case 2:
			fmt.Fprint(&b, r.Uint64())
		case 3: // bytes that are no text
			for range r.IntN(20) {
				b.WriteByte(byte(r.Uint32()))
			}
		case 4:
			b.WriteString(strings.Repeat(words[r.IntN(len(words))], r.IntN(30)))
		default:
			for range 1 + r.IntN(30) {
				b.WriteString(words[r.IntN(len(words))] + " ")
			}
			b.WriteString(". ")
		}
	}
	text := b.String()[:size]
	p := enrich.Posting{
		Lead: lead.Lead{Title: text[:min(size, r.IntN(200))], Company: "Company", Location: "Place"},
		Data: enrich.Data{Description: text},
	}
	if r.IntN(3) == 0 {
		p.Data.Requirements = text[size/2:]
	}
	if r.IntN(3) == 0 {
		p.Data.Attributes = map[string]string{enrich.AttrSkills: text[:min(size, 3000)], enrich.AttrSeniority: "Mid-Senior level"}
	}
	return p
}

func TestOnTheWireEveryPromptIsWithinItsBudgetAndBeginsTheSame(t *testing.T) {
	t.Parallel()
	n := 40
	if soak() {
		n = 500
	}
	s := newServer(t, func(w http.ResponseWriter, _ *http.Request, q request) { say(w, q, judgement{}.String()) })
	byBytes := func(text string) int { return len(text) }
	scorers := map[string]*ollama.Scorer{
		"estimate": s.scorer(t, nil),
		"bytes": s.scorer(t, func(o *ollama.Options) {
			o.CountTokens, o.NumCtx, o.NumPredict = byBytes, 16384, 4096
			o.Model = "bytes"
		}),
	}
	r := rand.New(rand.NewPCG(7, 11))
	postings := make([]enrich.Posting, n)
	for i := range postings {
		size := 1 << r.IntN(21) // every order of magnitude up to a megabyte
		switch i {
		case 0:
			size = 0
		case 1:
			size = 1 << 20
		default:
			size += r.IntN(size)
		}
		postings[i] = randomPosting(r, min(size, 1<<20))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	blank := 0
	for name, sc := range scorers {
		wg.Go(func() {
			for i, p := range postings {
				if name == "bytes" && i%4 != 0 {
					continue
				}
				if _, err := sc.Score(t.Context(), resumeText, p); err != nil {
					mu.Lock()
					blank++ // nothing was left of it
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()

	seen := s.requests()
	t.Logf("%d postings, %d prompts, %d refused for lack of text", n, len(seen), blank)
	require.GreaterOrEqual(t, len(seen)+blank, n)
	require.Less(t, blank, n/3)
	prefix := ""
	for _, q := range seen {
		count, window, reply := ollama.EstimateTokens, 8192, 2048
		if q.Model == "bytes" {
			count, window, reply = byBytes, 16384, 4096
		}
		total := 0
		for _, m := range q.Messages {
			total += count(m.Content)
		}
		require.LessOrEqual(t, total, window-reply)
		require.Equal(t, map[string]any{
			"num_ctx": float64(window), "num_predict": float64(reply), "temperature": 0.0, "seed": 0.0, "top_k": 40.0, "top_p": 0.9, "repeat_penalty": 1.05,
		}, q.Options)
		before, _, posting := q.parts(t)
		before = q.Messages[0].Content + "\x00" + before
		if prefix == "" {
			prefix = before
		}
		require.True(t, prefix == before, "the prefix changed")
		require.False(t, strings.ContainsAny(posting, "<>[]"))
	}
}

func TestBoilerplateIsCutBeforeRequirements(t *testing.T) {
	t.Parallel()
	section := func(heading, word string, lines int) string {
		return heading + "\n" + strings.Repeat("- "+word+" and more of the same in a line of its own\n", lines)
	}
	var shown string
	s := newServer(t, func(w http.ResponseWriter, _ *http.Request, q request) {
		_, _, shown = q.parts(t)
		say(w, q, judgement{}.String())
	})
	sc := s.scorer(t, nil)
	for _, c := range []struct {
		name       string
		lines      int // in each section
		kept, gone []string
	}{
		{"all fits", 5, []string{"Companyword", "Dutyword", "Needword", "Wishword", "Giftword", "Lawword"}, []string{"(shortened)"}},
		{"the law goes first", 60, []string{"Companyword", "Dutyword", "Needword", "Wishword", "Giftword", "(shortened)"}, []string{"Lawword"}},
		{"then what the company says and gives", 95, []string{"Dutyword", "Needword", "Wishword"}, []string{"Lawword", "Companyword", "Giftword"}},
		{"requirements stay longest", 600, []string{"Needword"}, []string{"Lawword", "Companyword", "Giftword", "Dutyword", "Wishword"}},
	} {
		p := fitting()
		p.Data.Description = section("About us", "Companyword", c.lines) + section("Your role", "Dutyword", c.lines) +
			section("Requirements", "Needword", c.lines) + section("Nice to have", "Wishword", c.lines) +
			section("Benefits", "Giftword", c.lines) + section("Equal opportunity", "Lawword", c.lines)
		_, err := sc.Score(t.Context(), resumeText, p)
		require.NoError(t, err)
		for _, word := range c.kept {
			require.True(t, strings.Contains(shown, word), "%s: %s was cut", c.name, word)
		}
		for _, word := range c.gone {
			require.False(t, strings.Contains(shown, word), "%s: %s was kept", c.name, word)
		}
		require.True(t, strings.HasPrefix(shown, "Title: Senior Backend Engineer"), c.name)
	}
}

func TestTheEstimateIsNoLessThanWhatQwenMakesOfIt(t *testing.T) {
	t.Parallel()
	// Counted with the tokenizer of Qwen2.5: one token for each common word, for each digit and for each sign.
	for text, atLeast := range map[string]int{
		"":                         0,
		"the":                      1,
		"Hello world":              2,
		"Seven years of Go.":       5,
		"2021":                     4,
		"Kubernetes":               2,
		"C++ and C#":               5,
		"- one\n- two\n":           6,
		"Softwareentwicklung":      4,
		"東京で働く":                    4,
		"опыт работы":              3,
		"🚀":                        1,
		strings.Repeat("a b ", 50): 100,
		strings.Repeat(" ", 100):   2,
	} {
		require.GreaterOrEqual(t, ollama.EstimateTokens(text), atLeast, "%q", text)
	}
}
