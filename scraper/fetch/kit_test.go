package fetch_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// get requests a page of a server that answers with h.
func get(t *testing.T, h http.HandlerFunc) (*fetch.Page, error) {
	t.Helper()
	s := serve(t, h)
	return fetch.Getter{Client: s.Client()}.Get(t.Context(), s.URL+"/jobs?keywords=secret", nil)
}

// pageError checks that err is a PageError that does not show the query.
func pageError(t *testing.T, err error) *scraper.PageError {
	t.Helper()
	page, ok := errors.AsType[*scraper.PageError](err)
	require.True(t, ok, "%v", err)
	require.NotContains(t, err.Error(), "secret")
	return page
}

// requireOnly checks that err wraps want and no other sentinel. If want is nil, it wraps none.
func requireOnly(t *testing.T, want, err error) {
	t.Helper()
	sentinels := []error{scraper.ErrGone, scraper.ErrBlocked, scraper.ErrMarkup, scraper.ErrPosting}
	for _, sentinel := range sentinels {
		if errors.Is(want, sentinel) {
			require.ErrorIs(t, err, sentinel)
		} else {
			require.NotErrorIs(t, err, sentinel)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
