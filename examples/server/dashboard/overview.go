package dashboard

import (
	"context"
	"sync"
	"time"

	"github.com/agent-forge/forge/store"
)

const (
	largeHistory = 1000             // jobs of a user, from which on what a page reads is remembered
	remembered   = 10 * time.Second // for which a page can miss what an agent did
	mostUsers    = 64               // whose pages are remembered at the same time
	mostListings = 8                // of one user
)

// overviews remember what the last pages of users with a long history were made of, because counting
// and sorting take longer the longer it is. What a user does on the page forgets it at once.
type overviews struct {
	now func() time.Time

	mu      sync.Mutex
	byUser  map[string]*overview
	changes int // by users, on any page
}

// An overview is what one user's pages are made of. It is safe for concurrent use.
type overview struct {
	until time.Time
	stats store.Stats

	mu       sync.Mutex
	listings map[string]listing
	news     map[time.Time]newCount
}

// A listing is one page of a list.
type listing struct {
	entries []store.Entry
	next    string
}

// A newCount is the number of matches since a visit.
type newCount struct {
	n    int
	more bool // there can be more
}

func newOverviews(now func() time.Time) *overviews {
	return &overviews{now: now, byUser: map[string]*overview{}}
}

// of returns the user's overview, which read makes if none is remembered.
func (o *overviews) of(
	ctx context.Context, user string, read func(context.Context) (store.Stats, error),
) (*overview, error) {
	o.mu.Lock()
	known, changes := o.byUser[user], o.changes
	o.mu.Unlock()
	if known != nil && o.now().Before(known.until) {
		return known, nil
	}
	stats, err := read(ctx)
	if err != nil {
		return nil, err
	}
	made := &overview{
		until: o.now().Add(remembered), stats: stats,
		listings: map[string]listing{}, news: map[time.Time]newCount{},
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if total(stats) < largeHistory || changes != o.changes { // the statistics can be older than a change
		return made, nil
	}
	for other, old := range o.byUser {
		if !o.now().Before(old.until) {
			delete(o.byUser, other)
		}
	}
	if len(o.byUser) < mostUsers {
		o.byUser[user] = made
	}
	return made, nil
}

// forget makes the user's next page read everything again.
func (o *overviews) forget(user string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.changes++
	delete(o.byUser, user)
}

// listing returns a page of a list, which read makes if it is not remembered.
func (o *overview) listing(
	ctx context.Context, address string, read func(context.Context) ([]store.Entry, string, error),
) (listing, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if l, ok := o.listings[address]; ok {
		return l, nil
	}
	entries, next, err := read(ctx)
	if err != nil {
		return listing{}, err
	}
	l := listing{entries, next}
	if len(o.listings) < mostListings {
		o.listings[address] = l
	}
	return l, nil
}

// countNew returns the number of matches since a visit, which read counts if it is not remembered.
func (o *overview) countNew(
	ctx context.Context, since time.Time, read func(context.Context) (newCount, error),
) (newCount, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n, ok := o.news[since]; ok {
		return n, nil
	}
	n, err := read(ctx)
	if err == nil && len(o.news) < mostListings {
		o.news[since] = n
	}
	return n, err
}
