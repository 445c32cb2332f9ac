package server

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// The benchmark compares a call over HTTP with the same call on the store itself, on PostgreSQL.
// Eight workers do a round of one, then a round of the other, so that both run under the same load.
// The server runs in a process of its own.
func BenchmarkHTTPBesideTheStore(b *testing.B) {
	const workers, perRound = 8, 5
	dsn := database.DSN(b)
	direct := openPostgres(b, dsn)
	server := spawn(b, workers, "-postgres", dsn)
	transport := &http.Transport{MaxIdleConnsPerHost: workers}
	b.Cleanup(transport.CloseIdleConnections)
	remote := func(w int) forge.Store {
		c, err := rest.NewClient(server.url, loadToken(w),
			&rest.ClientOptions{HTTP: &http.Client{Transport: transport}})
		require.NoError(b, err)
		return c
	}
	next := 0
	batch := func() []lead.Lead {
		leads := make([]lead.Lead, 25)
		for i := range leads {
			next++
			id := fmt.Sprint(next)
			leads[i] = lead.Lead{
				Source: "example", ExternalID: id, Title: "Senior Engineer " + id, Company: "Company " + id,
				Location: "Remote, Europe",
				URL:      "https://jobs.example.com/view/" + id,
			}
		}
		return leads
	}
	decision := enrich.Decision{
		Assessment: enrich.Assessment{
			Score: 80, Reasoning: "Fits.", MissingSkills: []string{"Rust"}, By: "bench/1",
		},
		Status: lead.Matched,
		Data:   &enrich.Data{Description: string(make3kB())},
	}
	for _, bench := range []struct {
		name    string
		prepare func(ctx context.Context, s forge.Store) func() error
	}{
		{"sync of 25", func(ctx context.Context, s forge.Store) func() error {
			leads := batch()
			return func() error { _, err := s.Sync(ctx, leads); return err }
		}},
		{"decide", func(ctx context.Context, s forge.Store) func() error {
			refs, err := s.Sync(ctx, batch()[:1])
			if err != nil || len(refs) != 1 {
				return func() error { return fmt.Errorf("prepare: %d refs: %w", len(refs), err) }
			}
			return func() error { return s.Decide(ctx, store.Lease{ID: refs[0].ID}, decision) }
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var took [2]time.Duration
			for b.Loop() {
				local := func(w int) forge.Store { return direct(loadUser(w)) }
				for side, view := range []func(w int) forge.Store{local, remote} {
					var calls [workers][]func() error
					for w := range workers {
						s := view(w)
						for range perRound {
							calls[w] = append(calls[w], bench.prepare(b.Context(), s))
						}
					}
					took[side] += together(b, calls[:])
				}
			}
			n := float64(b.N * workers * perRound)
			b.ReportMetric(n/took[0].Seconds(), "direct/s")
			b.ReportMetric(n/took[1].Seconds(), "http/s")
			b.ReportMetric(took[0].Seconds()/took[1].Seconds(), "http/direct")
		})
	}
}

// together makes the calls of each worker in a goroutine of its own, and returns how long all of
// them took.
func together(b *testing.B, calls [][]func() error) time.Duration {
	b.Helper()
	start := time.Now()
	var all sync.WaitGroup
	for _, mine := range calls {
		all.Go(func() {
			for _, call := range mine {
				if err := call(); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

// make3kB returns a text as long as a usual posting.
func make3kB() []byte {
	text := make([]byte, 0, 3100)
	for len(text) < 3000 {
		text = append(text, "We build what small farms need to plan a harvest. "...)
	}
	return text
}
