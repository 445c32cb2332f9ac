package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/jmoiron/sqlx"

	"github.com/agent-forge/forge/internal/sqlstore"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// listSQL pages by the last entry's place, not by an offset: what is decided meanwhile moves no page.
const listSQL = `
SELECT m.job_id, m.application_status, m.updated_at, j.closed_at IS NOT NULL AS closed, ` + sqlstore.SelectLead + `,
	CASE WHEN m.application_status <> 'AUTO_REJECTED' THEN j.description END AS description,
	j.requirements, j.is_easy_apply, j.attributes,
	` + sqlstore.SelectMatch + `
FROM user_job_map m
CROSS JOIN jobs j ON j.id = m.job_id
LEFT JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
WHERE m.user_id = :user
	AND CASE WHEN json_array_length(:statuses) = 0
		THEN m.application_status NOT IN ('DISCOVERED', 'AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISMISSED')
		ELSE m.application_status IN (SELECT value FROM json_each(:statuses)) END
	AND (:text = '' OR instr(lower(j.title), lower(:text)) > 0 OR instr(lower(j.company), lower(:text)) > 0)
	AND COALESCE(a.overall_match, -1) >= :least
	AND (COALESCE(a.overall_match, -1), m.job_id) < (:score, :id)
ORDER BY COALESCE(a.overall_match, -1) DESC, m.job_id DESC
LIMIT :rows`

// List returns a page of the user's jobs; see [forge.Lister].
func (s *Store) List(ctx context.Context, f store.Filter) ([]store.Entry, string, error) {
	if err := s.valid("list", f.Validate()); err != nil {
		return nil, "", err
	}
	place, err := sqlstore.PlaceOf(f)
	if err != nil {
		return nil, "", named(ctx, "list", err)
	}
	var rows []sqlstore.Listed
	err = s.reading(ctx, "list", func(q sqlx.ExtContext) error {
		return sqlx.SelectContext(ctx, q, &rows, listSQL,
			sql.Named("user", s.user), sql.Named("statuses", statuses(f.Statuses)), sql.Named("text", f.Text),
			sql.Named("least", place.MinScore), sql.Named("score", place.After.Score), sql.Named("id", place.After.ID),
			sql.Named("rows", place.Rows))
	})
	if err != nil {
		return nil, "", err
	}
	return place.Page(rows)
}

// statuses returns a list of valid statuses as a JSON parameter.
func statuses(list []lead.Status) string {
	if len(list) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(list) // capital letters have no form that fails
	return string(b)
}

// Stats counts the user's jobs; see [forge.Counter].
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	if err := s.valid("stats", nil); err != nil {
		return store.Stats{}, err
	}
	var rows []sqlstore.Count
	err := s.reading(ctx, "stats", func(q sqlx.ExtContext) error {
		return sqlx.SelectContext(ctx, q, &rows, sqlstore.SelectCounts, s.user)
	})
	return sqlstore.StatsOf(rows), err
}
