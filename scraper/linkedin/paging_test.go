package linkedin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
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
	if err != nil || r.URL.Path != "/jobs-guest/jobs/api/seeMoreJobPostings/search" ||
		b.refuses > 0 && start >= b.refuses {
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
			Source: linkedin.Source, ExternalID: strconv.Itoa(400000000 + i), Title: fmt.Sprintf("Job %d", i),
			Company: "Acme", Location: "Utopia", PostedAt: time.Date(2026, 6, 1+i%28, 0, 0, 0, 0, time.UTC),
		})
	}
	return out
}

// collect runs a search to its end: the leads' ids, the unreadable cards, and the error that ended
// it.
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
	_, ok := errors.AsType[*scraper.CardError](err)
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

// withRepeats is a list on which every eleventh place is taken by a job that was listed shortly
// before.
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

// mostlyRepeats is a list of 5,000 places on which each job is listed ten times.
func mostlyRepeats() []lead.Lead {
	var out []lead.Lead
	for _, l := range jobs(0, 500) {
		for range 10 {
			out = append(out, l)
		}
	}
	return out
}

func TestAThousandJobsAreFoundOnceWhateverThePagesHold(t *testing.T) {
	t.Parallel()
	plain := jobs(0, 1000)
	for _, c := range []struct {
		name string
		list []lead.Lead
	}{{"each once", plain}, {"with repeats", withRepeats(plain)}} {
		for _, sizes := range [][]int{{7}, {10}, {11}, {25}, {10, 3, 25, 7, 11, 1}} {
			t.Run(fmt.Sprintf("%s, pages of %v", c.name, sizes), func(t *testing.T) {
				t.Parallel()
				board := &listBoard{cards: c.list, sizes: sizes}
				ids, skipped, end := collect(
					serve(t, board).Search(t.Context(), lead.Query{Keywords: "cook"}),
				)
				require.Equal(t, idsOf(plain), ids)
				require.Zero(t, skipped)
				require.ErrorIs(t, end, scraper.ErrCapped, "a thousand are all that the board ever lists")

				at := 0
				for i, start := range board.starts { // each page where the one before it ended, none twice
					require.Equal(t, at, start)
					at += sizes[i%len(sizes)]
				}
				require.GreaterOrEqual(t, at, len(c.list))
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
	for _, c := range []struct {
		name  string
		board *listBoard
	}{
		{"it would list more", &listBoard{cards: jobs(0, 1300), sizes: []int{25}}},
		{
			"it refuses the offset",
			&listBoard{cards: withRepeats(jobs(0, 1300)), sizes: []int{25}, refuses: 1000},
		},
		{"hardly a card is new", &listBoard{cards: mostlyRepeats(), sizes: []int{25}}},
		{"it refuses an offset before", &listBoard{cards: jobs(0, 1300), sizes: []int{10}, refuses: 500}},
		{
			"its list ends there with twins",
			&listBoard{cards: withRepeats(jobs(0, 1300))[:1000], sizes: []int{10}},
		},
		{
			"it repeats its last page for ever",
			&listBoard{cards: append(jobs(0, 40), append(append(jobs(30, 10), jobs(30,
				10)...), append(jobs(30, 10), jobs(30, 10)...)...)...), sizes: []int{10}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ids, _, end := collect(serve(t, c.board).Search(t.Context(), lead.Query{}))
			require.ErrorIs(t, end, scraper.ErrCapped)
			require.LessOrEqual(t, len(ids), 1000)
			require.NotEmpty(t, ids)
			require.LessOrEqual(t, len(c.board.starts), 101)
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

func TestPageThatWasCutAnywhereCostsNoJobInSilence(t *testing.T) {
	t.Parallel()
	all := jobs(0, 9)
	first := fragmentHTML(all[:3])
	for at := 1; at < len(first); at += 53 {
		cut := false
		s := answered(t, func(r *http.Request) (int, string) {
			start, _ := strconv.Atoi(r.URL.Query().Get("start"))
			switch {
			case !cut:
				cut = true
				return http.StatusOK, first[:at]
			case start >= len(all):
				return http.StatusOK, ""
			default:
				return http.StatusOK, fragmentHTML(all[start:min(start+3, len(all))])
			}
		})
		ids, skipped, end := collect(s.Search(t.Context(), lead.Query{}))
		if at < strings.Index(first, all[0].Title) { // nothing arrived
			require.Error(t, end, "cut at %d", at)
			continue
		}
		require.NoError(t, end, "cut at %d", at)
		require.Equal(t, idsOf(all), ids, "cut at %d", at)
		if strings.Count(first[:at], `<a class="base-card__full-link`) > strings.Count(
			first[:at], "</time>",
		) {
			require.Equal(t, 1, skipped, "cut at %d: that a card is not whole is said, too", at)
		}
	}
}

func TestLaterPageThatBrokeOffIsNotTheEndOfTheList(t *testing.T) {
	t.Parallel()
	s := answered(t, func(r *http.Request) (int, string) {
		if r.URL.Query().Get("start") == "0" {
			return http.StatusOK, fragmentHTML(jobs(0, 3))
		}
		return http.StatusOK, "<!DOCTYPE html>\n<li><div cla"
	})
	ids, _, end := collect(s.Search(t.Context(), lead.Query{}))
	require.Len(t, ids, 3)
	require.ErrorIs(t, end, io.ErrUnexpectedEOF)
}

func TestSearchThatIsNotThereIsNoJobThatIsGone(t *testing.T) {
	t.Parallel()
	s := answered(t, func(*http.Request) (int, string) { return http.StatusNotFound, "" })
	_, _, end := collect(s.Search(t.Context(), lead.Query{}))
	require.ErrorIs(t, end, scraper.ErrMarkup)
	require.NotErrorIs(t, end, scraper.ErrGone)
}

type answering func(*http.Request) *http.Response

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

// serving returns a scraper whose board answers everything with one page.
func serving(t *testing.T, status int, body []byte) *linkedin.Scraper {
	t.Helper()
	return answered(t, func(*http.Request) (int, string) { return status, string(body) })
}

// answered returns a scraper whose board is a function.
func answered(t *testing.T, answer func(*http.Request) (status int, body string)) *linkedin.Scraper {
	t.Helper()
	return answeredWith(t, func(r *http.Request) *http.Response {
		status, body := answer(r)
		return &http.Response{
			StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Request: r,
			Header: http.Header{},
		}
	})
}

func answeredWith(t *testing.T, answer answering) *linkedin.Scraper {
	t.Helper()
	s, err := linkedin.New(&linkedin.Options{Client: &http.Client{Transport: answer}})
	require.NoError(t, err)
	return s
}

func TestPageThatIsCutWithinItsFirstCardIsTheNetworksFailure(t *testing.T) {
	t.Parallel()
	s := serve(
		t,
		http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, fragmentHTML(jobs(0, 1))[:500])
			},
		),
	)
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
