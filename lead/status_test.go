package lead_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
)

func TestStatusesBelongToThePipelineOrToTheApplication(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		owner    string
		statuses []lead.Status
	}{
		{
			"pipeline", []lead.Status{
				lead.Discovered, lead.Matched, lead.AutoRejected, lead.Failed,
				lead.Closed,
			},
		},
		{"application", []lead.Status{
			lead.Applied, lead.Saved, lead.Dismissed, "X", "PHONE_SCREEN",
			lead.Status(strings.Repeat("A", 32)),
		}},
		{
			"nobody", []lead.Status{
				"", "applied", "_X", "X1", "X Y", "X\n",
				lead.Status(strings.Repeat("A", 33)),
			},
		},
	} {
		t.Run(c.owner, func(t *testing.T) {
			t.Parallel()
			for _, s := range c.statuses {
				require.Equal(t, c.owner != "nobody", s.Valid(), s)
				require.Equal(t, c.owner == "pipeline", s.Pipeline(), s)
				require.Equal(t, c.owner == "application", s.Application(), s)
			}
		})
	}
}
