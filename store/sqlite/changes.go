package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

const recordSQL = `
INSERT INTO forge_events (user_id, job_id, kind, at, detail)
SELECT ?, value, ?, ?, ? FROM json_each(?) ORDER BY key`

// record records what happened to a user's jobs, if [Options.Events] is set. Every method that
// changes what a user sees of a job calls it, in the same transaction.
func (d *DB) record(
	ctx context.Context, tx *statements, user string, kind store.ChangeKind, detail store.ChangeDetail,
	jobs ...int64,
) error {
	if !d.opts.Events || len(jobs) == 0 {
		return nil
	}
	now := d.now()
	_, err := tx.exec(ctx, recordSQL, user, string(kind), now, driver.Detail(detail), driver.List(jobs))
	d.recorded.Store(true)
	if err == nil && d.changes.Add(1)%pruneEvery == 1 {
		err = d.prune(ctx, tx, now)
	}
	return err
}

const (
	// pruneEvery is how many changing calls pass between two prunings. The first call of a process
	// prunes too.
	pruneEvery = 64
	// pruneMost is how many rows one pruning deletes: more than so many calls add on average.
	pruneMost = 4000
)

// prunedSQL notes the rows that pruneSQL deletes. Both look at the oldest rows only.
const (
	prunable  = `SELECT id FROM (SELECT id, at FROM forge_events ORDER BY id LIMIT :most) WHERE at < :old`
	prunedSQL = `
INSERT INTO forge_events_pruned (user_id, kind, id)
SELECT user_id, kind, max(id) FROM forge_events WHERE id IN (` + prunable + `) GROUP BY user_id, kind
ON CONFLICT (user_id, kind) DO UPDATE SET id = excluded.id`
	pruneSQL = `DELETE FROM forge_events WHERE id IN (` + prunable + `)`
)

// prune deletes changes that are older than [Options.KeepEvents].
func (d *DB) prune(ctx context.Context, tx *statements, now int64) error {
	args := []any{sql.Named("most", pruneMost), sql.Named("old", now-d.opts.KeepEvents.Microseconds())}
	if _, err := tx.exec(ctx, prunedSQL, args...); err != nil {
		return err
	}
	_, err := tx.exec(ctx, pruneSQL, args...)
	return err
}

// The pages of one user's changes and of everybody's. The page's own columns come with a row even if
// the page is empty. One writer at a time gives out the ids, so that no id below the largest one is
// still to come.
const (
	userChangesSQL = changesAfter + ofUser + changesPruned + ofUser + changesPage
	allChangesSQL  = changesAfter + changesPruned + changesPage

	ofUser       = ` AND user_id = :user`
	changesAfter = `
WITH page AS MATERIALIZED (
	SELECT id FROM forge_events
	WHERE id > :after
		AND (json_array_length(:kinds) = 0 OR kind IN (SELECT value FROM json_each(:kinds)))`
	changesPruned = `
	ORDER BY id LIMIT :n
), whole AS (
	SELECT (SELECT COALESCE(max(id), 0) FROM forge_events) AS through, (
		SELECT COALESCE(max(id), 0) FROM forge_events_pruned
		WHERE (json_array_length(:kinds) = 0 OR kind IN (SELECT value FROM json_each(:kinds)))`
	changesPage = `
	) AS pruned
)
SELECT w.through, w.pruned, e.id, e.user_id, e.job_id, e.kind, e.at, e.detail, ` + driver.SelectLead + `
FROM whole w
LEFT JOIN page p
LEFT JOIN forge_events e ON e.id = p.id
LEFT JOIN jobs j ON j.id = e.job_id
ORDER BY p.id`
)

// ListChanges returns a page of what happened; see forge.Watcher.
func (s *Store) ListChanges(
	ctx context.Context, after int64, n int, kinds ...store.ChangeKind,
) ([]store.Change, error) {
	page, err := s.changes(ctx, "list changes", after, n, kinds)
	return page.Changes, err
}

// Changes returns what happened and what happens; see forge.Watcher. It learns at once what this
// process does, and within a second what others do.
func (s *Store) Changes(
	ctx context.Context, after int64, kinds ...store.ChangeKind,
) iter.Seq2[store.Change, error] {
	read := func(ctx context.Context, after int64) (driver.ChangePage, error) {
		return s.changes(ctx, "changes", after, driver.FollowPage, kinds)
	}
	return driver.Follow(ctx, after, &s.db.bell, read)
}

func (s *Store) changes(
	ctx context.Context, call string, after int64, n int, kinds []store.ChangeKind,
) (driver.ChangePage, error) {
	if err := s.valid(call, driver.CheckChanges(after, n, kinds)); err != nil {
		return driver.ChangePage{}, err
	}
	page, err := s.changesOf(ctx, call, userChangesSQL, after, n, kinds)
	for i := range page.Changes {
		page.Changes[i].User = ""
	}
	return page, err
}

// Changes returns what happened and what happens to all users, with their names. It is for the
// program that owns the database.
func (d *DB) Changes(
	ctx context.Context, after int64, kinds ...store.ChangeKind,
) iter.Seq2[store.Change, error] {
	all := &Store{db: d}
	read := func(ctx context.Context, after int64) (driver.ChangePage, error) {
		if err := driver.CheckChanges(after, driver.FollowPage, kinds); err != nil {
			return driver.ChangePage{}, named("changes", err)
		}
		return all.changesOf(ctx, "changes", allChangesSQL, after, driver.FollowPage, kinds)
	}
	return driver.Follow(ctx, after, &d.bell, read)
}

func (s *Store) changesOf(
	ctx context.Context, call, query string, after int64, n int, kinds []store.ChangeKind,
) (page driver.ChangePage, err error) {
	if !s.db.opts.Events {
		return page, named(call, driver.ErrNoChanges())
	}
	var rows []driver.ChangeRow
	err = s.reading(ctx, call, func(q *statements) error {
		rows = nil
		return q.all(ctx, &rows, query, sql.Named("user", s.user), sql.Named("after", after),
			sql.Named("n", n), sql.Named("kinds", driver.List(kinds)))
	})
	if err != nil {
		return page, err
	}
	page, err = driver.PageOfChanges(rows, after, n)
	return page, named(call, err)
}
