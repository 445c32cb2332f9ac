package forge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
)

// A workshop is where claimed jobs become decisions. Its semaphores bound how many jobs the run
// holds, and how many of them are read and scored at the same time.
type workshop struct {
	*run
	// as many as are read and scored at once, and enough ready ones that the scorer never waits
	jobs   semaphore
	reads  semaphore
	scores semaphore
}

// enrich is stages 2 and 3: it claims as many jobs as the workshop has room for, until nothing is
// due and nothing more will be synced.
func (r *run) enrich(ctx context.Context) {
	w := workshop{
		run:    r,
		jobs:   make(semaphore, r.cfg.Scrapes+2*r.cfg.Scores+1),
		reads:  make(semaphore, r.cfg.Scrapes),
		scores: make(semaphore, r.cfg.Scores),
	}
	var working sync.WaitGroup
	finish := func() {
		w.jobs.drain()
		r.finishDoubts()
		working.Wait()
	}
	defer finish()
	quiet := false // nothing was due, and no job was held
	for {
		free := w.reserve(ctx)
		if len(free) == 0 {
			return
		}
		last := isClosed(r.discovered) // before the claim: what is synced after it is seen by the next one
		jobs := r.claim(ctx, len(free))
		for i := range free {
			if i >= len(jobs) {
				free[i].release()
				continue
			}
			working.Go(func() { w.work(ctx, free[i], jobs[i]) })
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
		default: // a job that is held can come back due: its user reopened it meanwhile
			finish()
			quiet = true
		}
	}
}

// reserve waits for room for a job and takes all that there is. It returns none when the run is to
// end.
func (w workshop) reserve(ctx context.Context) []slot {
	s, err := w.jobs.acquire(ctx, w.stopped)
	if err != nil {
		return nil
	}
	free := []slot{s}
	for len(free) < store.MaxClaim {
		s := w.jobs.tryAcquire()
		if !s.held() {
			break
		}
		free = append(free, s)
	}
	return free
}

// claim takes up to n jobs of the boards that are not paused.
func (r *run) claim(ctx context.Context, n int) []store.Job {
	var sources []string
	for source, b := range r.boards {
		if !b.isPaused() {
			sources = append(sources, source)
		}
	}
	if len(sources) == 0 || isClosed(r.stopped) || ctx.Err() != nil {
		return nil
	}
	slices.Sort(sources)
	// A claim that is cut off could have been granted, and nobody would know.
	call, done := lenient(ctx, giveBackGrace)
	jobs, err := r.cfg.Store.Claim(call, n, r.cfg.Lease, sources...)
	done()
	if err != nil {
		if ctx.Err() == nil {
			r.end(aborted, "store failed", fmt.Errorf("forge: claim jobs: %w", err))
		}
		return nil
	}
	if len(jobs) > 0 {
		r.note(Event{Kind: EventClaimed, N: len(jobs)}, nil)
	}
	return jobs
}

// waitForMore waits until a sync made jobs due or none will. It returns false if the run is to end.
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

// errIdle ends the work on a job that nobody failed: the run stops, or the board is paused.
var errIdle = errors.New("forge: not started")

// errNoScraper means that a store handed out what it was not asked for.
var errNoScraper = errors.New("which no scraper reads")

// A jobRun is the work on one claimed job.
type jobRun struct {
	workshop
	store.Job
	room slot // for the job; given up when only a verdict is waited for
	at   step

	busy    slot   // for the call that is under way
	attempt *blame // who judges its failure
}

// enter waits until the next call can be made.
func (t *jobRun) enter(ctx context.Context, s semaphore, b *blame) (err error) {
	if t.busy, err = s.acquire(ctx, t.stopped); err != nil {
		return err
	}
	if err = b.begin(ctx, t.stopped); err == nil {
		t.attempt = b
	}
	return err
}

// leave notes that the call is over. Leaving again does nothing.
func (t *jobRun) leave() {
	if t.attempt != nil {
		t.attempt.end()
		t.attempt = nil
	}
	t.busy.release()
}

