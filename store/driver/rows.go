package driver

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A ClaimRow is a row that a Claim answers with. Its DataColumns are NULL where the text is missing
// or old.
type ClaimRow struct {
	ID       int64  `db:"job_id"`
	Token    int64  `db:"lease_token"`
	Attempts int    `db:"attempts"`
	Cause    string `db:"last_error"`
	Keep     bool   `db:"keep"`
	LeadColumns
	DataColumns
}

// Jobs returns the claimed jobs, in the order of rows.
func Jobs(rows []ClaimRow) ([]store.Job, error) {
	jobs := make([]store.Job, 0, len(rows))
	for _, r := range rows {
		data, err := r.Data()
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, store.Job{
			Lease: store.Lease{ID: r.ID, Token: r.Token}, Lead: r.Lead(), Data: data, Attempts: r.Attempts,
			Keep:  r.Keep,
			Cause: r.Cause,
		})
	}
	return jobs, nil
}

// An EntryRow is a row of a listing.
type EntryRow struct {
	ID        int64       `db:"job_id"`
	Status    lead.Status `db:"application_status"`
	UpdatedAt Time        `db:"updated_at"`
	Closed    bool        `db:"closed"`
	QueueColumns
	LeadColumns
	DataColumns
	AssessmentColumns
	ExtraColumn
}

// Entries returns the entries of a listing, in the order of rows.
func Entries(rows []EntryRow) ([]store.Entry, error) {
	entries := make([]store.Entry, 0, len(rows))
	for _, r := range rows {
		e := store.Entry{
			ID: r.ID, Lead: r.Lead(), Status: r.Status, Closed: r.Closed, UpdatedAt: r.UpdatedAt.Time,
			DueAt: r.DueAt.Time, Attempts: r.Attempts, Cause: r.Cause,
			Basis: enrich.Basis(r.Basis.String),
		}
		var err error
		if e.Data, err = r.Data(); err != nil {
			return nil, err
		}
		if e.Assessment, err = r.Assessment(); err != nil {
			return nil, err
		}
		if e.Extra, err = r.Extra(); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// SelectCounts counts a user's jobs by status, and the scored ones by what a [store.Scored] holds, in
// one statement, so that both are of one moment. Its one parameter, $1, is the user.
const SelectCounts = `
SELECT application_status, NULL AS score, NULL AS unverified, NULL AS keep, NULL AS basis, NULL AS last,
	count(*) AS n
FROM user_job_map WHERE user_id = $1
GROUP BY application_status
UNION ALL
SELECT m.application_status, a.overall_match, a.unverified, m.keep, a.basis, max(a.updated_at), count(*)
FROM job_match_analysis a
JOIN user_job_map m ON m.user_id = a.user_id AND m.job_id = a.job_id
WHERE a.user_id = $1
GROUP BY m.application_status, a.overall_match, a.unverified, m.keep, a.basis`

// A CountRow is a row of [SelectCounts].
type CountRow struct {
	Status     lead.Status    `db:"application_status"`
	Score      sql.NullInt64  `db:"score"` // NULL in the counts by status alone
	Unverified sql.NullBool   `db:"unverified"`
	Keep       sql.NullBool   `db:"keep"`
	Basis      sql.NullString `db:"basis"`
	Last       Time           `db:"last"` // when the last of the jobs was decided
	N          int            `db:"n"`
}

// Stats adds the counts up.
func Stats(rows []CountRow) store.Stats {
	stats := store.Stats{ByStatus: make(map[lead.Status]int)}
	var newest Newest
	for _, r := range rows {
		if !r.Score.Valid {
			stats.ByStatus[r.Status] = r.N
			continue
		}
		stats.Scores[r.Score.Int64] += r.N
		stats.Scored = append(stats.Scored, store.Scored{
			Status: r.Status, Score: int(r.Score.Int64), Unverified: r.Unverified.Bool, Keep: r.Keep.Bool,
			Basis: enrich.Basis(r.Basis.String), N: r.N,
		})
		newest.See(enrich.Basis(r.Basis.String), r.Last.Time)
	}
	slices.SortFunc(stats.Scored, store.Scored.Compare)
	stats.Newest = newest.Basis
	return stats
}

// A Newest finds the basis of the last decision. Of two decisions of one moment, the basis that sorts
// last is taken, so that all stores answer the same.
type Newest struct {
	Basis enrich.Basis
	at    time.Time
}

// See looks at a decision. One without a basis is passed over.
func (n *Newest) See(b enrich.Basis, at time.Time) {
	if b != "" && cmp.Or(at.Compare(n.at), cmp.Compare(b, n.Basis)) > 0 {
		n.Basis, n.at = b, at
	}
}

// Missing turns an answer without a row into store.ErrNotFound.
func Missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// Interrupted makes an error of a call whose context ended wrap the context's error, which drivers
// report in several ways.
func Interrupted(ctx context.Context, err error) error {
	if cause := ctx.Err(); err != nil && cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w (%w)", cause, err)
	}
	return err
}
