package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Sync records sightings; see forge.Store. A batch of known leads that is due for nothing costs one
// SELECT and writes nothing; new leads cost one statement more, whatever their number.
func (s *Store) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	batch, refused := driver.PrepareSync(leads)
	if err := s.valid("sync", nil); err != nil || len(batch.Leads) == 0 {
		return nil, cmp.Or(err, named("sync", refused))
	}
	y := syncer{store: s, todo: batch.Leads}
	// What an attempt made due stays in y.refs, so that a repeat goes on where the last attempt
	// failed.
	if err := s.do(ctx, "sync", y.work); err != nil {
		return nil, err
	}
	if len(y.refs) > 0 {
		_ = s.noted(ctx, nil)
	}
	return batch.InOrder(y.refs), named("sync", refused)
}

// A syncer writes one batch of leads.
type syncer struct {
	store *Store
	todo  []lead.Lead // in key order
	refs  []store.Ref
}

// work settles every lead. A round can leave over those whose job another call created at the same
// moment: only a statement begun after that call's commit sees its rows, so they are settled in the
// next round.
func (y *syncer) work(ctx context.Context, c conn, _ int) error {
	for len(y.todo) > 0 {
		found, err := y.look(ctx, c)
		if err != nil {
			return err
		}
		if err := y.note(ctx, c, found); err != nil {
			return err
		}
		if err := y.expire(ctx, c, found); err != nil {
			return err
		}
		if err := y.add(ctx, c, found); err != nil {
			return err
		}
	}
	return nil
}

// A sighting is what the tables say of a lead whose job exists.
type sighting struct {
	Position int // in todo, from 1
	ID       int64
	Mine     bool // the user has it
	Expired  bool
	Noted    bool // it changes the job
}

// expired is the rule of re-checks, over user_job_map m and jobs j. $1 is the clock, and $2 the
// re-check age.
const expired = `m.due_at IS NULL AND (
	m.application_status IN ('MATCHED', 'SAVED')
		AND j.deep_scraped_at <= COALESCE($1::timestamptz, now()) - $2::interval
	OR m.application_status = 'CLOSED'
		AND (j.closed_at IS NULL OR m.updated_at <= COALESCE($1::timestamptz, now()) - $2::interval))`

// unseen is an update of last_seen_at that is due: once a day, because an unconditional one would
// cost a row version for every sighting.
const unseen = `j.last_seen_at <= COALESCE($1::timestamptz, now()) - interval '24 hours'`

// disputed says whether another user than the one who listed the job j sees another title or
// company in l, or did once. $3 is the user.
const disputed = `j.listed_by IS DISTINCT FROM $3
	AND (j.other_title IS NOT NULL OR (j.title, j.company) <> (l.title, l.company))`

// lookSQL finds the jobs that exist. It leaves the rule of disputed to [listing], because parsing the
// titles and the comparisons would take the server longer than sending what they compare, which is
// NULL for the jobs that this user listed. The user's row is a subquery, because planning one more
// join takes longer than the batch.
const lookSQL = `
SELECT l.position, j.id, (
		SELECT COALESCE(` + expired + `, false) FROM user_job_map m WHERE m.user_id = $3 AND m.job_id = j.id
	), ` + unseen + `,
	CASE WHEN j.listed_by IS DISTINCT FROM $3 THEN j.title END, j.company, j.other_title IS NOT NULL
FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS l (source, external_id, position)
JOIN jobs j ON j.source = l.source AND j.external_id = l.external_id`

// A listing is what a job shows of the users who saw it.
type listing struct {
	title    sql.NullString // NULL if the user who looks listed the job
	company  string
	disputed bool // another user saw another title or company once
}

// differs is the rule of disputed.
func (s listing) differs(l lead.Lead) bool {
	return s.title.Valid && (s.disputed || s.title.String != l.Title || s.company != l.Company)
}

func (y *syncer) look(ctx context.Context, c conn) (found []sighting, err error) {
	source, externalID := keysOf(y.todo)
	db := y.store.db
	rows, err := c.QueryContext(ctx, lookSQL, db.now(), interval(db.opts.RecheckAfter), y.store.user,
		source, externalID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var f sighting
		var unseen bool
		var listed listing
		var mine sql.NullBool // whether it is expired; NULL: the user has no such job
		if err := rows.Scan(&f.Position, &f.ID, &mine, &unseen,
			&listed.title, &listed.company, &listed.disputed); err != nil {
			return nil, err
		}
		f.Mine, f.Expired = mine.Valid, mine.Bool
		f.Noted = unseen || listed.differs(y.todo[f.Position-1])
		found = append(found, f)
	}
	// A join answers in any order, and what is written must be written in key order.
	slices.SortFunc(found, func(a, b sighting) int { return a.Position - b.Position })
	return found, rows.Err()
}

