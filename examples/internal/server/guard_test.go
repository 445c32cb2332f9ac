package server

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// The page's limit of one token affects neither other tokens nor the API.
func TestThePageIsLimitedByToken(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil, "-rate", "0.1", "-burst", "3")
	ada, bob := s.surfer(adaToken), s.surfer(bobToken)
	for range 3 {
		status, _, _ := ada.get("/")
		require.Equal(t, http.StatusOK, status)
	}
	for _, path := range []string{"/", "/export.csv", "/export.json"} {
		status, header, text := ada.get(path)
		require.Equal(t, http.StatusTooManyRequests, status, path)
		require.Contains(t, text, "Wait a moment")
		wait, err := strconv.Atoi(header.Get("Retry-After"))
		require.NoError(t, err)
		require.InDelta(t, 10, wait, 2)
	}
	status, _, _ := ada.post("/jobs/1/mark", url.Values{"status": {"APPLIED"}})
	require.Equal(t, http.StatusTooManyRequests, status)
	status, _, _ = bob.get("/")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, works, s.allowed(adaToken), "the agent's calls have an allowance of their own")
	require.True(t, s.surfer(adaToken) != nil, "and signing in is not limited by it")
}

// A client that guesses tokens has to wait. Other clients do not.
func TestSignInIsLimitedByClient(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil, "-url", "https://forge.example.com")
	client := func(address, token string) int {
		form := url.Values{"token": {token}}.Encode()
		r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", "203.0.113.9, "+address)
		r.Host, r.RemoteAddr = "forge.example.com", "127.0.0.1:4711" // the proxy
		w := httptest.NewRecorder()
		s.Config.Handler.ServeHTTP(w, r)
		return w.Code
	}
	for range 20 {
		require.Equal(t, http.StatusUnauthorized, client("198.51.100.1", "guess"))
	}
	require.Equal(t, http.StatusTooManyRequests, client("198.51.100.1", "guess"))
	require.Equal(t, http.StatusTooManyRequests, client("198.51.100.1", adaToken), "a lucky guess, too")
	require.Equal(t, http.StatusSeeOther, client("198.51.100.2", adaToken))
	s.now.advance(5 * time.Second)
	require.Equal(t, http.StatusSeeOther, client("198.51.100.1", adaToken))
	for i := range 20 {
		require.Equal(t, http.StatusUnauthorized, client(fmt.Sprintf("2001:db8::%x", i), "guess"))
	}
	require.Equal(t, http.StatusTooManyRequests, client("2001:db8::ffff", "guess"), "a network is one client")
	require.Equal(t, http.StatusUnauthorized, client("2001:db8:0:1::1", "guess"))
}

func TestAClientIsItsAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, remote, forwarded string
		proxied                 bool
		want                    string
	}{
		{"direct", "198.51.100.1:1", "", false, "198.51.100.1"},
		{"direct, with a made-up header", "198.51.100.1:1", "203.0.113.1", false, "198.51.100.1"},
		{"behind no proxy of ours", "198.51.100.1:1", "203.0.113.1", true, "198.51.100.1"},
		{"behind a proxy", "10.1.2.3:1", "made up, 203.0.113.1", true, "203.0.113.1"},
		{"behind a proxy that says nothing", "10.1.2.3:1", "", true, "10.1.2.3"},
		{"behind a proxy that says nonsense", "10.1.2.3:1", "unknown", true, "10.1.2.3"},
		{"IPv6", "[2001:db8:1:2:3::4]:1", "", false, "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:198.51.100.1]:1", "", false, "198.51.100.1"},
		{"a zone", "[fe80::1%eth0]:1", "", false, "fe80::/64"},
		{"no address", "@", "", true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.remote
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			require.Equal(t, c.want, clientOf(c.proxied)(r))
		})
	}
}