// work takes one claimed job from its text to its decision, and renews its lease all the while.
func (w workshop) work(ctx context.Context, room slot, j store.Job) {
	leased, lose := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { w.keepLease(leased, j.Lease, lose) })
	defer wg.Wait()
	defer lose(nil)

	t := jobRun{workshop: w, Job: j, room: room}
	defer t.room.release()
	// after a failure is settled: whoever is next must know if the board or the scorer is down
	defer t.leave()

	err := t.decide(leased)
	if err == nil {
		return
	}
	if lost := context.Cause(leased); errors.Is(lost, store.ErrLeaseLost) ||
		errors.Is(lost, store.ErrNotFound) {
		err = lost
	}
	t.settle(ctx, err)
}

func (t *jobRun) decide(ctx context.Context) error {
	t.at = scraping
	data, read, err := t.text(ctx)
	if err != nil {
		return err
	}
	t.at = scoring
	a, err := t.assess(ctx, data)
	if err != nil {
		return err
	}
	t.at = recording
	return t.record(ctx, a, data, read)
}

// text returns the job's text, from the store or from the board. It reports whether it was read
// from the board.
func (t *jobRun) text(ctx context.Context) (d enrich.Data, read bool, err error) {
	key := t.Lead.Key()
	if t.Data != nil {
		t.note(Event{Kind: EventReused, Key: key, N: t.Data.TextBytes()}, func(rep *Report) { rep.Reused++ })
		return *t.Data, false, nil
	}
	b, known := t.boards[key.Source]
	if !known {
		return d, false, fmt.Errorf("forge: the store handed out %s, %w", key, errNoScraper)
	}
	if err = t.enter(ctx, t.reads, b.blame); err != nil {
		return d, false, err
	}
	if b.isPaused() {
		return d, false, errIdle
	}
	d, err = guarded(ctx, t.run, key.Source, t.cfg.ScrapeTimeout,
		func(ctx context.Context) (enrich.Data, error) {
			return b.Detail(ctx, t.Lead)
		})
	if err == nil {
		d = d.Clean()
		if invalid := d.Validate(); invalid != nil {
			err = fmt.Errorf("%w: %w", scraper.ErrPosting, invalid)
		}
	}
	if err != nil {
		return d, false, fmt.Errorf("forge: read %s: %w", key, err)
	}
	b.read()
	t.leave()
	t.note(Event{Kind: EventScraped, Key: key, N: d.TextBytes()}, nil)
	return d, true, nil
}

// assess has the posting scored. The result is a valid assessment or an error.
func (t *jobRun) assess(ctx context.Context, d enrich.Data) (a enrich.Assessment, err error) {
	if err = t.enter(ctx, t.scores, t.postings); err != nil {
		return a, err
	}
	a, err = guarded(ctx, t.run, "scorer", t.cfg.ScoreTimeout,
		func(ctx context.Context) (enrich.Assessment, error) {
			return t.scorer.Score(ctx, t.cfg.Resume, enrich.Posting{Lead: t.Lead, Data: d})
		})
	if err == nil {
		a = a.Clean()
		if invalid := a.Validate(); invalid != nil {
			err = fmt.Errorf("%w: %w", scorer.ErrReply, invalid)
		}
	}
	if err != nil {
		return a, fmt.Errorf("forge: score %s: %w", t.Lead.Key(), err)
	}
	t.postings.success()
	t.leave()
	return a, nil
}

// record is stage 3. The scorer's work is done, so it is kept even if the caller has just
// cancelled.
func (t *jobRun) record(ctx context.Context, a enrich.Assessment, d enrich.Data, read bool) error {
	key := t.Lead.Key()
	decision := t.cfg.Gate.Decide(a, d)
	if !read {
		decision.Data = nil // text that came from the store would look fresh for ever
	}
	call, done := lenient(ctx, recordGrace)
	err := t.cfg.Store.Decide(call, t.Lease, decision)
	done()
	if err != nil {
		return fmt.Errorf("forge: record %s: %w", key, err)
	}
	if decision.Status == lead.Matched {
		t.note(Event{Kind: EventMatched, Key: key, N: a.Score}, func(rep *Report) { rep.Matched++ })
		return nil
	}
	t.note(Event{Kind: EventRejected, Key: key, N: a.Score}, func(rep *Report) {
		rep.Rejected++
		if read {
			rep.JunkBytes += int64(d.TextBytes())
		}
	})
	return nil
}
