package facts_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/pay"
)

func TestShortCutsAListAfterAWholeEntry(t *testing.T) {
	t.Parallel()
	require.Equal(t, "steel, rivets", facts.Short("steel, rivets"))
	list := strings.Repeat("rivets, ", 400)
	short := facts.Short(list)
	require.LessOrEqual(t, len(short), enrich.MaxAttributeBytes)
	require.True(t, strings.HasSuffix(short, "rivets…"))
	require.True(t, strings.HasSuffix(facts.Short(strings.Repeat("rivet ", 400)), "rivet…"))
	require.LessOrEqual(t, len(facts.Short(strings.Repeat("é", 3000))), enrich.MaxAttributeBytes)
}

func TestPlaceLeavesOutWhatSaysNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{
			"Oslo, Norway", "Oslo, Norway",
		},
		{" Oslo ,  Norway", "Oslo, Norway"},
		{
			"Oslo, null, Norway", "Oslo, Norway",
		},
		{
			"null, Oslo", "Oslo",
		},
		{"Oslo; undefined; Bergen", "Oslo; Bergen"},
		{"N/A", ""},
		{
			"undefined", "",
		},
		{
			"null, null", "",
		},
		{
			"None", "",
		},
		{"-", ""},
		{"", ""},
		{", ,", ""},
		{"Nulles, France", "Nulles, France"},
		{
			"NA", "NA",
		},
		{"Nan, Thailand", "Nan, Thailand"},
		{
			"NaN, Oslo", "Oslo",
		},
		{
			"Remote (N/A)", "Remote (N/A)",
		},
		{"Nantes", "Nantes"},
		{
			"Hybrid - Pune, Kochi", "Hybrid - Pune, Kochi",
		},
		{
			"Oslo,Norway", "Oslo,Norway",
		},
		{"St. Gallen", "St. Gallen"},
		{"Washington, D.C.", "Washington, D.C."},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, facts.Place(c.in))
		})
	}
}

func TestSetPayKeepsTheWordsAndAddsFigures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words string
		want  map[string]string
	}{
		{
			"3,5-4,5 LPA",
			map[string]string{
				"salary": "3,5-4,5 LPA", "salary_min": "350000", "salary_max": "450000",
				"salary_currency": "INR", "salary_period": "year",
			},
		},
		{
			"Upto 9 Lakhs",
			map[string]string{
				"salary": "Upto 9 Lakhs", "salary_max": "900000", "salary_currency": "INR",
				"salary_period": "year",
			},
		},
		{"Best in town", map[string]string{"salary": "Best in town"}},
		{"null", map[string]string{}},
		{" ", map[string]string{}},
	} {
		t.Run(c.words, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			facts.SetPay(got, c.words, "INR", pay.Year)
			require.Equal(t, c.want, got)
		})
	}
}

func TestMarkTeaserMarksATextThatPointsElsewhere(t *testing.T) {
	t.Parallel()
	d := enrich.Data{Description: "For the full job description, click here."}
	facts.MarkTeaser(&d)
	require.Equal(t, map[string]string{enrich.AttrTeaser: "yes"}, d.Attributes)

	d = enrich.Data{Description: "Bake bread by night."}
	facts.MarkTeaser(&d)
	require.Nil(t, d.Attributes)
}
