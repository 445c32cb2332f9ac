package pgbench_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
)

const batch = 25

// A syncer stores a batch for one user and returns how many jobs it made due.
type syncer func(ctx context.Context, leads []lead.Lead) (int, error)

// workloads are what a batch holds: as in a first search, a later one, and one that is repeated at
// once.
var workloads = []struct {
	name string
	new  int // of the 25
}{{"25 new leads", 25}, {"5 new and 20 known leads", 5}, {"25 known leads", 0}}

// BenchmarkSync compares Sync with upserts row by row, as most people write them, in a transaction
// for each lead or for the batch, and with the barest SQL that gives the same answers.
func BenchmarkSync(b *testing.B) {
	for _, alternative := range []struct {
		name  string
		turns int // a round: the closer the race, the more
		make  func(db *sql.DB) syncer
	}{
		{"a transaction a lead", 20, func(db *sql.DB) syncer { return rowByRow(db, false) }},
		{"a transaction a batch", 50, func(db *sql.DB) syncer { return rowByRow(db, true) }},
		{"barest SQL", 200, barest},
	} {
		for _, w := range workloads {
			b.Run(alternative.name+"/"+w.name, func(b *testing.B) {
				db, _ := catalogue(b)
				ada := db.ForUser("ada")
				_, tables := catalogue(b)
				ours := func(ctx context.Context, leads []lead.Lead) (int, error) {
					refs, err := ada.Sync(ctx, leads)
					return len(refs), err
				}
				turns := size(3, alternative.turns)
				compare(b, "Sync of "+w.name, turns,
					contender{name: "forge", run: syncing(b, ours, w.new)},
					contender{name: alternative.name, run: syncing(b, alternative.make(tables), w.new)})
			})
		}
	}
}

// syncing returns the sync of a batch with so many leads that were never seen.
func syncing(b *testing.B, sync syncer, fresh int) func() time.Duration {
	b.Helper()
	next := 0
	known := leadsOf(1_000_000_000, batch-fresh)
	_, err := sync(b.Context(), known)
	require.NoError(b, err)
	return func() time.Duration {
		leads := append(leadsOf(next, fresh), known...)
		next += fresh
		start := time.Now()
		due, err := sync(b.Context(), leads)
		took := time.Since(start)
		require.NoError(b, err)
		require.Equal(b, fresh, due)
		return took
	}
}

const (
	upsertJobSQL = `
		INSERT INTO jobs (source, external_id, title, company, location, url, posted_at, first_seen_at,
			last_seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now())
		ON CONFLICT (source, external_id) DO UPDATE SET title = excluded.title, company = excluded.company,
			location = excluded.location,
			url = excluded.url, last_seen_at = excluded.last_seen_at
		RETURNING id`
	upsertMineSQL = `
		INSERT INTO user_job_map (user_id, job_id, due_at, discovered_at, updated_at) VALUES ($1, $2, now(),
		now(),
			now())
		ON CONFLICT (user_id, job_id) DO NOTHING`
)

// rowByRow upserts one lead after the other.
func rowByRow(db *sql.DB, oneTransaction bool) syncer {
	row := func(ctx context.Context, tx *sql.Tx, l lead.Lead) (int, error) {
		var id int64
		if err := tx.QueryRowContext(
			ctx, upsertJobSQL, l.Source, l.ExternalID, l.Title, l.Company, l.Location, l.URL, l.PostedAt,
		).
			Scan(&id); err != nil {
			return 0, err
		}
		result, err := tx.ExecContext(ctx, upsertMineSQL, "ada", id)
		if err != nil {
			return 0, err
		}
		n, err := result.RowsAffected()
		return int(n), err
	}
	inTx := func(ctx context.Context, leads []lead.Lead) (due int, err error) {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return 0, err
		}
		defer func() { _ = tx.Rollback() }()
		for _, l := range leads {
			n, err := row(ctx, tx, l)
			if err != nil {
				return 0, err
			}
			due += n
		}
		return due, tx.Commit()
	}
	if oneTransaction {
		return inTx
	}
	return func(ctx context.Context, leads []lead.Lead) (due int, err error) {
		for i := range leads {
			n, err := inTx(ctx, leads[i:i+1])
			if err != nil {
				return 0, err
			}
			due += n
		}
		return due, nil
	}
}