// noteSQL adopts a different title and company after two sightings by users other than listed_by,
// so that no single user can change what the others see. A sighting of the stored values resets the
// count. The statement locks in key order before it writes: an UPDATE alone would lock in the order
// of its plan.
const noteSQL = `
WITH seen AS MATERIALIZED (
	SELECT j.id, l.title, l.company
	FROM unnest($2::bigint[], $4::text[], $5::text[]) AS l (id, title, company) JOIN jobs j ON j.id = l.id
	ORDER BY j.source, j.external_id
	FOR NO KEY UPDATE OF j
)
UPDATE jobs j SET
	last_seen_at  = CASE WHEN ` + unseen + ` THEN COALESCE($1::timestamptz, now()) ELSE j.last_seen_at END,
	title         = CASE WHEN ` + again + ` THEN l.title ELSE j.title END,
	company       = CASE WHEN ` + again + ` THEN l.company ELSE j.company END,
	listed_by     = CASE WHEN ` + again + ` THEN $3 ELSE j.listed_by END,
	other_title   = CASE WHEN j.listed_by = $3 THEN j.other_title WHEN ` + once + ` THEN l.title END,
	other_company = CASE WHEN j.listed_by = $3 THEN j.other_company WHEN ` + once + ` THEN l.company END
FROM seen l
WHERE j.id = l.id AND (` + unseen + ` OR ` + disputed + `)`

// again and once say how often other users have seen what the sighting l says instead of the job j.
const (
	again = `j.listed_by IS DISTINCT FROM $3 AND (j.other_title, j.other_company) = (l.title, l.company)`
	once  = `(j.title, j.company) <> (l.title, l.company)
		AND (j.other_title, j.other_company) IS DISTINCT FROM (l.title, l.company)`
)

// note writes what the sightings change in the jobs.
func (y *syncer) note(ctx context.Context, c conn, found []sighting) error {
	var ids pq.Int64Array
	var noted []lead.Lead
	for _, f := range found {
		if f.Noted {
			ids = append(ids, f.ID)
			noted = append(noted, y.todo[f.Position-1])
		}
	}
	if ids == nil {
		return nil
	}
	seen := columnsOf(noted)
	_, err := c.ExecContext(ctx, noteSQL, y.store.db.now(), ids, y.store.user, seen.title, seen.company)
	return err
}

var expireSQL = alone(`
WITH old AS MATERIALIZED (
	SELECT job_id FROM user_job_map
	WHERE user_id = $3 AND job_id = ANY ($4::bigint[]) AND due_at IS NULL
	ORDER BY job_id
	FOR UPDATE
)
UPDATE user_job_map m SET due_at = COALESCE($1::timestamptz, now())
FROM old JOIN jobs j ON j.id = old.job_id
WHERE m.user_id = $3 AND m.job_id = old.job_id AND `+expired+`
RETURNING m.job_id`, ``, `
	SELECT $3, job_id, 'EXPIRED', '{}'::jsonb FROM done`, ` SELECT job_id FROM done`)

// expire makes due what is listed again after the re-check age. The rule stands in the UPDATE: of
// two calls that saw the same expired job, one makes it due.
func (y *syncer) expire(ctx context.Context, c conn, found []sighting) error {
	var ids pq.Int64Array
	keys := make(map[int64]lead.Key)
	for _, f := range found {
		if f.Expired {
			ids = append(ids, f.ID)
			keys[f.ID] = y.todo[f.Position-1].Key()
		}
	}
	if ids == nil {
		return nil
	}
	db := y.store.db
	var due []int64
	err := c.SelectContext(ctx, &due, expireSQL.sql(db), db.now(), interval(db.opts.RecheckAfter),
		y.store.user, ids)
	if err != nil {
		return err
	}
	for _, id := range due {
		y.refs = append(y.refs, store.Ref{ID: id, Key: keys[id], State: store.Expired})
	}
	return nil
}

