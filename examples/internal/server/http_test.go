package server

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// An httpCheck is one or more requests, as the bytes of a connection, and what must come back.
type httpCheck struct {
	name    string
	request string
	status  []int    // any of them, in the order of the requests; if more than one, see replies
	replies int      // how many come back; if zero, one
	want    []string // parts of the first reply, its header included
	never   []string // parts that no reply has
}

// A victim is a running server with users, whom the checks must not change or show.
type victim struct {
	testing.TB
	address string
	cookies map[string]string // of signed-in users, by token
}

// request returns the bytes of a request. Lines of the header come after the method and the target.
func request(method, target string, body string, header ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", method, target)
	if !slices.ContainsFunc(header, func(l string) bool { return strings.HasPrefix(l, "Host:") }) {
		b.WriteString("Host: 127.0.0.1\r\n")
	}
	for _, line := range header {
		b.WriteString(line + "\r\n")
	}
	if body != "" || method == http.MethodPost {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("Connection: close\r\n\r\n" + body)
	return b.String()
}

func bearer(token string) string { return "Authorization: Bearer " + token }

// A reply is one answer on a connection.
type reply struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
}

// send writes the bytes to a new connection, and returns the replies.
func (v *victim) send(raw string) ([]reply, string, error) {
	c, err := net.Dial("tcp", v.address)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = c.Close() }() // the server closes it, too
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return nil, "", err
	}
	go func() { _, _ = io.WriteString(c, raw) }() // the server can answer and close before the end
	var all bytes.Buffer
	stream := bufio.NewReader(io.TeeReader(c, &all))
	var replies []reply
	method, _, _ := strings.Cut(raw, " ")
	for {
		if _, err := stream.Peek(1); err != nil {
			return replies, all.String(), closedBy(err)
		}
		response, err := http.ReadResponse(stream, &http.Request{Method: method})
		if err != nil {
			return replies, all.String(), err
		}
		replies = append(replies, reply{response.StatusCode, response.Header, response.Cookies()})
		_, err = io.Copy(io.Discard, response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return replies, all.String(), closedBy(err)
		}
		method = http.MethodGet
	}
}

// closedBy returns nil if err only means that the server has closed the connection.
func closedBy(err error) error {
	if ne := net.Error(nil); errors.As(err, &ne) && ne.Timeout() {
		return errors.New("the server neither answers nor closes the connection")
	}
	return nil
}

// secrets are what no answer shows: tokens, and inside parts of the server and its machine.
var secrets = []string{
	adaToken, bobToken, "goroutine ", ".go:", checkout(), "sqlite", "SELECT ", "panic", "root:x:0:0",
}

// checkout returns the folder that the project is in, as its paths begin.
func checkout() string {
	dir, err := os.Getwd() // of this package
	if err != nil {
		panic(err)
	}
	return filepath.Join(dir, "..", "..", "..") + string(filepath.Separator)
}

// inline finds a script that is not a file of the page's own.
var inline = regexp.MustCompile(`<script($|[^ ]| [^s]| src="[^/]| src="/[^s])`)

// holds makes a check, and returns what does not hold.
func (v *victim) holds(c httpCheck) error {
	replies, text, err := v.send(c.request)
	if err != nil {
		return err
	}
	if want := max(1, c.replies); len(replies) != want {
		return fmt.Errorf("%d replies, want %d:\n%.300s", len(replies), want, text)
	}
	for i, r := range replies {
		if c.replies > 1 && r.status != c.status[i] || !slices.Contains(c.status, r.status) {
			return fmt.Errorf("reply %d is %d, want %v:\n%.500s", i+1, r.status, c.status, text)
		}
		if kind := r.header.Get("Content-Type"); r.header.Get("X-Content-Type-Options") != "nosniff" &&
			kind != "" && !strings.HasPrefix(kind, "text/plain") {
			return fmt.Errorf("the browser can guess the type:\n%.300s", text)
		} else if strings.HasPrefix(kind, "text/html") && inline.MatchString(text) {
			return fmt.Errorf("live script:\n%.300s", text)
		}
	}
	for _, part := range c.want {
		if !strings.Contains(text, part) {
			return fmt.Errorf("lacks %q:\n%.500s", part, text)
		}
	}
	for _, part := range append(secrets, c.never...) {
		if strings.Contains(text, part) {
			return fmt.Errorf("has %q:\n%.500s", part, text)
		}
	}
	return nil
}

