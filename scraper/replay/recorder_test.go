package replay_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/replay"
)

func recorder(t *testing.T, dir string, next http.RoundTripper) *replay.Recorder {
	t.Helper()
	r, err := replay.NewRecorder(dir, next)
	require.NoError(t, err)
	return r
}

func board(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func open(t *testing.T, dir string) *replay.Transport {
	t.Helper()
	pages, err := replay.Open(os.DirFS(dir))
	require.NoError(t, err)
	return pages
}

func TestRecordedFolderReplaysBytesAndStatuses(t *testing.T) {
	t.Parallel()
	base := board(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/search?keywords=b", http.StatusFound)
		case "/busy":
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/denied":
			w.WriteHeader(999)
			_, _ = io.WriteString(w, "<script>location = '/authwall'</script>")
		case "/job.json":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"title":"Cook", "n": 1}`)
		default:
			w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
			_, _ = fmt.Fprintf(w, "<LI class='x'>caf\xe9 & <br/> <b>%s</B\n >", r.URL.RawQuery)
			_, _ = fmt.Fprint(w, "<!-- c --> <a href=\"?x=1&amp;y\">")
		}
	})
	dir := t.TempDir()
	live := recorder(t, dir, http.DefaultTransport)
	type answer struct {
		status     int
		body       string
		kind, wait string
	}
	ask := func(rt http.RoundTripper, target string) answer {
		resp, err := (&http.Client{Transport: rt}).Do(request(t, target))
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		h := resp.Header
		return answer{resp.StatusCode, string(body), h.Get("Content-Type"), h.Get("Retry-After")}
	}
	targets := []string{
		"/search?keywords=a", "/search?keywords=b&start=10", "/moved", "/busy", "/denied", "/job.json", "/",
	}
	var want []answer
	for _, target := range targets {
		want = append(want, ask(live, base+target))
	}
	pages := open(t, dir)
	for i, target := range targets {
		require.Equal(t, want[i], ask(pages, base+target), target)
	}
}

func TestRecordedFolderReplaysAPageThatWasRecordedTwiceInOrder(t *testing.T) {
	t.Parallel()
	n := 0
	base := board(
		t, func(w http.ResponseWriter, _ *http.Request) { n++; _, _ = fmt.Fprintf(w, "answer %d", n) },
	)
	dir := t.TempDir()
	get(t, recorder(t, dir, http.DefaultTransport), base)
	get(t, recorder(t, dir, http.DefaultTransport), base) // a restart adds to the folder

	pages := open(t, dir)
	for _, want := range []string{"answer 1", "answer 2", "answer 2"} {
		_, body := get(t, pages, base)
		require.Equal(t, want, body)
	}
}

func TestRecorderGoesOnAfterAnotherDiedInMidLine(t *testing.T) {
	t.Parallel()
	base := board(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
	dir := t.TempDir()
	get(t, recorder(t, dir, http.DefaultTransport), base+"/one")
	index := filepath.Join(dir, "index.jsonl")
	whole, err := os.ReadFile(index)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(index, append(whole, whole[:len(whole)/2]...), 0o600))

	get(t, recorder(t, dir, http.DefaultTransport), base+"/two")
	pages := open(t, dir)
	for _, path := range []string{"/one", "/two"} {
		_, body := get(t, pages, base+path)
		require.Equal(t, path, body)
	}
}

func TestRecorderLeavesOutWhatIdentifiesPeopleAndVisitors(t *testing.T) {
	t.Parallel()
	page := `<html><meta id="config" data-browser-id="secret-browser" data-app-version="2">
<input name="loginCsrfParam" value='secret-csrf' type=hidden><input name="keywords" value="cook">
<div class="x message-the-recruiter mt-1"><div>secret-person</div><p>secret-title</div><p>after</p>
<script>var a = {"contactPerson": "secret-contact \" quoted", "title":"Cook"};</script></html>`
	base := board(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "li=secret-cookie")
		w.Header().Set("X-Trace", "secret-trace")
		if strings.HasSuffix(r.URL.Path, "json") {
			_, _ = io.WriteString(w, `{"jobId":"120326012345","recruiterName":"secret-name",`+
				`"emailId" : "secret-mail","title":"Cook"}`)
			return
		}
		_, _ = io.WriteString(w, page)
	})
	dir := t.TempDir()
	rec := recorder(t, dir, http.DefaultTransport)
	for _, path := range []string{
		"/view?keywords=cook&trackingId=secret-id&csrfToken=secret-token",
		"/json",
	} {
		req := request(t, base+path)
		req.Header.Set("Authorization", "Bearer secret-auth")
		req.Header.Set("Cookie", "secret-sent")
		resp, err := rec.RoundTrip(req)
		require.NoError(t, err)
		passed, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Contains(t, string(passed), "secret", "what is passed on is whole")
	}

	var all bytes.Buffer
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var b []byte
			b, err = os.ReadFile(path)
			all.WriteString(path)
			all.Write(b)
		}
		return err
	}))
	require.NotContains(t, all.String(), "secret")
	for _, kept := range []string{
		"keywords=cook", `value="cook"`, `<p>after</p>`, `"title":"Cook"`, `data-app-version="2"`,
		`"jobId":"120326012345"`,
	} {
		require.Contains(t, all.String(), kept)
	}
}

func TestRecorderIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	base := board(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "page "+r.FormValue("w")+" "+r.FormValue("i"))
	})
	dir := t.TempDir()
	one, other := recorder(t, dir, http.DefaultTransport), recorder(t, dir, http.DefaultTransport)
	const workers, each = 8, 10
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			rec := one
			if w%2 == 1 {
				rec = other
			}
			for i := range each {
				resp, err := rec.RoundTrip(request(t, fmt.Sprintf("%s/search?w=%d&i=%d", base, w, i)))
				if err == nil {
					err = resp.Body.Close()
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	pages := open(t, dir)
	for w := range workers {
		for i := range each {
			_, body := get(t, pages, fmt.Sprintf("%s/search?w=%d&i=%d", base, w, i))
			require.Equal(t, fmt.Sprintf("page %d %d", w, i), body)
		}
	}
}

func TestRecorderKeepsNamesShortAndInsideItsFolder(t *testing.T) {
	t.Parallel()
	base := board(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") })
	dir := t.TempDir()
	rec := recorder(t, dir, http.DefaultTransport)
	for _, path := range []string{
		"/" + strings.Repeat("long-", 500), "/..%2f..%2fetc/passwd", "/%00", "/jobs/view/köche-400000001",
	} {
		resp, err := rec.RoundTrip(request(t, base+path))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 5, "four pages and the index, nothing half-written")
	for _, e := range entries {
		require.LessOrEqual(t, len(e.Name()), 80)
	}
}

func TestRecorderReportsAFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	base := board(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") })
	taken := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(taken, nil, 0o600))
	rec := recorder(t, taken, http.DefaultTransport)
	_, err := rec.RoundTrip(request(t, base)) //nolint:bodyclose // there is no answer
	require.ErrorContains(t, err, "replay: record page")
}

func TestRecorderPassesHalfAPageOnAndDoesNotSaveIt(t *testing.T) {
	t.Parallel()
	base := board(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half a page")
	})
	dir := filepath.Join(t.TempDir(), "pages")
	resp, err := recorder(t, dir, http.DefaultTransport).RoundTrip(request(t, base))
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "half a page", string(body))
	require.NoDirExists(t, dir)
}

func TestRecorderNamesTheArgumentThatIsMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field, dir string
		next       http.RoundTripper
	}{
		{"dir", " ", http.DefaultTransport},
		{"next", "pages", nil},
	} {
		t.Run(c.field, func(t *testing.T) {
			t.Parallel()
			_, err := replay.NewRecorder(c.dir, c.next)
			wrong, ok := errors.AsType[*lead.FieldError](err)
			require.True(t, ok)
			require.Equal(t, c.field, wrong.Field)
		})
	}
}