// A token that signs in again and again ends its own oldest session, and no other token's.
func TestManySessionsOfOneTokenEndNoOthers(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	bob, first := s.surfer(bobToken), s.surfer(adaToken)
	second := s.surfer(adaToken)
	for range 49 {
		s.now.advance(time.Second)
		require.True(t, second.isIn())
		s.surfer(adaToken)
	}
	require.True(t, bob.isIn())
	require.True(t, second.isIn(), "it is in use")
	require.False(t, first.isIn())
}

func TestHTTPSKeepsCookiesSecureHoweverItIsSpelt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url    string
		secure bool
	}{
		{"https://forge.example.com", true},
		{"HTTPS://forge.example.com", true},
		{"HttpS://forge.example.com/", true},
		{"http://forge.example.com", false},
		{"HTTP://forge.example.com", false},
	} {
		t.Run(c.url, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil, "-url", c.url)
			_, header, _ := s.surfer("").post("/sign-in", url.Values{"token": {adaToken}})
			cookie, err := http.ParseSetCookie(header.Get("Set-Cookie"))
			require.NoError(t, err)
			require.Equal(t, c.secure, cookie.Secure)
			require.Equal(t, c.secure, header.Get("Strict-Transport-Security") != "")
		})
	}
}

// If the disk is full, /readyz says so, and /healthz does not, because a restart would not help.
func TestReadyzSaysThatTheDiskIsFull(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	ready := func() string {
		_, body := fetch(t, s.URL+"/readyz")
		return body
	}
	require.Equal(t, "ready\n", ready())
	full := filepath.Join(t.TempDir(), "full") // removed instead of the device
	s.serveWith(func(p *parts) {
		p.catalogue.disk = &disk{create: func() (*os.File, error) {
			if err := os.Symlink("/dev/full", full); err != nil {
				return nil, err
			}
			return os.OpenFile(full, os.O_WRONLY, 0)
		}}
	})
	require.Contains(t, ready(), "disk is full")
	require.NoFileExists(t, full)

	for _, c := range []struct {
		name string
		err  error
		full bool
	}{
		{"the system's error", fmt.Errorf("write: %w", syscall.ENOSPC), true},
		{"a quota", syscall.EDQUOT, true},
		{"PostgreSQL's code", fmt.Errorf("sync: %w", stateError("53100")), true},
		{"SQLite's code", codeError(13), true},
		{"SQLite's extended code", codeError(13 | 1<<8), true},
		{"another code", stateError("53200"), false},
		{"another error", io.EOF, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &disk{}
			failing := &failingStore{s.forUser("ada").(fullStore), c.err}
			s.serveWith(func(p *parts) {
				p.catalogue.disk = d
				p.catalogue.forUser = func(string) forge.Store { return failing }
			})
			agent, err := rest.NewClient(s.URL, adaToken, &rest.ClientOptions{RetryFor: -1})
			require.NoError(t, err)
			defer agent.CloseIdleConnections()
			leads := []lead.Lead{
				{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
			}
			_, err = agent.Sync(t.Context(), leads)
			require.Error(t, err)
			require.Equal(t, c.full, strings.Contains(ready(), "disk is full"))
			failing.err = nil
			_, err = agent.Sync(t.Context(), leads)
			require.NoError(t, err)
			require.Equal(t, "ready\n", ready(), "there is room again")
		})
	}
}

// A failingStore fails to sync.
type failingStore struct {
	fullStore
	err error
}

func (s *failingStore) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.fullStore.Sync(ctx, leads)
}

type stateError string

func (e stateError) Error() string    { return "could not extend file" }
func (e stateError) SQLState() string { return string(e) }

type codeError int

func (e codeError) Error() string { return "database or disk is full" }
func (e codeError) Code() int     { return int(e) }

