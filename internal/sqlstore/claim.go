package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A Claimed is one row that a Claim took.
type Claimed struct {
	ID       int64 `db:"job_id"`
	Token    int64 `db:"lease_token"`
	Attempts int   `db:"attempts"`
	LeadColumns
	DataColumns
}

// Jobs returns the claims, in the order of rows. DataColumns are NULL where the text is missing or old.
func Jobs(rows []Claimed) ([]store.Job, error) {
	jobs := make([]store.Job, 0, len(rows))
	for _, r := range rows {
		data, err := r.Data()
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, store.Job{ID: r.ID, Lead: r.Lead(), Data: data, Token: r.Token, Attempts: r.Attempts})
	}
	return jobs, nil
}

// noToken is a token that no row has: a call without a claim holds no lease.
const noToken = -1

// Fence returns the token that a row must have for a call that needs a lease.
func Fence(j store.Job) int64 {
	if j.Token == 0 {
		return noToken
	}
	return j.Token
}

// A Row is the user's row of a job as the queue sees it, read under a lock.
type Row struct {
	Token  int64 `db:"lease_token"`
	Leased bool  `db:"leased"`
	Idle   bool  `db:"idle"` // due_at is NULL: nothing is to be done
	Live   bool  `db:"live"` // due_at is in the future
}

// Held reports whether j is the lease on the row. Whether its time has run out does not matter while nobody else has the
// row.
func (r Row) Held(j store.Job) bool { return r.Leased && r.Token == Fence(j) }

// Decide says whether j may decide the row, or has done so already. Otherwise it returns store.ErrLeaseLost.
func (r Row) Decide(j store.Job) (repeat bool, err error) {
	switch {
	case j.Token == 0:
		if r.Leased && r.Live {
			return false, store.ErrLeaseLost
		}
		return false, nil
	case r.Held(j):
		return false, nil
	case !r.Leased && r.Idle && r.Token == Fence(j):
		return true, nil
	default:
		return false, store.ErrLeaseLost
	}
}

// NeedText returns the error of a match that neither brings text nor finds any.
func NeedText() error {
	return fmt.Errorf("%w: %w", store.ErrInvalid,
		&lead.FieldError{Field: "enrichment_data", Problem: "missing: the job has no text yet, and a match needs it"})
}

// Missing turns an answer without a row into store.ErrNotFound.
func Missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// Ended makes an error of a call whose context ended wrap the context's error, which drivers report in several ways.
func Ended(ctx context.Context, err error) error {
	if cause := ctx.Err(); err != nil && cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w (%w)", cause, err)
	}
	return err
}