// signIn returns the header line of a new session.
func (v *victim) signIn(token string) string {
	v.Helper()
	form := url.Values{"token": {token}}.Encode()
	replies, text, err := v.send(request("POST", "/sign-in", form,
		"Content-Type: application/x-www-form-urlencoded"))
	require.NoError(v, err)
	require.Len(v, replies, 1, text)
	require.Len(v, replies[0].cookies, 1, text)
	return "Cookie: " + replies[0].cookies[0].Name + "=" + replies[0].cookies[0].Value
}

// sees returns what a user has, to compare it before and after.
func (v *victim) sees(c *rest.Client) []store.Entry {
	v.Helper()
	entries, _, err := c.List(v.Context(), store.Filter{Statuses: []lead.Status{
		lead.Discovered, lead.Matched, lead.AutoRejected, lead.Failed, lead.Closed, lead.Saved, lead.Applied,
		lead.Dismissed,
	}})
	require.NoError(v, err)
	for i := range entries {
		entries[i].UpdatedAt = time.Time{} // a match that is marked as one is touched
	}
	return entries
}

// Whatever the bytes of a request are: it is refused with the right status, or does what its sender
// may do; nobody's rows change, and no answer shows more than it must.
func TestHTTPHoldsAgainstHostileRequests(t *testing.T) {
	t.Parallel()
	tokens := filepath.Join(t.TempDir(), "tokens.txt")
	require.NoError(t, os.WriteFile(tokens, []byte(tokenLines()), 0o600))
	server, _, _ := started(t, "-rate", "0", "-db", filepath.Join(t.TempDir(), "forge.db"), "-tokens", tokens)
	v := &victim{TB: t, address: strings.TrimPrefix(server, "http://"), cookies: map[string]string{}}
	clients := map[string]*rest.Client{}
	for _, token := range []string{adaToken, bobToken} {
		c, err := rest.NewClient(server, token, nil)
		require.NoError(t, err)
		defer c.CloseIdleConnections()
		clients[token] = c
	}
	require.NoError(t, decide(t.Context(), clients[adaToken], lead.Lead{
		Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1",
	}, 80))
	require.NoError(t, decide(t.Context(), clients[bobToken], lead.Lead{
		Source: "example", ExternalID: "2", Title: "Baker", URL: "https://jobs.example.com/2",
	}, 70))
	for _, token := range []string{adaToken, adaLooks, bobToken} {
		v.cookies[token] = v.signIn(token)
	}
	ada, bob := v.sees(clients[adaToken]), v.sees(clients[bobToken])

	tried, held := 0, 0
	for _, group := range []struct {
		name   string
		checks []httpCheck
	}{
		{"methods", methodChecks()},
		{"tokens", tokenChecks()},
		{"bodies", bodyChecks()},
		{"framing", framingChecks()},
		{"paths", pathChecks(v)},
		{"other sites", crossSiteChecks(v)},
		{"host names", hostChecks(v)},
		{"script", scriptChecks(v)},
		{"sessions", sessionChecks(v)},
	} {
		ok := 0
		for _, c := range group.checks {
			if err := v.holds(c); err != nil {
				t.Errorf("%s: %s: %v", group.name, c.name, err)
				continue
			}
			ok++
		}
		t.Logf("%s: tried %d, held %d", group.name, len(group.checks), ok)
		tried, held = tried+len(group.checks), held+ok
	}
	require.Equal(t, ada, v.sees(clients[adaToken]), "nothing of ada's changed")
	require.Equal(t, bob, v.sees(clients[bobToken]), "nothing of bob's changed")
	t.Logf("tried %d, held %d", tried, held)
	require.GreaterOrEqual(t, tried, 480)
}
