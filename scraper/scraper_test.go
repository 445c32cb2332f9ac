package scraper_test

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
)

func TestAPageErrorNamesThePageAndNotTheUsersWords(t *testing.T) {
	t.Parallel()
	const page = "https://user:pw@board.example/jobs/search?keywords=secret#secret"
	for want, err := range map[string]*scraper.PageError{
		"scraper: board refuses this client: https://board.example/jobs/search: HTTP 999: login wall": {
			URL: page, Status: 999, Reason: "login wall", Err: scraper.ErrBlocked,
		},
		"scraper: https://board.example/jobs/search: HTTP 502": {URL: page, Status: 502},
		"unexpected EOF: https://board.example/jobs/search": {
			URL: page, Err: fmt.Errorf("get: %w", &url.Error{Op: "Get", URL: page, Err: io.ErrUnexpectedEOF}),
		},
		"scraper: (no page): no answer":        {Reason: "no answer"},
		"scraper: (no page): HTTP 500":         {URL: "http://a b/%zz?secret", Status: 500},
		"scraper: job is gone: (no page)":      {Err: scraper.ErrGone},
		"EOF: https://board.example/jobs/view": {URL: "https://board.example/jobs/view", Err: io.EOF},
	} {
		require.EqualError(t, err, want)
		require.NotContains(t, err.Error(), "secret")
		require.NotContains(t, err.Error(), "pw")
	}
}

func TestAPageErrorIsItsCause(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{scraper.ErrGone, scraper.ErrBlocked, scraper.ErrMarkup, scraper.ErrPosting, scraper.ErrCapped, io.EOF} {
		err := fmt.Errorf("detail: %w", &scraper.PageError{Err: cause, Wait: time.Minute})
		require.ErrorIs(t, err, cause)
		var waits interface{ RetryAfter() time.Duration }
		require.ErrorAs(t, err, &waits)
		require.Equal(t, time.Minute, waits.RetryAfter())
	}
	require.NotErrorIs(t, &scraper.PageError{}, scraper.ErrGone)
}

func TestBusyAndFailingServersAreTemporary(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{
		0: false, 200: false, 302: false, 400: false, 403: false, 404: false, 408: true, 410: false, 425: true, 429: true,
		500: true, 503: true, 599: true, 600: false, 999: false,
	} {
		require.Equal(t, want, (&scraper.PageError{Status: status}).Temporary(), status)
	}
}

func TestACardErrorNamesTheCard(t *testing.T) {
	t.Parallel()
	err := error(&scraper.CardError{URL: "https://board.example/search?q=secret", Index: 3, Reason: "no title"})
	require.EqualError(t, err, "scraper: card not readable: https://board.example/search: card 3: no title")
	require.ErrorIs(t, err, scraper.ErrCard)
	require.False(t, errors.Is(err, scraper.ErrMarkup))
}

func TestARedirectErrorIsTheAdvertsOwnAndNamesTheTarget(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("detail: %w", &scraper.PageError{
		URL: "https://board.example/jobs/1?s=secret", Status: 200, Err: &scraper.RedirectError{To: "https://board.example/jobs?q=secret"},
	})
	require.EqualError(t, err, "detail: scraper: advert not readable: it is redirected to https://board.example/jobs: "+
		"https://board.example/jobs/1: HTTP 200")
	require.ErrorIs(t, err, scraper.ErrPosting)
	require.NotErrorIs(t, err, scraper.ErrMarkup)
	redirect, ok := errors.AsType[*scraper.RedirectError](err)
	require.True(t, ok)
	require.Equal(t, "https://board.example/jobs?q=secret", redirect.To)
}

func TestAnUnfilteredErrorNamesTheBoardAndTheFields(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("search: %w", &scraper.UnfilteredError{Source: "careers", Fields: []string{"Experience", "EasyApply"}})
	require.EqualError(t, err, "search: scraper: board cannot filter by this: careers ignores Query.Experience, Query.EasyApply")
	require.ErrorIs(t, err, scraper.ErrUnfiltered)
	require.NotErrorIs(t, err, scraper.ErrCapped)
}
