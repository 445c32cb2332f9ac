package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

// A wire answers requests without a network, so that a fake clock may run.
type wire func(n int, r *http.Request) (*http.Response, error)

// A counter counts the requests of a wire and notes when they came.
type counter struct {
	wire
	at []time.Time
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	c.at = append(c.at, time.Now())
	return c.wire(len(c.at), r)
}

func answered(status int, contentType, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {contentType}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func problemJSON(status int, code string, header ...string) *http.Response {
	return answered(status, "application/problem+json", fmt.Sprintf(`{"type":"about:blank","title":"","status":%d,"code":%q,"detail":""}`, status, code), header...)
}

// over returns a client of a wire.
func over(t *testing.T, w wire, opts rest.ClientOptions) (*rest.Client, *counter) {
	t.Helper()
	c := &counter{wire: w}
	opts.HTTP = &http.Client{Transport: c}
	client, err := rest.NewClient("http://forge.example.com", "secret-token", &opts)
	require.NoError(t, err)
	return client, c
}

func TestNewClientNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		url, token string
		opts       *rest.ClientOptions
		fields     []string
	}{
		"nothing":              {"", "", nil, []string{"baseURL", "token"}},
		"no scheme":            {"localhost:8080", "t", nil, []string{"baseURL"}},
		"another scheme":       {"ftp://localhost", "t", nil, []string{"baseURL"}},
		"a password":           {"http://u:p@localhost", "t", nil, []string{"baseURL"}},
		"a query":              {"http://localhost?x=1", "t", nil, []string{"baseURL"}},
		"a token with a space": {"http://localhost", "top secret", nil, []string{"token"}},
		"a token with a line":  {"http://localhost", "top\r\nX: secret", nil, []string{"token"}},
		"negative options":     {"http://localhost", "t", &rest.ClientOptions{Timeout: -1, MaxAnswerBytes: -1}, []string{"ClientOptions.Timeout", "ClientOptions.MaxAnswerBytes"}},
	} {
		_, err := rest.NewClient(c.url, c.token, c.opts)
		require.Error(t, err, name)
		for _, field := range c.fields {
			require.ErrorContains(t, err, field, name)
		}
		require.NotContains(t, err.Error(), "secret", name)
		_, ok := errors.AsType[*lead.FieldError](err)
		require.True(t, ok, name)
	}
}

func TestTheAddressMayEndInASlashOrThePrefix(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	address := serve(t, func(user string) forge.Store { return db.ForUser(user) })
	for _, end := range []string{"", "/", "/agent-forge", "/agent-forge/"} {
		c, err := rest.NewClient(address+end, tokenOf("ada"), nil)
		require.NoError(t, err)
		_, err = c.Stats(t.Context())
		require.NoError(t, err, end)
		c.CloseIdleConnections()
	}
}

func TestPrintingAClientDoesNotPrintItsToken(t *testing.T) {
	t.Parallel()
	c, err := rest.NewClient("http://localhost", "very-secret", nil)
	require.NoError(t, err)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		require.NotContains(t, fmt.Sprintf(format, c)+fmt.Sprintf(format, *c), "very-secret")
	}
}

