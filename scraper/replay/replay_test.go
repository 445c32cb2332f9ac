package replay_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper/replay"
)

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func get(t *testing.T, rt http.RoundTripper, target string) (int, string) {
	t.Helper()
	resp, err := (&http.Client{Transport: rt}).Do(request(t, target))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, int64(len(body)), resp.ContentLength)
	return resp.StatusCode, string(body)
}

func request(t *testing.T, target string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	require.NoError(t, err)
	return req
}

const (
	searchPath = "https://jobs.example/search?keywords=go"
	detailPath = "https://jobs.example/jobPosting/"
	idMark     = `<code id="decoratedJobPostingId" style="display: none"><!--"400000001"--></code>`
)

func looseFolder() fstest.MapFS {
	return fstest.MapFS{
		"search/b.html":               file("second"),
		"search/a.html":               file("first"),
		"search/a.html.expected.json": file(`{"leads": []}`),
		"search-json/c.json":          file(`{"jobDetails": []}`),
		"detail/x.html":               file("posting " + idMark),
		"closed/y.html": file(
			`<link rel="canonical" href="https://a.example/view/cook-400000002">`),
		"blocked/z.html":          file("wall"),
		"empty/none.html":         file("no results"),
		"search-shell/shell.html": file("shell"),
		"notes.md":                file("not a page"),
	}
}

func TestLooseFolderServesSearchPagesInOrderOfNameThenAnEmptyOne(t *testing.T) {
	t.Parallel()
	pages, err := replay.Open(looseFolder())
	require.NoError(t, err)
	for _, want := range []string{"first", "second", `{"jobDetails": []}`, "", ""} {
		status, body := get(t, pages, searchPath)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, want, body)
	}
}

func TestLooseFolderCountsSearchesApart(t *testing.T) {
	t.Parallel()
	pages, err := replay.Open(looseFolder())
	require.NoError(t, err)
	step := func(target, want string) {
		t.Helper()
		_, body := get(t, pages, target)
		require.Equal(t, want, body)
	}
	step(searchPath+"&start=0", "first")
	step("https://jobs.example/search?keywords=rust&start=0", "first")
	step(searchPath+"&start=10", "second")
	step(searchPath+"&start=0", "first")
	step("https://jobs.example/go-jobs", "first")
	step("https://jobs.example/go-jobs-2", "second")
}

func TestLooseFolderOfSeveralBoardsKeepsTheirSearchesApart(t *testing.T) {
	t.Parallel()
	pages, err := replay.Open(fstest.MapFS{
		"acme/search/a.html": file("acme"),
		"best/search/b.html": file("best"),
		"best/search/c.html": file("best too"),
	})
	require.NoError(t, err)
	for _, c := range []struct {
		host string
		want []string
	}{
		{"www.acme.example", []string{"acme", ""}},
		{"best.example", []string{"best", "best too", ""}},
		{"other.example", []string{"acme", "best", "best too", ""}},
	} {
		t.Run(c.host, func(t *testing.T) {
			t.Parallel()
			for _, page := range c.want {
				_, body := get(t, pages, "https://"+c.host+"/search")
				require.Equal(t, page, body)
			}
		})
	}
}

func TestLooseFolderServesAnAdvertByTheIDItCarries(t *testing.T) {
	t.Parallel()
	pages, err := replay.Open(looseFolder())
	require.NoError(t, err)

	status, body := get(t, pages, detailPath+"400000001")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "posting")
	status, _ = get(t, pages, "https://jobs.example/view/cook-400000002?trk=x")
	require.Equal(t, http.StatusOK, status)

	for _, missing := range []string{detailPath + "400000003", "https://jobs.example/robots.txt"} {
		status, _ = get(t, pages, missing)
		require.Equal(t, http.StatusNotFound, status)
	}
}

