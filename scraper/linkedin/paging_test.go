package linkedin_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/linkedin"
)

// A listBoard is a board with a list of cards and pages of the given sizes, over and over.
type listBoard struct {
	cards   []lead.Lead // in the list's order, repeats included
	sizes   []int
	refuses int // offsets from here on are 400; 0: none

	mu     sync.Mutex
	starts []int
}

func (b *listBoard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start, err := strconv.Atoi(r.URL.Query().Get("start"))
	if err != nil || r.URL.Path != "/jobs-guest/jobs/api/seeMoreJobPostings/search" || b.refuses > 0 && start >= b.refuses {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	size := b.sizes[len(b.starts)%len(b.sizes)]
	b.starts = append(b.starts, start)
	b.mu.Unlock()
	if len(b.cards) == 0 {
		_, _ = io.WriteString(w, noResultsHTML)
		return
	}
	if start < len(b.cards) {
		_, _ = io.WriteString(w, fragmentHTML(b.cards[start:min(start+size, len(b.cards))]))
	}
}

func serve(t *testing.T, h http.Handler) *linkedin.Scraper {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	s, err := linkedin.New(&linkedin.Options{Client: srv.Client(), BaseURL: srv.URL})
	require.NoError(t, err)
	return s
}

func jobs(from, n int) []lead.Lead {
	var out []lead.Lead
	for i := from; i < from+n; i++ {
		out = append(out, lead.Lead{
			Source: linkedin.Source, ExternalID: strconv.Itoa(400000000 + i), Title: fmt.Sprintf("Job %d", i), Company: "Acme", Location: "Utopia",
			PostedAt: time.Date(2026, 6, 1+i%28, 0, 0, 0, 0, time.UTC),
		})
	}
	return out
}

// collect runs a search to its end: the leads' ids, the unreadable cards, and the error that ended it.
func collect(seq iter.Seq2[lead.Lead, error]) (ids []string, skipped int, end error) {
	for l, err := range seq {
		switch e := err; {
		case e == nil:
			ids = append(ids, l.ExternalID)
		case isCard(e):
			skipped++
		default:
			end = e
		}
	}
	return ids, skipped, end
}

func isCard(err error) bool {
	_, ok := err.(*scraper.CardError) //nolint:errorlint // it must be the error itself, as it comes
	return ok
}

func idsOf(leads []lead.Lead) []string {
	var ids []string
	seen := map[string]bool{}
	for _, l := range leads {
		if !seen[l.ExternalID] {
			ids = append(ids, l.ExternalID)
		}
		seen[l.ExternalID] = true
	}
	return ids
}

// withRepeats is a list on which every eleventh place is taken by a job that was listed shortly before.
func withRepeats(leads []lead.Lead) []lead.Lead {
	var out []lead.Lead
	for i, l := range leads {
		if i > 0 && i%10 == 0 {
			out = append(out, leads[i-3])
		}
		out = append(out, l)
	}
	return out
}

func TestAThousandJobsAreFoundOnceWhateverThePagesHold(t *testing.T) {
	t.Parallel()
	plain := jobs(0, 1000)
	for name, list := range map[string][]lead.Lead{"each once": plain, "with repeats": withRepeats(plain)} {
		for _, sizes := range [][]int{{7}, {10}, {11}, {25}, {10, 3, 25, 7, 11, 1}} {
			t.Run(fmt.Sprintf("%s, pages of %v", name, sizes), func(t *testing.T) {
				t.Parallel()
				board := &listBoard{cards: list, sizes: sizes}
				ids, skipped, end := collect(serve(t, board).Search(t.Context(), lead.Query{Keywords: "cook"}))
				require.Equal(t, idsOf(plain), ids)
				require.Zero(t, skipped)
				require.ErrorIs(t, end, scraper.ErrCapped, "a thousand are all that the board ever lists")

				at := 0
				for i, start := range board.starts { // each page where the one before it ended, none twice
					require.Equal(t, at, start)
					at += sizes[i%len(sizes)]
				}
				require.GreaterOrEqual(t, at, len(list))
			})
		}
	}
}

func TestShortListEndsWithoutAnError(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 9, 10, 11, 46} {
		board := &listBoard{cards: jobs(0, n), sizes: []int{10}}
		ids, _, end := collect(serve(t, board).Search(t.Context(), lead.Query{}))
		require.Len(t, ids, n)
		require.NoError(t, end)
	}
	ids, _, end := collect(serve(t, &listBoard{sizes: []int{10}}).Search(t.Context(), lead.Query{}))
	require.Empty(t, ids)
	require.NoError(t, end, "the board says that nothing was found")
}

