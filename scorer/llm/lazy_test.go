package llm_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/llmtest"
)

// A lazyPair is a résumé and a posting that fit each other, with one skill that is really missing.
type lazyPair struct {
	name, resume string
	posting      enrich.Posting
	gap          string
}

func lazyPairs() []lazyPair {
	return []lazyPair{
		{
			"plumbing", `Rolf Tarn
Plumber at Tarn Heating for twelve years.
- Fitted boilers, radiators and bathrooms
- Found leaks, replaced pipes and valves
- Gas safe registered, driving licence`,
			about("Plumbing Engineer", `We keep three thousand homes warm and dry.
Requirements
- Repair boilers and heating in tenants' homes
- Trace leaks and renew pipework
- Gas registration and a driving licence
- Some tiling after bathroom jobs
Benefits
Van, phone and thirty days of leave.`), "tiling",
		},
		{
			"bookkeeping, a French résumé", `Lise Aubert
Comptable, Cabinet Aubert, 2014 à 2023
- Tenue de la comptabilité, factures et TVA
- Rapprochement bancaire et bilan annuel
- Paie de trente salariés`,
			about("Accountant", `We look for an accountant for our small team.
Requirements
- Keep the books, invoices and VAT returns
- Bank reconciliation and the yearly balance sheet
- Payroll for fifty people
- Knowledge of Xero is a plus
Benefits
Free parking and fruit.`), "Xero",
		},
		{
			"cooking, a Spanish posting", `Owen Pike
Cook at the Harbour Restaurant for nine years.
- Prepared fish and meat dishes for ninety guests
- Planned the menu and ordered food from suppliers
- Trained two kitchen assistants`,
			about("Cocinero", `Buscamos un cocinero para nuestro restaurante.
Requisitos
- Preparar platos de pescado y carne en la cocina
- Diseñar el menú y hacer pedidos a proveedores
- Formar a los ayudantes de cocina
- Se valora experiencia en sushi
Ofrecemos
Comida y dos días libres.`), "sushi",
		},
		{
			"web development", `Nia Frost
Frontend developer, seven years.
- React and TypeScript for a shop with a million users
- Tests with Jest and Playwright, continuous integration
- Accessible HTML and CSS`,
			about("Frontend Engineer", `You build the interface of our booking site.
Requirements
- Several years of React and TypeScript
- Tests with Playwright in continuous integration
- Accessible HTML and CSS
- GraphQL would be nice
Benefits
Remote work and a budget for books.`), "GraphQL",
		},
	}
}

// A lowReply is a low rating of a fitting pair: it is never an honest one.
type lowReply struct {
	name string
	say  func(p lazyPair, posting, resume []string) string
}

// lowAs writes a reply: which lines each criterion points at, its ratings, and what is missing.
func lowAs(ratings string, posting, resume []string, missing ...string) string {
	type criterion struct {
		Posting []string `json:"posting_lines"`
		Resume  []string `json:"resume_lines"`
		Rating  int      `json:"rating"`
	}
	names := []string{"skills", "experience", "domain", "location", "other"}
	reply := map[string]any{
		"missing_skills": append([]string{}, missing...), "reasoning": "The candidate does not fit.",
		"recommendations": []string{},
	}
	at := func(list []string, i int) []string {
		if len(list) == 0 {
			return []string{}
		}
		return []string{list[i%len(list)]}
	}
	for i, name := range names {
		reply[name] = criterion{at(posting, i), at(resume, i), int(ratings[i] - '0')}
	}
	text, _ := json.Marshal(reply)
	return string(text)
}

func lowReplies() []lowReply {
	var list []lowReply
	add := func(name string, say func(p lazyPair, posting, resume []string) string) {
		list = append(list, lowReply{name, say})
	}
	for _, ratings := range []string{"00000", "11111", "10000", "01010", "00055"} {
		add(ratings+", no lines", func(lazyPair, []string, []string) string {
			return lowAs(ratings, nil, nil)
		})
		add(ratings+", no lines, one gap", func(p lazyPair, _, _ []string) string {
			return lowAs(ratings, nil, nil, p.gap)
		})
		add(ratings+", no lines, what nobody asked for", func(lazyPair, []string, []string) string {
			return lowAs(ratings, nil, nil, "communication", "leadership", "Mandarin")
		})
		add(ratings+", the title's line", func(_ lazyPair, posting, _ []string) string {
			return lowAs(ratings, posting[:1], nil)
		})
		add(ratings+", the title's line, a gap of another trade",
			func(_ lazyPair, posting, _ []string) string {
				return lowAs(ratings, posting[:1], nil, "Kubernetes")
			})
		add(ratings+", the header's lines", func(_ lazyPair, posting, _ []string) string {
			return lowAs(ratings, posting[:3], nil)
		})
		add(ratings+", every requirement", func(_ lazyPair, posting, _ []string) string {
			return lowAs(ratings, requirements(posting), nil)
		})
		add(ratings+", lines that match", func(p lazyPair, posting, resume []string) string {
			return lowAs(ratings, requirements(posting)[:1], resume[2:3])
		})
		add(ratings+", first lines of both", func(_ lazyPair, posting, resume []string) string {
			return lowAs(ratings, posting[:1], resume[:1])
		})
		add(ratings+", résumé lines only", func(_ lazyPair, _, resume []string) string {
			return lowAs(ratings, nil, resume)
		})
		add(ratings+", the last line, which asks for nothing", func(_ lazyPair, posting, _ []string) string {
			return lowAs(ratings, posting[len(posting)-1:], nil)
		})
		add(ratings+", what the résumé has is missing", func(p lazyPair, _, resume []string) string {
			return lowAs(ratings, nil, nil, strings.Fields(p.posting.Lead.Title)...)
		})
		add(ratings+", fenced and thought about", func(p lazyPair, _, _ []string) string {
			return "<think>Hm, 0.</think>\n```json\n" + lowAs(ratings, nil, nil, p.gap) + "\n```"
		})
	}
	return list
}

// requirements returns the labels of the three lines after the heading.
func requirements(labels []string) []string { return labels[len(labels)-6 : len(labels)-3] }

func TestLowRepliesWithoutReasonRejectNoGoodJob(t *testing.T) {
	t.Parallel()
	replies := lowReplies()
	require.GreaterOrEqual(t, len(replies), 60)
	for _, p := range lazyPairs() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, r := range replies {
				got := outcome(t, p.resume, p.posting, func(prompt string) string {
					posting, _ := llmtest.Lines(prompt, "P")
					resume, _ := llmtest.Lines(prompt, "R")
					return r.say(p, posting, resume)
				})
				require.NotEqual(t, rejected, got, r.name)
			}
		})
	}
}
