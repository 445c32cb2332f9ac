package memory

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A change is a row of forge_events.
type change struct {
	store.Change
	job *job
}

// record records what happened to a user's job, if [Options.Events] is set. Every method that changes
// what a user sees of a job calls it, under the lock of the DB.
func (db *DB) record(user string, j *job, kind store.ChangeKind, d store.ChangeDetail, now time.Time) {
	if !db.events {
		return
	}
	db.lastChange++
	db.changes = append(db.changes, change{
		store.Change{ID: db.lastChange, User: user, JobID: j.id, Kind: kind, At: now, Detail: d}, j,
	})
	db.prune(now)
	db.bell.Ring()
}

// prune drops the changes at the beginning that are older than [Options.KeepEvents].
func (db *DB) prune(now time.Time) {
	old := now.Add(-db.keepEvents)
	n := 0
	for n < len(db.changes) && db.changes[n].At.Before(old) {
		c := db.changes[n]
		db.pruned[prunedKey{c.User, c.Kind}] = c.ID
		n++
	}
	db.changes = slices.Delete(db.changes, 0, n)
}

// A prunedKey is a key of the last changes that were pruned.
type prunedKey struct {
	user string
	kind store.ChangeKind
}

// ListChanges returns a page of what happened; see forge.Watcher.
func (s *Store) ListChanges(
	ctx context.Context, after int64, n int, kinds ...store.ChangeKind,
) ([]store.Change, error) {
	page, err := s.page(ctx, after, n, kinds)
	return page.Changes, named("list changes", err)
}

// Changes returns what happened and what happens; see forge.Watcher.
func (s *Store) Changes(
	ctx context.Context, after int64, kinds ...store.ChangeKind,
) iter.Seq2[store.Change, error] {
	read := func(ctx context.Context, after int64) (driver.ChangePage, error) {
		page, err := s.page(ctx, after, driver.FollowPage, kinds)
		return page, named("changes", err)
	}
	return driver.Follow(ctx, after, &s.db.bell, read)
}

func (s *Store) page(
	ctx context.Context, after int64, n int, kinds []store.ChangeKind,
) (driver.ChangePage, error) {
	if _, err := s.begin(ctx, driver.CheckChanges(after, n, kinds)); err != nil {
		return driver.ChangePage{}, err
	}
	defer s.db.mu.Unlock()
	return s.db.page(s.user, after, n, kinds)
}

// Changes returns what happened and what happens to all users, with their names. It is for the
// program that owns the catalogue.
func (db *DB) Changes(
	ctx context.Context, after int64, kinds ...store.ChangeKind,
) iter.Seq2[store.Change, error] {
	read := func(ctx context.Context, after int64) (driver.ChangePage, error) {
		if err := driver.CheckChanges(after, driver.FollowPage, kinds); err != nil {
			return driver.ChangePage{}, named("changes", err)
		}
		db.mu.Lock()
		defer db.mu.Unlock()
		page, err := db.page("", after, driver.FollowPage, kinds)
		return page, named("changes", err)
	}
	return driver.Follow(ctx, after, &db.bell, read)
}

// page reads a page of one user, or of all if user is empty.
func (db *DB) page(user string, after int64, n int, kinds []store.ChangeKind) (driver.ChangePage, error) {
	page := driver.ChangePage{Through: max(after, db.lastChange)}
	if !db.events {
		return page, driver.ErrNoChanges()
	}
	var gone int64
	for key, id := range db.pruned {
		if (user == "" || key.user == user) && (len(kinds) == 0 || slices.Contains(kinds, key.kind)) {
			gone = max(gone, id)
		}
	}
	if gone > after {
		return page, &store.PrunedError{After: gone}
	}
	compare := func(c change, id int64) int { return cmp.Compare(c.ID, id) }
	begin, _ := slices.BinarySearchFunc(db.changes, after+1, compare)
	for _, c := range db.changes[begin:] {
		if (user != "" && c.User != user) || (len(kinds) > 0 && !slices.Contains(kinds, c.Kind)) {
			continue
		}
		c.Lead = c.job.lead
		if user != "" {
			c.User = ""
		}
		page.Changes = append(page.Changes, c.Change)
		if len(page.Changes) == n {
			page.Through = c.ID
			break
		}
	}
	return page, nil
}