// everyCall makes each call once, with arguments that are in order.
func everyCall(ctx context.Context, c *rest.Client) map[string]func() error {
	j := store.Lease{ID: 7, Token: 3}
	return map[string]func() error{
		"sync": func() error {
			_, err := c.Sync(ctx, []lead.Lead{{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"}})
			return err
		},
		"claim":  func() error { _, err := c.Claim(ctx, 1, time.Minute); return err },
		"enrich": func() error { return c.Decide(ctx, j, enrich.Decision{Status: lead.AutoRejected}) },
		"enrich without a claim": func() error {
			return c.Decide(ctx, store.Lease{ID: 7}, enrich.Decision{Status: lead.AutoRejected})
		},
		"renew":   func() error { return c.Renew(ctx, j, time.Minute) },
		"release": func() error { return c.Release(ctx, j, store.Outcome{}) },
		"mark":    func() error { return c.Mark(ctx, 7, lead.Applied) },
		"reopen":  func() error { _, err := c.Reopen(ctx, store.Selection{IDs: []int64{7}}); return err },
		"list":    func() error { _, _, err := c.List(ctx, store.Filter{}); return err },
		"stats":   func() error { _, err := c.Stats(ctx); return err },
	}
}

// What failed for a passing reason is made again where a repeat is safe; what may have been done and is not safe is not.
func TestWhatIsRepeated(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for name, c := range map[string]struct {
		fails    func() (*http.Response, error)
		repeated func(call string) bool
	}{
		"a server that is away": {func() (*http.Response, error) { return nil, refused }, func(string) bool { return true }},
		"too many requests": {
			func() (*http.Response, error) { return problemJSON(429, "rate_limited", "Retry-After", "2"), nil }, func(string) bool { return true },
		},
		"a lost answer": {func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, isSafe},
		"a bad gateway": {func() (*http.Response, error) { return answered(502, "text/html", "<h1>Bad gateway</h1>"), nil }, isSafe},
		"a store that is down": {
			func() (*http.Response, error) { return problemJSON(503, "unavailable", "Retry-After", "1"), nil }, isSafe,
		},
		"a lost lease":        {func() (*http.Response, error) { return problemJSON(409, "lease_lost"), nil }, never},
		"no such job":         {func() (*http.Response, error) { return problemJSON(404, "not_found"), nil }, never},
		"a bad argument":      {func() (*http.Response, error) { return problemJSON(422, "invalid"), nil }, never},
		"no token":            {func() (*http.Response, error) { return problemJSON(401, "unauthorized"), nil }, never},
		"a viewer":            {func() (*http.Response, error) { return problemJSON(403, "forbidden"), nil }, never},
		"a store without it":  {func() (*http.Response, error) { return problemJSON(501, "unsupported"), nil }, never},
		"a stranger's answer": {func() (*http.Response, error) { return answered(200, "text/html", "<h1>Sign in</h1>"), nil }, never},
		"a redirect": {func() (*http.Response, error) {
			return answered(302, "text/html", "", "Location", "http://evil.example.com"), nil
		}, never},
	} {
		for call := range everyCall(t.Context(), nil) {
			t.Run(name+"/"+call, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client, wire := over(t, func(int, *http.Request) (*http.Response, error) { return c.fails() }, rest.ClientOptions{})
					start := time.Now()
					require.Error(t, everyCall(t.Context(), client)[call]())
					if !c.repeated(call) {
						require.Len(t, wire.at, 1)
						return
					}
					require.Greater(t, len(wire.at), 5)
					require.LessOrEqual(t, time.Since(start), time.Minute)
					require.Greater(t, time.Since(start), 50*time.Second)
				})
			})
		}
	}
}

func isSafe(call string) bool { return call != "reopen" && call != "enrich without a claim" }

func never(string) bool { return false }

