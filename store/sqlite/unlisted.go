package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

const keptListSQL = `
SELECT id, sample, doubted_since FROM lists WHERE user_id = :user AND source = :source AND name = :name`

// listRowsSQL reads the user's jobs that a list had, and then those that it has for the first time.
// CROSS JOIN forces SQLite to begin with the list.
const listRowsSQL = `
SELECT l.job_id, j.external_id, ` + listColumns + `, 1 AS known, l.missing_since, l.closed,
	l.missing_since IS NOT NULL AND EXISTS (
		SELECT 1 FROM list_jobs o
		WHERE o.user_id = :user AND o.job_id = l.job_id AND o.list_id <> l.list_id
			AND o.missing_since IS NULL
	) AS elsewhere
FROM list_jobs l
CROSS JOIN user_job_map m ON m.user_id = l.user_id AND m.job_id = l.job_id
CROSS JOIN jobs j ON j.id = l.job_id
WHERE l.list_id = :list
UNION ALL
SELECT j.id, j.external_id, ` + listColumns + `, 0, NULL, 0, 0
FROM json_each(:ids) listed
CROSS JOIN jobs j ON j.source = :source AND j.external_id = listed.value
CROSS JOIN user_job_map m ON m.user_id = :user AND m.job_id = j.id
WHERE NOT EXISTS (
	SELECT 1 FROM list_jobs l WHERE l.user_id = :user AND l.job_id = j.id AND l.list_id = :list
)`

const listColumns = `m.application_status, m.due_at IS NULL AS idle,
	COALESCE(m.leased AND m.due_at > :now AND m.due_at <= :far, 0) AS live`

// CloseUnlisted closes the jobs that a complete list lacks; see forge.ListCloser.
func (s *Store) CloseUnlisted(ctx context.Context, l lead.List) (refs []store.Ref, err error) {
	const call = "close unlisted"
	if err := s.valid(call, driver.CheckList(l)); err != nil {
		return nil, err
	}
	c := s.listCloser(l)
	if s.tx == nil { // the caller's transaction takes the write lock before it reads, see WithTx
		err := s.reading(ctx, call, func(q *statements) error { return c.plan(ctx, q) })
		if err != nil || !c.planned.Changes() {
			return nil, err
		}
	}
	err = s.writing(ctx, call, func(ctx context.Context, tx *statements) error {
		if err := c.plan(ctx, tx); err != nil || !c.planned.Changes() {
			return err
		}
		if err := c.work(ctx, tx); err != nil {
			return err
		}
		err := s.db.record(ctx, tx, s.user, store.ChangeClosed,
			store.ChangeDetail{Cause: driver.UnlistedCause}, c.planned.Close...)
		if err != nil {
			return err
		}
		return s.db.record(ctx, tx, s.user, store.ChangeExpired, store.ChangeDetail{}, c.planned.Reopen...)
	})
	if err != nil {
		return nil, err
	}
	return c.planned.ClosedRefs(l.Source, c.rows), nil
}

// A listCloser passes one list on.
type listCloser struct {
	list    lead.List
	ids     string // JSON
	user    string
	now     int64
	recheck time.Duration

	id      int64 // of the list's row; 0: there is none yet
	rows    []driver.ListRow
	planned driver.ListPlan
}

func (s *Store) listCloser(l lead.List) *listCloser {
	return &listCloser{
		list: l, ids: driver.List(driver.ListedIDs(l)), user: s.user, now: s.db.now(),
		recheck: s.db.opts.RecheckAfter,
	}
}

// args returns the parameters of all statements of CloseUnlisted. Each statement uses some of them.
func (c *listCloser) args(more ...any) []any {
	return append([]any{
		sql.Named("user", c.user), sql.Named("source", c.list.Source), sql.Named("name", c.list.Name),
		sql.Named("list", c.id), sql.Named("now", c.now),
	}, more...)
}

