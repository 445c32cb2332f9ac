package sqlite

import (
	"context"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// twinsSQL finds the head of a member, and the members that follow the same head, each by an index.
const twinsSQL = `
WITH twins AS (
	SELECT w.job_id AS of_id, w.twin_of AS job_id
	FROM job_match_analysis w
	WHERE w.user_id = ?1 AND w.job_id IN (SELECT value FROM json_each(?2)) AND w.twin_of IS NOT NULL
	UNION ALL
	SELECT w.job_id, o.job_id
	FROM job_match_analysis w
	CROSS JOIN job_match_analysis o ON o.user_id = ?1 AND o.twin_of = COALESCE(w.twin_of, w.job_id)
		AND o.job_id <> w.job_id
	WHERE w.user_id = ?1 AND w.job_id IN (SELECT value FROM json_each(?2))
)
SELECT t.of_id, t.job_id, m.application_status, ` + driver.SelectLead + `
FROM twins t
CROSS JOIN user_job_map m ON m.user_id = ?1 AND m.job_id = t.job_id
CROSS JOIN jobs j ON j.id = t.job_id
ORDER BY t.of_id, t.job_id`

// Twins returns the other jobs of groups; see forge.Grouper.
func (s *Store) Twins(ctx context.Context, ids []int64) (twins []store.Twin, err error) {
	if err := s.valid("twins", driver.CheckIDs(ids)); err != nil {
		return nil, err
	}
	err = s.reading(ctx, "twins", func(q *statements) error {
		var rows []driver.TwinRow
		err := q.all(ctx, &rows, twinsSQL, s.user, driver.List(ids))
		twins = driver.Twins(rows)
		return err
	})
	return twins, err
}

// followSQL gives the members of a group another head, the first of them.
const followSQL = `
UPDATE job_match_analysis SET twin_of = NULLIF(h.head, job_id)
FROM (
	SELECT min(o.job_id) AS head FROM job_match_analysis o WHERE o.user_id = ?1 AND o.twin_of = ?2
) h
WHERE user_id = ?1 AND twin_of = ?2`

// apartSQL answers with the job's fingerprint, 0 if the job is compared with no other.
const apartSQL = `
UPDATE job_match_analysis SET twin_apart = ?3, twin_of = CASE WHEN ?3 THEN NULL ELSE twin_of END
WHERE user_id = ?1 AND job_id = ?2
RETURNING COALESCE(fingerprint, 0)`

const joinSQL = `UPDATE job_match_analysis SET twin_of = ?3 WHERE user_id = ?1 AND job_id = ?2`

// Separate takes a job out of its group, or lets it join one again; see forge.Grouper.
func (s *Store) Separate(ctx context.Context, id int64, apart bool) error {
	if err := s.valid("separate", nil); err != nil {
		return err
	}
	return s.writing(ctx, "separate", func(ctx context.Context, tx *statements) error {
		if apart {
			if _, err := tx.exec(ctx, followSQL, s.user, id); err != nil {
				return err
			}
		}
		var f int64
		err := tx.one(ctx, &f, apartSQL, s.user, id, apart)
		if err != nil || apart {
			return driver.Missing(err)
		}
		t, err := s.twins(ctx, tx, id, uint64(f)) //nolint:gosec // the same 64 bits
		if err == nil {
			_, err = tx.exec(ctx, joinSQL, s.user, id, t.Of)
		}
		return err
	})
}
