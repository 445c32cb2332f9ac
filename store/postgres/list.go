package postgres

import (
	"context"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// listSQL pages by the last entry's score and id, not by an offset, so that a decision between two
// pages does not shift the second.
const listSQL = entryColumns + `
FROM user_job_map m` + entryTables + `
WHERE m.user_id = $1
	AND (CASE WHEN $2::text[] IS NULL
		THEN m.application_status NOT IN ('DISCOVERED', 'AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISMISSED')
		ELSE m.application_status = ANY ($2::text[]) END)
	AND ($3 = '' OR strpos(lower(j.title), lower($3)) > 0 OR strpos(lower(j.company), lower($3)) > 0)
	AND ($9 = '' OR EXISTS (SELECT FROM job_extras e WHERE e.user_id = $1 AND e.job_id = m.job_id
		AND e.key = $9 AND ($10 = '' OR e.value = $10)))
	AND COALESCE(a.overall_match, -1) >= $4
	AND (COALESCE(a.overall_match, -1), m.job_id) < ($5, $6)
ORDER BY COALESCE(a.overall_match, -1) DESC, m.job_id DESC
LIMIT $7`

// entryColumns and entryTables read entries from user_job_map m. $1 is the user, and $8 leaves the texts
// out.
const (
	entryColumns = `
SELECT m.job_id, m.application_status, m.updated_at,
	j.closed_at IS NOT NULL AND COALESCE(j.closed_by = $1, true) AS closed, ` + driver.SelectQueue + `,
	` + driver.SelectLead + `, d.*,
	` + driver.SelectAssessment + `, ` + selectExtra + ``
	entryTables = `
JOIN jobs j ON j.id = m.job_id
LEFT JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
LEFT JOIN LATERAL (
	SELECT CASE WHEN $8 AND j.description IS NOT NULL THEN '' ELSE j.description END AS description,
		CASE WHEN NOT $8 THEN j.requirements END AS requirements, j.is_easy_apply, j.attributes
	WHERE m.application_status <> 'AUTO_REJECTED'
) d ON true`
)

// List returns a page of the user's jobs; see forge.Lister.
func (s *Store) List(ctx context.Context, f store.Filter) ([]store.Entry, string, error) {
	page, err := driver.PreparePage(f)
	if err := s.valid("list", err); err != nil {
		return nil, "", err
	}
	if driver.IsNarrow(f) {
		return s.narrow(ctx, f, page)
	}
	var rows []driver.EntryRow
	err = s.do(ctx, "list", func(ctx context.Context, c conn, _ int) error {
		rows = nil
		return c.SelectContext(ctx, &rows, listSQL, s.user, statuses(f.Statuses), f.Text,
			page.MinScore, page.Score, page.ID, page.Rows, f.WithoutText, f.ExtraKey, page.ExtraValue)
	})
	if err != nil {
		return nil, "", err
	}
	entries, err := driver.Entries(rows)
	if err != nil {
		return nil, "", named("list", err)
	}
	entries, next := page.Cut(entries)
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
