package storetest_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/internal/suite"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/storetest"
)

// A hostile store answers every call in a way that no store should.
type hostile struct {
	*memory.Store

	way string
}

// answer spoils a list and the error beside it.
func answer[T any](ctx context.Context, h hostile, list []T, err error) ([]T, error) {
	err = h.call(ctx, err)
	var zero T
	switch h.way {
	case "nothing":
		return nil, nil
	case "half":
		return list[:len(list)/2], err
	case "one more":
		return append(list, zero), err
	case "twice":
		return slices.Concat(list, list), err
	case "zeros":
		return make([]T, len(list)), err
	case "backwards":
		slices.Reverse(list)
	}
	return list, err
}

// call spoils an error, or the call.
func (h hostile) call(ctx context.Context, err error) error {
	switch h.way {
	case "panics":
		panic("hostile")
	case "waits for its context":
		<-ctx.Done()
		return ctx.Err()
	case "a nil of a type":
		var refused *store.PartialError
		return refused
	case "never fails":
		return nil
	case "always fails":
		return store.ErrNotFound
	}
	return err
}

func (h hostile) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	if h.way == "one board" {
		leads = slices.Clone(leads)
		for i := range leads {
			leads[i].Source = "example"
		}
	}
	refs, err := h.Store.Sync(ctx, leads)
	return answer(ctx, h, refs, err)
}

func (h hostile) Claim(
	ctx context.Context, n int, lease time.Duration, sources ...string,
) ([]store.Job, error) {
	jobs, err := h.Store.Claim(ctx, n, lease, sources...)
	if h.way == "bare" {
		for i := range jobs {
			jobs[i].Data = nil
		}
	}
	return answer(ctx, h, jobs, err)
}

func (h hostile) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	return h.call(ctx, h.Store.Renew(ctx, l, d))
}

func (h hostile) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	return h.call(ctx, h.Store.Decide(ctx, l, d))
}

func (h hostile) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	return h.call(ctx, h.Store.Release(ctx, l, o))
}

func (h hostile) List(ctx context.Context, f store.Filter) ([]store.Entry, string, error) {
	entries, next, err := h.Store.List(ctx, f)
	switch h.way {
	case "bare":
		for i := range entries {
			entries[i].Data, entries[i].Assessment = nil, nil
		}
	case "another page":
		next = "100.1"
	}
	entries, err = answer(ctx, h, entries, err)
	return entries, next, err
}

func (h hostile) Mark(ctx context.Context, id int64, s lead.Status) error {
	return h.call(ctx, h.Store.Mark(ctx, id, s))
}

func (h hostile) Reopen(ctx context.Context, which store.Selection) (int, error) {
	n, err := h.Store.Reopen(ctx, which)
	return n, h.call(ctx, err)
}

func (h hostile) Stats(ctx context.Context) (store.Stats, error) {
	stats, err := h.Store.Stats(ctx)
	if h.way == "bare" || h.way == "nothing" {
		stats = store.Stats{}
	}
	return stats, h.call(ctx, err)
}

func (h hostile) Put(ctx context.Context, id int64, key string, value json.RawMessage) error {
	return h.call(ctx, h.Store.Put(ctx, id, key, value))
}

func (h hostile) ListChanges(
	ctx context.Context, after int64, n int, kinds ...store.ChangeKind,
) ([]store.Change, error) {
	changes, err := h.Store.ListChanges(ctx, after, n, kinds...)
	if h.way == "bare" {
		for i := range changes {
			changes[i].Detail = store.ChangeDetail{}
		}
	}
	return answer(ctx, h, changes, err)
}

func (h hostile) Audit(ctx context.Context, n int) ([]store.Entry, error) {
	entries, err := h.Store.Audit(ctx, n)
	if h.way == "bare" {
		for i := range entries {
			entries[i].Assessment = nil
		}
	}
	return answer(ctx, h, entries, err)
}

func (h hostile) Judge(ctx context.Context, id int64, v store.Verdict) error {
	return h.call(ctx, h.Store.Judge(ctx, id, v))
}

func (h hostile) Evidence(ctx context.Context) (gate.Evidence, error) {
	e, err := h.Store.Evidence(ctx)
	if h.way == "bare" || h.way == "nothing" {
		e = gate.Evidence{}
	}
	return e, h.call(ctx, err)
}

func (h hostile) Sketches(ctx context.Context, after int64, n int) ([]store.Sketched, error) {
	list, err := h.Store.Sketches(ctx, after, n)
	return answer(ctx, h, list, err)
}

func (h hostile) CloseUnlisted(ctx context.Context, l lead.List) ([]store.Ref, error) {
	refs, err := h.Store.CloseUnlisted(ctx, l)
	return answer(ctx, h, refs, err)
}

func (h hostile) Keep(ctx context.Context, ids []int64) (int, error) {
	n, err := h.Store.Keep(ctx, ids)
	return n, h.call(ctx, err)
}

func (h hostile) Restore(ctx context.Context, ids []int64) (int, error) {
	n, err := h.Store.Restore(ctx, ids)
	return n, h.call(ctx, err)
}

func (h hostile) Regate(ctx context.Context, g gate.Gate) (store.Regating, error) {
	r, err := h.Store.Regate(ctx, g)
	return r, h.call(ctx, err)
}

func openHostile(way string) storetest.Open {
	return func(_ testing.TB, env storetest.Env) func(user string) forge.Store {
		db := memory.New(&memory.Options{Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events})
		return func(user string) forge.Store { return hostile{db.ForUser(user), way} }
	}
}

// A store that answers with nonsense fails cases, and every case says what it wanted.
func TestHostileStoresFailCasesAndNothingElse(t *testing.T) {
	t.Parallel()
	ways := []string{
		"nothing", "half", "one board", "bare", "zeros", "panics", "a nil of a type", "another page",
		"one more", "twice", "backwards", "never fails", "always fails",
	}
	if os.Getenv("FORGE_SOAK") != "1" {
		ways = ways[:4]
	}
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			failures := storetest.Failures(t, openHostile(way), func(string) bool { return true })
			require.NotEmpty(t, failures)
			for name, said := range failures {
				if strings.Contains(said, suite.Misread) || strings.Contains(said, "has not ended") {
					t.Errorf("%s: %s", name, said)
				}
			}
		})
	}
}

// A store that does not answer is caught by the clock, and the message says where it waits.
func TestStoresThatDoNotAnswerFailTheirCase(t *testing.T) {
	t.Parallel()
	never := make(chan struct{})
	open := func(testing.TB, storetest.Env) func(user string) forge.Store {
		return func(string) forge.Store { return deaf{memory.New(nil).ForUser("ada"), never} }
	}
	said := storetest.FailuresWithin(t, open, "Claim/an empty queue is no error", 50*time.Millisecond)
	require.Contains(t, said, "has not ended after 50ms")
	require.Contains(t, said, "storetest_test.deaf.Claim")
	said = storetest.FailuresWithin(t, openHostile("waits for its context"), "Sync/an empty batch is nothing",
		50*time.Millisecond)
	require.Contains(t, said, "has not ended after 50ms")
}

// A deaf store does not even hear that its context ends.
type deaf struct {
	*memory.Store

	never chan struct{}
}

func (d deaf) Claim(context.Context, int, time.Duration, ...string) ([]store.Job, error) {
	<-d.never
	return nil, nil
}
