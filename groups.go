package forge

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// MarkGroup marks a job, and with it those of its twins that are still matches or that have the status
// which the job had. A twin with another status of the application keeps it: who applied on one board
// and dismisses the same advert on another still has applied. was is the job's status before. MATCHED
// takes a mark back, see [Marker]: each job gets the status that it would have without, which need not
// be the same for all. If the store is no [Grouper], the job alone is marked. MarkGroup returns the jobs
// that it marked, also beside an error, so that [UnmarkGroup] can take exactly that back.
func MarkGroup(ctx context.Context, s Store, id int64, was, to lead.Status) ([]store.Marked, error) {
	twins, err := twinsOf(ctx, s, id)
	if err != nil {
		return nil, fmt.Errorf("forge: mark a group: %w", err)
	}
	group := []store.Marked{{ID: id, Was: was}}
	for _, t := range twins {
		if t.Status != to && (t.Status == lead.Matched || t.Status == was && was.Application()) {
			group = append(group, store.Marked{ID: t.ID, Was: t.Status})
		}
	}
	n, err := markEach(ctx, s, group, func(store.Marked) lead.Status { return to })
	return group[:n], err
}

// UnmarkGroup takes a MarkGroup back: each job gets the mark that it had before, or none. A twin that
// MarkGroup left alone because it had the mark already keeps it.
func UnmarkGroup(ctx context.Context, s Store, marked []store.Marked) error {
	_, err := markEach(ctx, s, marked, func(m store.Marked) lead.Status {
		if m.Was.Application() {
			return m.Was
		}
		return lead.Matched
	})
	return err
}

// markEach returns the number of jobs that were marked.
func markEach(
	ctx context.Context, s Store, group []store.Marked, to func(store.Marked) lead.Status,
) (n int, err error) {
	marker, ok := s.(Marker)
	if !ok {
		return 0, fmt.Errorf("forge: mark a group: the store is no Marker: %w", errors.ErrUnsupported)
	}
	for i, m := range group {
		if err := marker.Mark(ctx, m.ID, to(m)); err != nil {
			return i, fmt.Errorf("forge: mark a group: %w", err)
		}
	}
	return len(group), nil
}

// ReopenGroup makes a job due again, and with it its twins, so that the advert is scored again and not
// given the score of a twin. What the user marked and what is due stays as it is. If a job was reopened,
// ReopenGroup returns the ids of the group, which Restore takes to take that back; see [Keeper].
func ReopenGroup(ctx context.Context, s Store, id int64) ([]int64, error) {
	reopener, ok := s.(Reopener)
	if !ok {
		return nil, fmt.Errorf("forge: reopen a group: the store is no Reopener: %w", errors.ErrUnsupported)
	}
	decided := []lead.Status{lead.Matched, lead.AutoRejected, lead.Failed, lead.Closed}
	return eachOf(ctx, s, id, "reopen", decided, func(ids []int64) (int, error) {
		return reopener.Reopen(ctx, store.Selection{IDs: ids, Statuses: decided})
	})
}

// KeepGroup keeps a rejected job and its rejected twins whatever they score; see [Keeper]. If a job is
// kept, KeepGroup returns the ids of the group, which Restore takes to take that back.
func KeepGroup(ctx context.Context, s Store, id int64) ([]int64, error) {
	keeper, ok := s.(Keeper)
	if !ok {
		return nil, fmt.Errorf("forge: keep a group: the store is no Keeper: %w", errors.ErrUnsupported)
	}
	rejected := []lead.Status{lead.AutoRejected}
	return eachOf(ctx, s, id, "keep", rejected, func(ids []int64) (int, error) {
		return keeper.Keep(ctx, ids)
	})
}

// eachOf calls change for a job and its twins that have one of the statuses, and returns their ids
// unless nothing was changed.
func eachOf(
	ctx context.Context, s Store, id int64, call string, statuses []lead.Status,
	change func(ids []int64) (int, error),
) ([]int64, error) {
	ids := []int64{id}
	twins, err := twinsOf(ctx, s, id)
	for _, t := range twins {
		if slices.Contains(statuses, t.Status) && len(ids) < store.MaxBatch {
			ids = append(ids, t.ID)
		}
	}
	changed := 0
	if err == nil {
		changed, err = change(ids)
	}
	if err != nil {
		return nil, fmt.Errorf("forge: %s a group: %w", call, err)
	}
	if changed == 0 {
		return nil, nil
	}
	return ids, nil
}

// twinsOf returns none if the store is no Grouper, or serves one that is none.
func twinsOf(ctx context.Context, s Store, id int64) ([]store.Twin, error) {
	g, ok := s.(Grouper)
	if !ok {
		return nil, nil
	}
	twins, err := g.Twins(ctx, []int64{id})
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, nil
	}
	return twins, err
}

// Cards returns entries with one entry for each group, the first, and the twins of each entry that is
// left, by its id. Give it all pages that are shown together. If the store is no [Grouper], every
// entry is left.
func Cards(
	ctx context.Context, s Store, entries []store.Entry,
) (cards []store.Entry, also map[int64][]store.Twin, err error) {
	g, ok := s.(Grouper)
	if !ok || len(entries) == 0 {
		return entries, nil, nil
	}
	also = make(map[int64][]store.Twin)
	for page := range slices.Chunk(entries, store.MaxBatch) {
		ids := make([]int64, len(page))
		for i, e := range page {
			ids[i] = e.ID
		}
		twins, err := g.Twins(ctx, ids)
		if errors.Is(err, errors.ErrUnsupported) {
			return entries, nil, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("forge: cards: %w", err)
		}
		for _, t := range twins {
			also[t.Of] = append(also[t.Of], t)
		}
	}
	hidden := make(map[int64]bool)
	for _, e := range entries {
		if hidden[e.ID] {
			delete(also, e.ID)
			continue
		}
		cards = append(cards, e)
		for _, t := range also[e.ID] {
			hidden[t.ID] = true
		}
	}
	return cards, also, nil
}
