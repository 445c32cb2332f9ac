package rest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
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

// A lead that only the server refuses is named by its place in the caller's batch.
func TestSyncNamesRefusedLeadsInTheCallersOrder(t *testing.T) {
	t.Parallel()
	client, _ := over(t, func(int, *http.Request) (*http.Response, error) {
		return answered(
			200,
			"application/json",
			`{"jobs":[{"id":1,"source":"example","external_id":"a","state":"NEW"}],
			"rejected":[{"index":1,"error":"title: in a language that this server does not keep"}]}`,
		), nil
	}, rest.ClientOptions{})
	at := func(id string) lead.Lead {
		return lead.Lead{
			Source: "example", ExternalID: id, Title: " Engineer ", URL: "https://jobs.example.com/" + id,
		}
	}
	long := at("c")
	long.Title = strings.Repeat("x", 100_000) // is not sent
	// the first has no source, and is not sent either
	refs, err := client.Sync(t.Context(), []lead.Lead{{}, long, at("a"), at("b\n")})
	require.Equal(t,
		[]store.Ref{{ID: 1, Key: lead.Key{Source: "example", ExternalID: "a"}, State: store.New}}, refs)
	partial, ok := errors.AsType[*store.PartialError](err)
	require.True(t, ok)
	require.Equal(t, []store.Rejected{
		{Index: 0, Err: &lead.FieldError{Field: "source", Problem: "missing"}},
		{
			Index: 1,
			Key:   lead.Key{Source: "example", ExternalID: "c"},
			Err:   &lead.FieldError{Field: "title", Problem: "100000 characters, at most 1000 are allowed"},
		},
		{
			Index: 3,
			Key:   lead.Key{Source: "example", ExternalID: "b"},
			Err:   &lead.FieldError{Field: "title", Problem: "in a language that this server does not keep"},
		},
	}, partial.Rejected)
}

func TestSyncSendsALargeBatchInSeveralRequests(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	requests := 0
	h, err := rest.NewHandler(rest.Config{
		ForUser: func(user string) forge.Store { return db.ForUser(user) }, Authenticate: authenticate,
	})
	require.NoError(t, err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	leads := make([]lead.Lead, store.MaxBatch)
	for i := range leads {
		leads[i] = lead.Lead{
			Source: "example", ExternalID: fmt.Sprintf("%03d", len(leads)-i),
			Title:    strings.Repeat("工", lead.MaxTitleRunes),
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

// The texts of a hundred jobs can be more than one answer holds. An agent gets some of the jobs and
// asks again.
func TestClaimServesLargeTextsInSeveralAnswers(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	address := serve(t, func(user string) forge.Store { return db.ForUser(user) })
	leads := make([]lead.Lead, store.MaxClaim)
	for i := range leads {
		leads[i] = lead.Lead{
			Source: "example", ExternalID: fmt.Sprint(i), Title: "Engineer",
			URL: "https://jobs.example.com/1",
		}
	}
	refs, err := db.ForUser("ada").Sync(t.Context(), leads)
	require.NoError(t, err)
	large := enrich.Data{
		Description:  strings.Repeat(`"`, enrich.MaxTextBytes),
		Requirements: strings.Repeat("\n-", enrich.MaxTextBytes/2),
	}
	for _, r := range refs {
		require.NoError(t, db.ForUser("ada").Decide(t.Context(), store.Lease{ID: r.ID}, enrich.Decision{
			Assessment: enrich.Assessment{Score: 80}, Status: lead.Matched, Data: &large,
		}))
	}
	_, err = db.ForUser("bob").Sync(t.Context(), leads)
	require.NoError(t, err)

	bob := clients(t, address)("bob")
	claimed, answers := make(map[int64]bool), 0
	for len(claimed) < len(leads) {
		jobs, err := bob.Claim(t.Context(), store.MaxClaim, time.Hour)
		require.NoError(t, err)
		require.NotEmpty(t, jobs)
		for _, j := range jobs {
			require.False(t, claimed[j.ID], "a job is claimed once")
			require.Len(t, j.Data.Description, enrich.MaxTextBytes)
			claimed[j.ID] = true
		}
		answers++
	}
	require.Greater(t, answers, 1)

	ada := clients(t, address)("ada").(forge.Lister)
	listed, pages := make(map[int64]bool), 0
	for f := (store.Filter{Limit: store.MaxPage}); pages == 0 || f.Cursor != ""; pages++ {
		var entries []store.Entry
		entries, f.Cursor, err = ada.List(t.Context(), f)
		require.NoError(t, err)
		for _, e := range entries {
			listed[e.ID] = true
		}
	}
	require.Len(t, listed, len(leads))
	require.Greater(t, pages, 1)
	entries, next, err := ada.List(t.Context(), store.Filter{Limit: store.MaxPage, WithoutText: true})
	require.NoError(t, err)
	require.Len(t, entries, len(leads), "a page without text is whole")
	require.Empty(t, next)
}
