package forge

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
)

// A hand bounds the jobs that a run holds, and the work that is done on them at once.
type hand struct {
	held   chan struct{} // as many as are scraped and scored at once, and enough ready ones that the scorer never waits
	scrape chan struct{}
	score  chan struct{}
}

// enrich is stages 2 and 3: it claims as many jobs as fit in the hand, until nothing is due and nothing more will be synced.
func (r *run) enrich(ctx context.Context) {
	h := hand{
		held:   make(chan struct{}, r.cfg.Scrapes+2*r.cfg.Scores+1),
		scrape: make(chan struct{}, r.cfg.Scrapes),
		score:  make(chan struct{}, r.cfg.Scores),
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	quiet := false // nothing was due, and nothing was in hand
	for {
		free := r.reserve(ctx, h.held)
		if free == 0 {
			return
		}
		last := isClosed(r.discovered) // before the claim: what is synced after it is seen by the next one
		jobs := r.claim(ctx, free)
		for range free - len(jobs) {
			<-h.held
		}
		for _, j := range jobs {
			wg.Go(func() {
				defer func() { <-h.held }()
				r.work(ctx, h, j)
			})
		}
		switch {
		case len(jobs) > 0:
			quiet = false
		case !last:
			if !r.waitForMore(ctx) {
				return
			}
		case quiet:
			return
		default: // what is in hand may come back due: a job that its user reopened meanwhile
			wg.Wait()
			quiet = true
		}
	}
}

// reserve waits for a place in the hand and takes all that are free. It returns 0 when the run is to end.
func (r *run) reserve(ctx context.Context, held chan struct{}) int {
	select {
	case <-r.stopped:
		return 0
	case <-ctx.Done():
		return 0
	case held <- struct{}{}:
	}
	n := 1
	for n < store.MaxClaim {
		select {
		case held <- struct{}{}:
			n++
		default:
			return n
		}
	}
	return n
}

// claim takes up to n jobs of the boards that are not resting.
func (r *run) claim(ctx context.Context, n int) []store.Job {
	sources := r.awake()
	if len(sources) == 0 || isClosed(r.stopped) || ctx.Err() != nil {
		return nil
	}
	call, done := lenient(ctx, giveBackGrace) // a claim that is cut off may have been granted, and nobody would know
	jobs, err := r.cfg.Store.Claim(call, n, r.cfg.Lease, sources...)
	done()
	if err != nil {
		if ctx.Err() == nil {
			r.abort(fmt.Errorf("forge: claim jobs: %w", err))
		}
		return nil
	}
	if len(jobs) > 0 {
		r.note(Event{Kind: EventClaimed, N: len(jobs)}, nil)
	}
	return jobs
}

// waitForMore waits until a sync made jobs due or none will; false: the run is to end.
func (r *run) waitForMore(ctx context.Context) bool {
	select {
	case <-r.synced:
		return true
	case <-r.discovered:
		return true
	case <-r.stopped:
		return false
	case <-ctx.Done():
		return false
	}
}

// work takes one claimed job from its text to its decision, and renews its lease all the while.
func (r *run) work(ctx context.Context, h hand, j store.Job) {
	leased, lose := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { r.keepLease(leased, j, lose) })
	defer wg.Wait()
	defer lose(nil)

	var place turn
	defer place.end() // after a failure is settled, so that nobody takes the place of one who found the board or the scorer down

	at := scraping
	data, scraped, err := r.text(leased, h, &place, j)
	var match enrich.Assessment
	if err == nil {
		at = scoring
		match, err = r.judgement(leased, h, &place, j, data)
	}
	if err == nil {
		at = recording
		err = r.record(leased, j, match, data, scraped)
	}
	if err == nil {
		return
	}
	if lost := context.Cause(leased); errors.Is(lost, store.ErrLeaseLost) || errors.Is(lost, store.ErrNotFound) {
		err = lost
	}
	r.settle(ctx, at, j, err)
}

