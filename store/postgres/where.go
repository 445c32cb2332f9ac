package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// yearlyPay is what driver.Pay computes, NULL for 0. $17 is the currency.
const yearlyPay = `(
	SELECT NULLIF(trunc(CASE WHEN best ~ '^[0-9]{1,12}(\.[0-9]+)?$' THEN best::float8 END *
		CASE unit WHEN 'hour' THEN 2080 WHEN 'day' THEN 260 WHEN 'week' THEN 52 WHEN 'month' THEN 12
			WHEN 'year' THEN 1 ELSE 0 END)::bigint, 0)
	FROM (SELECT COALESCE(j.attributes ->> 'salary_max', j.attributes ->> 'salary_min') AS best,
		j.attributes ->> 'salary_period' AS unit) stated
	WHERE visible AND j.attributes ->> 'salary_currency' = $17)`

// narrowSQL is listSQL for a listing that looks at the jobs, in any order.
const narrowSQL = `
WITH facts AS (
	SELECT m.job_id, visible, j.title, j.company, j.location, j.requirements, j.description, j.attributes,
		a.overall_match, a.analysis_notes, a.missing_skills,
		CASE WHEN visible THEN j.is_easy_apply END AS easy,
		CASE WHEN visible THEN j.attributes ->> 'workplace' END AS workplace,
		CASE WHEN $17 <> '' THEN ` + yearlyPay + ` END AS pay,
		CASE WHEN $11 = 'posted'
			THEN COALESCE(GREATEST((extract(epoch FROM j.posted_at) * 1000000)::bigint, 0 * j.id), -1)
			ELSE COALESCE(a.overall_match, -1) END AS place_in
	FROM user_job_map m
	JOIN jobs j ON j.id = m.job_id
	CROSS JOIN LATERAL (
		SELECT m.application_status <> 'AUTO_REJECTED' AND j.description IS NOT NULL AS visible
	) v
	LEFT JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
	WHERE m.user_id = $1
		AND (CASE WHEN $2::text[] IS NULL
			THEN m.application_status NOT IN ('DISCOVERED', 'AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISMISSED')
			ELSE m.application_status = ANY ($2::text[]) END)
		AND ($3 = '' OR strpos(lower(j.title), lower($3)) > 0 OR strpos(lower(j.company), lower($3)) > 0)
		AND ($9 = '' OR EXISTS (SELECT FROM job_extras e WHERE e.user_id = $1 AND e.job_id = m.job_id
			AND e.key = $9 AND ($10 = '' OR e.value = $10)))
		AND ($16::timestamptz IS NULL OR m.updated_at > $16)
		AND ($13::text[] IS NULL OR j.source = ANY ($13::text[]))
		AND ($14 = '' OR strpos(lower(j.location), lower($14)) > 0 OR NOT $22::boolean AND j.location = '')
		AND ($15::timestamptz IS NULL OR j.posted_at >= $15 OR NOT $22::boolean AND j.posted_at IS NULL)
), ranked AS (
	SELECT *, CASE WHEN $11 = 'pay' THEN COALESCE(pay, -1) ELSE place_in END AS rank FROM facts
), page AS MATERIALIZED (
	SELECT job_id, rank FROM ranked
	WHERE COALESCE(overall_match, -1) >= $4 AND ($21::int = 0 OR overall_match < $21::int)
		AND (NOT $19::boolean OR easy OR NOT $22::boolean AND easy IS NULL)
		AND (NOT $20::boolean OR strpos(lower(location), 'remote') > 0 OR workplace = 'remote'
			OR NOT $22::boolean AND COALESCE(workplace, '') NOT IN ('hybrid', 'on-site'))
		AND ($18::bigint = 0 OR pay >= $18::bigint OR NOT $22::boolean AND pay IS NULL)
		AND ($12::text[] IS NULL OR NOT EXISTS (SELECT FROM unnest($12::text[]) AS w (word) WHERE NOT (
			strpos(lower(title), lower(w.word)) > 0 OR strpos(lower(company), lower(w.word)) > 0
			OR strpos(lower(location), lower(w.word)) > 0
			OR strpos(lower(COALESCE(analysis_notes, '')), lower(w.word)) > 0
			OR EXISTS (SELECT FROM jsonb_array_elements_text(missing_skills) AS s (skill)
				WHERE strpos(lower(s.skill), lower(w.word)) > 0)
			OR visible AND (strpos(lower(COALESCE(attributes ->> 'skills', '')), lower(w.word)) > 0
				OR strpos(lower(COALESCE(requirements, '')), lower(w.word)) > 0
				OR strpos(lower(description), lower(w.word)) > 0))))
		AND (rank, job_id) < ($5::bigint, $6::bigint)
	ORDER BY rank DESC, job_id DESC
	LIMIT $7
)` + entryColumns + `, p.rank
FROM page p
JOIN user_job_map m ON m.user_id = $1 AND m.job_id = p.job_id` + entryTables + `
ORDER BY p.rank DESC, p.job_id DESC`

// narrow returns the page of a listing that looks at the jobs.
func (s *Store) narrow(ctx context.Context, f store.Filter, page driver.Page) ([]store.Entry, string, error) {
	w := f.Where
	var rows []driver.RankedRow
	err := s.do(ctx, "list", func(ctx context.Context, c conn, _ int) error {
		rows = nil
		return c.SelectContext(ctx, &rows, narrowSQL, s.user, statuses(f.Statuses), f.Text, page.MinScore,
			page.Rank, page.ID, page.Rows, f.WithoutText, f.ExtraKey, page.ExtraValue, string(f.Order),
			texts(w.Words), texts(w.Sources), w.Place, optional(w.PostedAfter), optional(w.UpdatedAfter),
			w.Currency, w.MinPay, w.EasyApply, w.Remote, w.BelowScore, w.Stated)
	})
	if err != nil {
		return nil, "", err
	}
	entries, next, err := page.Ranked(rows)
	return entries, next, named("list", err)
}

// texts returns an array parameter, NULL for none.
func texts(list []string) pq.StringArray {
	if len(list) == 0 {
		return nil
	}
	return list
}

// optional returns a time as a parameter, NULL for the zero time.
func optional(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }
