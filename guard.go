package forge

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/agent-forge/forge/lead"
)

// Boards and scorers read what strangers wrote, and third parties write them. A page that makes one
// panic, hang or run on for ever fails by itself: it neither ends the program nor holds the run. So
// each of their calls has a goroutine of its own, which is left behind if it does not return.
// Stores and observers are the caller's own and are not guarded.

// errOverdue is the error of a call that did not return in the time that it had.
var errOverdue = errors.New("no answer in time")

// abandonGrace is how long a call can go on after its context ended, before it is left behind.
const abandonGrace = 2 * time.Second

// guarded calls f with a context that ends after limit. A panic of f is returned as an error.
func guarded[T any](
	ctx context.Context,
	r *run,
	who string,
	limit time.Duration,
	f func(context.Context) (T, error),
) (T, error) {
	type answer struct {
		value T
		err   error
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errOverdue)
	defer cancel()
	answers := make(chan answer, 1) // has room for the answer of a call that was left behind
	go func() {
		a := answer{err: fmt.Errorf("%s ended its goroutine", who)}
		defer func() {
			if v := recover(); v != nil {
				a.err = r.panicked(who, v)
			}
			answers <- a
		}()
		a.value, a.err = f(ctx)
	}()
	var a answer
	select {
	case a = <-answers:
	case <-ctx.Done():
		grace := time.NewTimer(abandonGrace)
		defer grace.Stop()
		select {
		case a = <-answers:
		case <-grace.C:
			r.log.Warn("call left behind: it does not end with its context", "in", who)
			a.err = ctx.Err()
		}
	}
	if a.err != nil && errors.Is(context.Cause(ctx), errOverdue) {
		a.err = fmt.Errorf("%w (%v): %w", errOverdue, limit, a.err)
	}
	return a.value, a.err
}

// guardedSearch is the sequence, as its consumer can trust it: it ends with an error if the board
// panics or lists nothing for longer than patience, and it ends when its consumer or ctx does. The
// board fetches a page when the consumer asks for it.
func (r *run) guardedSearch(
	ctx context.Context, source string, patience time.Duration, search iter.Seq2[lead.Lead, error],
) iter.Seq2[lead.Lead, error] {
	type card struct {
		lead lead.Lead
		err  error
	}
	return func(yield func(lead.Lead, error) bool) {
		cards, more, done := make(chan card), make(chan struct{}), make(chan struct{})
		defer close(done)
		go func() {
			defer close(cards)
			defer func() {
				if v := recover(); v != nil {
					select {
					case cards <- card{err: r.panicked(source, v)}:
					case <-done:
					}
				}
			}()
			var told atomic.Bool // the board knows that nobody listens
			search(func(l lead.Lead, err error) bool {
				select {
				case cards <- card{l, err}:
				case <-done:
					if told.Swap(true) {
						runtime.Goexit() // it goes on all the same
					}
					return false
				}
				select {
				case <-more:
					return true
				case <-done:
					told.Store(true)
					return false
				}
			})
		}()

		patient := time.NewTimer(patience)
		defer patient.Stop()
		ended, left := ctx.Done(), (<-chan time.Time)(nil)
		for {
			select {
			case c, ok := <-cards:
				if !ok || !yield(c.lead, c.err) {
					return
				}
				patient.Reset(patience)
				select {
				case more <- struct{}{}:
				case <-left: // the rest of a page is read after ctx ended, but not for ever
					return
				}
			case <-ended:
				grace := time.NewTimer(abandonGrace)
				defer grace.Stop()
				ended, left = nil, grace.C
			case <-left:
				r.log.Warn("search left behind: it does not end with its context", "source", source)
				return
			case <-patient.C:
				yield(lead.Lead{}, fmt.Errorf("%s listed nothing: %w (%v)", source, errOverdue, patience))
				return
			}
		}
	}
}

// panicked describes a panic without the value, which can be a page's or a résumé's text, unless
// the runtime made it.
func (r *run) panicked(who string, v any) error {
	r.log.Error("panic", "in", who, "stack", string(debug.Stack()))
	if v, ok := v.(runtime.Error); ok {
		return fmt.Errorf("%s panicked: %w", who, v)
	}
	return fmt.Errorf("%s panicked with a %T", who, v)
}
