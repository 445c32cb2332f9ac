package forge_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

const (
	resume = "Ada Example. Ten years of Go and PostgreSQL."
	junk   = "Sell ice cream from a van, rain or shine, with a smile and a bell."
)

// A board is a scripted job board. Its zero value but for the name lists nothing.
type board struct {
	name   string
	pages  [][]lead.Lead
	page   func(n int) error // called before page n; its error ends the search
	detail func(ctx context.Context, l lead.Lead) (enrich.Data, error)

	mu       sync.Mutex
	searches int
	details  []lead.Key
}

func (b *board) Source() string { return b.name }

func (b *board) Search(ctx context.Context, _ lead.Query) iter.Seq2[lead.Lead, error] {
	b.mu.Lock()
	b.searches++
	b.mu.Unlock()
	return func(yield func(lead.Lead, error) bool) {
		for n, page := range b.pages {
			if err := ctx.Err(); err != nil {
				yield(lead.Lead{}, err)
				return
			}
			if b.page != nil {
				if err := b.page(n); err != nil {
					yield(lead.Lead{}, err)
					return
				}
			}
			for _, l := range page {
				if !yield(l, nil) {
					return
				}
			}
		}
	}
}

func (b *board) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	b.mu.Lock()
	b.details = append(b.details, l.Key())
	b.mu.Unlock()
	if b.detail != nil {
		return b.detail(ctx, l)
	}
	return enrich.Data{Description: "Work with " + l.Title + ". " + junk}, nil
}

func (b *board) read() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.details)
}

// listing makes n leads in pages of the given size. The title of lead i is "job i".
func listing(name string, n, size int) [][]lead.Lead {
	var pages [][]lead.Lead
	for i := range n {
		if i%size == 0 {
			pages = append(pages, nil)
		}
		last := &pages[len(pages)-1]
		*last = append(*last, lead.Lead{
			Source: name, ExternalID: strconv.Itoa(i + 1), Title: fmt.Sprintf("job %d", i+1), Company: "Acme",
			URL: fmt.Sprintf("https://%s.example/%d", name, i+1),
		})
	}
	return pages
}

// scoring is a scorer that gives every posting the same score.
func scoring(score int) forge.ScorerFunc {
	return func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
		return enrich.Assessment{Score: score, Reasoning: "As scripted.", By: "script"}, nil
	}
}

// number is the N of the title "job N".
func number(l lead.Lead) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(l.Title, "job "))
	return n
}

// A clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// A spy is a store that remembers what it was asked, and fails where it is told to.
type spy struct {
	*memory.Store
	anySource bool // it ignores which boards are asked for
	onSync    func([]lead.Lead) error
	onClaim   func(context.Context) error
	granted   func(context.Context) error // called when jobs were claimed, before the caller hears of it
	onRenew   func(context.Context) error
	onRelease func(store.Lease) error
	onDecide  func(store.Job, enrich.Decision) error

	mu       sync.Mutex
	batches  []int
	results  []enrich.Decision
	outcomes []store.Outcome
	renewals int
	claimed  map[int64]store.Job
}

func (s *spy) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	s.mu.Lock()
	s.batches = append(s.batches, len(leads))
	s.mu.Unlock()
	if s.onSync != nil {
		if err := s.onSync(leads); err != nil {
			return nil, err
		}
	}
	return s.Store.Sync(ctx, leads)
}

func (s *spy) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	if s.onDecide != nil {
		s.mu.Lock()
		j := s.claimed[l.ID]
		s.mu.Unlock()
		if err := s.onDecide(j, d); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.results = append(s.results, d)
	s.mu.Unlock()
	return s.Store.Decide(ctx, l, d)
}

func (s *spy) Claim(ctx context.Context, n int, lease time.Duration, sources ...string) ([]store.Job, error) {
	if s.onClaim != nil {
		if err := s.onClaim(ctx); err != nil {
			return nil, err
		}
	}
	if s.anySource {
		sources = nil
	}
	jobs, err := s.Store.Claim(ctx, n, lease, sources...)
	s.mu.Lock()
	for _, j := range jobs {
		if s.claimed == nil {
			s.claimed = map[int64]store.Job{}
		}
		s.claimed[j.ID] = j
	}
	s.mu.Unlock()
	if err == nil && s.granted != nil {
		if err := s.granted(ctx); err != nil {
			return nil, err
		}
	}
	return jobs, err
}

func (s *spy) Renew(ctx context.Context, l store.Lease, lease time.Duration) error {
	s.mu.Lock()
	s.renewals++
	s.mu.Unlock()
	if s.onRenew != nil {
		if err := s.onRenew(ctx); err != nil {
			return err
		}
	}
	return s.Store.Renew(ctx, l, lease)
}

func (s *spy) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	s.mu.Lock()
	s.outcomes = append(s.outcomes, o)
	s.mu.Unlock()
	if s.onRelease != nil {
		if err := s.onRelease(l); err != nil {
			return err
		}
	}
	return s.Store.Release(ctx, l, o)
}

func (s *spy) statuses(t *testing.T) map[lead.Status]int {
	t.Helper()
	stats, err := s.Stats(context.WithoutCancel(t.Context()))
	require.NoError(t, err)
	return stats.ByStatus
}

// A bench is a pipeline under test with everything it stands on.
type bench struct {
	*forge.Pipeline
	store  *spy
	clock  *clock
	events []forge.Event
}

// newBench makes a pipeline over a memory store. change may alter the configuration; Now is the
// bench's clock unless the test runs in a bubble of virtual time, where clocked is false.
func newBench(t *testing.T, clocked bool, change func(*forge.Config)) *bench {
	t.Helper()
	b := &bench{clock: newClock()}
	options := &memory.Options{Now: b.clock.now}
	if !clocked {
		options = nil
	}
	b.store = &spy{Store: memory.New(options).ForUser("ada")}
	cfg := forge.Config{
		Scorer: scoring(80), Store: b.store, Resume: resume,
		Observe: func(e forge.Event) { b.events = append(b.events, e) },
	}
	change(&cfg)
	p, err := forge.New(cfg)
	require.NoError(t, err)
	b.Pipeline = p
	return b
}

func (b *bench) kinds(kind forge.EventKind) []forge.Event {
	return slices.DeleteFunc(slices.Clone(b.events), func(e forge.Event) bool { return e.Kind != kind })
}

// waiting is an error that says how long to wait.
type waiting struct {
	error
	wait time.Duration
}

func (w waiting) RetryAfter() time.Duration { return w.wait }
func (w waiting) Unwrap() error             { return w.error }

var errStoreDown = errors.New("store is down")
