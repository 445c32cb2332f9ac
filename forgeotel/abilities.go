package forgeotel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Store returns s with spans of what a pipeline calls. It keeps every optional ability of s, such as
// [forge.Lister]. If s has none, neither has what Store returns. If s has only some, a call of another
// one returns [errors.ErrUnsupported], as the client of package rest does. If s is nil, it returns
// nil.
func (t *Telemetry) Store(s forge.Store) forge.Store {
	if s == nil {
		return nil
	}
	v := &view{s, t}
	a, some := abilitiesOf(s)
	if !some {
		return v
	}
	return struct {
		*view
		abilities
	}{v, a}
}

// abilities are all that a store can do beyond forge.Store. A new ability of package forge needs a
// field here, a line in abilitiesOf and a method of lacking; a test names the one that is missing.
type abilities struct {
	forge.Lister
	forge.Reopener
	forge.Marker
	forge.Counter
	forge.Watcher
	forge.Auditor
	forge.SketchLister
	forge.ListCloser
	forge.Annotator
	forge.Keeper
	forge.Regater
	forge.Grouper
}

// abilitiesOf returns the abilities of s, and whether it has one.
func abilitiesOf(s forge.Store) (a abilities, some bool) {
	a = abilities{
		ability[forge.Lister](s, &some),
		ability[forge.Reopener](s, &some),
		ability[forge.Marker](s, &some),
		ability[forge.Counter](s, &some),
		ability[forge.Watcher](s, &some),
		ability[forge.Auditor](s, &some),
		ability[forge.SketchLister](s, &some),
		ability[forge.ListCloser](s, &some),
		ability[forge.Annotator](s, &some),
		ability[forge.Keeper](s, &some),
		ability[forge.Regater](s, &some),
		ability[forge.Grouper](s, &some),
	}
	return a, some
}

// ability returns s as a T. If it is none, calls return errors.ErrUnsupported.
func ability[T any](s forge.Store, found *bool) T {
	if a, ok := s.(T); ok {
		*found = true
		return a
	}
	return any(lacking{}).(T) // which it is, as the declaration below checks
}

// lacking stands for the abilities that a store does not have.
type lacking struct{}

var _ interface {
	forge.Lister
	forge.Reopener
	forge.Marker
	forge.Counter
	forge.Watcher
	forge.Auditor
	forge.SketchLister
	forge.ListCloser
	forge.Annotator
	forge.Keeper
	forge.Regater
	forge.Grouper
} = lacking{}

func unsupported(call string) error {
	return fmt.Errorf("%s: the store lacks this ability: %w", call, errors.ErrUnsupported)
}

func (lacking) List(context.Context, store.Filter) ([]store.Entry, string, error) {
	return nil, "", unsupported("list")
}

func (lacking) Reopen(context.Context, store.Selection) (int, error) { return 0, unsupported("reopen") }

func (lacking) Mark(context.Context, int64, lead.Status) error { return unsupported("mark") }

func (lacking) Stats(context.Context) (store.Stats, error) {
	return store.Stats{}, unsupported("stats")
}

func (lacking) Changes(context.Context, int64, ...store.ChangeKind) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) { yield(store.Change{}, unsupported("changes")) }
}

func (lacking) ListChanges(context.Context, int64, int, ...store.ChangeKind) ([]store.Change, error) {
	return nil, unsupported("list changes")
}

func (lacking) Audit(context.Context, int) ([]store.Entry, error) { return nil, unsupported("audit") }

func (lacking) Judge(context.Context, int64, store.Verdict) error { return unsupported("judge") }

func (lacking) Evidence(context.Context) (gate.Evidence, error) {
	return gate.Evidence{}, unsupported("evidence")
}

func (lacking) Put(context.Context, int64, string, json.RawMessage) error { return unsupported("put") }

func (lacking) Sketches(context.Context, int64, int) ([]store.Sketched, error) {
	return nil, unsupported("sketches")
}

func (lacking) CloseUnlisted(context.Context, lead.List) ([]store.Ref, error) {
	return nil, unsupported("close unlisted")
}

func (lacking) Keep(context.Context, []int64) (int, error) { return 0, unsupported("keep") }

func (lacking) Restore(context.Context, []int64) (int, error) { return 0, unsupported("restore") }

func (lacking) Regate(context.Context, gate.Gate) (store.Regating, error) {
	return store.Regating{}, unsupported("regate")
}

func (lacking) Twins(context.Context, []int64) ([]store.Twin, error) {
	return nil, unsupported("twins")
}

func (lacking) Separate(context.Context, int64, bool) error { return unsupported("separate") }
