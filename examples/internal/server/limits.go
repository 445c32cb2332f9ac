package server

import (
	"context"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/agent-forge/forge/store/rest"
)

// limits bound how often each token is used. A limiter is kept for each token that was ever used,
// which are few, because unknown tokens are refused before.
type limits struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	byToken map[hash]*allowance
}

// An allowance is what is left of one token's limits.
type allowance struct {
	rate  *rate.Limiter
	slots chan struct{}
}

// atOnce is how many requests with one token are worked on at the same time. Others wait, so that
// the answers in memory, each of which can hold many texts, are few.
const atOnce = 8

// newLimits allows perSecond requests with each token, and burst of them at once. If perSecond is
// zero, it allows any number.
func newLimits(perSecond float64, burst int) *limits {
	l := &limits{rate: rate.Limit(perSecond), burst: burst, byToken: map[hash]*allowance{}}
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
	reserved := l.of(token).rate.Reserve()
	if wait := reserved.Delay(); wait > 0 {
		reserved.Cancel()
		return tooFastError(wait)
	}
	return nil
}

// of returns the allowance of a token that the server knows.
func (l *limits) of(token hash) *allowance {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.byToken[token]
	if !ok {
		a = &allowance{rate.NewLimiter(l.rate, l.burst), make(chan struct{}, atOnce)}
		l.byToken[token] = a
	}
	return a
}

// enter waits until fewer than atOnce requests with the token are worked on. leave ends one.
func (l *limits) enter(ctx context.Context, token hash) (leave func(), err error) {
	slots := l.of(token).slots
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bound makes requests with one token wait for each other. Requests without a valid token are left
// to next, which refuses them. Streams, of which next allows each user a few, wait for nothing.
func (l *limits) bound(known *tokens, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest.IsStream(r) {
			next.ServeHTTP(w, r)
			return
		}
		token := sha256.Sum256([]byte(rest.BearerToken(r)))
		if _, err := known.identify(token); err == nil {
			leave, err := l.enter(r.Context(), token)
			if err != nil {
				w.Header().Set("Retry-After", "5")
				say(w, http.StatusServiceUnavailable, "too many requests with this token are waiting")
				return
			}
			defer leave()
		}
		next.ServeHTTP(w, r)
	})
}
