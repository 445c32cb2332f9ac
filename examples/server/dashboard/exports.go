package dashboard

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	maxExports     = 3 // at the same time; others wait
	exportsOfToken = 2 // at the same time, running or waiting; another is refused
)

// exports bound how many exports run at the same time, because each of them reads everything that a
// user has.
type exports struct {
	slots chan struct{}

	mu      sync.Mutex
	byToken map[hash]int
}

func newExports() *exports {
	return &exports{slots: make(chan struct{}, maxExports), byToken: map[hash]int{}}
}

// acquire waits for a slot, and returns a function that gives it back.
func (e *exports) acquire(ctx context.Context, token hash) (release func(), err error) {
	if !e.enter(token) {
		return nil, tooManyExportsError{}
	}
	select {
	case e.slots <- struct{}{}:
		return func() { <-e.slots; e.leave(token) }, nil
	case <-ctx.Done():
		e.leave(token)
		return nil, fmt.Errorf("wait for other exports: %w", ctx.Err())
	}
}

func (e *exports) enter(token hash) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byToken[token] >= exportsOfToken {
		return false
	}
	e.byToken[token]++
	return true
}

func (e *exports) leave(token hash) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byToken[token]--; e.byToken[token] == 0 {
		delete(e.byToken, token)
	}
}

// tooManyExportsError is an error that says how long to wait.
type tooManyExportsError struct{}

func (tooManyExportsError) Error() string { return "an export with this token is still running" }

// RetryAfter returns how long to wait.
func (tooManyExportsError) RetryAfter() time.Duration { return 10 * time.Second }
