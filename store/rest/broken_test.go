package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// brokenStore is a store whose database does not answer. Its errors belong in the log only.
type brokenStore struct{}

var errBroken = errors.New("dial tcp 10.0.0.1:5432: connect: connection refused")

func (brokenStore) Sync(context.Context, []lead.Lead) ([]store.Ref, error) { return nil, errBroken }

func (brokenStore) Decide(context.Context, store.Lease, enrich.Decision) error { return errBroken }

func (brokenStore) Claim(context.Context, int, time.Duration, ...string) ([]store.Job, error) {
	return nil, errBroken
}

func (brokenStore) Renew(context.Context, store.Lease, time.Duration) error { return errBroken }

func (brokenStore) Release(context.Context, store.Lease, store.Outcome) error { return errBroken }

func (brokenStore) List(context.Context, store.Filter) ([]store.Entry, string, error) {
	return nil, "", errBroken
}

func (brokenStore) Reopen(context.Context, store.Selection) (int, error) { return 0, errBroken }

func (brokenStore) Mark(context.Context, int64, lead.Status) error { return errBroken }

func (brokenStore) Stats(context.Context) (store.Stats, error) { return store.Stats{}, errBroken }

func (brokenStore) Audit(context.Context, int) ([]store.Entry, error) { return nil, errBroken }

func (brokenStore) Judge(context.Context, int64, store.Verdict) error { return errBroken }

func (brokenStore) Put(context.Context, int64, string, json.RawMessage) error { return errBroken }

func (brokenStore) Keep(context.Context, []int64) (int, error) { return 0, errBroken }

func (brokenStore) Restore(context.Context, []int64) (int, error) { return 0, errBroken }

func (brokenStore) Regate(context.Context, gate.Gate) (store.Regating, error) {
	return store.Regating{}, errBroken
}

func (brokenStore) Sketches(context.Context, int64, int) ([]store.Sketched, error) {
	return nil, errBroken
}

func (brokenStore) CloseUnlisted(context.Context, lead.List) ([]store.Ref, error) {
	return nil, errBroken
}

func (brokenStore) Evidence(context.Context) (gate.Evidence, error) {
	return gate.Evidence{}, errBroken
}

func (brokenStore) ListChanges(
	context.Context, int64, int, ...store.ChangeKind,
) ([]store.Change, error) {
	return nil, errBroken
}

func (brokenStore) Changes(
	context.Context, int64, ...store.ChangeKind,
) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) { yield(store.Change{}, errBroken) }
}

func (brokenStore) Twins(context.Context, []int64) ([]store.Twin, error) { return nil, errBroken }

func (brokenStore) Separate(context.Context, int64, bool) error { return errBroken }

// A prunedStore has lost changes.
type prunedStore struct{ brokenStore }

func (prunedStore) ListChanges(
	context.Context, int64, int, ...store.ChangeKind,
) ([]store.Change, error) {
	return nil, &store.PrunedError{After: 7}
}
