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
		match enrich.Match
		field string
	}{
		"below 0":                {enrich.Match{Score: -1}, "match_score"},
		"above 100":              {enrich.Match{Score: 101}, "match_score"},
		"long reasoning":         {enrich.Match{Reasoning: strings.Repeat("é", enrich.MaxReasoningRunes+1)}, "ai_reasoning"},
		"NUL in the reasoning":   {enrich.Match{Reasoning: "\x00"}, "ai_reasoning"},
		"long name":              {enrich.Match{By: strings.Repeat("x", enrich.MaxByBytes+1)}, "scored_by"},
		"a name that is no text": {enrich.Match{By: "\xff"}, "scored_by"},
		"many skills":            {enrich.Match{MissingSkills: slices.Repeat([]string{"x"}, enrich.MaxSkills+1)}, "missing_skills"},
		"a long skill":           {enrich.Match{MissingSkills: []string{strings.Repeat("x", enrich.MaxSkillRunes+1)}}, "missing_skills"},
		"a skill that is no text": {
			enrich.Match{MissingSkills: []string{"\xff"}}, "missing_skills",
		},
		"many recommendations":  {enrich.Match{SkillGapRecommendations: slices.Repeat([]string{"x"}, enrich.MaxRecommendations+1)}, "skill_gap_recommendations"},
		"a long recommendation": {enrich.Match{SkillGapRecommendations: []string{strings.Repeat("x", enrich.MaxRecommendationRunes+1)}}, "skill_gap_recommendations"},
	} {
		var wrong *lead.FieldError
		require.ErrorAs(t, c.match.Validate(), &wrong, name)
		require.Equal(t, c.field, wrong.Field, name)
		require.Less(t, len(wrong.Error()), 120)
	}
	require.NoError(t, enrich.Match{Score: 100, Reasoning: strings.Repeat("é", enrich.MaxReasoningRunes)}.Validate())
	require.NoError(t, enrich.Match{}.Validate(), "0 is a score")
}

func TestCleanRepairsAJudgementAndNeverItsScore(t *testing.T) {
	t.Parallel()
	m := enrich.Match{
		Score: 101, Reasoning: " Two\nlines\x00 ", By: "a/b\xff", MissingSkills: []string{" Go\t1.26 ", "", "\x00"},
	}
	require.Equal(t, enrich.Match{Score: 101, Reasoning: "Two lines", By: "a/b", MissingSkills: []string{"Go 1.26"}}, m.Clean())
	require.Equal(t, m.Clean(), m.Clean().Clean())
}

func TestAResultSaysWhatTravels(t *testing.T) {
	t.Parallel()
	text := &enrich.Data{Description: advert, Requirements: "x"}
	for name, c := range map[string]struct {
		result enrich.Result
		field  string
	}{
		"a match with text":         {enrich.Result{Status: lead.Matched, Data: text}, ""},
		"a match without":           {enrich.Result{Status: lead.Matched}, ""},
		"a rejection":               {enrich.Result{Status: lead.AutoRejected}, ""},
		"a rejection with text":     {enrich.Result{Status: lead.AutoRejected, Data: text}, "enrichment_data"},
		"a match with blank text":   {enrich.Result{Status: lead.Matched, Data: &enrich.Data{}}, "description"},
		"no status":                 {enrich.Result{}, "status"},
		"a status that decides not": {enrich.Result{Status: lead.Closed}, "status"},
		"the application's status":  {enrich.Result{Status: lead.Applied}, "status"},
		"a score out of range":      {enrich.Result{Match: enrich.Match{Score: 101}, Status: lead.Matched}, "match_score"},
		"a quote of its text":       {enrich.Result{Match: enrich.Match{Reasoning: advert}, Status: lead.Matched, Data: text}, "ai_reasoning"},
		"a quote of its requirements": {enrich.Result{
			Match: enrich.Match{Reasoning: advert}, Status: lead.Matched, Data: &enrich.Data{Description: "x", Requirements: advert},
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

	clean := enrich.Result{Match: enrich.Match{Reasoning: " x "}, Status: lead.Matched, Data: &enrich.Data{Description: " y "}}.Clean()
	require.Equal(t, enrich.Result{Match: enrich.Match{Reasoning: "x"}, Status: lead.Matched, Data: &enrich.Data{Description: "y"}}, clean)
}
