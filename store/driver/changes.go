package driver

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// CheckChanges refuses the arguments of a page of changes that break the contract, with
// store.ErrInvalid.
func CheckChanges(after int64, n int, kinds []store.ChangeKind) error {
	switch {
	case after < 0:
		return invalid("after", "negative: want 0 or the id of a change")
	case n < 1 || n > store.MaxChanges:
		return invalid("n", fmt.Sprintf("%d is out of range: want 1 to %d", n, store.MaxChanges))
	case len(kinds) > 50:
		return invalid("kinds", "more than 50")
	}
	for _, k := range kinds {
		if !k.Valid() {
			return invalid("kinds",
				"want NEW, EXPIRED, MATCHED, REJECTED, FAILED, CLOSED, MARKED or REOPENED")
		}
	}
	return nil
}

// ErrNoChanges returns the error of a store that records no changes.
func ErrNoChanges() error {
	return fmt.Errorf("changes are not recorded: set Options.Events: %w", errors.ErrUnsupported)
}

// Detail returns a detail as a JSON parameter.
func Detail(d store.ChangeDetail) string {
	b, _ := json.Marshal(d) // it has no form that fails
	return string(b)
}

// A ChangeRow is a row of a page of changes. Its first two columns are those of the page, so that an
// empty page has one row, which has no id.
type ChangeRow struct {
	Through int64          `db:"through"` // no change up to this id is missing from the page or will be added
	Pruned  int64          `db:"pruned"`  // changes up to this id may be gone
	ID      sql.NullInt64  `db:"id"`
	User    sql.NullString `db:"user_id"`
	JobID   sql.NullInt64  `db:"job_id"`
	Kind    sql.NullString `db:"kind"`
	At      Time           `db:"at"`
	Detail  []byte         `db:"detail"`

	Source     sql.NullString `db:"source"`
	ExternalID sql.NullString `db:"external_id"`
	Title      sql.NullString `db:"title"`
	Company    sql.NullString `db:"company"`
	Location   sql.NullString `db:"location"`
	URL        sql.NullString `db:"url"`
	PostedAt   Time           `db:"posted_at"`
}

// A ChangePage is a page of changes in the order of their ids.
type ChangePage struct {
	Changes []store.Change
	Through int64 // the cursor after the page, which can be beyond its last change
}

// PageOfChanges returns the page of at most n changes after a cursor. It returns a
// [*store.PrunedError] if changes after the cursor are gone.
func PageOfChanges(rows []ChangeRow, after int64, n int) (ChangePage, error) {
	p := ChangePage{Through: after}
	for _, r := range rows {
		if r.Pruned > after {
			return p, &store.PrunedError{After: r.Pruned}
		}
		p.Through = max(p.Through, r.Through)
		if !r.ID.Valid {
			continue
		}
		c := store.Change{
			ID: r.ID.Int64, User: r.User.String, JobID: r.JobID.Int64,
			Kind: store.ChangeKind(r.Kind.String), At: r.At.Time,
		}
		if err := json.Unmarshal(r.Detail, &c.Detail); err != nil {
			return p, fmt.Errorf("column detail: %w", err)
		}
		if r.Source.Valid {
			c.Lead = lead.Lead{
				Source: r.Source.String, ExternalID: r.ExternalID.String, Title: r.Title.String,
				Company: r.Company.String, Location: r.Location.String, URL: r.URL.String,
				PostedAt: r.PostedAt.Time,
			}
		}
		p.Changes = append(p.Changes, c)
	}
	if len(p.Changes) == n { // there can be more
		p.Through = p.Changes[n-1].ID
	}
	return p, nil
}

// A Bell wakes those who wait for changes of the same process. The zero value is ready, and it is safe
// for concurrent use.
type Bell struct {
	mu   sync.Mutex
	rung chan struct{}
}

// Next returns a channel that is closed by the next Ring.
func (b *Bell) Next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

// Ring wakes everyone who waits.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}

// FollowPage is the size of the pages that Follow reads.
const FollowPage = 500

// polls says how long Follow waits between two pages that bring nothing, unless the bell rings.
var polls = backoff.Doubling{First: 20 * time.Millisecond, Longest: time.Second}

// Follow returns the changes after a cursor, and then those that come. read returns the page after a
// cursor. The sequence ends with an error: that of read, or the context's.
func Follow(
	ctx context.Context, after int64, bell *Bell,
	read func(ctx context.Context, after int64) (ChangePage, error),
) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		after := after // each range begins anew
		for idle := 1; ; idle++ {
			rung := bell.Next()
			page, err := read(ctx, after)
			for _, c := range page.Changes {
				if !yield(c, nil) {
					return
				}
			}
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(store.Change{}, err)
				return
			}
			after = page.Through
			switch len(page.Changes) {
			case FollowPage:
				idle = 0
				continue
			case 0:
			default:
				idle = 1
			}
			timer := time.NewTimer(polls.Delay(idle))
			select {
			case <-rung:
				idle = 0
			case <-timer.C:
			case <-ctx.Done():
			}
			timer.Stop()
		}
	}
}

// DecisionKind returns the kind of change that a decision is.
func DecisionKind(d enrich.Decision) store.ChangeKind {
	if d.Status == lead.AutoRejected {
		return store.ChangeRejected
	}
	return store.ChangeMatched
}

// EndKind returns the kind of change that a release with the outcome's status is, or "" if it is
// none. A job that the board closed is one whatever its status, because a user who applied wants to
// know. A failed re-check of a match changes nothing.
func (r Row) EndKind(outcome lead.Status) store.ChangeKind {
	switch {
	case outcome == lead.Closed:
		return store.ChangeClosed
	case outcome == lead.Failed && r.Status == lead.Discovered:
		return store.ChangeFailed
	}
	return ""
}

// Reopens reports whether [store.ChangeReopened] is recorded: not of a job that was due before. Reopen
// itself makes such a job due anew as well, and ends a claim on it.
func (r Row) Reopens() bool {
	return r.Idle || r.Status == lead.AutoRejected || r.Status == lead.Failed || r.Status == lead.Closed
}
