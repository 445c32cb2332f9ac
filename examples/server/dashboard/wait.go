package dashboard

import (
	"fmt"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A wait says why a job is not decided, how often it was tried, and when it is tried next.
type wait struct {
	Cause string // empty if nothing failed
	Tries string // empty if no try counted
	Next  string
	Due   string // the time of Next, in RFC 3339; empty if there is none
}

// newWait returns what a card says about the queue, nil if the job is decided and nothing failed.
func newWait(e store.Entry, now time.Time) *wait {
	if e.DueAt.IsZero() && e.Cause == "" && e.Status != lead.Failed {
		return nil
	}
	w := &wait{Cause: e.Cause}
	if e.Attempts > 0 {
		w.Tries = fmt.Sprintf("%d failed", e.Attempts)
	}
	switch {
	case e.DueAt.IsZero() && e.Status == lead.Failed:
		w.Next = "not before you reopen it"
	case e.DueAt.IsZero():
		w.Next = "when the board lists it again much later"
	case e.DueAt.After(now):
		w.Next, w.Due = until(e.DueAt.Sub(now)), e.DueAt.UTC().Format(time.RFC3339)
	default:
		w.Next = "when your agent runs next"
	}
	return w
}

// until says how long it is to a time in the future, rounded up.
func until(d time.Duration) string {
	of := func(unit time.Duration, name string) string {
		return "in " + count(int((d+unit-1)/unit), name)
	}
	switch {
	case d <= 90*time.Minute:
		return of(time.Minute, "minute")
	case d <= 36*time.Hour:
		return of(time.Hour, "hour")
	default:
		return of(24*time.Hour, "day")
	}
}
