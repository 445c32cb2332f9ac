package main

import (
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits bound how often each token is used. Only tokens that the server knows get here, so there
// is one limiter a token.
type limits struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	byToken map[[sha256.Size]byte]*rate.Limiter
}

// newLimits allows perSecond requests of each token, and burst of them at once; 0: no limit.
func newLimits(perSecond float64, burst int) *limits {
	l := &limits{rate: rate.Limit(perSecond), burst: burst, byToken: map[[sha256.Size]byte]*rate.Limiter{}}
	if perSecond == 0 {
		l.rate = rate.Inf
	}
	return l
}

// tooFastError is an error that says how long to wait.
type tooFastError time.Duration

func (e tooFastError) Error() string { return "too many requests with this token" }

// RetryAfter returns how long to wait.
func (e tooFastError) RetryAfter() time.Duration { return time.Duration(e) }

// take allows one request, or says when to come back.
func (l *limits) take(token [sha256.Size]byte) error {
	l.mu.Lock()
	limiter, ok := l.byToken[token]
	if !ok {
		limiter = rate.NewLimiter(l.rate, l.burst)
		l.byToken[token] = limiter
	}
	l.mu.Unlock()
	reserved := limiter.Reserve()
	if wait := reserved.Delay(); wait > 0 {
		reserved.Cancel()
		return tooFastError(wait)
	}
	return nil
}
