package server

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An atom is what a feed reader takes from a feed.
type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Link    struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
	} `xml:"entry"`
}

// read fetches the feed as a feed reader does.
func (s *site) read(token, tag string) (status int, header http.Header, feed atom) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.URL+"/feed.atom", nil)
	require.NoError(s, err)
	r.SetBasicAuth("anybody", token)
	r.Header.Set("If-None-Match", tag)
	response, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(s, err)
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusOK {
		require.Equal(s, "application/atom+xml; charset=utf-8", response.Header.Get("Content-Type"))
		require.NoError(s, xml.NewDecoder(response.Body).Decode(&feed))
	}
	return response.StatusCode, response.Header, feed
}

// A feed reader that remembers ids shows each match once, however often it asks.
func TestFeedHasEachMatchUnderOneID(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil, "-events", "1h")
	ada := s.forUser("ada")
	shown := map[string]string{}
	for n := range 130 {
		require.NoError(t, decide(t.Context(), ada, numbered(n), 80))
		s.now.advance(time.Second)
		if n%60 != 9 {
			continue
		}
		_, _, feed := s.read(adaLooks, "")
		require.Len(t, feed.Entries, min(n+1, 100))
		for _, e := range feed.Entries {
			shown[e.ID] = e.Link.Href
		}
		require.Equal(t, feed.Updated, feed.Entries[0].Updated, "the newest is the first")
		require.Len(t, shown, n+1)
	}
	links := map[string]bool{}
	for _, link := range shown {
		links[link] = true
	}
	require.Len(t, links, 130, "no match is missing")

	_, header, _ := s.read(adaLooks, "")
	status, _, _ := s.read(adaLooks, header.Get("ETag"))
	require.Equal(t, http.StatusNotModified, status)
}

func TestFeedIsForItsUserAndHoldsNoMarkupOfOthers(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil, "-events", "1h")
	require.NoError(t, seedHostile(t.Context(), s.forUser("ada")))
	status, text := fetch(t, s.URL+"/feed.atom", "Authorization", "Bearer "+adaToken)
	require.Equal(t, http.StatusOK, status)
	require.NotContains(t, text, "<script")
	require.Contains(t, text, "&lt;script")
	_, _, feed := s.read(bobToken, "")
	require.Empty(t, feed.Entries)
	for _, token := range []string{"", "forge_NOBODY", strings.Repeat("x", 5000)} {
		status, header, _ := s.read(token, "")
		require.Equal(t, http.StatusUnauthorized, status)
		require.Contains(t, header.Get("WWW-Authenticate"), "Basic")
	}
	off := newSite(t, nil)
	status, _, _ = off.read(adaToken, "")
	require.Equal(t, http.StatusNotImplemented, status)
}
