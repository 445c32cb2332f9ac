package naukri_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/naukri"
)

func TestDetailDecidesByBothFaces(t *testing.T) {
	t.Parallel()
	const id = "300526000001"
	gone := status(http.StatusNotFound, "")
	refused := status(http.StatusNotAcceptable, "")
	shell := file(t, "search-shell.html")
	for _, c := range []struct {
		name       string
		json, page http.HandlerFunc
		err        error
		says       string
	}{
		{"JSON", file(t, "posting.json"), nil, nil, ""},
		{"JSON refused, page", refused, file(t, "posting-2026.html"), nil, ""},
		{"JSON refused, JSON-LD", refused, file(t, "posting-jsonld.html"), nil, ""},
		{"JSON moved, page", gone, file(t, "posting-2026.html"), nil, ""},
		{"both gone", gone, gone, scraper.ErrGone, ""},
		{
			"JSON says that it is closed",
			status(404, `{"message":"Job has expired"}`), nil, scraper.ErrGone, "closed",
		},
		{"page says that it is closed", refused, file(t, "posting-closed.html"), scraper.ErrGone, "closed"},
		{"JSON gone, page a shell", gone, shell, scraper.ErrPosting, "scraper/browser"},
		{"JSON refused, page a shell", refused, shell, scraper.ErrPosting, "scraper/browser"},
		{"JSON refused, page denied", refused, status(403, ""), scraper.ErrBlocked, ""},
		{
			"JSON of another job",
			status(200,
				`{"jobDetails":{"jobId":"300526000002","description":"x"}}`), status(403, ""),
			scraper.ErrPosting,
			"another job",
		},
		{"page of another job", refused, status(200, strings.ReplaceAll(string(testdata(t,
			"posting-2026.html")), id, "300526000002")), scraper.ErrPosting, "another job"},
		{
			"JSON without text, page without it",
			status(200,
				`{"jobDetails":{"jobId":"300526000001","description":" "}}`), status(200, "<h1>Hi</h1>"),
			scraper.ErrPosting, "",
		},
	} {
		b := newBoard(t)
		b.jobJSON, b.jobPage = c.json, c.page
		data, err := b.scraper(t).Detail(t.Context(), lead.Lead{
			Source: naukri.Source, ExternalID: id,
			URL: "https://www.naukri.com/job-listings-bridge-" + id,
		})
		if c.err == nil {
			require.NoError(t, err, c.name)
			require.NoError(t, data.Validate(), c.name)
			require.Contains(t, data.Description, "rivet plates", c.name)
			continue
		}
		require.ErrorIs(t, err, c.err, c.name)
		require.ErrorContains(t, err, c.says, c.name)
		require.Equal(t, enrich.Data{}, data, c.name)
		if !errors.Is(c.err, scraper.ErrGone) {
			require.NotErrorIs(t, err, scraper.ErrGone, c.name)
		}
	}
}

func TestDetailMakesTheAddressesItself(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url, want string
	}{
		{"https://www.naukri.com/job-listings-bridge-300526000001", "/job-listings-bridge-300526000001"},
		{"https://elsewhere.example/job-listings-x-300526000001", "/job-listings-300526000001"},
		{"", "/job-listings-300526000001"},
		{"https://www.naukri.com/logout", "/job-listings-300526000001"},
	} {
		t.Run(c.url, func(t *testing.T) {
			b := newBoard(t)
			b.jobPage = file(t, "posting-2026.html")
			_, err := b.scraper(t).Detail(t.Context(), lead.Lead{ExternalID: "300526000001", URL: c.url})
			require.NoError(t, err)
			require.Equal(t, []string{"/jobapi/v4/job/300526000001", c.want}, b.asked)
		})
	}
	b := newBoard(t)
	_, err := b.scraper(t).Detail(
		t.Context(), lead.Lead{ExternalID: "../../etc", URL: "https://www.naukri.com/"},
	)
	fe, ok := errors.AsType[*lead.FieldError](err)
	require.True(t, ok)
	require.Equal(t, "external_id", fe.Field)
	require.Empty(t, b.asked)
}
