package pay_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pay"
)

func TestFindReadsTheRangesThatATextStates(t *testing.T) {
	t.Parallel()
	gbp := func(lo, hi float64, period string) pay.Range {
		return pay.Range{Min: lo, Max: hi, Currency: "GBP", Period: period}
	}
	euros := eur(52000, 61000, pay.Year)
	for _, c := range []struct {
		name, text string
		want       []pay.Range
	}{
		{
			"a label and a period", "You mend nets.\nSalary: $71,200 - $93,450/yr. Apply by Friday.",
			[]pay.Range{usd(71200, 93450, pay.Year)},
		},
		{"cents", "Salary: $71,200.00 – $93,450.50/yr", []pay.Range{usd(71200, 93450.5, pay.Year)}},
		{"a sentence", "The salary range for this berth is estimated to be $44,000 - $58,500/year. Total " +
			"compensation may also include a bonus.", []pay.Range{usd(44000, 58500, pay.Year)}},
		{"a heading above", "Norway Salary Range\n\n£41,000 — £52,000", []pay.Range{gbp(41000, 52000, "")}},
		{
			"two under one heading", "Salary ranges\n$30,000 - $40,000 USD\n$35,000 - $45,000 USD",
			[]pay.Range{usd(30000, 40000, ""), usd(35000, 45000, "")},
		},
		{
			"two in one sentence", "Base pay in Leith is £30,000 - £35,000 and in Oban £28,000 - £33,000.",
			[]pay.Range{gbp(30000, 35000, ""), gbp(28000, 33000, "")},
		},
		{"hours", "The hourly rate is $21/hour to $26.50/hour.", []pay.Range{usd(21, 26.5, pay.Hour)}},
		{"the period before", "Annual base salary range: €52k–€61k", []pay.Range{euros}},
		{
			"paid beside", "The base salary is $90,000 to $110,000, plus bonus and equity.",
			[]pay.Range{usd(90000, 110000, "")},
		},
		{"German", "Gehalt: 48.000 – 56.000 EUR", []pay.Range{eur(48000, 56000, "")}},
		{"on-target earnings", "The On Target Earnings (OTE) for the salary are £64,000 to £84,500.", nil},
		{"earnings after it", "Salary: $150,000 - $180,000 OTE", nil},
		{"with what is no salary", "Compensation: $150,000 - $180,000, including commission", nil},
		{"another amount", "Ships worth $10,000 - $90,000 call here. The salary is good.", nil},
		{"total", "Total compensation ranges from $200,000 to $300,000.", nil},
		{"no money", "Salary band 10 - 20", nil},
		{"a budget", "You manage a budget for wages of $100,000 - $200,000.", nil},
		{"nothing", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []pay.Range
			for _, s := range pay.Find(c.text) {
				require.Contains(t, c.text, s.Words)
				got = append(got, s.Range)
			}
			require.Equal(t, c.want, got)
		})
	}
	require.Len(t, pay.Find(strings.Repeat("Salary: $30,000 - $40,000\n", 500)), 60, "bounded")
}
