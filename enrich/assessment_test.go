package enrich_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

func TestAssessmentValidateNamesTheField(t *testing.T) {
	t.Parallel()
	long := func(runes int) string { return strings.Repeat("é", runes+1) }
	many := func(items int) []string { return slices.Repeat([]string{"x"}, items+1) }
	for _, c := range []struct {
		name       string
		assessment enrich.Assessment
		field      string
	}{
		{"below 0", enrich.Assessment{Score: -1}, "match_score"},
		{"above 100", enrich.Assessment{Score: 101}, "match_score"},
		{"long reasoning", enrich.Assessment{Reasoning: long(enrich.MaxReasoningRunes)}, "ai_reasoning"},
		{"NUL in the reasoning", enrich.Assessment{Reasoning: "\x00"}, "ai_reasoning"},
		{"long name", enrich.Assessment{By: long(enrich.MaxByBytes)}, "scored_by"},
		{"a name that is not UTF-8", enrich.Assessment{By: "\xff"}, "scored_by"},
		{"many skills", enrich.Assessment{MissingSkills: many(enrich.MaxSkills)}, "missing_skills"},
		{
			"a long skill",
			enrich.Assessment{MissingSkills: []string{long(enrich.MaxSkillRunes)}},
			"missing_skills",
		},
		{"a skill that is not UTF-8", enrich.Assessment{MissingSkills: []string{"\xff"}}, "missing_skills"},
		{
			"many recommendations",
			enrich.Assessment{SkillGapRecommendations: many(enrich.MaxRecommendations)},
			"skill_gap_recommendations",
		},
		{
			"a long recommendation",
			enrich.Assessment{SkillGapRecommendations: []string{long(enrich.MaxRecommendationRunes)}},
			"skill_gap_recommendations",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var wrong *lead.FieldError
			require.ErrorAs(t, c.assessment.Validate(), &wrong)
			require.Equal(t, c.field, wrong.Field)
			require.Less(t, len(wrong.Error()), 120)
		})
	}
	longest := strings.Repeat("é", enrich.MaxReasoningRunes)
	require.NoError(t, enrich.Assessment{Score: 100, Reasoning: longest}.Validate())
	require.NoError(t, enrich.Assessment{}.Validate(), "0 is a score")
}

func TestAssessmentCleanRepairsTextsAndNeverTheScore(t *testing.T) {
	t.Parallel()
	a := enrich.Assessment{
		Score: 101, Reasoning: " Two\nlines\x00 ", By: "a/b\xff",
		MissingSkills: []string{" Go\t1.26 ", "", "\x00"},
	}
	clean := enrich.Assessment{
		Score: 101, Reasoning: "Two lines", By: "a/b", MissingSkills: []string{"Go 1.26"},
	}
	require.Equal(t, clean, a.Clean())
	require.Equal(t, clean, clean.Clean())
}

func TestDecisionValidateSaysWhatTravels(t *testing.T) {
	t.Parallel()
	text := &enrich.Data{Description: advert, Requirements: "x"}
	quoting := enrich.Assessment{Reasoning: advert}
	asked := &enrich.Data{Description: "x", Requirements: advert}
	tooHigh := enrich.Assessment{Score: 101}
	unverified := enrich.Assessment{Unverified: true}
	for _, c := range []struct {
		name     string
		decision enrich.Decision
		field    string // empty: valid
	}{
		{"a match with text", enrich.Decision{Status: lead.Matched, Data: text}, ""},
		{"a match without", enrich.Decision{Status: lead.Matched}, ""},
		{"a rejection", enrich.Decision{Status: lead.AutoRejected}, ""},
		{
			"an unverified rejection",
			enrich.Decision{Assessment: unverified, Status: lead.AutoRejected},
			"unverified",
		},
		{"a rejection with text", enrich.Decision{Status: lead.AutoRejected, Data: text}, "enrichment_data"},
		{
			"a match with blank text",
			enrich.Decision{Status: lead.Matched, Data: &enrich.Data{}},
			"description",
		},
		{"no status", enrich.Decision{}, "status"},
		{"a status that is no decision", enrich.Decision{Status: lead.Closed}, "status"},
		{"the application's status", enrich.Decision{Status: lead.Applied}, "status"},
		{"a score out of range", enrich.Decision{Assessment: tooHigh, Status: lead.Matched}, "match_score"},
		{
			"a quote of its text",
			enrich.Decision{Assessment: quoting, Status: lead.Matched, Data: text},
			"ai_reasoning",
		},
		{
			"a quote of its requirements",
			enrich.Decision{Assessment: quoting, Status: lead.Matched, Data: asked},
			"ai_reasoning",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.decision.Validate()
			if c.field == "" {
				require.NoError(t, err)
				return
			}
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.field, wrong.Field)
			require.NotContains(t, err.Error(), "dough")
		})
	}
}

func TestDecisionCleanRepairsBothParts(t *testing.T) {
	t.Parallel()
	require.Equal(t, enrich.Decision{
		Assessment: enrich.Assessment{Reasoning: "x"},
		Status:     lead.Matched,
		Data:       &enrich.Data{Description: "y"},
	}, enrich.Decision{
		Assessment: enrich.Assessment{Reasoning: " x "},
		Status:     lead.Matched,
		Data:       &enrich.Data{Description: " y "},
	}.Clean())
}