// A caller cannot tell a remote store's errors from a local one's.
func TestErrorsAreThoseOfALocalStore(t *testing.T) {
	t.Parallel()
	type answer = func() *http.Response
	problem := func(status int, code string, header ...string) answer {
		return func() *http.Response { return problemJSON(status, code, header...) }
	}
	stranger := func(status int, body string) answer {
		return func() *http.Response { return answered(status, "text/html", body) }
	}
	for _, c := range []struct {
		status int
		answer answer
		is     error
		not    error
	}{
		{404, problem(404, "not_found"), store.ErrNotFound, nil},
		{409, problem(409, "lease_lost"), store.ErrLeaseLost, nil},
		{422, problem(422, "invalid"), store.ErrInvalid, nil},
		{413, problem(413, "too_large"), store.ErrInvalid, nil},
		{400, problem(400, "malformed"), store.ErrInvalid, nil},
		{401, problem(401, "unauthorized"), rest.ErrUnauthorized, nil},
		{403, problem(403, "forbidden"), rest.ErrForbidden, nil},
		{429, problem(429, "rate_limited", "Retry-After", "7"), rest.ErrRateLimited, nil},
		{501, problem(501, "unsupported"), errors.ErrUnsupported, nil},
		{503, problem(503, "unavailable"), rest.ErrUnavailable, nil},
		{504, stranger(504, "<h1>Gateway timeout</h1>"), rest.ErrUnavailable, nil},
		// A wrong address, or a proxy in between, must not be taken for a verdict on a job.
		{404, problem(404, "no_route"), nil, store.ErrNotFound},
		{404, stranger(404, "404 page not found"), nil, store.ErrNotFound},
		{409, stranger(409, "<h1>Conflict</h1>"), nil, store.ErrLeaseLost},
	} {
		client, _ := over(t, func(int, *http.Request) (*http.Response, error) { return c.answer(), nil }, rest.ClientOptions{RetryFor: -1})
		err := client.Renew(t.Context(), store.Lease{ID: 1, Token: 1}, time.Minute)
		require.Error(t, err)
		if c.is != nil {
			require.ErrorIs(t, err, c.is)
		}
		if c.not != nil {
			require.NotErrorIs(t, err, c.not)
		}
		answer, ok := errors.AsType[*rest.Error](err)
		require.True(t, ok)
		require.Equal(t, c.status, answer.Status)
		if c.status == 429 {
			require.Equal(t, 7*time.Second, answer.RetryAfter())
		}
	}
}

// A field's name and problem cross the network.
func TestTheFieldThatIsWrongIsNamedOnBothSides(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	address := serve(t, func(user string) forge.Store { return db.ForUser(user) })
	remote := clients(t, address)("ada")
	local := db.ForUser("ada")
	refs, err := remote.Sync(t.Context(), []lead.Lead{{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"}})
	require.NoError(t, err)
	for _, s := range []forge.Store{local, remote} {
		err := s.Decide(t.Context(), store.Lease{ID: refs[0].ID}, enrich.Decision{Assessment: enrich.Assessment{Score: 80}, Status: lead.Matched})
		require.ErrorIs(t, err, store.ErrInvalid)
		wrong, ok := errors.AsType[*lead.FieldError](err)
		require.True(t, ok)
		require.Equal(t, &lead.FieldError{Field: "enrichment_data", Problem: "missing: the job has no text yet, and a match needs it"}, wrong)
		require.ErrorContains(t, err, "enrichment_data: missing")
	}
}

// A lead that only the server refuses is named by its place in the caller's batch.
func TestLeadsThatTheServerRefusesAreNamedInTheCallersOrder(t *testing.T) {
	t.Parallel()
	client, _ := over(t, func(int, *http.Request) (*http.Response, error) {
		return answered(200, "application/json", `{"jobs":[{"id":1,"source":"example","external_id":"a","state":"NEW"}],"rejected":[{"index":1,"error":"title: in a language that this server does not keep"}]}`), nil
	}, rest.ClientOptions{})
	at := func(id string) lead.Lead {
		return lead.Lead{Source: "example", ExternalID: id, Title: " Engineer ", URL: "https://jobs.example.com/" + id}
	}
	refs, err := client.Sync(t.Context(), []lead.Lead{{}, at("b"), at("a")}) // sent as a, b
	require.Equal(t, []store.Ref{{ID: 1, Key: lead.Key{Source: "example", ExternalID: "a"}, State: store.New}}, refs)
	partial, ok := errors.AsType[*store.PartialError](err)
	require.True(t, ok)
	require.Equal(t, []store.Rejected{
		{Index: 0, Err: &lead.FieldError{Field: "source", Problem: "missing"}},
		{Index: 1, Key: lead.Key{Source: "example", ExternalID: "b"}, Err: &lead.FieldError{Field: "title", Problem: "in a language that this server does not keep"}},
	}, partial.Rejected)
}

func TestABatchThatIsLargerThanARequestGoesInSeveral(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	requests := 0
	h, err := rest.NewHandler(rest.Config{ForUser: func(user string) forge.Store { return db.ForUser(user) }, Authenticate: authenticate})
	require.NoError(t, err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	leads := make([]lead.Lead, store.MaxBatch)
	for i := range leads {
		leads[i] = lead.Lead{
			Source: "example", ExternalID: fmt.Sprintf("%03d", len(leads)-i), Title: strings.Repeat("工", lead.MaxTitleRunes),
			Location: strings.Repeat("<", lead.MaxLocationRunes), URL: "https://jobs.example.com/1",
		}
	}
	refs, err := clients(t, s.URL)("ada").Sync(t.Context(), leads)
	require.NoError(t, err)
	require.Len(t, refs, len(leads))
	for i, r := range refs {
		require.Equal(t, leads[i].Key(), r.Key, "in the caller's order")
	}
	require.Greater(t, requests, 1)
}

func TestAnAnswerWithoutEndIsCutOff(t *testing.T) {
	t.Parallel()
	client, wire := over(t, func(int, *http.Request) (*http.Response, error) {
		return answered(200, "application/json", `{"jobs":[`+strings.Repeat(" ", 5000)+`]}`), nil
	}, rest.ClientOptions{MaxAnswerBytes: 4096})
	_, err := client.Claim(t.Context(), 1, time.Minute)
	require.ErrorContains(t, err, "MaxAnswerBytes")
	require.Len(t, wire.at, 1)
}

func TestWaitsAreAsLongAsTheServerAsksAndNoLongerThanTheCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, wire := over(t, func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return problemJSON(429, "rate_limited", "Retry-After", "13"), nil
			}
			return answered(200, "application/json", `{"jobs":[]}`), nil
		}, rest.ClientOptions{})
		_, err := client.Claim(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Equal(t, 13*time.Second, wire.at[1].Sub(wire.at[0]))
	})
	synctest.Test(t, func(t *testing.T) {
		client, _ := over(t, func(int, *http.Request) (*http.Response, error) { return nil, io.EOF }, rest.ClientOptions{})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		_, err := client.Claim(ctx, 1, time.Minute)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, io.EOF)
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

// The answer to a release was lost: the claim that ended meanwhile is taken for its work. A claim that ended before is not.
func TestAReleaseWhoseAnswerWasLostIsDone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first func() (*http.Response, error)
		want  error
	}{
		"the answer was lost":     {func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, nil},
		"the server was not seen": {func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: io.EOF} }, store.ErrLeaseLost},
		"the claim had ended":     {func() (*http.Response, error) { return problemJSON(409, "lease_lost"), nil }, store.ErrLeaseLost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, _ := over(t, func(n int, _ *http.Request) (*http.Response, error) {
					if n == 1 {
						return c.first()
					}
					return problemJSON(409, "lease_lost"), nil
				}, rest.ClientOptions{})
				require.ErrorIs(t, client.Release(t.Context(), store.Lease{ID: 1, Token: 1}, store.Outcome{}), c.want)
			})
		})
	}
}