// The barest SQL that gives the same answers: the rules of re-checks and of last_seen_at, and
// nothing else. It neither checks nor repairs its input, sorts nothing, knows no schema version, no
// clock but the server's, no retry, and what it finds expired or unseen it leaves for statements
// that these batches do not need.
const (
	bareLookSQL = `
		SELECT l.position, j.id, m.job_id IS NOT NULL, COALESCE(m.due_at IS NULL AND (
				m.application_status IN ('MATCHED', 'SAVED')
				AND j.deep_scraped_at <= now() - interval '14 days'
				OR m.application_status = 'CLOSED' AND (j.closed_at IS NULL
				OR j.closed_at <= now() - interval '14 days')), false),
			j.last_seen_at <= now() - interval '24 hours'
		FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS l (source, external_id, position)
		JOIN jobs j ON j.source = l.source AND j.external_id = l.external_id
		LEFT JOIN user_job_map m ON m.user_id = $3 AND m.job_id = j.id`
	bareAddSQL = `
		WITH created AS (
			INSERT INTO jobs (source, external_id, title, company, location, url, posted_at, first_seen_at,
				last_seen_at)
			SELECT l.*, now(), now()
			FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
			$9::timestamptz[]) AS l
			ON CONFLICT (source, external_id) DO NOTHING
			RETURNING id, source, external_id
		), added AS (
			INSERT INTO user_job_map (user_id, job_id, due_at, discovered_at, updated_at)
			SELECT $1, id, now(), now(),
				now() FROM (SELECT id FROM created UNION ALL SELECT unnest($2::bigint[])) AS job
			ON CONFLICT (user_id, job_id) DO NOTHING
			RETURNING job_id
		)
		SELECT added.job_id, COALESCE(source, ''), COALESCE(external_id,
			'') FROM added LEFT JOIN created ON created.id = added.job_id`
)

func barest(db *sql.DB) syncer {
	return func(ctx context.Context, leads []lead.Lead) (due int, err error) {
		var source, externalID, title, company, location, url, posted pq.StringArray
		for _, l := range leads {
			source, externalID = append(source, l.Source), append(externalID, l.ExternalID)
		}
		rows, err := db.QueryContext(ctx, bareLookSQL, source, externalID, "ada")
		if err != nil {
			return 0, err
		}
		defer func() { _ = rows.Close() }()
		seen := make([]bool, len(leads))
		var mine pq.Int64Array
		for rows.Next() {
			var position, id int64
			var has, expired, unseen bool
			if err := rows.Scan(&position, &id, &has, &expired, &unseen); err != nil {
				return 0, err
			}
			seen[position-1] = true
			if !has {
				mine = append(mine, id)
			}
		}
		if err := rows.Err(); err != nil {
			return 0, err
		}
		source, externalID = nil, nil
		for i, l := range leads {
			if !seen[i] {
				source, externalID, title = append(source, l.Source), append(externalID,
					l.ExternalID), append(title, l.Title)
				company, location = append(company, l.Company), append(location, l.Location)
				url, posted = append(url, l.URL), append(posted, l.PostedAt.Format(time.RFC3339Nano))
			}
		}
		if mine == nil && source == nil {
			return 0, nil
		}
		added, err := db.QueryContext(ctx, bareAddSQL, "ada", mine, source, externalID, title, company,
			location, url, posted)
		if err != nil {
			return 0, err
		}
		defer func() { _ = added.Close() }()
		for added.Next() {
			var id int64
			var source, externalID string
			if err := added.Scan(&id, &source, &externalID); err != nil {
				return 0, err
			}
			due++
		}
		return due, added.Err()
	}
}
