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
	ID       int64  `db:"job_id"`
	Token    int64  `db:"lease_token"`
	Attempts int    `db:"attempts"`
	Cause    string `db:"last_error"`
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
		jobs = append(jobs, store.Job{Lease: store.Lease{ID: r.ID, Token: r.Token}, Lead: r.Lead(), Data: data, Attempts: r.Attempts, Cause: r.Cause})
	}
	return jobs, nil
}

// A Row is the user's row of a job as the queue sees it, read under a lock.
type Row struct {
	Token  int64 `db:"lease_token"`
	Leased bool  `db:"leased"`
	Idle   bool  `db:"idle"` // due_at is NULL: nothing is to be done
	Live   bool  `db:"live"` // due_at is in the future
}

// Held reports whether l is the lease on the row. Whether its time has run out does not matter while nobody else has
// claimed the job.
func (r Row) Held(l store.Lease) bool { return r.Leased && r.same(l) }

// same reports whether l is, or was, the row's last lease.
func (r Row) same(l store.Lease) bool { return l.Token != 0 && r.Token == l.Token }

// Decide reports whether l has decided the row already. If l must not decide it, Decide returns store.ErrLeaseLost.
func (r Row) Decide(l store.Lease) (repeat bool, err error) {
	switch {
	case l.Token == 0 && r.Leased && r.Live:
		return false, store.ErrLeaseLost
	case l.Token == 0, r.Held(l):
		return false, nil
	case !r.Leased && r.Idle && r.same(l):
		return true, nil
	default:
		return false, store.ErrLeaseLost
	}
}

// Released reports whether an earlier attempt of the call that holds l released the row, and only its answer was lost.
func (r Row) Released(l store.Lease) bool { return !r.Leased && l.Token != 0 && r.Token == l.Token+1 }

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
