package sqlstore

import (
	"database/sql"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A Listed is one row of a listing.
type Listed struct {
	ID        int64       `db:"job_id"`
	Status    lead.Status `db:"application_status"`
	UpdatedAt Time        `db:"updated_at"`
	Closed    bool        `db:"closed"`
	LeadColumns
	DataColumns
	MatchColumns
}

// A Place is where a page begins, as a statement's parameters.
type Place struct {
	MinScore int          // -1: unscored jobs too
	After    store.Cursor // entries are below it
	Rows     int          // one more than the page holds, which shows whether there is a next one
}

// PlaceOf returns where the page of a valid filter begins.
func PlaceOf(f store.Filter) (Place, error) {
	after, err := store.ParseCursor(f.Cursor)
	p := Place{MinScore: -1, After: after, Rows: f.PageLimit() + 1}
	if f.MinScore > 0 {
		p.MinScore = f.MinScore
	}
	return p, err
}

// Page returns the page that rows hold, and the cursor of the next one.
func (p Place) Page(rows []Listed) (entries []store.Entry, next string, err error) {
	if len(rows) == p.Rows {
		rows = rows[:p.Rows-1]
		last := store.Cursor{Score: -1, ID: rows[len(rows)-1].ID}
		if score := rows[len(rows)-1].Score; score.Valid {
			last.Score = int(score.Int64)
		}
		next = last.String()
	}
	entries = make([]store.Entry, 0, len(rows))
	for _, r := range rows {
		e := store.Entry{ID: r.ID, Lead: r.Lead(), Status: r.Status, Closed: r.Closed, UpdatedAt: r.UpdatedAt.Time}
		if e.Data, err = r.Data(); err != nil {
			return nil, "", err
		}
		if e.Assessment, err = r.Match(); err != nil {
			return nil, "", err
		}
		entries = append(entries, e)
	}
	return entries, next, nil
}

// SelectCounts counts a user's jobs by status and by score in one statement, so that both are of one moment. $1 is the user.
const SelectCounts = `
SELECT application_status, NULL AS score, count(*) AS n FROM user_job_map WHERE user_id = $1 GROUP BY application_status
UNION ALL
SELECT NULL, overall_match, count(*) FROM job_match_analysis WHERE user_id = $1 GROUP BY overall_match`

// A Count is one row of [SelectCounts].
type Count struct {
	Status sql.NullString `db:"application_status"`
	Score  sql.NullInt64  `db:"score"`
	N      int            `db:"n"`
}

// StatsOf adds the counts up.
func StatsOf(rows []Count) store.Stats {
	stats := store.Stats{ByStatus: make(map[lead.Status]int)}
	for _, r := range rows {
		if r.Status.Valid {
			stats.ByStatus[lead.Status(r.Status.String)] = r.N
		} else {
			stats.Scores[r.Score.Int64] = r.N
		}
	}
	return stats
}
