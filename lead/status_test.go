package lead_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
)

func TestStatusesBelongToThePipelineOrToTheApplication(t *testing.T) {
	t.Parallel()
	for s, is := range map[lead.Status]string{
		lead.Discovered: "pipeline", lead.Matched: "pipeline", lead.AutoRejected: "pipeline", lead.Failed: "pipeline", lead.Closed: "pipeline",
		lead.Applied: "application", lead.Saved: "application", lead.Dismissed: "application", "X": "application", "PHONE_SCREEN": "application",
		lead.Status(strings.Repeat("A", 32)): "application",
		"":                                   "invalid", "applied": "invalid", "_X": "invalid", "X1": "invalid", "X Y": "invalid", "X\n": "invalid",
		lead.Status(strings.Repeat("A", 33)): "invalid",
	} {
		require.Equal(t, is != "invalid", s.Valid(), s)
		require.Equal(t, is == "pipeline", s.Pipeline(), s)
		require.Equal(t, is == "application", s.Application(), s)
	}
}

func TestAQueryRefusesNegativeNumbers(t *testing.T) {
	t.Parallel()
	require.NoError(t, lead.Query{}.Validate())
	require.NoError(t, lead.Query{Keywords: "go", Limit: 1, PostedWithin: 1}.Validate())
	require.EqualError(t, lead.Query{Limit: -1}.Validate(), "Query.Limit: negative; 0 means all that the board gives")
	require.EqualError(t, lead.Query{PostedWithin: -1}.Validate(), "Query.PostedWithin: negative; 0 means any age")
}
