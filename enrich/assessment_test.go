package enrich_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

func TestValidateNamesTheFieldOfAJudgement(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		match enrich.Assessment
		field string
	}{
		"below 0":                {enrich.Assessment{Score: -1}, "match_score"},
		"above 100":              {enrich.Assessment{Score: 101}, "match_score"},
		"long reasoning":         {enrich.Assessment{Reasoning: strings.Repeat("é", enrich.MaxReasoningRunes+1)}, "ai_reasoning"},
		"NUL in the reasoning":   {enrich.Assessment{Reasoning: "\x00"}, "ai_reasoning"},
		"long name":              {enrich.Assessment{By: strings.Repeat("x", enrich.MaxByBytes+1)}, "scored_by"},
		"a name that is no text": {enrich.Assessment{By: "\xff"}, "scored_by"},
		"many skills":            {enrich.Assessment{MissingSkills: slices.Repeat([]string{"x"}, enrich.MaxSkills+1)}, "missing_skills"},
		"a long skill":           {enrich.Assessment{MissingSkills: []string{strings.Repeat("x", enrich.MaxSkillRunes+1)}}, "missing_skills"},
		"a skill that is no text": {
			enrich.Assessment{MissingSkills: []string{"\xff"}}, "missing_skills",
		},
		"many recommendations":  {enrich.Assessment{SkillGapRecommendations: slices.Repeat([]string{"x"}, enrich.MaxRecommendations+1)}, "skill_gap_recommendations"},
		"a long recommendation": {enrich.Assessment{SkillGapRecommendations: []string{strings.Repeat("x", enrich.MaxRecommendationRunes+1)}}, "skill_gap_recommendations"},
	} {
		var wrong *lead.FieldError
		require.ErrorAs(t, c.match.Validate(), &wrong, name)
		require.Equal(t, c.field, wrong.Field, name)
		require.Less(t, len(wrong.Error()), 120)
	}
	require.NoError(t, enrich.Assessment{Score: 100, Reasoning: strings.Repeat("é", enrich.MaxReasoningRunes)}.Validate())
	require.NoError(t, enrich.Assessment{}.Validate(), "0 is a score")
}

func TestCleanRepairsAJudgementAndNeverItsScore(t *testing.T) {
	t.Parallel()
	m := enrich.Assessment{
		Score: 101, Reasoning: " Two\nlines\x00 ", By: "a/b\xff", MissingSkills: []string{" Go\t1.26 ", "", "\x00"},
	}
	require.Equal(t, enrich.Assessment{Score: 101, Reasoning: "Two lines", By: "a/b", MissingSkills: []string{"Go 1.26"}}, m.Clean())
	require.Equal(t, m.Clean(), m.Clean().Clean())
}

func TestAResultSaysWhatTravels(t *testing.T) {
	t.Parallel()
	text := &enrich.Data{Description: advert, Requirements: "x"}
	for name, c := range map[string]struct {
		result enrich.Decision
		field  string
	}{
		"a match with text":         {enrich.Decision{Status: lead.Matched, Data: text}, ""},
		"a match without":           {enrich.Decision{Status: lead.Matched}, ""},
		"a rejection":               {enrich.Decision{Status: lead.AutoRejected}, ""},
		"an unverified rejection":   {enrich.Decision{Assessment: enrich.Assessment{Unverified: true}, Status: lead.AutoRejected}, "unverified"},
		"a rejection with text":     {enrich.Decision{Status: lead.AutoRejected, Data: text}, "enrichment_data"},
		"a match with blank text":   {enrich.Decision{Status: lead.Matched, Data: &enrich.Data{}}, "description"},
		"no status":                 {enrich.Decision{}, "status"},
		"a status that decides not": {enrich.Decision{Status: lead.Closed}, "status"},
		"the application's status":  {enrich.Decision{Status: lead.Applied}, "status"},
		"a score out of range":      {enrich.Decision{Assessment: enrich.Assessment{Score: 101}, Status: lead.Matched}, "match_score"},
		"a quote of its text":       {enrich.Decision{Assessment: enrich.Assessment{Reasoning: advert}, Status: lead.Matched, Data: text}, "ai_reasoning"},
		"a quote of its requirements": {enrich.Decision{
			Assessment: enrich.Assessment{Reasoning: advert}, Status: lead.Matched, Data: &enrich.Data{Description: "x", Requirements: advert},
		}, "ai_reasoning"},
	} {
		err := c.result.Validate()
		if c.field == "" {
			require.NoError(t, err, name)
			continue
		}
		var wrong *lead.FieldError
		require.ErrorAs(t, err, &wrong, name)
		require.Equal(t, c.field, wrong.Field, name)
		require.NotContains(t, err.Error(), "dough")
	}

	clean := enrich.Decision{Assessment: enrich.Assessment{Reasoning: " x "}, Status: lead.Matched, Data: &enrich.Data{Description: " y "}}.Clean()
	require.Equal(t, enrich.Decision{Assessment: enrich.Assessment{Reasoning: "x"}, Status: lead.Matched, Data: &enrich.Data{Description: "y"}}, clean)
}
