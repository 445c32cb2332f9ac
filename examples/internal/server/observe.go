package server

import (
	"context"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// What became of a text.
const (
	textKept    = "kept"
	textServed  = "served"
	textDropped = "dropped"
)

// A fullStore is a store with all the optional abilities. Every store of this module is one.
type fullStore interface {
	forge.Store
	forge.Lister
	forge.Reopener
	forge.Marker
	forge.Counter
	forge.Auditor
	forge.SketchLister
	forge.Annotator
}

// An observedStore counts what a user's store is told, and notes whether it can write.
type observedStore struct {
	fullStore
	m    *metrics
	disk *disk
}

func (m *metrics) observe(s fullStore, d *disk) forge.Store { return observedStore{s, m, d} }

func (s observedStore) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	refs, err := s.fullStore.Sync(ctx, leads)
	s.disk.met(err)
	for _, r := range refs {
		s.m.synced.WithLabelValues(string(r.State)).Inc()
	}
	return refs, err
}

func (s observedStore) Claim(ctx context.Context, n int, lease time.Duration, sources ...string) (
	[]store.Job, error,
) {
	jobs, err := s.fullStore.Claim(ctx, n, lease, sources...)
	for _, j := range jobs {
		if j.Data != nil {
			s.m.text.WithLabelValues(textServed).Add(float64(j.Data.TextBytes()))
		}
	}
	return jobs, err
}

func (s observedStore) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	err := s.fullStore.Decide(ctx, l, d)
	s.disk.met(err)
	what := textKept
	if err != nil {
		what = textDropped
	} else {
		s.m.decisions.WithLabelValues(string(d.Status)).Inc()
	}
	if d.Data != nil {
		s.m.text.WithLabelValues(what).Add(float64(d.Data.TextBytes()))
	}
	return err
}

func (s observedStore) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	err := s.fullStore.Release(ctx, l, o)
	s.disk.met(err)
	if err == nil {
		status := string(o.Status)
		if status == "" {
			status = "DUE_AGAIN"
		}
		s.m.decisions.WithLabelValues(status).Inc()
	}
	return err
}
