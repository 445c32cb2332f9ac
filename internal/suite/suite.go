// Package suite runs the cases of the suites that ship to users. An adapter that panics, that never
// answers or that calls back too late fails the case which showed it, and all other cases still run.
// Only a panic in a goroutine of the adapter's own ends the test binary, because nothing can recover
// it. The package uses package testing only.
package suite

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A Topic is what go test -run can select: "-run TestStore/Sync".
type Topic struct {
	Name  string
	Cases []Case
}

// A Case is one promise of an adapter.
type Case struct {
	Name string
	Run  func(tb *TB)
	// Bubble runs the case in a bubble of testing/synctest, where time is virtual.
	Bubble bool
}

// Run runs all cases as parallel subtests of t. At the end it logs how many were skipped, and why.
func Run(t *testing.T, topics []Topic) {
	t.Helper()
	w := &watch{limit: caseLimit}
	var all skips
	t.Cleanup(func() { all.log(t) })
	for _, topic := range topics {
		t.Run(topic.Name, func(t *testing.T) {
			t.Parallel()
			for _, c := range topic.Cases {
				t.Run(c.Name, func(t *testing.T) {
					t.Parallel()
					tb := &TB{TB: t, name: t.Name()}
					w.run(t, tb, c)
					tb.end()
					if tb.Skipped() {
						all.count(tb.reason())
						t.SkipNow()
					}
				})
			}
		})
	}
}

// Failures runs the cases whose name, "Topic/case", want accepts, one after the other, and returns
// what the failed ones said, by name. It fails nothing. want is asked in the order of the suite. A
// case may take limit.
func Failures(
	t *testing.T, topics []Topic, want func(name string) bool, limit time.Duration,
) map[string]string {
	t.Helper()
	w := &watch{limit: limit}
	failures := make(map[string]string)
	for _, topic := range topics {
		for _, c := range topic.Cases {
			name := topic.Name + "/" + c.Name
			if !want(name) {
				continue
			}
			tb := &TB{TB: t, name: name, record: true}
			w.run(t, tb, c)
			if said, failed := tb.end(); failed {
				failures[name] = said
			}
		}
	}
	return failures
}

const (
	caseLimit  = 2 * time.Minute // of one case; the slowest takes seconds on a busy machine
	shortLimit = 5 * time.Second // once several cases of a run have not ended
	patience   = 3               // cases that may wait for the long limit
)

// A watch ends cases that do not end.
type watch struct {
	limit time.Duration
	hung  atomic.Int32
}

// allowed returns how long a case that starts now may take. It is less than what go test itself
// allows, whose timeout ends the binary.
func (w *watch) allowed(t *testing.T) time.Duration {
	t.Helper()
	d := w.limit
	if deadline, ok := t.Deadline(); ok {
		d = min(d, time.Until(deadline)/3)
	}
	if w.hung.Load() >= patience {
		d = min(d, shortLimit)
	}
	return d
}

// run runs a case until it ends, or is out of time.
func (w *watch) run(t *testing.T, tb *TB, c Case) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if c.Bubble {
			inBubble(t, tb, c.Run)
			return
		}
		tb.scope(c.Run)
	}()
	limit := w.allowed(t)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		w.hung.Add(1)
		tb.hangs(limit)
		if !c.Bubble { // a context of a bubble cannot be cancelled from outside
			tb.stop(ended)
		}
	}
}

// inBubble runs a case in virtual time. If the bubble cannot end, it fails the case rather than the
// test binary.
func inBubble(t *testing.T, tb *TB, f func(tb *TB)) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			tb.Errorf("%v: pass the context to every request and every wait, and start no goroutine that "+
				"outlives its call or its sequence", r)
		}
	}()
	synctest.Test(t, func(*testing.T) { tb.scope(f) })
}

func (tb *TB) hangs(limit time.Duration) {
	tb.Errorf("the case has not ended after %v: every call must return, at the latest when its context "+
		"ends, and must leave no lock behind; it waits here:\n%s",
		limit.Round(time.Millisecond), stackOf(tb.goroutine()))
}

// stop ends the context of a case that is out of time, and waits a moment for the case to notice.
func (tb *TB) stop(ended <-chan struct{}) {
	tb.mu.Lock()
	cancel := tb.cancel
	tb.mu.Unlock()
	if cancel == nil {
		return
	}
	cancel(fmt.Errorf("suite: the case is out of time"))
	select {
	case <-ended:
	case <-time.After(time.Second):
	}
}
