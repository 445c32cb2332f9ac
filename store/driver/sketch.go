package driver

import (
	"database/sql"
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/store"
)

// CheckSketches refuses a page of sketches that no store returns, with store.ErrInvalid.
func CheckSketches(after int64, n int) error {
	if after < 0 {
		return invalid("after", "negative; 0 begins with the first job")
	}
	if n < 1 || n > store.MaxSketches {
		return invalid("n", fmt.Sprintf("%d is out of range: want 1 to %d", n, store.MaxSketches))
	}
	return nil
}

// SelectSketches reads the next $3 rejected jobs of the user $1 after job $2.
const SelectSketches = `
SELECT m.job_id, j.posted_at, a.sketch, a.basis
FROM user_job_map m
JOIN jobs j ON j.id = m.job_id
LEFT JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
WHERE m.user_id = $1 AND m.job_id > $2 AND m.application_status = 'AUTO_REJECTED'
ORDER BY m.job_id
LIMIT $3`

// A SketchRow is a row of [SelectSketches].
type SketchRow struct {
	ID       int64          `db:"job_id"`
	PostedAt Time           `db:"posted_at"`
	Sketch   []byte         `db:"sketch"`
	Basis    sql.NullString `db:"basis"`
}

// Sketches returns the rejected jobs, in the order of rows.
func Sketches(rows []SketchRow) []store.Sketched {
	var list []store.Sketched
	for _, r := range rows {
		list = append(list, store.Sketched{
			ID: r.ID, PostedAt: r.PostedAt.Time, Sketch: r.Sketch, Basis: enrich.Basis(r.Basis.String),
		})
	}
	return list
}
