package scraper_test

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

func TestPageErrorNamesThePageAndNotTheUsersWords(t *testing.T) {
	t.Parallel()
	const page = "https://user:pw@board.example/jobs/search?keywords=secret#secret"
	transport := &url.Error{Op: "Get", URL: page, Err: io.ErrUnexpectedEOF}
	for _, c := range []struct {
		want string
		err  *scraper.PageError
	}{
		{
			"scraper: board refuses this client: https://board.example/jobs/search: HTTP 999: login wall",
			&scraper.PageError{URL: page, Status: 999, Reason: "login wall", Err: scraper.ErrBlocked},
		},
		{
			"scraper: https://board.example/jobs/search: HTTP 502",
			&scraper.PageError{URL: page, Status: 502},
		},
		{
			"unexpected EOF: https://board.example/jobs/search",
			&scraper.PageError{URL: page, Err: fmt.Errorf("get: %w", transport)},
		},
		{"scraper: (no page): no answer", &scraper.PageError{Reason: "no answer"}},
		{"scraper: (no page): HTTP 500", &scraper.PageError{URL: "http://a b/%zz?secret", Status: 500}},
		{"scraper: job is gone: (no page)", &scraper.PageError{Err: scraper.ErrGone}},
		{
			"EOF: https://board.example/jobs",
			&scraper.PageError{URL: "https://board.example/jobs", Err: io.EOF},
		},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, c.err, c.want)
			require.NotContains(t, c.err.Error(), "secret")
			require.NotContains(t, c.err.Error(), "pw")
		})
	}
}

func TestPageErrorIsItsCauseAndSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{
		scraper.ErrGone, scraper.ErrBlocked, scraper.ErrMarkup, scraper.ErrPosting, scraper.ErrCapped, io.EOF,
	} {
		t.Run(cause.Error(), func(t *testing.T) {
			t.Parallel()
			err := fmt.Errorf("detail: %w", &scraper.PageError{Err: cause, Wait: time.Minute})
			require.ErrorIs(t, err, cause)
			var waits interface{ RetryAfter() time.Duration }
			require.ErrorAs(t, err, &waits)
			require.Equal(t, time.Minute, waits.RetryAfter())
		})
	}
	require.NotErrorIs(t, &scraper.PageError{}, scraper.ErrGone)
}

func TestPageErrorIsTemporaryIfTheServerIsBusyOrFailed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		temporary bool
		statuses  []int
	}{
		{true, []int{408, 425, 429, 500, 503, 599}},
		{false, []int{0, 200, 302, 400, 403, 404, 410, 600, 999}},
	} {
		for _, status := range c.statuses {
			t.Run(strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()
				require.Equal(t, c.temporary, (&scraper.PageError{Status: status}).Temporary())
			})
		}
	}
}

func TestCardErrorNamesTheCard(t *testing.T) {
	t.Parallel()
	err := error(
		&scraper.CardError{URL: "https://board.example/search?q=secret", Index: 3, Reason: "no title"},
	)
	require.EqualError(t, err, "scraper: card not readable: https://board.example/search: card 3: no title")
	require.ErrorIs(t, err, scraper.ErrCard)
	require.False(t, errors.Is(err, scraper.ErrMarkup))
}

func TestRedirectErrorIsTheAdvertsOwnAndNamesTheTarget(t *testing.T) {
	t.Parallel()
	const to = "https://board.example/jobs?q=secret"
	err := fmt.Errorf("detail: %w", &scraper.PageError{
		URL: "https://board.example/jobs/1?s=secret", Status: 200, Err: &scraper.RedirectError{To: to},
	})
	require.EqualError(t, err, "detail: scraper: advert not readable: "+
		"it is redirected to https://board.example/jobs: https://board.example/jobs/1: HTTP 200")
	require.ErrorIs(t, err, scraper.ErrPosting)
	require.NotErrorIs(t, err, scraper.ErrMarkup)
	redirect, ok := errors.AsType[*scraper.RedirectError](err)
	require.True(t, ok)
	require.Equal(t, to, redirect.To)
}

func TestUnfilteredErrorNamesTheBoardAndTheFields(t *testing.T) {
	t.Parallel()
	ignored := &scraper.UnfilteredError{Source: "careers", Fields: []string{"Experience", "EasyApply"}}
	err := fmt.Errorf("search: %w", ignored)
	require.EqualError(t, err, "search: scraper: board cannot filter by this: "+
		"careers ignores Query.Experience, Query.EasyApply")
	require.ErrorIs(t, err, scraper.ErrUnfiltered)
	require.NotErrorIs(t, err, scraper.ErrCapped)
}

func TestUnfilteredNamesTheFieldsThatAreSetAndNotFiltered(t *testing.T) {
	t.Parallel()
	all := lead.Query{
		Keywords:     "secret",
		Location:     "secret",
		Remote:       true,
		PostedWithin: time.Hour,
		JobTypes: []string{
			lead.FullTime,
		},
		Experience: []string{lead.ExperienceEntry},
		EasyApply:  true,
		Limit:      3,
	}
	fields := []string{
		"Keywords", "Location", "Remote", "PostedWithin", "JobTypes", "Experience", "EasyApply",
	}
	for _, c := range []struct {
		name     string
		q        lead.Query
		filtered []string
		want     []string
	}{
		{"everything, nothing filtered", all, nil, fields},
		{"everything, some filtered", all, []string{"Keywords", "Location", "EasyApply"}, fields[2:6]},
		{"everything filtered", all, fields, nil},
		{"nothing set", lead.Query{Limit: 3}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := scraper.Unfiltered("careers", c.q, c.filtered...)
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, scraper.ErrUnfiltered)
			require.Equal(t, &scraper.UnfilteredError{Source: "careers", Fields: c.want}, err)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}
