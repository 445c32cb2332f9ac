package postgres

import (
	"context"
	"iter"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A changing is a statement that changes what a user sees of jobs, in two forms: so that a catalogue
// that records nothing runs the statement that it ran before there were changes.
type changing struct{ plain, recording string }

// sql returns the form that [Options.Events] asks for.
func (c changing) sql(d *DB) string {
	if d.opts.Events {
		return c.recording
	}
	return c.plain
}

// recorded returns a statement that changes rows, as one that records them too. Every statement that
// changes what a user sees of a job is made by it.
//
// head is a WITH list, and tail the statement after it. changes selects the user, the job, the kind
// and the detail of each change from a clause of head. $1 is the clock.
//
// The ids are given out under an advisory lock of each user that is held until the transaction ends.
// For that reason the order of one user's ids is that of the commits, and a reader who sees one sees
// all below it. The lock is taken when the rows are locked already, after every other lock, and in
// one order, so that it adds no deadlock: see the package comment.
func recorded(head, changes, tail string) changing {
	return changing{
		plain: head + tail,
		recording: head + `, changed (user_id, job_id, kind, detail) AS MATERIALIZED (` + changes + `
), ordered AS MATERIALIZED (
	SELECT pg_advisory_xact_lock(key) FROM (
		SELECT DISTINCT hashtextextended('forge events ' || user_id, 0) AS key FROM changed ORDER BY key
	) AS keys
), recorded AS (
	INSERT INTO forge_events (user_id, job_id, kind, at, detail)
	SELECT user_id, job_id, kind, COALESCE($1::timestamptz, now()), detail
	FROM changed WHERE (SELECT count(*) FROM ordered) > 0
	ORDER BY user_id, job_id
)` + tail,
	}
}

// alone returns a statement that has no WITH list, or one that only reads, as [recorded] does. Both
// forms run as they are given; the recording one returns what tail selects from the clause done.
func alone(statement, returning, changes, tail string) changing {
	c := recorded(`WITH done AS (`+statement+returning+`)`, changes, tail)
	c.plain = statement
	return c
}

// noted wakes the readers of this process after a call that can have recorded changes, and prunes old
// ones now and then. It returns the error of the call. In a transaction of the caller's nothing is
// committed yet: readers find it when they ask the next time.
func (s *Store) noted(ctx context.Context, err error) error {
	if err != nil || !s.db.opts.Events || s.tx != nil {
		return err
	}
	s.db.bell.Ring()
	if s.tx == nil && s.db.changes.Add(1)%pruneEvery == 1 {
		s.prune(ctx)
	}
	return nil
}

const (
	// pruneEvery is how many changing calls pass between two prunings. The first call of a process
	// prunes, too.
	pruneEvery = 64
	// pruneMost is how many rows one pruning deletes: more than so many calls add on average.
	pruneMost = 4000
)

// pruneSQL deletes the oldest changes if they are older than allowed. It looks at no others. Two that
// run at once delete different rows.
const pruneSQL = `
WITH oldest AS MATERIALIZED (
	SELECT id, at FROM forge_events ORDER BY id LIMIT $3
), old AS MATERIALIZED (
	SELECT id FROM forge_events
	WHERE id IN (SELECT id FROM oldest WHERE at < COALESCE($1::timestamptz, now()) - $2::interval)
	ORDER BY id FOR UPDATE SKIP LOCKED
), gone AS (
	DELETE FROM forge_events WHERE id IN (SELECT id FROM old) RETURNING user_id, kind, id
)
INSERT INTO forge_events_pruned AS p (user_id, kind, id)
SELECT user_id, kind, max(id) FROM gone GROUP BY user_id, kind ORDER BY user_id, kind
ON CONFLICT (user_id, kind) DO UPDATE SET id = greatest(p.id, excluded.id)`

// prune deletes changes that are older than [Options.KeepEvents]. It is not needed for any answer, so
// that it can fail.
func (s *Store) prune(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_ = s.db.on(ctx, func(c *sqlx.Conn) error {
		_, err := conn{c, s.db.schema}.ExecContext(ctx, pruneSQL, s.db.now(),
			interval(s.db.opts.KeepEvents), pruneMost)
		return err
	})
}

// The pages of one user's changes and of everybody's. The page's own columns come with a row even if
// the page is empty.
const (
	userChangesSQL = `
WITH whole AS (
	SELECT (SELECT COALESCE(max(id), 0) FROM forge_events WHERE user_id = $3) AS through, (
		SELECT COALESCE(max(id), 0) FROM forge_events_pruned
		WHERE user_id = $3 AND ($4::text[] IS NULL OR kind = ANY ($4::text[]))
	) AS pruned
), page AS (
	SELECT * FROM forge_events
	WHERE user_id = $3 AND id > $1 AND ($4::text[] IS NULL OR kind = ANY ($4::text[]))
	ORDER BY id LIMIT $2
)` + changesPage
	allChangesSQL = `
WITH whole AS (
	SELECT $3::bigint AS through, (
		SELECT COALESCE(max(id), 0) FROM forge_events_pruned
		WHERE $4::text[] IS NULL OR kind = ANY ($4::text[])
	) AS pruned
), page AS (
	SELECT * FROM forge_events
	WHERE id > $1 AND id <= $3 AND ($4::text[] IS NULL OR kind = ANY ($4::text[]))
	ORDER BY id LIMIT $2
)` + changesPage
	changesPage = `
SELECT w.through, w.pruned, e.id, e.user_id, e.job_id, e.kind, e.at, e.detail, ` + driver.SelectLead + `
FROM whole w LEFT JOIN page e ON true LEFT JOIN jobs j ON j.id = e.job_id
ORDER BY e.id`
)

// ListChanges returns a page of what happened; see forge.Watcher.
func (s *Store) ListChanges(
	ctx context.Context, after int64, n int, kinds ...store.ChangeKind,
) ([]store.Change, error) {
	page, err := s.changes(ctx, "list changes", after, n, kinds)
	return page.Changes, err
}

// Changes returns what happened and what happens; see forge.Watcher. It learns at once what this DB
// does, and within a second what others do.
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
	page, err := s.changesOf(ctx, call, userChangesSQL, after, n, s.user, kinds)
	for i := range page.Changes {
		page.Changes[i].User = ""
	}
	return page, err
}