// plan reads what is known of the list and of its jobs.
func (c *listCloser) plan(ctx context.Context, q *statements) error {
	var kept struct {
		ID int64 `db:"id"`
		driver.ListState
	}
	if err := q.one(ctx, &kept, keptListSQL, c.args()...); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	c.id, c.rows = kept.ID, nil
	err := q.all(ctx, &c.rows, listRowsSQL,
		c.args(sql.Named("ids", c.ids), sql.Named("far", c.now+store.MaxAfter.Microseconds()))...)
	now := time.UnixMicro(c.now).UTC()
	c.planned = driver.PlanList(c.list, now, c.recheck, kept.ListState, c.rows)
	return err
}

const saveListSQL = `
INSERT INTO lists (user_id, source, name, sample, doubted_since)
VALUES (:user, :source, :name, :sample, :doubted)
ON CONFLICT (user_id, source, name) DO UPDATE SET
	sample = excluded.sample, doubted_since = excluded.doubted_since
RETURNING id`

// These statements write one part of a plan, for the jobs in ids.
const (
	addListedSQL = `
INSERT INTO list_jobs (user_id, job_id, list_id)
SELECT :user, value, :list FROM json_each(:ids)`
	foundSQL = `
UPDATE list_jobs SET missing_since = NULL, closed = 0
WHERE user_id = :user AND list_id = :list AND job_id IN (SELECT value FROM json_each(:ids))`
	missingSQL = `
UPDATE list_jobs SET missing_since = :at
WHERE user_id = :user AND list_id = :list AND job_id IN (SELECT value FROM json_each(:ids))`
	closeListedSQL = `
UPDATE list_jobs SET closed = 1
WHERE user_id = :user AND list_id = :list AND job_id IN (SELECT value FROM json_each(:ids))`
	closeManySQL = `
UPDATE jobs SET
	closed_by = CASE WHEN closed_at IS NULL OR closed_by IS :user THEN :user END, closed_at = :now
WHERE id IN (SELECT value FROM json_each(:ids))`
	closeMineSQL = `
UPDATE user_job_map SET application_status = 'CLOSED', updated_at = :now, due_at = NULL, leased = 0,
	lease_token = lease_token + 1, last_error = :cause
WHERE user_id = :user AND job_id IN (SELECT value FROM json_each(:ids))
	AND application_status IN ('DISCOVERED', 'MATCHED')`
	backSQL = `
UPDATE jobs SET closed_at = NULL, closed_by = NULL
WHERE closed_by = :user AND id IN (SELECT value FROM json_each(:ids))`
	reopenListedSQL = `
UPDATE user_job_map SET due_at = :now
WHERE user_id = :user AND job_id IN (SELECT value FROM json_each(:ids))`
)

// work writes what is planned.
func (c *listCloser) work(ctx context.Context, tx *statements) error {
	p := &c.planned
	if p.SaveState || c.id == 0 {
		sample := p.State.Sample
		if sample == nil {
			sample = []byte{} // NULL is no sample
		}
		doubted := sql.NullInt64{}
		if since := p.State.DoubtedSince; !since.IsZero() {
			doubted = sql.NullInt64{Int64: since.UnixMicro(), Valid: true}
		}
		err := tx.one(ctx, &c.id, saveListSQL,
			c.args(sql.Named("sample", sample), sql.Named("doubted", doubted))...)
		if err != nil {
			return err
		}
	}
	for _, part := range []struct {
		ids       []int64
		statement string
	}{
		{p.Close, closeManySQL},
		{p.Back, backSQL},
		{p.Close, closeMineSQL},
		{p.Reopen, reopenListedSQL},
		{p.Add, addListedSQL},
		{p.Found, foundSQL},
		{p.Missing, missingSQL},
		{p.Close, closeListedSQL},
	} {
		if len(part.ids) == 0 {
			continue
		}
		_, err := tx.exec(ctx, part.statement, c.args(sql.Named("ids", driver.List(part.ids)),
			sql.Named("at", p.At.UnixMicro()), sql.Named("cause", driver.UnlistedCause))...)
		if err != nil {
			return err
		}
	}
	return nil
}
