package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// seenEvery is the minimum interval between updates of last_seen_at, so that most syncs of known
// jobs write nothing.
const seenEvery = 24 * time.Hour

// Sync records sightings; see forge.Store. If the batch changes nothing, Sync only reads.
func (s *Store) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	batch, refused := driver.PrepareSync(leads)
	if err := s.valid("sync", nil); err != nil || len(batch.Leads) == 0 {
		return nil, cmp.Or(err, named("sync", refused))
	}
	y, err := s.syncer(batch.Leads)
	if err != nil {
		return nil, named("sync", err)
	}
	news := s.tx != nil // the caller's transaction takes the write lock before it reads, see WithTx
	if !news {
		err = s.reading(ctx, "sync", func(q *statements) error {
			return q.one(ctx, &news, newsSQL, y.args()...)
		})
	}
	if err == nil && news {
		err = s.writing(ctx, "sync", y.work)
	}
	if err != nil {
		return nil, err
	}
	return batch.InOrder(y.refs), named("sync", refused)
}

// A syncer writes one batch of leads.
type syncer struct {
	db     *DB
	leads  string // JSON
	user   string
	now    int64
	old    int64 // text scraped at this time or before is stale
	unseen int64 // a last_seen_at of this time or before is updated
	refs   []store.Ref
}

func (s *Store) syncer(leads []lead.Lead) (*syncer, error) {
	type row struct {
		lead.Lead
		PostedAt *int64 `json:"posted_at"`
	}
	rows := make([]row, len(leads))
	for i, l := range leads {
		rows[i].Lead = l
		if !l.PostedAt.IsZero() {
			posted := l.PostedAt.UnixMicro()
			rows[i].PostedAt = &posted
		}
	}
	b, err := json.Marshal(rows)
	now := s.db.now()
	return &syncer{
		db: s.db, leads: string(b), user: s.user, now: now, old: now - s.db.opts.RecheckAfter.Microseconds(),
		unseen: now - seenEvery.Microseconds(),
	}, err
}

// args returns the parameters of all statements of Sync. Each statement uses some of them.
func (y *syncer) args() []any {
	return []any{
		sql.Named("leads", y.leads), sql.Named("user", y.user), sql.Named("now", y.now),
		sql.Named("old", y.old), sql.Named("unseen", y.unseen),
	}
}

// withBatch is the common table expression of the batch. batchJobs selects the known jobs of the
// batch (j), with the user's row (m) if there is one. MATERIALIZED and CROSS JOIN force SQLite to
// read the batch once and to look up each key in jobs, whatever the planner assumes about the
// sizes.
const (
	withBatch = `
WITH batch AS MATERIALIZED (
	SELECT value ->> '$.source' AS source, value ->> '$.external_id' AS external_id,
		value ->> '$.title' AS title, value ->> '$.company' AS company
	FROM json_each(:leads)
)`
	fromBatch = `
FROM batch b CROSS JOIN jobs j ON j.source = b.source AND j.external_id = b.external_id
LEFT JOIN user_job_map m ON m.user_id = :user AND m.job_id = j.id`
	batchJobs = withBatch + ` SELECT j.id` + fromBatch
)

// expired selects decided jobs to check again: matches with stale text, and closed jobs that are
// listed again if only this user found them closed, or if that was long ago.
const expired = `m.due_at IS NULL AND (
	m.application_status IN ('MATCHED', 'SAVED') AND j.deep_scraped_at <= :old
	OR m.application_status = 'CLOSED' AND (j.closed_at IS NULL OR m.updated_at <= :old))`

// noted selects jobs that a sighting updates: last_seen_at is a day old, or a user other than
// listed_by sees a different title or company, or did so before.
const noted = `j.last_seen_at <= :unseen OR j.listed_by IS NOT :user
	AND (j.other_title IS NOT NULL OR j.title <> b.title OR j.company <> b.company)`

// newsSQL reports whether the batch changes anything.
const newsSQL = `
SELECT json_array_length(:leads) > (SELECT count(*) FROM (` + batchJobs + ` WHERE m.job_id IS NOT NULL))
	OR EXISTS (` + batchJobs + ` WHERE (` + expired + `))
	OR EXISTS (` + batchJobs + ` WHERE ` + noted + `)`

