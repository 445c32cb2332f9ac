package postgres

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// CloseUnlisted closes the jobs that a complete list lacks; see forge.ListCloser.
func (s *Store) CloseUnlisted(ctx context.Context, l lead.List) ([]store.Ref, error) {
	const call = "close unlisted"
	if err := s.valid(call, driver.CheckList(l)); err != nil {
		return nil, err
	}
	c := &listCloser{store: s, list: l, ids: driver.ListedIDs(l)}
	err := s.do(ctx, call, func(ctx context.Context, on conn, _ int) error {
		return c.plan(ctx, on)
	})
	if err != nil || !c.planned.Changes() {
		return nil, err
	}
	// If an earlier attempt was committed and its answer lost, the next one finds nothing to do, and
	// nobody is told what was closed. The rows are right all the same.
	err = s.inTx(ctx, call, func(ctx context.Context, tx conn, _ int) error {
		_, err := tx.ExecContext(ctx, lockListSQL, s.user, s.db.opts.Schema, l.Source, l.Name)
		if err != nil {
			return err
		}
		if err := c.plan(ctx, tx); err != nil || !c.planned.Changes() {
			return err
		}
		return c.work(ctx, tx)
	})
	if err = s.noted(ctx, err); err != nil {
		return nil, err
	}
	return c.planned.ClosedRefs(l.Source, c.rows), nil
}

// lockListSQL lets one call at a time plan what a list changes. Nothing else takes this lock, and it
// is taken before all others.
const lockListSQL = `
SELECT pg_advisory_xact_lock(hashtextextended(
	'forge list ' || ` + inSchema + ` || jsonb_build_array($1::text, $3::text, $4::text), 0))`

// A listCloser passes one list on.
type listCloser struct {
	store *Store
	list  lead.List
	ids   []string

	id      int64 // of the list's row; 0: there is none yet
	rows    []driver.ListRow
	planned driver.ListPlan
}

const keptListSQL = `
SELECT COALESCE($1::timestamptz, now()) AS now, COALESCE(l.id, 0) AS id, l.sample, l.doubted_since
FROM (SELECT) AS one LEFT JOIN lists l ON l.user_id = $2 AND l.source = $3 AND l.name = $4`

// listColumns are those of a user's row m. $2 is how far ahead a job can be due.
const listColumns = `m.application_status, m.due_at IS NULL AS idle,
	COALESCE(m.leased AND m.due_at > COALESCE($1::timestamptz, now())
		AND m.due_at <= COALESCE($1::timestamptz, now()) + $2::interval, false) AS live`

const listedRowsSQL = `
SELECT l.job_id, j.external_id, ` + listColumns + `, true AS known, l.missing_since, l.closed,
	l.missing_since IS NOT NULL AND EXISTS (
		SELECT FROM list_jobs o
		WHERE o.user_id = $3 AND o.job_id = l.job_id AND o.list_id <> l.list_id
			AND o.missing_since IS NULL
	) AS elsewhere
FROM list_jobs l
JOIN user_job_map m ON m.user_id = l.user_id AND m.job_id = l.job_id
JOIN jobs j ON j.id = l.job_id
WHERE l.user_id = $3 AND l.list_id = $4`

const newlyListedRowsSQL = `
SELECT j.id AS job_id, j.external_id, ` + listColumns + `
FROM unnest($6::text[]) AS listed (external_id)
JOIN jobs j ON j.source = $5 AND j.external_id = listed.external_id
JOIN user_job_map m ON m.user_id = $3 AND m.job_id = j.id
WHERE NOT EXISTS (
	SELECT FROM list_jobs l WHERE l.user_id = $3 AND l.job_id = j.id AND l.list_id = $4
)`

// plan reads what is known of the list and of its jobs.
func (c *listCloser) plan(ctx context.Context, q conn) error {
	db := c.store.db
	var kept struct {
		Now time.Time `db:"now"`
		ID  int64     `db:"id"`
		driver.ListState
	}
	err := q.GetContext(ctx, &kept, keptListSQL, db.now(), c.store.user, c.list.Source, c.list.Name)
	if err != nil {
		return err
	}
	c.id, c.rows = kept.ID, nil
	args := []any{db.now(), interval(store.MaxAfter), c.store.user, c.id}
	if c.id != 0 {
		if err := q.SelectContext(ctx, &c.rows, listedRowsSQL, args...); err != nil {
			return err
		}
	}
	var added []driver.ListRow
	err = q.SelectContext(ctx, &added, newlyListedRowsSQL,
		append(args, c.list.Source, pq.StringArray(c.ids))...)
	if err != nil {
		return err
	}
	c.rows = append(c.rows, added...)
	c.planned = driver.PlanList(c.list, kept.Now.UTC(), db.opts.RecheckAfter, kept.ListState, c.rows)
	return nil
}

const saveListSQL = `
INSERT INTO lists (user_id, source, name, sample, doubted_since) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (user_id, source, name) DO UPDATE SET
	sample = excluded.sample, doubted_since = excluded.doubted_since
RETURNING id`

