package sqlite

import (
	"context"
	"database/sql"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// yearlyPay is what driver.Pay computes, NULL for 0. Only figures of the form that driver.Pay reads are
// numbers.
const yearlyPay = `(
	SELECT NULLIF(CAST(CAST(best AS REAL) * CASE unit WHEN 'hour' THEN 2080 WHEN 'day' THEN 260
		WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'year' THEN 1 ELSE 0 END AS INTEGER), 0)
	FROM (SELECT COALESCE(j.attributes ->> 'salary_max', j.attributes ->> 'salary_min') AS best,
		j.attributes ->> 'salary_period' AS unit)
	WHERE visible AND j.attributes ->> 'salary_currency' = :currency AND best GLOB '[0-9]*'
		AND best NOT GLOB '*[^0-9.]*' AND best NOT GLOB '*.*.*' AND best NOT GLOB '*.'
		AND length(substr(best, 1, instr(best || '.', '.') - 1)) <= 12)`

// narrowSQL is listSQL for a listing that looks at the jobs, in any order.
const narrowSQL = `
WITH mine AS (
	SELECT m.job_id, m.application_status <> 'AUTO_REJECTED' AND j.description IS NOT NULL AS visible
	FROM user_job_map m CROSS JOIN jobs j ON j.id = m.job_id
	WHERE m.user_id = :user
		AND CASE WHEN json_array_length(:statuses) = 0
			THEN m.application_status NOT IN ('DISCOVERED', 'AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISMISSED')
			ELSE m.application_status IN (SELECT value FROM json_each(:statuses)) END
		AND (:text = '' OR instr(lower(j.title), lower(:text)) > 0
			OR instr(lower(j.company), lower(:text)) > 0)
		AND (:key = '' OR EXISTS (SELECT 1 FROM job_extras e WHERE e.user_id = :user AND e.job_id = m.job_id
			AND e.key = :key AND (:value = '' OR e.value = :value)))
		AND (:changed = 0 OR m.updated_at > :changed)
		AND (json_array_length(:sources) = 0 OR j.source IN (SELECT value FROM json_each(:sources)))
		AND (:place = '' OR instr(lower(j.location), lower(:place)) > 0 OR NOT :stated AND j.location = '')
		AND (:posted = 0 OR j.posted_at >= :posted OR NOT :stated AND j.posted_at IS NULL)
), facts AS (
	SELECT mine.job_id, visible, j.title, j.company, j.location, j.requirements, j.description, j.attributes,
		a.overall_match, a.analysis_notes, a.missing_skills,
		CASE WHEN visible THEN j.is_easy_apply END AS easy,
		CASE WHEN visible THEN j.attributes ->> 'workplace' END AS workplace,
		CASE WHEN :currency <> '' THEN ` + yearlyPay + ` END AS pay,
		CASE WHEN :by = 'posted' THEN COALESCE(max(j.posted_at, 0), -1)
			ELSE COALESCE(a.overall_match, -1) END AS place_in
	FROM mine
	CROSS JOIN jobs j ON j.id = mine.job_id
	LEFT JOIN job_match_analysis a ON a.user_id = :user AND a.job_id = mine.job_id
), page AS MATERIALIZED (
	SELECT job_id, CASE WHEN :by = 'pay' THEN COALESCE(pay, -1) ELSE place_in END AS rank
	FROM facts
	WHERE COALESCE(overall_match, -1) >= :least AND (:below = 0 OR overall_match < :below)
		AND (NOT :easy OR easy OR NOT :stated AND easy IS NULL)
		AND (NOT :remote OR instr(lower(location), 'remote') > 0 OR workplace IS 'remote'
			OR NOT :stated AND COALESCE(workplace, '') NOT IN ('hybrid', 'on-site'))
		AND (:pay = 0 OR pay >= :pay OR NOT :stated AND pay IS NULL)
		AND (json_array_length(:words) = 0 OR NOT EXISTS (
			SELECT 1 FROM json_each(:words) w WHERE NOT (
				instr(lower(title), lower(w.value)) > 0 OR instr(lower(company), lower(w.value)) > 0
				OR instr(lower(location), lower(w.value)) > 0
				OR instr(lower(COALESCE(analysis_notes, '')), lower(w.value)) > 0
				OR EXISTS (SELECT 1 FROM json_each(missing_skills) s
					WHERE instr(lower(s.value), lower(w.value)) > 0)
				OR visible AND (instr(lower(COALESCE(attributes ->> 'skills', '')), lower(w.value)) > 0
					OR instr(lower(COALESCE(requirements, '')), lower(w.value)) > 0
					OR instr(lower(description), lower(w.value)) > 0))))
		AND (rank, job_id) < (:rank, :id)
	ORDER BY rank DESC, job_id DESC
	LIMIT :rows
)` + entryColumns + `, p.rank` + entryTables + `
ORDER BY p.rank DESC, p.job_id DESC`

// narrow returns the page of a listing that looks at the jobs. args are what it shares with listSQL.
func (s *Store) narrow(
	ctx context.Context, q *statements, f store.Filter, page driver.Page, args []any,
) ([]store.Entry, string, error) {
	w := f.Where
	var rows []driver.RankedRow
	err := q.all(ctx, &rows, narrowSQL, append(args,
		sql.Named("rank", page.Rank), sql.Named("by", string(f.Order)),
		sql.Named("words", driver.List(w.Words)), sql.Named("sources", driver.List(w.Sources)),
		sql.Named("place", w.Place), sql.Named("posted", driver.Micro(w.PostedAfter)),
		sql.Named("changed", driver.Micro(w.UpdatedAfter)), sql.Named("currency", w.Currency),
		sql.Named("pay", w.MinPay), sql.Named("easy", w.EasyApply), sql.Named("remote", w.Remote),
		sql.Named("below", w.BelowScore), sql.Named("stated", w.Stated))...)
	if err != nil {
		return nil, "", err
	}
	return page.Ranked(rows)
}