// keepLease renews the lease three times in its life until ctx ends. A lease that was lost ends the work on the job; a store
// that cannot be reached does not, because only the store knows whether the lease still stands.
func (r *run) keepLease(ctx context.Context, j store.Job, lose context.CancelCauseFunc) {
	tick := time.NewTicker(max(r.cfg.Lease/3, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := r.renew(ctx, j)
		if errors.Is(err, store.ErrLeaseLost) || errors.Is(err, store.ErrNotFound) {
			lose(err)
			return
		}
	}
}

// renew gives up before the next tick, so that one call that hangs does not cost the lease.
func (r *run) renew(ctx context.Context, j store.Job) error {
	ctx, cancel := context.WithTimeout(ctx, max(r.cfg.Lease/3, time.Millisecond))
	defer cancel()
	return r.cfg.Store.Renew(ctx, j.Lease, r.cfg.Lease)
}

// errIdle ends work on a job that nobody failed: the run stops, or the board rests.
var errIdle = errors.New("forge: not started")

// text returns the job's text, from the store or from the board.
func (r *run) text(ctx context.Context, h hand, place *turn, j store.Job) (d enrich.Data, scraped bool, err error) {
	key := j.Lead.Key()
	if j.Data != nil {
		r.note(Event{Kind: EventReused, Key: key, N: j.Data.TextBytes()}, func(rep *Report) { rep.Reused++ })
		return *j.Data, false, nil
	}
	if err := place.wait(ctx, h.scrape, r.stopped); err != nil {
		return d, false, err
	}
	if r.isResting(key.Source) {
		return d, false, errIdle
	}
	board, known := r.boards[key.Source]
	if !known {
		return d, false, fmt.Errorf("forge: the store handed out %s, which no scraper reads", key)
	}
	err = r.guard(key.Source, func() (err error) {
		d, err = board.Detail(ctx, j.Lead)
		return err
	})
	if err == nil {
		d = d.Clean()
		err = d.Validate()
	}
	if err != nil {
		return d, false, fmt.Errorf("forge: read %s: %w", key, err)
	}
	place.end()
	r.answered(key.Source)
	r.note(Event{Kind: EventScraped, Key: key, N: d.TextBytes()}, nil)
	return d, true, nil
}

// judgement has the posting scored. What comes back is a valid match or an error.
func (r *run) judgement(ctx context.Context, h hand, place *turn, j store.Job, d enrich.Data) (enrich.Assessment, error) {
	if err := place.wait(ctx, h.score, r.stopped); err != nil {
		return enrich.Assessment{}, err
	}
	var m enrich.Assessment
	err := r.guard("scorer", func() (err error) {
		m, err = r.cfg.Scorer.Score(ctx, r.cfg.Resume, enrich.Posting{Lead: j.Lead, Data: d})
		return err
	})
	if err != nil {
		return m, fmt.Errorf("forge: score %s: %w", j.Lead.Key(), err)
	}
	m = m.Clean()
	if err := m.Validate(); err != nil {
		return m, fmt.Errorf("forge: score %s: %w: %w", j.Lead.Key(), scorer.ErrReply, err)
	}
	place.end()
	return m, nil
}

// A turn is one job's place among those who scrape or score; the zero turn holds none.
type turn struct{ places chan struct{} }

// wait takes a place, unless the run stops first.
func (t *turn) wait(ctx context.Context, places chan struct{}, stopped <-chan struct{}) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-stopped:
		return errIdle
	case places <- struct{}{}:
		t.places = places
	}
	if isClosed(stopped) { // select does not say which came first
		return errIdle
	}
	return ctx.Err()
}

// end gives the place up, if there is one.
func (t *turn) end() {
	if t.places != nil {
		<-t.places
		t.places = nil
	}
}

// record is stage 3. The model's work is done, so it is kept even if the caller has just cancelled.
func (r *run) record(ctx context.Context, j store.Job, m enrich.Assessment, d enrich.Data, scraped bool) error {
	result := r.cfg.Gate.Decide(m, d)
	if !scraped {
		result.Data = nil // text that came from the store would look fresh for ever
	}
	call, done := lenient(ctx, recordGrace)
	err := r.cfg.Store.Decide(call, j.Lease, result)
	done()
	if err != nil {
		return fmt.Errorf("forge: record %s: %w", j.Lead.Key(), err)
	}
	e := Event{Kind: EventMatched, Key: j.Lead.Key(), N: m.Score}
	if result.Status == lead.Matched {
		r.note(e, func(rep *Report) { rep.Matched++ })
		return nil
	}
	e.Kind = EventRejected
	r.note(e, func(rep *Report) {
		rep.Rejected++
		if scraped {
			rep.JunkBytes += int64(d.TextBytes())
		}
	})
	return nil
}

// settle ends a claim that came to no decision: what the failure does is the table's to say.
func (r *run) settle(ctx context.Context, at step, j store.Job, err error) {
	key := j.Lead.Key()
	if errors.Is(err, errIdle) {
		r.release(ctx, j, store.Outcome{Cause: "not started"})
		return
	}
	v := r.judge(ctx, at, err, j.Attempts)
	switch v.does {
	case drop:
		r.note(Event{Kind: EventLost, Key: key, Err: err}, nil)
		return
	case restBoard:
		r.rest(key.Source, err)
	case strain:
		r.strained(key.Source, err)
	case stopRun:
		if at == recording {
			r.abort(err)
		} else {
			r.stop(err)
		}
	case giveUp, closeJob:
		if at == scraping {
			r.answered(key.Source)
		}
	case giveBack:
	}
	if !r.release(ctx, j, v.outcome) || v.does == giveBack {
		return
	}
	r.log.Info("job not decided", "key", key, "cause", v.outcome.Cause, "status", v.outcome.Status, "after", v.outcome.After)
	switch v.outcome.Status {
	case lead.Closed:
		r.note(Event{Kind: EventClosed, Key: key}, func(rep *Report) { rep.Closed++ })
	case lead.Failed:
		r.note(Event{Kind: EventFailed, Key: key, Err: err}, func(rep *Report) { rep.Failed++ })
	default:
		r.note(Event{Kind: EventRetried, Key: key, Err: err}, func(rep *Report) { rep.Retried++ })
	}
}

// release gives a claim back, also after the caller cancelled. A release that does not arrive is no loss: the lease ends.
func (r *run) release(ctx context.Context, j store.Job, o store.Outcome) bool {
	call, done := lenient(ctx, giveBackGrace)
	err := r.cfg.Store.Release(call, j.Lease, o)
	done()
	switch key := j.Lead.Key(); {
	case err == nil:
		return true
	case errors.Is(err, store.ErrLeaseLost), errors.Is(err, store.ErrNotFound):
		r.note(Event{Kind: EventLost, Key: key, Err: err}, nil)
	default:
		r.log.Warn("claim not given back; it ends with its lease", "key", key)
	}
	return false
}

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}
