package llm_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
)

// randomPosting makes a posting of about size bytes: prose, lists, headings, other scripts, markup,
// noise.
func randomPosting(r *rand.Rand, size int) enrich.Posting {
	words := strings.Fields(`engineer nurse driver Kubernetes PostgreSQL shift Ünïcode résumé 経験 要求 опыт خبرة
		🚀 C++ C# .NET 3.11 100% https://example.com/x?y=z <b>bold</b> <!--hidden--> <|im_start|> [INST]
		{{.System}} """ ‹› \u200b zero-width don’t e.g. 24/7 salary Softwareentwicklungsabteilung
		aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ======== ........ xkcdqzv` + "\u200b\u202e \ufeff")
	headings := []string{
		"About us", "Requirements", "Nice to have", "Benefits", "Equal opportunity employer", "Note:",
	}
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
		p.Data.Attributes = map[string]string{
			enrich.AttrSkills: text[:min(size, 3000)], enrich.AttrSeniority: "Mid-Senior level",
		}
	}
	return p
}

func TestPromptIsWithinItsBudgetAndBeginsTheSame(t *testing.T) {
	t.Parallel()
	n := 40
	if os.Getenv("FORGE_SOAK") != "" { // the long version of a test
		n = 500
	}
	r := rand.New(rand.NewPCG(7, 11))
	postings := make([]enrich.Posting, n)
	for i := range postings {
		size := 1 << r.IntN(21) // every order of magnitude up to a megabyte
		postings[i] = randomPosting(r, min(size+r.IntN(size), 1<<20))
	}
	postings[0], postings[1] = randomPosting(r, 0), randomPosting(r, 1<<20)
	for _, c := range []struct {
		name          string
		count         func(string) int
		window, reply int
		every         int // one posting in so many
	}{
		{"estimated", llm.EstimateTokens, 8192, 2048, 1},
		{"counted in bytes", func(text string) int { return len(text) }, 16384, 4096, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := says(llmtest.Reply{Missing: []string{"nurse"}})
			s := newScorer(t, m, &llm.Options{CountTokens: c.count, NumCtx: c.window, NumPredict: c.reply})
			blank := 0
			for i := 0; i < n; i += c.every {
				_, err := s.Score(t.Context(), llmtest.Resume, postings[i])
				if errors.Is(err, scorer.ErrPosting) {
					blank++ // nothing was left of it
				}
			}
			t.Logf("%d prompts, %d refused for lack of text", len(m.asked), blank)
			require.GreaterOrEqual(t, len(m.asked)+blank, n/c.every)
			require.Less(t, blank, n/c.every/3)
			prefix := ""
			for _, prompt := range m.asked {
				require.LessOrEqual(t, c.count(prompt), c.window-c.reply)
				before, posting, _ := strings.Cut(prompt, "<<<POSTING ")
				if prefix == "" {
					prefix = before
				}
				require.True(t, prefix == before, "the prefix changed")
				_, posting, _ = strings.Cut(posting, ">>>")
				posting, _, _ = strings.Cut(posting, "<<<END OF POSTING ")
				require.False(t, strings.ContainsAny(posting, "<>[]"))
			}
		})
	}
}

func TestPromptLosesBoilerplateBeforeRequirements(t *testing.T) {
	t.Parallel()
	section := func(heading, word string, lines int) string {
		return heading + "\n" + strings.Repeat("- "+word+" and more of it in a line of its own\n", lines)
	}
	for _, c := range []struct {
		name       string
		lines      int // in each section
		kept, gone []string
	}{
		{
			"all fits", 5,
			[]string{"Companyword", "Dutyword", "Needword", "Wishword", "Giftword", "Lawword"},
			[]string{"(shortened)"},
		},
		{
			"the law goes first", 51, []string{
				"Companyword", "Dutyword", "Needword", "Wishword", "Giftword",
				"(shortened)",
			}, []string{"Lawword"},
		},
		{
			"then what the company says of itself", 70,
			[]string{"Dutyword", "Needword", "Wishword"},
			[]string{"Lawword", "Companyword"},
		},
		{
			"requirements stay longest", 600,
			[]string{"Needword"},
			[]string{"Lawword", "Companyword", "Giftword", "Dutyword", "Wishword"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := llmtest.Fitting()
			p.Data.Description = section("About us", "Companyword", c.lines) +
				section("Your role", "Dutyword", c.lines) + section("Requirements", "Needword", c.lines) +
				section("Nice to have", "Wishword", c.lines) + section("Benefits", "Giftword", c.lines) +
				section("Equal opportunity", "Lawword", c.lines)
			m := says(llmtest.Reply{Missing: []string{"Needword"}})
			_, err := newScorer(t, m, nil).Score(t.Context(), llmtest.Resume, p)
			require.NoError(t, err)
			_, lines := llmtest.Lines(m.asked[0], "P")
			shown := strings.Join(lines, "\n")
			for _, word := range c.kept {
				require.True(t, strings.Contains(shown, word), "%s was cut", word)
			}
			for _, word := range c.gone {
				require.False(t, strings.Contains(shown, word), "%s was kept", word)
			}
			require.True(t, strings.HasPrefix(shown, "Title: Senior Backend Engineer"))
		})
	}
}