func TestLooseFolderGoesByTheContentOfOtherFiles(t *testing.T) {
	t.Parallel()
	pages, err := replay.Open(fstest.MapFS{
		"1.html": file(`<li class="job-search-card">`),
		"2.html": file(idMark),
		"3.html": file(`<script>window.location = "/authwall"</script>`),
		"4.json": file(`{"jobDetails":{"jobId":"120326012345"}}`),
	})
	require.NoError(t, err)
	_, body := get(t, pages, searchPath)
	require.Contains(t, body, "job-search-card")
	_, body = get(t, pages, searchPath)
	require.Empty(t, body)
	status, _ := get(t, pages, detailPath+"400000001")
	require.Equal(t, http.StatusOK, status)
	status, _ = get(t, pages, "https://jobs.example/jobapi/v4/job/120326012345")
	require.Equal(t, http.StatusOK, status)
}

func TestLooseFolderServesAnAdvertBesideTheCardsOfASearchPage(t *testing.T) {
	t.Parallel()
	panel := `<li class="job-search-card">` + idMark
	pages, err := replay.Open(fstest.MapFS{
		"search/a.html": file(panel),
		"search/b.json": file(`{"jobDetails":[{"jobId":"120326012345"}]}`),
	})
	require.NoError(t, err)
	status, body := get(t, pages, detailPath+"400000001")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, panel, body)
	status, _ = get(t, pages, detailPath+"120326012345")
	require.Equal(t, http.StatusNotFound, status, "a job that is only listed has no posting")
}

func TestTransportRefusesMethodsThatChangeSomething(t *testing.T) {
	t.Parallel()
	pages, err := replay.Open(looseFolder())
	require.NoError(t, err)
	req := request(t, searchPath)
	req.Method = http.MethodPost
	resp, err := pages.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
}

func TestTransportDoesNotAnswerACancelledRequest(t *testing.T) {
	t.Parallel()
	pages, err := replay.Open(looseFolder())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = pages.RoundTrip(request(t, searchPath).WithContext(ctx)) //nolint:bodyclose // there is no answer
	require.ErrorIs(t, err, context.Canceled)
}

func TestRecordedFolderReportsAURLThatWasNotRecorded(t *testing.T) {
	t.Parallel()
	pages, err := replay.Open(fstest.MapFS{
		"index.jsonl": file(
			`{"url":"https://jobs.example/search?a=1&b=2","status":200,"file":"p.html"}` + "\n",
		),
		"p.html": file("page"),
	})
	require.NoError(t, err)

	_, body := get(t, pages, "https://jobs.example/search?b=2&a=1&trackingId=zzz")
	require.Equal(t, "page", body)
	_, body = get(t, pages, "http://127.0.0.1:8080/search?a=1&b=2")
	require.Equal(t, "page", body, "a host of which nothing was recorded is the board elsewhere")

	client := &http.Client{Transport: pages}
	_, err = client.Do(request(t, detailPath+"400000001")) //nolint:bodyclose // there is no answer
	require.ErrorIs(t, err, replay.ErrNotRecorded)
	var transport *url.Error
	require.True(t, errors.As(err, &transport))

	status, _ := get(t, pages, "https://jobs.example/robots.txt")
	require.Equal(t, http.StatusNotFound, status)
}

func TestRecordedFolderNamesTheBrokenLineOfItsIndex(t *testing.T) {
	t.Parallel()
	good := `{"url":"https://jobs.example/","status":200,"file":"p.html"}` + "\n"
	for _, c := range []struct{ name, line string }{
		{"not JSON", "{"},
		{"path upwards", `{"url":"https://jobs.example/x","status":200,"file":"../../secret"}`},
		{"no status", `{"url":"https://jobs.example/x","file":"p.html"}`},
		{"absolute path", `{"url":"https://jobs.example/x","status":200,"file":"/etc/passwd"}`},
		{"a list of things", "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := replay.Open(fstest.MapFS{"index.jsonl": file(good + c.line + "\n")})
			require.ErrorContains(t, err, "line 2")
		})
	}
	_, err := replay.Open(fstest.MapFS{"index.jsonl": file(good + `{"url":"https://jobs.ex`)})
	require.NoError(t, err, "the last line was cut when the recorder died")
}
