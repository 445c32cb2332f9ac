package forge

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Grace periods for calls of the store after the context ended.
const (
	storeGrace  = 5 * time.Second
	recordGrace = 15 * time.Second
)

// withGrace returns a context for one call of the store. It outlives ctx by grace, so that a call
// in progress can finish after the caller cancels. Call done when the store has answered.
func withGrace(ctx context.Context, grace time.Duration) (call context.Context, done func()) {
	call, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-call.Done():
		}
	})
	return call, func() {
		stop()
		cancel()
	}
}

// withLease returns a context for the work on a claimed job, whose lease it renews until done is
// called. The context ends when ctx does or when the lease is lost, see lostLease.
func (r *run) withLease(ctx context.Context, l store.Lease) (leased context.Context, done func()) {
	leased, lose := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { r.keepLease(leased, l, lose) })
	return leased, func() {
		lose(nil)
		wg.Wait()
	}
}

// lostLease returns the error of the store that said that the lease is lost, or nil.
func lostLease(leased context.Context) error {
	lost := context.Cause(leased)
	if errors.Is(lost, store.ErrLeaseLost) || errors.Is(lost, store.ErrNotFound) {
		return lost
	}
	return nil
}

// keepLease renews the lease after every third of its duration until ctx ends. If the lease is
// lost, it calls lose. Other errors are ignored, because the lease can still be valid.
func (r *run) keepLease(ctx context.Context, l store.Lease, lose context.CancelCauseFunc) {
	tick := time.NewTicker(max(r.cfg.Lease/3, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := r.renew(ctx, l)
		if errors.Is(err, store.ErrLeaseLost) || errors.Is(err, store.ErrNotFound) {
			lose(err)
			return
		}
	}
}

// renew times out before the next tick, so that one call that hangs does not lose the lease.
func (r *run) renew(ctx context.Context, l store.Lease) error {
	ctx, cancel := context.WithTimeout(ctx, max(r.cfg.Lease/3, time.Millisecond))
	defer cancel()
	return r.cfg.Store.Renew(ctx, l, r.cfg.Lease)
}

// release ends a claim, even after the caller cancelled, and reports whether that succeeded. A
// failure is harmless, because the lease expires.
func (r *run) release(ctx context.Context, l store.Lease, key lead.Key, o store.Outcome) bool {
	call, done := withGrace(ctx, storeGrace)
	err := r.cfg.Store.Release(call, l, o)
	done()
	switch {
	case err == nil:
		return true
	case errors.Is(err, store.ErrLeaseLost), errors.Is(err, store.ErrNotFound):
		r.note(Event{Kind: EventLost, Key: key, Err: err}, nil)
	default:
		r.log.Warn("claim not released; its lease will expire", "key", key, "error", err)
	}
	return false
}
