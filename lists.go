package forge

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// lists are the complete lists that a search has found and that the store is not told yet. Its mutex
// is for a search that goes on although it was left behind.
type lists struct {
	mu    sync.Mutex
	found []lead.List
}

func (l *lists) add(list lead.List) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.found = append(l.found, list)
}

// take removes and returns all lists but the last keep ones.
func (l *lists) take(keep int) []lead.List {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.found) - keep
	if n <= 0 {
		return nil
	}
	ended := l.found[:n]
	l.found = append([]lead.List(nil), l.found[n:]...)
	return ended
}

// listCloser returns the store if it can close what a list lacks, nil otherwise.
func (r *run) listCloser() ListCloser {
	c, _ := r.cfg.Store.(ListCloser)
	return c
}

// closeUnlisted tells the store which jobs a complete list has. It comes after the leads of the list.
// A failure leaves jobs open that could be closed, and the next list makes up for it, so that the run
// goes on.
func (r *run) closeUnlisted(ctx context.Context, l lead.List) {
	if ctx.Err() != nil {
		return
	}
	call, done := withGrace(ctx, storeGrace)
	refs, err := r.listCloser().CloseUnlisted(call, l)
	done()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		r.log.Debug("the store cannot close jobs by lists", "source", l.Source)
		return
	case err != nil:
		r.addError(fmt.Errorf("forge: close jobs that %s no longer lists: %w", l.Source, err))
		return
	}
	due := 0
	for _, ref := range refs {
		if ref.State == store.Closed {
			r.note(Event{Kind: EventClosed, Key: ref.Key}, func(rep *Report) { rep.Closed++ })
		} else {
			due++
		}
	}
	if due == 0 {
		return
	}
	r.note(Event{Kind: EventSynced, Source: l.Source, N: due}, func(rep *Report) { rep.Expired += due })
	r.wake()
}