// addSQL creates the unknown jobs, in key order, and then the user's rows for them and for the
// known jobs, in the order of their key. A job that another call is creating is waited for and then
// not returned.
var addSQL = recorded(`
WITH created AS (
	INSERT INTO jobs (source, external_id, title, company, location, url, posted_at, listed_by,
		first_seen_at, last_seen_at)
	SELECT source, external_id, title, company, location, url, NULLIF(posted_at, '')::timestamptz, $2,
		COALESCE($1::timestamptz, now()), COALESCE($1::timestamptz, now())
	FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
		WITH ORDINALITY AS l (source, external_id, title, company, location, url, posted_at, position)
	ORDER BY position
	ON CONFLICT (source, external_id) DO NOTHING
	RETURNING id, source, external_id
), added AS (
	INSERT INTO user_job_map (user_id, job_id, due_at, discovered_at, updated_at)
	SELECT $2, id, now, now, now
	FROM (SELECT id FROM created UNION ALL SELECT unnest($3::bigint[])) AS job (id),
		COALESCE($1::timestamptz, now()) AS clock (now)
	ORDER BY id
	ON CONFLICT (user_id, job_id) DO NOTHING
	RETURNING job_id
)`, `
	SELECT $2, job_id, 'NEW', '{}'::jsonb FROM added`, `
SELECT added.job_id, COALESCE(created.source, ''), COALESCE(created.external_id, '')
FROM added LEFT JOIN created ON created.id = added.job_id`)

// add creates what is missing and leaves in todo what another call created first.
func (y *syncer) add(ctx context.Context, c conn, found []sighting) error {
	known := make(map[int64]lead.Key) // jobs that exist and that the user lacks
	var ids pq.Int64Array
	var unknown []lead.Lead
	next := 0 // in todo
	for _, f := range found {
		unknown = append(unknown, y.todo[next:f.Position-1]...)
		next = f.Position
		if !f.Mine {
			known[f.ID] = y.todo[f.Position-1].Key()
			ids = append(ids, f.ID)
		}
	}
	unknown = append(unknown, y.todo[next:]...)
	if ids == nil && unknown == nil {
		y.todo = nil
		return nil
	}
	batch := columnsOf(unknown)
	db := y.store.db
	added, err := c.QueryContext(ctx, addSQL.sql(db), db.now(), y.store.user, ids,
		batch.source, batch.externalID, batch.title, batch.company, batch.location, batch.url, batch.postedAt)
	if err != nil {
		return err
	}
	defer func() { _ = added.Close() }()
	created := make(map[lead.Key]bool, len(unknown))
	var refs []store.Ref
	for added.Next() {
		ref := store.Ref{State: store.New}
		if err := added.Scan(&ref.ID, &ref.Key.Source, &ref.Key.ExternalID); err != nil {
			return err
		}
		if key, ok := known[ref.ID]; ok {
			ref.Key = key
		} else {
			created[ref.Key] = true
		}
		refs = append(refs, ref)
	}
	if err := added.Err(); err != nil {
		return err // what was committed is due, but a repeat cannot tell: see the package comment
	}
	y.refs = append(y.refs, refs...)
	y.todo = nil
	for _, l := range unknown {
		if !created[l.Key()] {
			y.todo = append(y.todo, l)
		}
	}
	return nil
}

// columns are leads as arrays, one a column: a batch of any size is one statement.
type columns struct {
	source, externalID, title, company, location, url, postedAt pq.StringArray
}

func columnsOf(leads []lead.Lead) columns {
	column := func() pq.StringArray { return make(pq.StringArray, len(leads)) }
	c := columns{column(), column(), column(), column(), column(), column(), column()}
	for i, l := range leads {
		c.source[i], c.externalID[i], c.title[i] = l.Source, l.ExternalID, l.Title
		c.company[i], c.location[i], c.url[i] = l.Company, l.Location, l.URL
		if !l.PostedAt.IsZero() {
			c.postedAt[i] = l.PostedAt.Format(time.RFC3339Nano)
		}
	}
	return c
}

// keysOf are the columns of the leads' keys.
func keysOf(leads []lead.Lead) (source, externalID pq.StringArray) {
	source, externalID = make(pq.StringArray, len(leads)), make(pq.StringArray, len(leads))
	for i, l := range leads {
		source[i], externalID[i] = l.Source, l.ExternalID
	}
	return source, externalID
}