// changesOf reads a page. of is the user, or the last id of everybody's that can be read.
func (s *Store) changesOf(
	ctx context.Context, call, query string, after int64, n int, of any, kinds []store.ChangeKind,
) (page driver.ChangePage, err error) {
	if !s.db.opts.Events {
		return page, named(call, driver.ErrNoChanges())
	}
	var names pq.StringArray
	for _, k := range kinds {
		names = append(names, string(k))
	}
	var rows []driver.ChangeRow
	err = s.do(ctx, call, func(ctx context.Context, c conn, _ int) error {
		rows = nil
		return c.SelectContext(ctx, &rows, query, after, n, of, names)
	})
	if err != nil {
		return page, err
	}
	page, err = driver.PageOfChanges(rows, after, n)
	return page, named(call, err)
}

// A head is a row of headSQL: the largest id that is committed, and the oldest transaction that runs.
type head struct {
	ID     int64 `db:"id"`
	Oldest int64 `db:"oldest"`
}

const headSQL = `
SELECT COALESCE((SELECT max(id) FROM forge_events), 0) AS id,
	pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest`

// A horizon is the id up to which no change of any user is still to be committed. The ids of one user
// are given out in the order of the commits, and those of several users are not.
//
// Suppose that a transaction runs which was given an id up to the largest committed one, pending. It
// was given that id before pending was committed, and it wrote a row before, so it had a number. Every
// transaction that is numbered after pending was seen has a larger number. The reader numbers one of
// its own, bound, and ends it: only then does the server's snapshot tell of all that have smaller
// numbers. (Its upper end is no such bound. It is the number after the last transaction that ended,
// and those that have larger ones can run.) Once the oldest that runs is not below bound, every id up
// to pending is committed or never will be.
type horizon struct {
	settled        int64
	pending, bound int64 // bound is 0 if nothing is pending
}

// advance moves the horizon as far as it can.
func (h *horizon) advance(ctx context.Context, c conn) error {
	for numbered := false; ; numbered = true {
		var now head
		if err := c.GetContext(ctx, &now, headSQL); err != nil {
			return err
		}
		if h.bound > 0 && now.Oldest < h.bound {
			return nil
		}
		if h.bound > 0 {
			h.settled, h.bound = h.pending, 0
		}
		if now.ID <= h.settled || numbered {
			return nil
		}
		if err := c.GetContext(ctx, &h.bound, `SELECT pg_current_xact_id()::text::bigint`); err != nil {
			return err
		}
		h.pending = now.ID
	}
}

// Changes returns what happened and what happens to all users, with their names. It is for the
// program that owns the database. A change is returned when every transaction has ended that wrote
// before the change was seen: a long transaction on the same server delays it.
func (d *DB) Changes(
	ctx context.Context, after int64, kinds ...store.ChangeKind,
) iter.Seq2[store.Change, error] {
	all := &Store{db: d}
	return func(yield func(store.Change, error) bool) {
		var h horizon
		driver.Follow(ctx, after, &d.bell, func(ctx context.Context, after int64) (driver.ChangePage, error) {
			if err := driver.CheckChanges(after, driver.FollowPage, kinds); err != nil {
				return driver.ChangePage{}, named("changes", err)
			}
			err := all.do(ctx, "changes", func(ctx context.Context, c conn, _ int) error {
				return h.advance(ctx, c)
			})
			if err != nil {
				return driver.ChangePage{}, err
			}
			return all.changesOf(ctx, "changes", allChangesSQL, after, driver.FollowPage, h.settled, kinds)
		})(yield)
	}
}