// lockManySQL and lockMineSQL lock what a plan writes, in the order in which every transaction
// locks: jobs, then the user's rows. $1 are the jobs, and $2 is the user.
const (
	lockManySQL = `
SELECT FROM jobs WHERE id = ANY ($1::bigint[]) ORDER BY source, external_id FOR NO KEY UPDATE`
	lockMineSQL = `
SELECT FROM user_job_map WHERE user_id = $2 AND job_id = ANY ($1::bigint[]) ORDER BY job_id FOR UPDATE`
)

// These statements write one part of a plan. $1 are the jobs, $2 is the user, and $3 the clock or the
// list.
const (
	closeManySQL = `
UPDATE jobs SET
	closed_by = CASE WHEN closed_at IS NULL OR closed_by = $2 THEN $2 END,
	closed_at = COALESCE($3::timestamptz, now())
WHERE id = ANY ($1::bigint[])`
	backSQL = `
UPDATE jobs SET closed_at = NULL, closed_by = NULL WHERE id = ANY ($1::bigint[]) AND closed_by = $2`
	closeMineSQL = `
UPDATE user_job_map SET application_status = 'CLOSED', updated_at = COALESCE($3::timestamptz, now()),
	due_at = NULL, leased = false, lease_token = lease_token + 1, last_error = $4
WHERE user_id = $2 AND job_id = ANY ($1::bigint[]) AND application_status IN ('DISCOVERED', 'MATCHED')`
	reopenListedSQL = `
UPDATE user_job_map SET due_at = COALESCE($3::timestamptz, now())
WHERE user_id = $2 AND job_id = ANY ($1::bigint[]) AND due_at IS NULL`
	addListedSQL = `
INSERT INTO list_jobs (user_id, job_id, list_id)
SELECT $2, id, $3 FROM unnest($1::bigint[]) id ORDER BY id
ON CONFLICT (user_id, job_id, list_id) DO NOTHING`
	foundSQL = `
UPDATE list_jobs SET missing_since = NULL, closed = false
WHERE user_id = $2 AND job_id = ANY ($1::bigint[]) AND list_id = $3`
	missingSQL = `
UPDATE list_jobs SET missing_since = $4
WHERE user_id = $2 AND job_id = ANY ($1::bigint[]) AND list_id = $3`
	closeListedSQL = `
UPDATE list_jobs SET closed = true
WHERE user_id = $2 AND job_id = ANY ($1::bigint[]) AND list_id = $3`
)

// work writes what is planned. A job that was claimed since it was planned loses its claim, as it
// does when another call decides it.
func (c *listCloser) work(ctx context.Context, tx conn) error {
	p, user, now := &c.planned, c.store.user, c.store.db.now()
	many := slices.Concat(p.Close, p.Back)
	mine := slices.Concat(p.Close, p.Reopen, p.Add)
	if err := c.exec(ctx, tx, lockManySQL, many); err != nil {
		return err
	}
	if err := c.exec(ctx, tx, lockMineSQL, mine, user); err != nil {
		return err
	}
	if p.SaveState {
		doubted := sql.NullTime{Time: p.State.DoubtedSince.Time, Valid: !p.State.DoubtedSince.IsZero()}
		err := tx.GetContext(ctx, &c.id, saveListSQL, user, c.list.Source, c.list.Name,
			append([]byte{}, p.State.Sample...), doubted)
		if err != nil {
			return err
		}
	}
	for _, part := range []struct {
		statement string
		ids       []int64
		args      []any
	}{
		{closeManySQL, p.Close, []any{user, now}},
		{backSQL, p.Back, []any{user}},
		{closeMineSQL, p.Close, []any{user, now, driver.UnlistedCause}},
		{reopenListedSQL, p.Reopen, []any{user, now}},
		{addListedSQL, p.Add, []any{user, c.id}},
		{foundSQL, p.Found, []any{user, c.id}},
		{missingSQL, p.Missing, []any{user, c.id, p.At}},
		{closeListedSQL, p.Close, []any{user, c.id}},
	} {
		if err := c.exec(ctx, tx, part.statement, part.ids, part.args...); err != nil {
			return err
		}
	}
	if !c.store.db.opts.Events {
		return nil
	}
	closed := driver.Detail(store.ChangeDetail{Cause: driver.UnlistedCause})
	err := c.record(ctx, tx, store.ChangeClosed, closed, p.Close)
	if err != nil {
		return err
	}
	return c.record(ctx, tx, store.ChangeExpired, driver.Detail(store.ChangeDetail{}), p.Reopen)
}

// recordListedSQL records changes of rows that are locked and written already.
var recordListedSQL = recorded(`WITH touched AS MATERIALIZED (SELECT unnest($2::bigint[]) AS job_id)`, `
	SELECT $3::text, job_id, $4::text, $5::jsonb FROM touched`, ` SELECT FROM touched`).recording

func (c *listCloser) record(
	ctx context.Context, tx conn, kind store.ChangeKind, detail string, ids []int64,
) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, recordListedSQL, c.store.db.now(), pq.Int64Array(ids), c.store.user,
		string(kind), detail)
	return err
}

// exec runs a statement about jobs, if there are any.
func (c *listCloser) exec(ctx context.Context, tx conn, statement string, ids []int64, args ...any) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, statement, append([]any{pq.Int64Array(ids)}, args...)...)
	return err
}
