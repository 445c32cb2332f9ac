package forge

import (
	"context"
	"sync"
)

// A fault is who is to blame for a job's failure.
type fault int

const (
	own    fault = iota // the job's own: the attempt counts
	common              // every job would fail: no attempt counts
)

// several different jobs that fail, where none succeeds, are no coincidence.
const several = 3

// A blame decides who is at fault where jobs fail in a way that can be their own or can be
// everybody's: an advert that cannot be read is odd, or the board's markup has changed; a reply
// that cannot be used is a slip, or the model never follows the form.
//
// A job that failed waits for the verdict. If another job succeeds, the failures before it were the
// jobs' own. If too many different jobs fail in a row, the fault is common to all. When nothing is
// left to try, a run in which several jobs failed and none succeeded found a common fault, too.
type blame struct {
	probes int // attempts at the same time until one has succeeded; 0: any number

	mu        sync.Mutex
	succeeded bool
	underWay  int           // attempts
	changed   chan struct{} // closed when an attempt that has to wait can go on
	rows      []row         // one for each kind of failure
}

// A row is failures of one kind, one after the other.
type row struct {
	first int // failures that are a common fault while no job has succeeded
	later int // the same after a success

	// found is told of a common fault: how many different jobs failed, and how the last of them
	// did.
	found func(failures int, last failure)

	common  bool
	waiting []chan<- fault
	news    int // of those who wait, the ones that add to the row
	last    failure
}

// A failure is what is known of one failed attempt.
type failure struct {
	cause string // for the log and the job's record
	err   error
}

// A record is what is known of a job's earlier failures of the same kind. A job that failed in the
// same way before says little about the others. One whose attempt was counted never adds to a row,
// and one whose attempt was not does so only until another job succeeds. Otherwise a few odd
// adverts that come up for another try together would stop their board again and again.
type record int

const (
	fresh     record = iota // there was none
	suspected               // the fault was common, or seemed so
	convicted               // it was the job's own
)

// maxWaiting bounds the jobs that wait for a verdict although they do not add to a row.
const maxWaiting = 20

func newBlame(probes int, rows ...row) *blame {
	return &blame{probes: probes, rows: rows, changed: make(chan struct{})}
}

// begin starts an attempt. While a full row waits for the attempts that are under way, it waits
// too. After a common fault was found it returns errIdle.
func (b *blame) begin(ctx context.Context, stopped <-chan struct{}) error {
	for {
		b.mu.Lock()
		full, found := false, false
		for i := range b.rows {
			full = full || b.fills(&b.rows[i])
			found = found || b.rows[i].common
		}
		room := b.succeeded || b.probes == 0 || b.underWay < b.probes
		if room && !full && !found {
			b.underWay++
		}
		changed := b.changed
		b.mu.Unlock()
		switch {
		case found:
			return errIdle
		case room && !full:
			return nil
		}
		select {
		case <-changed:
		case <-stopped:
			return errIdle
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// end ends an attempt, after success or failed was called. A row that is full is a common fault
// only now that no attempt is under way: one that began before the last failures can still succeed.
func (b *blame) end() {
	b.mu.Lock()
	b.underWay--
	var tell []func()
	for i := range b.rows {
		if r := &b.rows[i]; b.underWay == 0 && b.fills(r) {
			tell = append(tell, r.decide(common))
		}
	}
	b.mu.Unlock()
	for _, t := range tell { // before another attempt begins
		t()
	}
	b.wake()
}

// failed adds a failure to a row and returns the channel on which the verdict arrives.
func (b *blame) failed(kind int, before record, f failure) <-chan fault {
	verdict := make(chan fault, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	r := &b.rows[kind]
	switch {
	case r.common:
		verdict <- common
	case b.succeeded && before != fresh, before == convicted && len(r.waiting) >= maxWaiting:
		verdict <- own
	default:
		r.waiting, r.last = append(r.waiting, verdict), f
		if before != convicted {
			r.news++
		}
	}
	return verdict
}

// success ends every row: what failed before it was the jobs' own fault.
func (b *blame) success() {
	b.mu.Lock()
	b.succeeded = true
	for i := range b.rows {
		b.rows[i].decide(own)
	}
	b.mu.Unlock()
	b.wake()
}

// acquit ends one row, without a success.
func (b *blame) acquit(kind int) {
	b.mu.Lock()
	b.rows[kind].decide(own)
	b.mu.Unlock()
	b.wake()
}

// finish gives every job that waits its verdict, because no other job is left to try.
func (b *blame) finish() {
	for i := range b.rows {
		b.mu.Lock()
		r := &b.rows[i]
		verdict := own
		if !b.succeeded && r.news > 0 && len(r.waiting) >= several {
			verdict = common
		}
		tell := r.decide(verdict)
		b.mu.Unlock()
		tell()
	}
}

func (b *blame) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}

// fills is called with the lock held, as is decide.
func (b *blame) fills(r *row) bool {
	if b.succeeded {
		return r.news >= r.later
	}
	return r.news >= r.first
}

// decide returns a function that tells of a common fault. Call it without the lock.
func (r *row) decide(f fault) (tell func()) {
	failures, last := len(r.waiting), r.last
	for _, ch := range r.waiting {
		ch <- f // it has room for one
	}
	r.waiting, r.news = nil, 0
	if f == own || failures == 0 {
		return func() {}
	}
	r.common = true
	return func() { r.found(failures, last) }
}