// Spreadsheets of many countries split cells at semicolons, not at commas.
func TestNoCellOfAnExportBeginsAFormula(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	titles := []string{
		"=1+1", "+1", "-1", "@A1", "|cmd", "＝1", "＋1", "－1", "＠1", "  =1", "\"=1", "'=1",
		"Engineer;=1+1", "Engineer; =1+1", "Engineer;\u00a0=1", "a;b;@c", `Engineer;"=1"`, "a;＝1", "x;;=1",
		"a; -1; +1",
	}
	for i, title := range titles {
		require.NoError(t, decide(t.Context(), s.forUser("ada"), lead.Lead{
			Source: "example", ExternalID: strconv.Itoa(i), Title: title, Company: title, Location: title,
			URL: "https://jobs.example.com/?" + strconv.Itoa(i) + ";=1",
		}, 90-i))
	}
	_, _, text := s.surfer(adaToken).get("/export.csv")
	for _, comma := range []rune{',', ';', '\t'} {
		t.Run(string(comma), func(t *testing.T) {
			r := csv.NewReader(strings.NewReader(text))
			r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
			records, err := r.ReadAll()
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(records), 2)
			for _, record := range records {
				for _, cell := range record {
					begins := strings.TrimLeft(cell, " \t\u00a0\"")
					require.False(t, begins != "" && strings.ContainsRune("=+-@|＝＋－＠", []rune(begins)[0]),
						"%q", cell)
				}
			}
		})
	}
}

// If the store fails during an export, the connection is broken, so that the file does not look
// complete.
func TestAnExportThatCannotBeFinishedIsBrokenOff(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for i := range 21 { // more than one page of a listing
		_, err := s.forUser("ada").Sync(t.Context(), batchOf(25*i))
		require.NoError(t, err)
	}
	b := s.surfer(adaToken)
	for _, path := range []string{"/export.csv?view=waiting", "/export.json?view=waiting"} {
		_, _, text := b.get(path)
		require.Equal(t, 525, strings.Count(text, "https://jobs.example.com/1"))
		pages := 0
		s.serveWith(func(p *parts) {
			p.catalogue.forUser = func(user string) forge.Store {
				return &fewPages{s.forUser(user).(fullStore), &pages, 1}
			}
		})
		b = s.surfer(adaToken)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		require.NoError(t, err)
		response, err := b.client.Do(r)
		require.NoError(t, err)
		_, err = io.ReadAll(response.Body)
		require.NoError(t, response.Body.Close())
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, path)

		pages = 0
		s.serveWith(func(p *parts) {
			p.catalogue.forUser = func(user string) forge.Store {
				return &fewPages{s.forUser(user).(fullStore), &pages, 0}
			}
		})
		b = s.surfer(adaToken)
		status, _, _ := b.get(path)
		require.Equal(t, http.StatusServiceUnavailable, status, "nothing was sent yet")
		s.serveWith(func(*parts) {})
		b = s.surfer(adaToken)
	}
}

// fewPages is a store that fails after some pages of a listing.
type fewPages struct {
	fullStore
	listed *int
	works  int
}

func (s *fewPages) List(ctx context.Context, f store.Filter) ([]store.Entry, string, error) {
	if *s.listed++; *s.listed > s.works {
		return nil, "", io.ErrClosedPipe
	}
	return s.fullStore.List(ctx, f)
}

