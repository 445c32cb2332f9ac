package fleet

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"
	"riverqueue.com/riverui"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

// newPage serves River's page behind the guard, with one job that a write can change.
func newPage(t *testing.T, hosts ...string) (page *httptest.Server, job string,
	state func() rivertype.JobState,
) {
	t.Helper()
	w := newTestWorker(t, nil)
	inserted, err := w.client.Insert(t.Context(), enrichArgs{User: "ada"}, enrichOpts())
	require.NoError(t, err)
	client, err := river.NewClient(riverpgxv5.New(w.pool), &river.Config{})
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	endpoints := riverui.NewEndpoints(client, nil)
	handler, err := riverui.NewHandler(&riverui.HandlerOpts{Endpoints: endpoints, Logger: quiet})
	require.NoError(t, err)
	require.NoError(t, handler.Start(t.Context()))
	page = httptest.NewServer(guard(handler, hosts))
	t.Cleanup(page.Close)
	return page, strconv.FormatInt(inserted.Job.ID, 10), func() rivertype.JobState {
		row, err := client.JobGet(t.Context(), inserted.Job.ID)
		require.NoError(t, err)
		return row.State
	}
}

// ask sends a request with pairs of header fields, and returns the answer's status and header.
func ask(
	t *testing.T, page *httptest.Server, method, path, body string, header ...string,
) (status int, got http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, page.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := page.Client().Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode, resp.Header
}

func TestUITakesNoWritesFromOtherPages(t *testing.T) {
	t.Parallel()
	page, job, state := newPage(t)
	body := `{"ids":["` + job + `"]}`
	port := page.URL[strings.LastIndex(page.URL, ":"):]
	writes := []struct{ method, path, body string }{
		{"POST", "/api/jobs/cancel", body},
		{"POST", "/api/jobs/delete", body},
		{"POST", "/api/jobs/retry", body},
		{"PUT", "/api/queues/enrich/pause", ""},
		{"PUT", "/api/queues/enrich/resume", ""},
		{"PATCH", "/api/queues/enrich", `{}`},
		{"DELETE", "/api/jobs/" + job, ""},
	}
	var count tally
	for _, from := range []struct {
		name   string
		status int
		header []string
	}{
		{"another site", 403, []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}},
		{"another site in an old browser", 403, []string{"Origin", "https://evil.example"}},
		{"a sandboxed frame", 403, []string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}},
		{"a sandboxed frame in an old browser", 403, []string{"Origin", "null"}},
		{"another port", 403, []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"}},
		{"another port in an old browser", 403, []string{"Origin", "http://127.0.0.1:1"}},
		{"a form", 403, []string{
			"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Content-Type", "text/plain",
		}},
		{"a rebound name", 421, []string{
			"Host", "evil.example" + port, "Sec-Fetch-Site", "same-origin", "Origin",
			"http://evil.example" + port,
		}},
		{"a rebound name in an old browser", 421, []string{
			"Host", "evil.example" + port, "Origin", "http://evil.example" + port,
		}},
		{"a rebound name without headers", 421, []string{"Host", "evil.example" + port}},
	} {
		for _, w := range writes {
			t.Run(from.name+"/"+w.method+" "+w.path, func(t *testing.T) {
				defer count.add(t)
				status, _ := ask(t, page, w.method, w.path, w.body, from.header...)
				require.Equal(t, from.status, status)
				require.Equal(t, rivertype.JobStateAvailable, state())
			})
		}
	}
	count.log(t, "writes from other pages")

	same := []string{"Sec-Fetch-Site", "same-origin", "Origin", page.URL, "Content-Type", "application/json"}
	status, _ := ask(t, page, "POST", "/api/jobs/cancel", body, same...)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, rivertype.JobStateCancelled, state(), "the page's own writes work")
}

