package lead_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
)

func TestQueryWithKnownValuesIsValid(t *testing.T) {
	t.Parallel()
	require.NoError(t, lead.Query{}.Validate())
	require.NoError(t, lead.Query{
		Keywords:     "baker",
		Location:     "Ulm",
		Remote:       true,
		PostedWithin: 1,
		EasyApply:    true,
		Limit:        1,
		JobTypes: []string{
			lead.FullTime, lead.PartTime, lead.Contract, lead.Temporary, lead.Internship, lead.Volunteer,
		},
		Experience: []string{
			lead.ExperienceIntern, lead.ExperienceEntry, lead.ExperienceAssociate,
			lead.ExperienceMidSenior, lead.ExperienceDirector, lead.ExperienceExecutive,
		},
	}.Validate())
}

func TestQueryWithAWrongValueNamesTheField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		query lead.Query
		field string
		known string // a value that the error offers
	}{
		{"negative limit", lead.Query{Limit: -1}, "Query.Limit", "0"},
		{"negative age", lead.Query{PostedWithin: -1}, "Query.PostedWithin", "0"},
		{
			"misspelt type",
			lead.Query{JobTypes: []string{lead.PartTime, "fulltime"}},
			"Query.JobTypes",
			lead.FullTime,
		},
		{
			"a board's own spelling",
			lead.Query{JobTypes: []string{"FULL_TIME"}},
			"Query.JobTypes",
			lead.FullTime,
		},
		{"blank type", lead.Query{JobTypes: []string{""}}, "Query.JobTypes", lead.Volunteer},
		{
			"level as a type",
			lead.Query{JobTypes: []string{lead.ExperienceEntry}},
			"Query.JobTypes",
			lead.Contract,
		},
		{
			"misspelt level",
			lead.Query{Experience: []string{"senior"}},
			"Query.Experience",
			lead.ExperienceMidSenior,
		},
		{
			"type as a level",
			lead.Query{Experience: []string{lead.FullTime}},
			"Query.Experience",
			lead.ExperienceExecutive,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.query.Validate()
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.field, wrong.Field)
			require.ErrorContains(t, err, c.known)
		})
	}
}
