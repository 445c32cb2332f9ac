package postgres

import (
	"context"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// twinsSQL finds the head of a member, and the members that follow the same head, each by an index.
const twinsSQL = `
WITH twins AS (
	SELECT w.job_id AS of_id, w.twin_of AS job_id
	FROM job_match_analysis w
	WHERE w.user_id = $1 AND w.job_id = ANY ($2::bigint[]) AND w.twin_of IS NOT NULL
	UNION ALL
	SELECT w.job_id, o.job_id
	FROM job_match_analysis w
	JOIN job_match_analysis o ON o.user_id = $1 AND o.twin_of = COALESCE(w.twin_of, w.job_id)
		AND o.job_id <> w.job_id
	WHERE w.user_id = $1 AND w.job_id = ANY ($2::bigint[])
)
SELECT t.of_id, t.job_id, m.application_status, ` + driver.SelectLead + `
FROM twins t
JOIN user_job_map m ON m.user_id = $1 AND m.job_id = t.job_id
JOIN jobs j ON j.id = t.job_id
ORDER BY t.of_id, t.job_id`

// Twins returns the other jobs of groups; see forge.Grouper.
func (s *Store) Twins(ctx context.Context, ids []int64) ([]store.Twin, error) {
	if err := s.valid("twins", driver.CheckIDs(ids)); err != nil {
		return nil, err
	}
	var rows []driver.TwinRow
	err := s.do(ctx, "twins", func(ctx context.Context, c conn, _ int) error {
		rows = nil
		return c.SelectContext(ctx, &rows, twinsSQL, s.user, pq.Int64Array(ids))
	})
	return driver.Twins(rows), err
}

// followSQL gives the members of a group another head, the first of them. It locks the group in key
// order before it writes, as every statement over several rows does.
const followSQL = `
WITH members AS MATERIALIZED (
	SELECT job_id FROM job_match_analysis
	WHERE user_id = $1 AND (job_id = $2 OR twin_of = $2)
	ORDER BY job_id
	FOR UPDATE
)
UPDATE job_match_analysis a SET twin_of = NULLIF(h.head, a.job_id)
FROM (SELECT min(job_id) AS head FROM members WHERE job_id <> $2) h
WHERE a.user_id = $1 AND a.twin_of = $2`

const textStateSQL = `
SELECT COALESCE(fingerprint, 0) AS fingerprint, COALESCE(twin_key, 0) AS twin_key
FROM job_match_analysis WHERE user_id = $1 AND job_id = $2`

const apartSQL = `
UPDATE job_match_analysis SET twin_apart = $3, twin_of = CASE WHEN NOT $3 THEN twin_of END
WHERE user_id = $1 AND job_id = $2`

const joinSQL = `UPDATE job_match_analysis SET twin_of = $3 WHERE user_id = $1 AND job_id = $2`

// Separate takes a job out of its group, or lets it join one again; see forge.Grouper. Like Decide, it
// locks the user's row and then the heads, before it writes.
func (s *Store) Separate(ctx context.Context, id int64, apart bool) error {
	if err := s.valid("separate", nil); err != nil {
		return err
	}
	return s.inTx(ctx, "separate", func(ctx context.Context, tx conn, _ int) error {
		if _, err := s.lock(ctx, tx, id, false); err != nil {
			return err
		}
		var text struct {
			Fingerprint int64 `db:"fingerprint"`
			Key         int32 `db:"twin_key"`
		}
		if err := tx.GetContext(ctx, &text, textStateSQL, s.user, id); err != nil {
			return driver.Missing(err)
		}
		if _, err := tx.ExecContext(ctx, headsLockSQL, s.user, text.Key); err != nil {
			return err
		}
		if apart {
			if _, err := tx.ExecContext(ctx, followSQL, s.user, id); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, apartSQL, s.user, id, apart); err != nil || apart {
			return err
		}
		t, err := s.twins(ctx, tx, id, uint64(text.Fingerprint)) //nolint:gosec // the same 64 bits
		if err == nil {
			_, err = tx.ExecContext(ctx, joinSQL, s.user, id, t.Of)
		}
		return err
	})
}
