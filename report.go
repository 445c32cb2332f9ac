package forge

import "sync"

// A Report counts what a call did. It is valid, and says what was done, also beside an error.
type Report struct {
	Found       int // leads that the boards listed, blacklisted ones and repeats included
	Blacklisted int // of them, dropped unseen
	New         int // jobs that this user had not seen before
	Expired     int // decided jobs that are due for another look

	Reused   int // jobs whose text was in the store, so that no page was fetched
	Matched  int
	Rejected int
	Twins    int // of the matched and rejected, those that took over the score of a twin
	Closed   int // taken down by the board
	Failed   int // given up after MaxAttempts failures of their own
	Retried  int // given back, due later

	JunkBytes int64 // text of rejected jobs that was read and never stored
}

// A tally is a report under construction, and the one place from which Observe is called.
type tally struct {
	mu      sync.Mutex
	report  Report
	observe func(Event)
}

// note changes the report and tells the observer, in one step, so that events arrive in the order
// of the counts.
func (t *tally) note(e Event, change func(*Report)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if change != nil {
		change(&t.report)
	}
	if t.observe != nil {
		if e.Source == "" {
			e.Source = e.Key.Source
		}
		t.observe(e)
	}
}

func (t *tally) result() Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.report
}