// noteSQL adopts a different title and company after two sightings by users other than listed_by,
// so that no single user can change what the others see. A sighting of the stored values resets the
// count.
const noteSQL = withBatch + `,
seen AS MATERIALIZED (
	SELECT j.id, b.title, b.company, j.listed_by IS NOT :user AS other,
		j.title <> b.title OR j.company <> b.company AS differs,
		j.other_title IS b.title AND j.other_company IS b.company AS again` + fromBatch + `
	WHERE ` + noted + `
)
UPDATE jobs SET
	last_seen_at  = CASE WHEN last_seen_at <= :unseen THEN :now ELSE last_seen_at END,
	title         = CASE WHEN other AND differs AND again THEN seen.title ELSE jobs.title END,
	company       = CASE WHEN other AND differs AND again THEN seen.company ELSE jobs.company END,
	listed_by     = CASE WHEN other AND differs AND again THEN :user ELSE listed_by END,
	other_title   = CASE WHEN NOT other THEN other_title WHEN differs AND NOT again THEN seen.title END,
	other_company = CASE WHEN NOT other THEN other_company WHEN differs AND NOT again THEN seen.company END
FROM seen WHERE jobs.id = seen.id`

// addJobsSQL filters out known jobs instead of using ON CONFLICT, which would use up an id for each
// of them.
const addJobsSQL = `
INSERT INTO jobs (source, external_id, title, company, location, url, posted_at, listed_by,
	first_seen_at, last_seen_at)
SELECT value ->> '$.source', value ->> '$.external_id', value ->> '$.title', value ->> '$.company',
	value ->> '$.location', value ->> '$.url', value ->> '$.posted_at', :user, :now, :now
FROM json_each(:leads)
WHERE NOT EXISTS (
	SELECT 1 FROM jobs j WHERE j.source = value ->> '$.source' AND j.external_id = value ->> '$.external_id'
)
ORDER BY key`

const expireSQL = `
UPDATE user_job_map SET due_at = :now
WHERE user_id = :user AND job_id IN (` + batchJobs + ` WHERE ` + expired + `)
RETURNING job_id`

const addMineSQL = `
INSERT INTO user_job_map (user_id, job_id, due_at, discovered_at, updated_at)
SELECT :user, id, :now, :now, :now FROM (` + batchJobs + ` WHERE m.job_id IS NULL ORDER BY j.id)
WHERE true
ON CONFLICT (user_id, job_id) DO NOTHING
RETURNING job_id`

// work writes the batch. The statements check the conditions again, because another call can have
// written since newsSQL ran.
func (y *syncer) work(ctx context.Context, tx *statements) error {
	if _, err := tx.exec(ctx, noteSQL, y.args()...); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, addJobsSQL, y.args()...); err != nil {
		return err
	}
	if err := y.makeDue(ctx, tx, store.Expired, expireSQL); err != nil {
		return err
	}
	return y.makeDue(ctx, tx, store.New, addMineSQL)
}

const keysSQL = `SELECT id, source, external_id FROM jobs WHERE id IN (SELECT value FROM json_each(?))`

// makeDue runs a statement that makes jobs due, and appends their refs.
func (y *syncer) makeDue(ctx context.Context, tx *statements, state store.State, statement string) error {
	var ids []int64
	if err := tx.all(ctx, &ids, statement, y.args()...); err != nil || len(ids) == 0 {
		return err
	}
	err := y.db.record(ctx, tx, y.user, store.ChangeKind(state), store.ChangeDetail{}, ids...)
	if err != nil {
		return err
	}
	var keys []struct {
		ID         int64  `db:"id"`
		Source     string `db:"source"`
		ExternalID string `db:"external_id"`
	}
	err = tx.all(ctx, &keys, keysSQL, driver.List(ids))
	for _, k := range keys {
		y.refs = append(y.refs,
			store.Ref{ID: k.ID, Key: lead.Key{Source: k.Source, ExternalID: k.ExternalID}, State: state})
	}
	return err
}
