package forge

import (
	"context"
	"errors"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// How long a call of the store can go on after the caller's context ended.
const (
	giveBackGrace = 5 * time.Second
	recordGrace   = 15 * time.Second
)

// lenient returns a context for one call of the store, which outlives ctx by grace: a claim, a
// batch or a score that was under way when the caller cancelled is finished, not torn up. Call done
// when the store has answered.
func lenient(ctx context.Context, grace time.Duration) (call context.Context, done func()) {
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

// keepLease renews the lease three times in its life until ctx ends. If the lease is lost, it calls
// lose. A store that cannot be reached does not end the work on the job, because only the store
// knows whether the lease still stands.
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

// renew gives up before the next tick, so that one call that hangs does not cost the lease.
func (r *run) renew(ctx context.Context, l store.Lease) error {
	ctx, cancel := context.WithTimeout(ctx, max(r.cfg.Lease/3, time.Millisecond))
	defer cancel()
	return r.cfg.Store.Renew(ctx, l, r.cfg.Lease)
}

// release gives a claim back, also after the caller cancelled. It reports whether the store took
// it. A release that does not arrive loses nothing: the lease ends by itself.
func (r *run) release(ctx context.Context, l store.Lease, key lead.Key, o store.Outcome) bool {
	call, done := lenient(ctx, giveBackGrace)
	err := r.cfg.Store.Release(call, l, o)
	done()
	switch {
	case err == nil:
		return true
	case errors.Is(err, store.ErrLeaseLost), errors.Is(err, store.ErrNotFound):
		r.note(Event{Kind: EventLost, Key: key, Err: err}, nil)
	default:
		r.log.Warn("claim not given back; it ends with its lease", "key", key)
	}
	return false
}
