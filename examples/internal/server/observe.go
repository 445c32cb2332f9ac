package server

import (
	"context"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A fullStore is a store with all the optional abilities. Every store of this module is one.
type fullStore interface {
	forge.Store
	forge.Lister
	forge.Reopener
	forge.Marker
	forge.Counter
	forge.Watcher
	forge.Auditor
	forge.SketchLister
	forge.Annotator
	forge.ListCloser
	forge.Keeper
	forge.Regater
	forge.Grouper
}

// A watchedStore notes whether its database can write.
type watchedStore struct {
	fullStore
	disk *disk
}

func (s watchedStore) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	refs, err := s.fullStore.Sync(ctx, leads)
	s.disk.met(err)
	return refs, err
}

func (s watchedStore) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	err := s.fullStore.Decide(ctx, l, d)
	s.disk.met(err)
	return err
}

func (s watchedStore) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	err := s.fullStore.Release(ctx, l, o)
	s.disk.met(err)
	return err
}
