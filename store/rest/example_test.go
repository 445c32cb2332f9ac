package rest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

// A server is a store, and a way to tell whose token a request has.
func ExampleNewHandler() {
	db := memory.New(nil)
	handler, err := rest.NewHandler(rest.Config{
		ForUser:      func(user string) forge.Store { return db.ForUser(user) },
		Authenticate: rest.Tokens(map[string]string{"secret": "ada", "another": "bob"}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(handler) // in a program: an http.Server with timeouts
	defer server.Close()

	stranger, err := rest.NewClient(server.URL, "guess", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = stranger.Claim(context.Background(), 1, time.Minute)
	fmt.Println(err)
	// Output:
	// rest: claim: rest: token missing or unknown
}

func ExampleNewClient() {
	db := memory.New(nil)
	handler, err := rest.NewHandler(rest.Config{
		ForUser:      func(user string) forge.Store { return db.ForUser(user) },
		Authenticate: rest.Tokens(map[string]string{"secret": "ada"}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(handler)
	defer server.Close()

	ctx := context.Background()
	store, err := rest.NewClient(server.URL, "secret", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	refs, err := store.Sync(ctx, []lead.Lead{{
		Source: "example", ExternalID: "1", Title: "Go Developer", URL: "https://jobs.example.com/1",
	}})
	fmt.Println(refs, err)
	jobs, err := store.Claim(ctx, 1, time.Minute)
	fmt.Println(len(jobs), jobs[0].Lead.Title, err)
	err = store.Decide(ctx, jobs[0].Lease, enrich.Decision{
		Assessment: enrich.Assessment{Score: 85, Reasoning: "The same language."}, Status: lead.Matched,
		Data: &enrich.Data{Description: "Build the services behind a market for used bicycles."},
	})
	fmt.Println(err)
	// Output:
	// [{1 example:1 NEW}] <nil>
	// 1 Go Developer <nil>
	// <nil>
}

func ExampleTokens() {
	authenticate := rest.Tokens(map[string]string{"secret": "ada"})
	r := httptest.NewRequest("GET", "/agent-forge/jobs", nil)
	_, err := authenticate(r)
	fmt.Println(err)
	r.Header.Set("Authorization", "Bearer secret")
	who, err := authenticate(r)
	fmt.Println(who.User, err)
	// Output:
	// rest: token missing or unknown
	// ada <nil>
}
