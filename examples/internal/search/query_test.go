package search_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/search"
	"github.com/agent-forge/forge/lead"
)

func TestASearchIsReadWithItsOwnFilters(t *testing.T) {
	t.Parallel()
	base := lead.Query{Location: "Oslo", Limit: 100}
	for _, c := range []struct {
		text string
		want lead.Query
	}{
		{"golang @ Berlin", lead.Query{Keywords: "golang", Location: "Berlin", Limit: 100}},
		{"golang", lead.Query{Keywords: "golang", Location: "Oslo", Limit: 100}},
		{"golang @", lead.Query{Keywords: "golang", Limit: 100}},
		{"@ Berlin", lead.Query{Location: "Berlin", Limit: 100}},
		{"nurse; Remote; 7d;limit=5", lead.Query{
			Keywords: "nurse", Location: "Oslo", Remote: true, PostedWithin: 7 * 24 * time.Hour, Limit: 5,
		}},
		{"nurse @ Bonn; easy apply; part-time; entry; mid_senior; 24h", lead.Query{
			Keywords: "nurse", Location: "Bonn", EasyApply: true, JobTypes: []string{lead.PartTime},
			Experience:   []string{lead.ExperienceEntry, lead.ExperienceMidSenior},
			PostedWithin: 24 * time.Hour, Limit: 100,
		}},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			got, err := search.Parse(c.text, base)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			again, err := search.Parse(";"+search.Filters(got), lead.Query{})
			require.NoError(t, err)
			got.Keywords, got.Location, got.Remote, got.Limit = "", "", false, 0
			require.Equal(t, got, again, "the filters are written as they are read")
		})
	}
	for _, bad := range []string{"x; sideways", "x; limit=few", "x; 0d", "x; limit=-1"} {
		_, err := search.Parse(bad, base)
		require.Error(t, err, bad)
	}
}
