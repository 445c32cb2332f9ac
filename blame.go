package forge

import (
	"context"
	"sync"
)

// A fault says what a failure is attributed to.
type fault int

const (
	own    fault = iota // the job: the attempt counts
	common              // the board, the scorer or the network: the attempt does not count
)

// several is the number of different failed jobs, with no success, that make a common fault.
const several = 3

// A blame decides whether failures are due to single jobs or to a common fault. An unreadable
// advert can be an odd one, or the markup of the board has changed. An unusable reply can be an
// accident, or the model cannot follow the form.
//
// A failed job waits for the decision. If another job succeeds, the failures before that are the
// fault of the jobs: A fails, B fails, C succeeds, and the attempts of A and B count. If too many
// different jobs fail in a row, the fault is common: a board is paused or the run stops, and no
// attempt counts. If no job is left to try, and at least several failed and none succeeded, the
// fault is common, too.
type blame struct {
	probes int // limit of concurrent attempts until one has succeeded; 0 means no limit

	mu        sync.Mutex
	succeeded bool
	underWay  int           // attempts in progress
	changed   chan struct{} // closed and replaced at each change, to wake begin
	streaks   []streak      // by failureKind
}

// A streak tracks consecutive failures of one kind.
type streak struct {
	first int // number of failures that make a common fault before the first success
	later int // the same number after a success

	// found is called once for a common fault, with the number of different failed jobs and the
	// last failure.
	found func(failures int, last failure)

	common  bool
	waiting []chan<- fault
	news    int // waiting failures that count toward the limit
	last    failure
}

// A failureKind is the index of a streak. A board's blame and the scorer's have kinds of their own.
type failureKind int

// A failure is what is known of one failed attempt.
type failure struct {
	cause string // for the log and the job's record
	err   error
}

// A record is what is known of a job's earlier failures of the same kind. A job that failed in the
// same way before is weak evidence of a common fault. If that attempt counted, the job adds to no
// streak. If it did not, the job adds to a streak only until another job succeeds. Otherwise a few
// odd adverts that are tried again together would pause their board every time.
type record int

const (
	firstFailure record = iota // no earlier failure of this class
	wasCommon                  // it was attributed to a common fault
	wasOwn                     // it was attributed to the job
)

// maxWaiting limits how many jobs wait although they add to no streak. They wait because a common
// fault can still show, and then their attempts do not count.
const maxWaiting = 20

func newBlame(probes int, streaks ...streak) *blame {
	return &blame{probes: probes, streaks: streaks, changed: make(chan struct{})}
}

// begin starts an attempt. It waits while a streak is full and attempts are still in progress. It
// returns errNotStarted once a common fault was found.
func (b *blame) begin(ctx context.Context, stopped <-chan struct{}) error {
	for {
		ok, found, changed := b.admit()
		switch {
		case found:
			return errNotStarted
		case ok:
			return nil
		}
		select {
		case <-changed:
		case <-stopped:
			return errNotStarted
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// admit counts an attempt as in progress if it can start now. It reports whether it can, whether a
// common fault was found, and returns the channel that is closed at the next change.
func (b *blame) admit() (ok, found bool, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ok = b.succeeded || b.probes == 0 || b.underWay < b.probes
	for i := range b.streaks {
		s := &b.streaks[i]
		found = found || s.common
		ok = ok && !s.common && !b.full(s)
	}
	if ok {
		b.underWay++
	}
	return ok, found, b.changed
}

// end ends an attempt, after success or failed was called. A full streak becomes a common fault
// only when no attempt is in progress, because one that is still running can succeed.
func (b *blame) end() {
	b.mu.Lock()
	b.underWay--
	var reports []func()
	for i := range b.streaks {
		if s := &b.streaks[i]; b.underWay == 0 && b.full(s) {
			reports = append(reports, s.decide(common))
		}
	}
	b.mu.Unlock()
	for _, report := range reports { // before wake lets another attempt start
		report()
	}
	b.wake()
}

// failed adds a failure to a streak and returns the channel on which the fault arrives.
func (b *blame) failed(kind failureKind, before record, f failure) <-chan fault {
	decided := make(chan fault, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.streaks[kind]
	switch {
	case s.common:
		decided <- common
	case b.succeeded && before != firstFailure, before == wasOwn && len(s.waiting) >= maxWaiting:
		decided <- own
	default:
		s.waiting, s.last = append(s.waiting, decided), f
		if before != wasOwn {
			s.news++
		}
	}
	return decided
}

// success resets every streak. The failures that wait are the fault of their jobs.
func (b *blame) success() {
	b.mu.Lock()
	b.succeeded = true
	for i := range b.streaks {
		b.streaks[i].decide(own)
	}
	b.mu.Unlock()
	b.wake()
}

// reset resets one streak. It does not count as a success.
func (b *blame) reset(kind failureKind) {
	b.mu.Lock()
	b.streaks[kind].decide(own)
	b.mu.Unlock()
	b.wake()
}

// finish decides all waiting failures, when no other job is left to try.
func (b *blame) finish() {
	b.mu.Lock()
	var reports []func()
	for i := range b.streaks {
		s := &b.streaks[i]
		f := own
		if !b.succeeded && s.news > 0 && len(s.waiting) >= several {
			f = common
		}
		reports = append(reports, s.decide(f))
	}
	b.mu.Unlock()
	for _, report := range reports {
		report()
	}
}

func (b *blame) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}

// full reports whether s has reached its limit. The mutex must be held.
func (b *blame) full(s *streak) bool {
	if b.succeeded {
		return s.news >= s.later
	}
	return s.news >= s.first
}

// decide resolves all waiting failures with f. The mutex must be held. The caller must call the
// returned function after unlocking: it reports a common fault.
func (s *streak) decide(f fault) (report func()) {
	failures, last := len(s.waiting), s.last
	for _, ch := range s.waiting {
		ch <- f // never blocks: each channel has a buffer of one
	}
	s.waiting, s.news = nil, 0
	if f == own || failures == 0 {
		return func() {}
	}
	s.common = true
	return func() { s.found(failures, last) }
}
