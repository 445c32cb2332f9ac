package ats_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/ats"
)

func TestPayInTheTextOfAListIsReadWhereNoFieldStatesIt(t *testing.T) {
	t.Parallel()
	const block = `<p>You moor ferries.</p><div class="content-pay-transparency"><div class="pay-input">` +
		`<div class="description"><p>Sales berths can also earn incentive pay.</p></div>` +
		`<div class="title">Norway Annual Salary Range</div><div class="pay-range"><span>€41,500</span>` +
		`<span class="divider">&mdash;</span><span>€52,000 EUR</span></div></div>` +
		`<div class="pay-input"><div class="title">Denmark Annual Salary Range</div><div class="pay-range">` +
		`<span>€39,000</span><span class="divider">&mdash;</span><span>€50,000 EUR</span></div></div></div>`
	list, err := json.Marshal(map[string]any{
		"meta": map[string]int{"total": 2},
		"jobs": []map[string]any{
			{"id": 1, "title": "Deckhand", "location": map[string]string{"name": "Bergen"}, "content": block},
			{
				"id": 2, "title": "Purser", "location": map[string]string{"name": "Bergen"}, "content": block,
				"pay_input_ranges": []map[string]any{
					{"min_cents": 6000000, "max_cents": 7000000, "currency_type": "USD", "title": "Yearly"},
				},
			},
		},
	})
	require.NoError(t, err)
	s := &site{}
	s.set("boards-api.greenhouse.io/v1/boards/acme/jobs", answer{body: string(list)})
	board := open(t, s, newClock(), ats.Board{Provider: "greenhouse", Company: "acme"})
	leads, errs := search(t, board, lead.Query{})
	require.Empty(t, errs)
	require.Len(t, leads, 2)

	d, err := board.Detail(t.Context(), leads[0])
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		enrich.AttrSalary:    "€41,500—€52,000 EUR; €39,000—€50,000 EUR",
		enrich.AttrSalaryMin: "39000", enrich.AttrSalaryMax: "52000",
		enrich.AttrSalaryCurrency: "EUR", enrich.AttrSalaryPeriod: "year",
	}, d.Attributes)

	d, err = board.Detail(t.Context(), leads[1])
	require.NoError(t, err)
	require.Equal(t, "60000", d.Attributes[enrich.AttrSalaryMin], "the field goes before the text")
}
