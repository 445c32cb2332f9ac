package rest_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

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
		// An answer of a proxy, or of another server, says nothing about a job.
		{404, problem(404, "no_route"), nil, store.ErrNotFound},
		{404, stranger(404, "404 page not found"), nil, store.ErrNotFound},
		{409, stranger(409, "<h1>Conflict</h1>"), nil, store.ErrLeaseLost},
	} {
		client, _ := over(t, func(int, *http.Request) (*http.Response, error) { return c.answer(), nil },
			rest.ClientOptions{RetryFor: -1})
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
func TestErrorsNameTheFieldOnBothSides(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	address := serve(t, func(user string) forge.Store { return db.ForUser(user) })
	remote := clients(t, address)("ada")
	local := db.ForUser("ada")
	refs, err := remote.Sync(t.Context(), []lead.Lead{
		{Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1"},
	})
	require.NoError(t, err)
	for _, s := range []forge.Store{local, remote} {
		err := s.Decide(t.Context(), store.Lease{ID: refs[0].ID},
			enrich.Decision{Assessment: enrich.Assessment{Score: 80}, Status: lead.Matched})
		require.ErrorIs(t, err, store.ErrInvalid)
		wrong, ok := errors.AsType[*lead.FieldError](err)
		require.True(t, ok)
		require.Equal(
			t,
			&lead.FieldError{
				Field: "enrichment_data", Problem: "missing: the job has no text yet, and a match needs it",
			},
			wrong,
		)
		require.ErrorContains(t, err, "enrichment_data: missing")
	}
}

func TestErrorsForAnswersWithoutEnd(t *testing.T) {
	t.Parallel()
	client, wire := over(t, func(int, *http.Request) (*http.Response, error) {
		return answered(200, "application/json", `{"jobs":[`+strings.Repeat(" ", 5000)+`]}`), nil
	}, rest.ClientOptions{MaxAnswerBytes: 4096})
	_, err := client.Claim(t.Context(), 1, time.Minute)
	require.ErrorContains(t, err, "MaxAnswerBytes")
	require.Len(t, wire.at, 1)
}

// Errors of the network do not quote the text of a filter.
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

func TestErrorsForAnswersThatAreNotOfTheContract(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body string }{
		{"half an answer", `{"jobs":[`},
		{
			"a job that was not asked",
			`{"jobs":[{"id":1,"source":"example","external_id":"other","state":"NEW"}],"rejected":[]}`,
		},
		{"a lead that was not sent", `{"jobs":[],"rejected":[{"index":25,"error":"title: missing"}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client, _ := over(t, func(int, *http.Request) (*http.Response, error) {
				return answered(200, "application/json", c.body), nil
			}, rest.ClientOptions{})
			_, err := client.Sync(t.Context(), []lead.Lead{
				{
					Source:     "example",
					ExternalID: "1",
					Title:      "Engineer",
					URL:        "https://jobs.example.com/1",
				},
			})
			require.Error(t, err)
		})
	}
}
