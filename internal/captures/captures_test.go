package captures_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/captures"
)

func TestPagesAreReadWithWhatTheyMustYield(t *testing.T) {
	t.Parallel()
	pages := captures.Pages(t, "li-search", "linkedin/empty/")
	for _, p := range pages {
		var want struct{ Leads []any }
		require.True(t, p.Expected(t, &want), p.File)
		require.Empty(t, want.Leads)
		require.NotEmpty(t, p.Body(t))
	}
}
