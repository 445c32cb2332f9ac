package enrich_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
)

func TestBasisTellsResumesScorersAndThresholdsApart(t *testing.T) {
	t.Parallel()
	b := enrich.NewBasis("Ada Example\nGo developer", "lexical/3", 30)
	require.NoError(t, b.Validate())
	require.Len(t, string(b), len("3f9a1c.91be7a.30"))
	threshold, known := b.Threshold()
	require.True(t, known)
	require.Equal(t, 30, threshold)
	require.Equal(t, b, enrich.NewBasis("Ada Example\nGo developer", "lexical/3 gate=7", 30))
	require.Equal(t, b, enrich.NewBasis(" Ada  Example\r\n\r\nGo developer ", "lexical/3", 30))
	for _, c := range []struct {
		name   string
		other  enrich.Basis
		covers bool
	}{
		{"another threshold", enrich.NewBasis("Ada Example\nGo developer", "lexical/3", 0), true},
		{"another résumé", enrich.NewBasis("Ada Example\nPastry chef", "lexical/3", 30), false},
		{"another scorer", enrich.NewBasis("Ada Example\nGo developer", "lexical/4", 30), false},
		{"a scorer without a name", enrich.NewBasis("Ada Example\nGo developer", "", 30), false},
		{"none", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, c.other.Validate())
			require.NotEqual(t, b, c.other)
			require.Equal(t, c.covers, b.Covers(c.other))
		})
	}
	unnamed := enrich.NewBasis("Ada Example\nGo developer", "", 30)
	require.True(t, unnamed.Covers(b), "a basis without a scorer compares résumés only")
	require.Empty(t, unnamed.Scorer())
	require.Equal(t, b.Resume(), unnamed.Resume())
}

func TestBasisHasOneForm(t *testing.T) {
	t.Parallel()
	for _, b := range []enrich.Basis{
		".", "3f9a1c", "3f9a1c.91be7a", "3f9a1c.91be7a.101", "3f9a1c.91be7a.030", "3F9A1C.91be7a.30",
		"3f9a1c.91be7a.30\n", "my résumé", "..30",
	} {
		require.Error(t, b.Validate(), "%q", b)
	}
	_, known := enrich.Basis("").Threshold()
	require.False(t, known)
	require.Empty(t, enrich.Basis("").Resume())
}
