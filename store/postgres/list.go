package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// listSQL pages by the last entry's place, not by an offset: what is decided meanwhile moves no page.
const listSQL = `
SELECT m.job_id, m.application_status, m.updated_at, j.closed_at IS NOT NULL AS closed, ` + leadColumns + `, d.*,
	a.overall_match, a.analysis_notes, a.missing_skills, a.skill_gap_recommendations, a.scored_by
FROM user_job_map m
JOIN jobs j ON j.id = m.job_id
LEFT JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
LEFT JOIN LATERAL (SELECT ` + dataColumns + ` WHERE m.application_status <> 'AUTO_REJECTED') d ON true
WHERE m.user_id = $1
	AND (CASE WHEN $2::text[] IS NULL
		THEN m.application_status NOT IN ('DISCOVERED', 'AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISMISSED')
		ELSE m.application_status = ANY ($2::text[]) END)
	AND ($3 = '' OR strpos(lower(j.title), lower($3)) > 0 OR strpos(lower(j.company), lower($3)) > 0)
	AND COALESCE(a.overall_match, -1) >= $4
	AND (COALESCE(a.overall_match, -1), m.job_id) < ($5, $6)
ORDER BY COALESCE(a.overall_match, -1) DESC, m.job_id DESC
LIMIT $7`

type entryRow struct {
	ID        int64       `db:"job_id"`
	Status    lead.Status `db:"application_status"`
	UpdatedAt time.Time   `db:"updated_at"`
	Closed    bool        `db:"closed"`
	leadRow
	dataRow
	matchRow
}

// List returns a page of the user's jobs; see [forge.Lister].
func (s *Store) List(ctx context.Context, f store.Filter) ([]store.Entry, string, error) {
	if err := s.valid(f.Validate()); err != nil {
		return nil, "", err
	}
	after, err := store.ParseCursor(f.Cursor)
	if err != nil {
		return nil, "", err
	}
	least := -1
	if f.MinScore > 0 {
		least = f.MinScore
	}
	limit := f.PageLimit()
	var rows []entryRow
	err = s.do(ctx, "list", func(int) error {
		rows = nil // one more than the page shows whether there is a next one
		return s.db.db.SelectContext(ctx, &rows, listSQL, s.user, statuses(f.Statuses), f.Text, least, after.Score, after.ID, limit+1)
	})
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		last := store.Cursor{Score: -1, ID: rows[limit-1].ID}
		if rows[limit-1].Score.Valid {
			last.Score = int(rows[limit-1].Score.Int64)
		}
		next = last.String()
	}
	entries := make([]store.Entry, 0, len(rows))
	for _, r := range rows {
		e := store.Entry{ID: r.ID, Lead: r.lead(), Status: r.Status, Closed: r.Closed, UpdatedAt: r.UpdatedAt.UTC()}
		if e.Data, err = r.data(); err != nil {
			return nil, "", err
		}
		if e.Match, err = r.match(); err != nil {
			return nil, "", err
		}
		entries = append(entries, e)
	}
	return entries, next, nil
}

// statuses returns an array parameter, NULL for none.
func statuses(list []lead.Status) pq.StringArray {
	var names pq.StringArray
	for _, s := range list {
		names = append(names, string(s))
	}
	return names
}