func TestSearchStopsAtTheBoardsCapAndSaysSo(t *testing.T) {
	t.Parallel()
	for name, board := range map[string]*listBoard{
		"it would list more":                {cards: jobs(0, 1300), sizes: []int{25}},
		"it refuses the offset":             {cards: withRepeats(jobs(0, 1300)), sizes: []int{25}, refuses: 1000},
		"it refuses an offset before":       {cards: jobs(0, 1300), sizes: []int{10}, refuses: 500},
		"its list ends there with twins":    {cards: withRepeats(jobs(0, 1300))[:1000], sizes: []int{10}},
		"it repeats its last page for ever": {cards: append(jobs(0, 40), append(append(jobs(30, 10), jobs(30, 10)...), append(jobs(30, 10), jobs(30, 10)...)...)...), sizes: []int{10}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ids, _, end := collect(serve(t, board).Search(t.Context(), lead.Query{}))
			require.ErrorIs(t, end, scraper.ErrCapped)
			require.LessOrEqual(t, len(ids), 1000)
			require.NotEmpty(t, ids)
			require.LessOrEqual(t, len(board.starts), 101)
			require.NotContains(t, end.Error(), "start=", "the query is the user's")
		})
	}
}

func TestLimitEndsTheSearchWithoutAnError(t *testing.T) {
	t.Parallel()
	board := &listBoard{cards: jobs(0, 100), sizes: []int{10}}
	ids, _, end := collect(serve(t, board).Search(t.Context(), lead.Query{Limit: 20}))
	require.Equal(t, idsOf(jobs(0, 20)), ids)
	require.NoError(t, end)
	require.Len(t, board.starts, 2, "no page is fetched for jobs that nobody asked for")
}

func TestPageThatWasCutCostsNoJob(t *testing.T) {
	t.Parallel()
	all := jobs(0, 20)
	var once sync.Once
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.Atoi(r.URL.Query().Get("start"))
		page := fragmentHTML(all[min(start, 20):min(start+10, 20)])
		once.Do(func() { page = page[:len(page)/2-len(page)/20] }) // within the fifth card, before its title
		if start < 20 {
			_, _ = io.WriteString(w, page)
		}
	}))
	ids, skipped, end := collect(s.Search(t.Context(), lead.Query{}))
	require.NoError(t, end)
	require.Equal(t, 1, skipped, "it is said, too")
	require.Equal(t, idsOf(all), ids)
}

func TestPageThatIsCutWithinItsFirstCardIsTheNetworksFailure(t *testing.T) {
	t.Parallel()
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, fragmentHTML(jobs(0, 1))[:500]) }))
	ids, _, end := collect(s.Search(t.Context(), lead.Query{}))
	require.Empty(t, ids)
	require.ErrorIs(t, end, io.ErrUnexpectedEOF)
	var network interface{ Timeout() bool }
	require.ErrorAs(t, end, &network)
}

func TestSearchEndsWhereItsConsumerCancels(t *testing.T) {
	t.Parallel()
	board := &listBoard{cards: jobs(0, 100), sizes: []int{10}}
	s := serve(t, board)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	var end error
	for _, err := range s.Search(ctx, lead.Query{}) {
		if n++; n == 5 {
			cancel()
		}
		end = err
	}
	require.Equal(t, 6, n, "five jobs and the cancellation")
	require.ErrorIs(t, end, context.Canceled)
	require.Len(t, board.starts, 1)
}
