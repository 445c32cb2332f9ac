package dashboard

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	attemptEvery = 5 * time.Second // after the first ones
	attemptBurst = 20
	maxClients   = 10_000 // whose attempts are remembered
)

// attempts count the failed sign-ins of each client, so that one that guesses is slowed down and
// the others are not.
type attempts struct {
	now func() time.Time

	mu       sync.Mutex
	byClient map[string]*rate.Limiter
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, byClient: map[string]*rate.Limiter{}}
}

// allowed reports whether the client can try now.
func (a *attempts) allowed(client string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	l, ok := a.byClient[client]
	return !ok || l.TokensAt(a.now()) >= 1
}

// failed counts a failed attempt.
func (a *attempts) failed(client string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	l, ok := a.byClient[client]
	if !ok {
		a.forget(now)
		l = rate.NewLimiter(rate.Every(attemptEvery), attemptBurst)
		a.byClient[client] = l
	}
	l.AllowN(now, 1)
}

// forget makes room for a client: first by dropping those who have waited long enough, and else by
// dropping any.
func (a *attempts) forget(now time.Time) {
	if len(a.byClient) < maxClients {
		return
	}
	for client, l := range a.byClient {
		if l.TokensAt(now) >= attemptBurst {
			delete(a.byClient, client)
		}
	}
	for client := range a.byClient {
		if len(a.byClient) < maxClients {
			return
		}
		delete(a.byClient, client)
	}
}
