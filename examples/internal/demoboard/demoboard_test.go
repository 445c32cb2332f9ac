package demoboard_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/demoboard"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/ats"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/naukri"
	"github.com/agent-forge/forge/scraper/polite"
)

func TestTheRealAdaptersReadEveryAdvert(t *testing.T) {
	t.Parallel()
	board, err := demoboard.Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, board.Close()) })
	client, err := polite.NewClient(&polite.Options{AllowLoopback: true, Interval: 1, Burst: 100})
	require.NoError(t, err)
	l, err := linkedin.New(&linkedin.Options{Client: client, BaseURL: board.URL})
	require.NoError(t, err)
	n, err := naukri.New(&naukri.Options{Client: client, BaseURL: board.URL})
	require.NoError(t, err)
	holds(t, l, 45, 2)
	holds(t, n, 12, 0)
	companies, err := ats.New(&ats.Options{Boards: demoboard.Companies(), Client: client, BaseURL: board.URL})
	require.NoError(t, err)
	require.Len(t, companies, 2)
	for _, c := range companies {
		holds(t, c, 3, 0)
	}
}

// holds reads every advert that a board lists.
func holds(t *testing.T, s forge.Scraper, wantListed, wantGone int) {
	t.Helper()
	listed, gone := 0, 0
	for l, err := range s.Search(t.Context(), lead.Query{}) {
		require.NoError(t, err)
		listed++
		d, err := s.Detail(t.Context(), l)
		if err != nil {
			require.ErrorIs(t, err, scraper.ErrGone)
			gone++
			continue
		}
		require.NoError(t, d.Validate())
		require.NotEmpty(t, d.Requirements, l.Title)
	}
	require.Equal(t, wantListed, listed, s.Source())
	require.Equal(t, wantGone, gone, s.Source())

	for _, err := range s.Search(t.Context(), lead.Query{Keywords: "glockenspiel"}) {
		require.NoError(t, err, "a search without results is no error")
		require.Fail(t, "nothing should be listed")
	}
}
