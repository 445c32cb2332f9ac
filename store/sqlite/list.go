package sqlite

import (
	"context"
	"database/sql"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// listSQL pages by the last entry's score and id, not by an offset, so that a decision between two
// pages does not shift the second. It finds the page first: sorting whole rows would carry the text
// of every job of the user through the sort. The index on scores gives the page in its order. What has
// no score comes last and is looked for only if the page has room.
const listSQL = `
WITH page AS MATERIALIZED (
	SELECT job_id, score FROM (
		SELECT a.job_id, a.overall_match AS score
		FROM job_match_analysis a INDEXED BY job_match_analysis_scores
		CROSS JOIN user_job_map m ON m.user_id = :user AND m.job_id = a.job_id
		WHERE a.user_id = :user AND a.overall_match >= :least
			AND (a.overall_match, a.job_id) < (:score, :id)` + listed + `
		ORDER BY a.overall_match DESC, a.job_id DESC
		LIMIT :rows
	)
	UNION ALL
	SELECT job_id, -1 FROM (
		SELECT m.job_id
		FROM user_job_map m
		WHERE m.user_id = :user AND :least < 0 AND (:score >= 0 OR m.job_id < :id)` + listed + `
			AND NOT EXISTS (
				SELECT 1 FROM job_match_analysis a WHERE a.user_id = :user AND a.job_id = m.job_id)
		ORDER BY m.job_id DESC
		LIMIT :rows
	)
	LIMIT :rows
)
` + entryColumns + entryTables + `
ORDER BY p.score DESC, p.job_id DESC`

// listed is what a filter says of the user's row of a job.
const listed = `
	AND CASE WHEN json_array_length(:statuses) = 0
		THEN m.application_status NOT IN ('DISCOVERED', 'AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISMISSED')
		ELSE m.application_status IN (SELECT value FROM json_each(:statuses)) END
	AND (:text = '' OR EXISTS (SELECT 1 FROM jobs j WHERE j.id = m.job_id
	AND (instr(lower(j.title), lower(:text)) > 0 OR instr(lower(j.company), lower(:text)) > 0)))
	AND (:key = '' OR EXISTS (SELECT 1 FROM job_extras e WHERE e.user_id = :user AND e.job_id = m.job_id
	AND e.key = :key AND (:value = '' OR e.value = :value)))`

// entryColumns and entryTables read the entries of a page whose ids are known.
const (
	entryColumns = `
SELECT m.job_id, m.application_status, m.updated_at,
	j.closed_at IS NOT NULL AND COALESCE(j.closed_by, :user) = :user AS closed, ` + driver.SelectQueue + `,
	` + driver.SelectLead + `,
	CASE WHEN m.application_status = 'AUTO_REJECTED' OR j.description IS NULL THEN NULL
		WHEN :without_text THEN '' ELSE j.description END AS description,
	CASE WHEN NOT :without_text THEN j.requirements END AS requirements, j.is_easy_apply, j.attributes,
	` + driver.SelectAssessment + `, ` + selectExtra + ``
	entryTables = `
FROM page p
CROSS JOIN user_job_map m ON m.user_id = :user AND m.job_id = p.job_id
CROSS JOIN jobs j ON j.id = p.job_id
LEFT JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id`
)

// List returns a page of the user's jobs; see forge.Lister.
func (s *Store) List(ctx context.Context, f store.Filter) (entries []store.Entry, next string, err error) {
	page, err := driver.PreparePage(f)
	if err := s.valid("list", err); err != nil {
		return nil, "", err
	}
	err = s.reading(ctx, "list", func(q *statements) error {
		args := []any{
			sql.Named("user", s.user),
			sql.Named("statuses", driver.List(f.Statuses)), sql.Named("text", f.Text),
			sql.Named("least", page.MinScore), sql.Named("id", page.ID),
			sql.Named("rows", page.Rows), sql.Named("without_text", f.WithoutText),
			sql.Named("key", f.ExtraKey), sql.Named("value", page.ExtraValue),
		}
		if driver.IsNarrow(f) {
			entries, next, err = s.narrow(ctx, q, f, page, args)
			return err
		}
		var rows []driver.EntryRow
		if err := q.all(ctx, &rows, listSQL, append(args, sql.Named("score", page.Score))...); err != nil {
			return err
		}
		if entries, err = driver.Entries(rows); err != nil {
			return err
		}
		entries, next = page.Cut(entries)
		return nil
	})
	return entries, next, err
}

// Stats counts the user's jobs; see forge.Counter.
func (s *Store) Stats(ctx context.Context) (stats store.Stats, err error) {
	if err := s.valid("stats", nil); err != nil {
		return stats, err
	}
	err = s.reading(ctx, "stats", func(q *statements) error {
		var rows []driver.CountRow
		err := q.all(ctx, &rows, driver.SelectCounts, s.user)
		stats = driver.Stats(rows)
		return err
	})
	return stats, err
}
