package server

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// history gives a user n matches.
func (s *site) history(user string, n int) {
	s.Helper()
	mine := s.forUser(user)
	text := string(make3kB())
	for first := 0; first < n; first += store.MaxBatch {
		var leads []lead.Lead
		for i := first; i < min(n, first+store.MaxBatch); i++ {
			leads = append(leads, lead.Lead{
				Source: "example", ExternalID: fmt.Sprint(user, i), Title: "Engineer", Company: "Mill",
				URL: "https://jobs.example.com/1",
			})
		}
		refs, err := mine.Sync(s.Context(), leads)
		require.NoError(s, err)
		for i, ref := range refs {
			require.NoError(s, mine.Decide(s.Context(), store.Lease{ID: ref.ID}, enrich.Decision{
				Assessment: enrich.Assessment{Score: 30 + (first+i)%70, By: "test/1"}, Status: lead.Matched,
				Data: &enrich.Data{Description: text},
			}))
		}
	}
}

// A long history costs the list no more than a short one, once a page has been made. It is not
// parallel, so that other tests do not share the machine with it.
func TestThePageTakesAsLongWithALongHistory(t *testing.T) {
	s := newSite(t, nil)
	s.history("ada", 100)
	long := 4000
	if os.Getenv("FORGE_SOAK") == "1" {
		long = 20_000
	}
	s.history("bob", long)
	few, many := s.surfer(adaToken), s.surfer(bobToken)
	load := func(b *surfer) time.Duration {
		start := time.Now()
		status, _, _ := b.get("/")
		require.Equal(t, http.StatusOK, status)
		return time.Since(start)
	}
	t.Logf("the first page: %v with 100 matches, %v with %d", load(few), load(many), long)
	var ratios []float64
	for range 41 {
		a, b := load(few), load(many)
		ratios = append(ratios, b.Seconds()/a.Seconds())
	}
	slices.Sort(ratios)
	t.Logf("the median of 41 pairs of pages: %.2f times as long", ratios[20])
	require.LessOrEqual(t, ratios[20], 1.3)
}

// What a user does on the page is seen on the next one, whatever is remembered.
func TestAPageOfALongHistoryShowsWhatTheUserDid(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.history("ada", 1100)
	b := s.surfer(adaToken)
	_, _, text := b.get("/")
	require.Contains(t, text, `Matches <span class="n">1100</span>`)
	_, _, _ = b.post("/jobs/1/mark", url.Values{"status": {"SAVED"}})
	_, _, text = b.get("/")
	require.Contains(t, text, `Matches <span class="n">1099</span>`)
	s.history("ada", 1101)
	s.now.advance(11 * time.Second)
	_, _, text = b.get("/")
	require.Contains(t, text, `Matches <span class="n">1100</span>`, "and what agents did, ten seconds later")
}
