package faultboard_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/faultboard"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/jsonld"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/naukri"
	"github.com/agent-forge/forge/scraper/polite"
)

// client is the polite client with its whole chain, but for pauses.
func client(tb testing.TB, timeout time.Duration, base http.RoundTripper) *http.Client {
	tb.Helper()
	c, err := polite.NewClient(&polite.Options{
		Hosts: []string{faultboard.Host}, IgnoreRobots: true, Interval: time.Nanosecond, MaxInterval: time.Millisecond, NoRetries: true,
		Timeout: timeout, Transport: base,
	})
	require.NoError(tb, err)
	return c
}

func TestLinkedIn(t *testing.T) {
	faultboard.Run(t, faultboard.Board{
		Client: client,
		Lead:   lead.Lead{Source: "linkedin", ExternalID: "4300000007", Title: "Engineer", URL: "http://" + faultboard.Host + "/jobs/view/4300000007"},
		Open: func(tb testing.TB, client *http.Client, baseURL string) forge.Scraper {
			tb.Helper()
			board, err := linkedin.New(&linkedin.Options{Client: client, BaseURL: baseURL})
			require.NoError(tb, err)
			return board
		},
	})
}

func TestCareerPages(t *testing.T) {
	faultboard.Run(t, faultboard.Board{
		Client: client,
		Lead:   lead.Lead{Source: "jsonld", ExternalID: "1", Title: "Engineer", URL: "http://" + faultboard.Host + "/careers/1"},
		Open: func(tb testing.TB, client *http.Client, baseURL string) forge.Scraper {
			tb.Helper()
			board, err := jsonld.New(&jsonld.Options{Client: client, Pages: []string{baseURL + "/careers"}})
			require.NoError(tb, err)
			return board
		},
	})
}

func TestNaukri(t *testing.T) {
	faultboard.Run(t, faultboard.Board{
		Client: client,
		Lead: lead.Lead{
			Source: "naukri", ExternalID: "210326500001", Title: "Engineer", URL: "http://" + faultboard.Host + "/job-listings-engineer-acme-pune-2-to-5-years-210326500001",
		},
		Open: func(tb testing.TB, client *http.Client, baseURL string) forge.Scraper {
			tb.Helper()
			board, err := naukri.New(&naukri.Options{Client: client, BaseURL: baseURL})
			require.NoError(tb, err)
			return board
		},
	})
}
