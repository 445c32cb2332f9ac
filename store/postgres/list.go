package postgres

import (
	"context"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// listSQL pages by the last entry's score and id, not by an offset, so that a decision between two
// pages does not shift the second. The index on scores gives the page in its order. What has no score
// comes last and is looked for only if the page has room, since the rows of UNION ALL are read one
// part after the other.
const listSQL = `
WITH page AS MATERIALIZED (
	SELECT job_id, score FROM (
		SELECT m.job_id, a.overall_match AS score
		FROM job_match_analysis a
		JOIN user_job_map m ON m.user_id = $1 AND m.job_id = a.job_id
		WHERE a.user_id = $1 AND a.overall_match >= $4
			AND (a.overall_match, a.job_id) < ($5, $6)` + listed + `
		ORDER BY a.overall_match DESC, a.job_id DESC
		LIMIT $7
	) AS scored
	UNION ALL
	SELECT job_id, -1 FROM (
		SELECT m.job_id
		FROM user_job_map m
		WHERE m.user_id = $1 AND $4 < 0 AND ($5 >= 0 OR m.job_id < $6)` + listed + `
			AND NOT EXISTS (SELECT FROM job_match_analysis a WHERE a.user_id = $1 AND a.job_id = m.job_id)
		ORDER BY m.job_id DESC
		LIMIT $7
	) AS unscored
	LIMIT $7
)` + entryColumns + `
FROM page p
JOIN user_job_map m ON m.user_id = $1 AND m.job_id = p.job_id` + entryTables + `
ORDER BY p.score DESC, p.job_id DESC`

// listed is what a filter says of the user's row of a job.
const listed = `
	AND (CASE WHEN $2::text[] IS NULL
		THEN m.application_status NOT IN ('DISCOVERED', 'AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISMISSED')
		ELSE m.application_status = ANY ($2::text[]) END)
	AND ($3 = '' OR EXISTS (SELECT FROM jobs j WHERE j.id = m.job_id
	AND (strpos(lower(j.title), lower($3)) > 0 OR strpos(lower(j.company), lower($3)) > 0)))
	AND ($9 = '' OR EXISTS (SELECT FROM job_extras e WHERE e.user_id = $1 AND e.job_id = m.job_id
	AND e.key = $9 AND ($10 = '' OR e.value = $10)))`

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