func TestUIAnswersUnderKnownNamesOnly(t *testing.T) {
	t.Parallel()
	page, _, _ := newPage(t, "fleet.example")
	var count tally
	for _, c := range []struct {
		host string
		ok   bool
	}{
		{"localhost", true},
		{"LOCALHOST:8090", true},
		{"127.0.0.1", true},
		{"127.0.0.1:8090", true},
		{"127.8.8.8:8090", true},
		{"[::1]:8090", true},
		{"[::1]", true},
		{"[::ffff:127.0.0.1]:80", true},
		{"fleet.example", true},
		{"Fleet.Example:443", true},
		{"evil.example", false},
		{"evil.example:8090", false},
		{"localhost.evil.example", false},
		{"fleet.example.evil.example", false},
		{"evil.example:localhost", false},
		{"127.0.0.1.evil.example", false},
		{"127.0.0.1.nip.example:8090", false},
		{"0.0.0.0:8090", false},
		{"[::]:8090", false},
		{"192.0.2.7:8090", false},
		{"10.0.0.1", false},
		{"2130706433", false},
		{"0x7f000001", false},
		{"127.1", false},
		{"evil.example@localhost", false},
		{"localhost,evil.example", false},
		{"xn--lcalhost-54a", false},
	} {
		for _, path := range []string{"/", "/api/jobs", "/api/queues"} {
			t.Run(c.host+path, func(t *testing.T) {
				defer count.add(t)
				status, _ := ask(t, page, "GET", path, "", "Host", c.host)
				// net/http's own
				refused := status == http.StatusMisdirectedRequest || status == http.StatusBadRequest
				require.Equal(t, !c.ok, refused, status)
			})
		}
	}
	count.log(t, "names")
}

func TestUICanNeitherBeFramedNorReadByOtherPages(t *testing.T) {
	t.Parallel()
	page, job, _ := newPage(t)
	var count tally
	for _, path := range []string{
		"/", "/jobs", "/api/jobs", "/api/jobs/" + job, "/api/queues", "/nothing",
		"/api/none",
	} {
		for _, host := range []string{"localhost", "evil.example"} {
			t.Run(host+path, func(t *testing.T) {
				defer count.add(t)
				_, h := ask(t, page, "GET", path, "", "Host", host, "Origin", "https://evil.example")
				require.Equal(t, "DENY", h.Get("X-Frame-Options"))
				require.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors 'none'")
				require.Contains(t, h.Get("Content-Security-Policy"), "script-src 'self';")
				require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
				require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"))
				require.Empty(t, h.Get("Access-Control-Allow-Origin"))
			})
		}
	}
	count.log(t, "answers that no other page can use")
}

func TestUIListensOnTheLoopbackUnlessAskedTo(t *testing.T) {
	t.Parallel()
	var count tally
	for _, c := range []struct {
		listen string
		local  bool
	}{
		{"127.0.0.1:0", true},
		{"127.9.9.9:8090", true},
		{"[::1]:8090", true},
		{"localhost:8090", true},
		{":8090", false},
		{"0.0.0.0:8090", false},
		{"[::]:8090", false},
		{"192.0.2.7:8090", false},
		{"[2001:db8::1]:8090", false},
	} {
		t.Run(c.listen, func(t *testing.T) {
			defer count.add(t)
			_, err := listenAddress(c.listen, false)
			if c.local {
				require.NoError(t, err)
			} else {
				require.ErrorAs(t, err, new(*commandline.UsageError))
				require.ErrorContains(t, err, "-public")
			}
			_, err = listenAddress(c.listen, true)
			require.NoError(t, err)
		})
	}
	count.log(t, "addresses to listen on")
	_, err := listenAddress("nothing", true)
	require.ErrorAs(t, err, new(*commandline.UsageError))
}

// A request that came to an address of this machine may name it.
func TestUIAnswersUnderTheAddressThatWasAsked(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "http://192.0.2.7:8090/", http.NoBody)
	require.False(t, knownHost(r, nil))
	local := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8090}
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local)))
	require.True(t, knownHost(r, nil))
}