// What was typed into a filter stays out of an error about the network.
func TestErrorsOfTheNetworkDoNotQuoteTheQuery(t *testing.T) {
	t.Parallel()
	client, err := rest.NewClient("http://127.0.0.1:1", "secret-token", &rest.ClientOptions{RetryFor: -1})
	require.NoError(t, err)
	_, _, err = client.List(t.Context(), store.Filter{Text: "private words"})
	require.ErrorIs(t, err, rest.ErrUnavailable)
	require.NotContains(t, err.Error(), "private")
	require.NotContains(t, err.Error(), "secret")
	_, isURL := errors.AsType[*url.Error](err)
	require.False(t, isURL)
}

func TestAnAnswerThatIsNotOfTheContractIsAnError(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"half an answer":           `{"jobs":[`,
		"a job that was not asked": `{"jobs":[{"id":1,"source":"example","external_id":"other","state":"NEW"}],"rejected":[]}`,
		"a lead that was not sent": `{"jobs":[],"rejected":[{"index":25,"error":"title: missing"}]}`,
	} {
		client, _ := over(t, func(int, *http.Request) (*http.Response, error) { return answered(200, "application/json", body), nil }, rest.ClientOptions{})
		_, err := client.Sync(t.Context(), []lead.Lead{{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"}})
		require.Error(t, err, name)
	}
}