// A job whose score was not verified is marked on its card and in the exports.
func TestUnverifiedJobsAreMarked(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	ada := s.forUser("ada")
	refs, err := ada.Sync(t.Context(), []lead.Lead{
		{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
	})
	require.NoError(t, err)
	require.NoError(t, ada.Decide(t.Context(), store.Lease{ID: refs[0].ID}, enrich.Decision{
		Assessment: enrich.Assessment{Score: 12, Unverified: true, Reasoning: "Too little text."},
		Status:     lead.Matched, Data: &enrich.Data{Description: "Text."},
	}))
	b := s.surfer(adaToken)
	_, _, text := b.get("/")
	require.Contains(t, text, "Not verified")
	_, _, text = b.get("/export.json")
	require.Contains(t, text, `"unverified":true`)
	_, _, text = b.get("/export.csv")
	require.Contains(t, text, ",true,,,\n")
}

// The password is hunter2. A mistyped command line is often copied into a question for others.
func TestMistypedSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-db", "postgres://ada:hunter2@db.example/forge"},
		{"-db", "host=db.example user=ada password=hunter2"},
		{"-postgres", "host=db.example", "password=hunter2"},
		{"-postgres", "postgres://ada:hun/hunter2@db.example/forge"},
		{"-postgres=postgers://ada:hunter2@db.example/forge"},
		{"-postgress=postgres://ada:hunter2@db.example/forge"},
		{"-url", "https://ada:hunter2@forge.example.com"},
		{"-url", "https://ada:hunter2%zz@forge.example.com"},
		{"-url", "https://forge.example.com/?hunter2"},
		{"-otlp", "http://ada:hunter2@127.0.0.1:4318"},
		{"-otlp", "http://ada:hunter2%zz@127.0.0.1:4318"},
		{"-otlp", "ada:hunter2@127.0.0.1:4318"},
		{"hunter2"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			var out, errs safeBuffer
			err := Run(t.Context(), args, &out, &errs)
			require.ErrorAs(t, err, new(*commandline.UsageError))
			require.NotContains(t, err.Error()+out.String()+errs.String(), "hunter2")
		})
	}
}

func TestHostNamesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil, "-url", "https://forge.example.com")
	for _, c := range []struct {
		host  string
		known bool
	}{
		{"forge.example.com", true},
		{"FORGE.example.com:443", true},
		{"forge.example.com.", true},
		{"127.0.0.1:8080", true},
		{"[::1]:8080", true},
		{"[::1]", true},
		{"192.0.2.7", true},
		{"localhost:8080", true},
		{"forge.localhost", true},
		{"server:8080", true},
		{"evil.example", false},
		{"evil.example:8080", false},
		{"forge.example.com.evil.example", false},
		{"evil-forge.example.com", false},
		{"127.0.0.1.evil.example", false},
		{"localhost.evil.example", false},
		{"", false},
		{":80", false},
	} {
		t.Run(c.host, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{"/", "/sign-in", "/export.csv", "/static/style.css", "/nowhere"} {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Host = c.host
				w := httptest.NewRecorder()
				s.Config.Handler.ServeHTTP(w, r)
				require.Equal(t, c.known, w.Code != http.StatusMisdirectedRequest, path)
			}
		})
	}
}

// A token's requests wait for each other, and nobody else's wait for them.
func TestRequestsOfOneTokenAreFewAtOnce(t *testing.T) {
	t.Parallel()
	l := newLimits(0, 1)
	var last func()
	for range atOnce {
		leave, err := l.enter(t.Context(), hash{1})
		require.NoError(t, err)
		last = leave
	}
	ended, end := context.WithCancel(t.Context())
	end()
	_, err := l.enter(ended, hash{1})
	require.ErrorIs(t, err, context.Canceled)
	_, err = l.enter(t.Context(), hash{2})
	require.NoError(t, err)
	entered := make(chan error)
	go func() { _, err := l.enter(t.Context(), hash{1}); entered <- err }()
	last()
	require.NoError(t, <-entered)
}

func TestThePageOfTheLargestTextsIsSmall(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	ada := s.forUser("ada")
	refs, err := ada.Sync(t.Context(), batchOf(0))
	require.NoError(t, err)
	for _, r := range refs {
		require.NoError(t, ada.Decide(t.Context(), store.Lease{ID: r.ID}, enrich.Decision{
			Assessment: enrich.Assessment{Score: 80}, Status: lead.Matched,
			Data: &enrich.Data{
				Description:  strings.Repeat(`"<`, enrich.MaxTextBytes/2),
				Requirements: strings.Repeat("ä", enrich.MaxTextBytes/2),
			},
		}))
	}
	_, _, text := s.surfer(adaToken).get("/")
	require.Equal(t, 25, strings.Count(text, "<article"))
	require.Equal(t, 50, strings.Count(text, "Open it to read the rest."))
	require.Less(t, len(text), 5<<20)
}
