package postgres

import (
	"context"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/internal/sqlstore"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// listSQL pages by the last entry's place, not by an offset: what is decided meanwhile moves no page.
const listSQL = `
SELECT m.job_id, m.application_status, m.updated_at, j.closed_at IS NOT NULL AS closed, ` + sqlstore.SelectLead + `, d.*,
	` + sqlstore.SelectMatch + `
FROM user_job_map m
JOIN jobs j ON j.id = m.job_id
LEFT JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
LEFT JOIN LATERAL (SELECT ` + sqlstore.SelectData + ` WHERE m.application_status <> 'AUTO_REJECTED') d ON true
WHERE m.user_id = $1
	AND (CASE WHEN $2::text[] IS NULL
		THEN m.application_status NOT IN ('DISCOVERED', 'AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISMISSED')
		ELSE m.application_status = ANY ($2::text[]) END)
	AND ($3 = '' OR strpos(lower(j.title), lower($3)) > 0 OR strpos(lower(j.company), lower($3)) > 0)
	AND COALESCE(a.overall_match, -1) >= $4
	AND (COALESCE(a.overall_match, -1), m.job_id) < ($5, $6)
ORDER BY COALESCE(a.overall_match, -1) DESC, m.job_id DESC
LIMIT $7`

// List returns a page of the user's jobs; see [forge.Lister].
func (s *Store) List(ctx context.Context, f store.Filter) ([]store.Entry, string, error) {
	if err := s.valid(f.Validate()); err != nil {
		return nil, "", err
	}
	place, err := sqlstore.PlaceOf(f)
	if err != nil {
		return nil, "", err
	}
	var rows []sqlstore.Listed
	err = s.do(ctx, "list", func(int) error {
		rows = nil
		return s.db.db.SelectContext(ctx, &rows, listSQL, s.user, statuses(f.Statuses), f.Text,
			place.MinScore, place.After.Score, place.After.ID, place.Rows)
	})
	if err != nil {
		return nil, "", err
	}
	return place.Page(rows)
}

// statuses returns an array parameter, NULL for none.
func statuses(list []lead.Status) pq.StringArray {
	var names pq.StringArray
	for _, s := range list {
		names = append(names, string(s))
	}
	return names
}
