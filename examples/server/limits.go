package main

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits bound how often each token is used. A limiter is kept for each token that was ever used,
// which are few, because unknown tokens are refused before.
type limits struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	byToken map[hash]*rate.Limiter
}

// newLimits allows perSecond requests with each token, and burst of them at once. If perSecond is
// zero, it allows any number.
func newLimits(perSecond float64, burst int) *limits {
	l := &limits{rate: rate.Limit(perSecond), burst: burst, byToken: map[hash]*rate.Limiter{}}
	if perSecond == 0 {
		l.rate = rate.Inf
	}
	return l
}

// tooFastError means that a token was used too often. It says how long to wait.
type tooFastError time.Duration

func (e tooFastError) Error() string { return "too many requests with this token" }

// RetryAfter returns how long to wait.
func (e tooFastError) RetryAfter() time.Duration { return time.Duration(e) }

// take allows one request, or returns a tooFastError.
func (l *limits) take(token hash) error {
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
