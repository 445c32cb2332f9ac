package forge

import (
	"cmp"
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

// An enricher is a run with the semaphores that limit how many jobs it holds, and how many of them
// are read and scored at the same time.
type enricher struct {
	*run
	// claimed jobs: those that are read or scored, and enough ready ones that the scorer never
	// waits
	jobs   semaphore
	reads  semaphore
	scores semaphore
}

// enrich runs stages 2 and 3. It claims jobs while there is room, and returns when none is due and
// discovery has ended.
func (r *run) enrich(ctx context.Context) {
	e := enricher{
		run:    r,
		jobs:   make(semaphore, r.cfg.Scrapes+2*r.cfg.Scores+1),
		reads:  make(semaphore, r.cfg.Scrapes),
		scores: make(semaphore, r.cfg.Scores),
	}
	var working sync.WaitGroup
	finish := func() {
		e.jobs.drain()
		r.finishDoubts()
		working.Wait()
	}
	defer finish()
	quiet := false // the last claim was empty, and no job was in progress
	for {
		free := e.reserve(ctx)
		if len(free) == 0 {
			return
		}
		last := isClosed(r.discovered) // read first: the next claim gets what is synced from here on
		jobs := r.claim(ctx, len(free))
		for i := range free {
			if i >= len(jobs) {
				free[i].release()
				continue
			}
			working.Go(func() { e.work(ctx, free[i], jobs[i]) })
		}
		if len(jobs) > 0 {
			quiet = false
			continue
		}
		if !last {
			if !r.waitForMore(ctx) {
				return
			}
			continue
		}
		if quiet {
			return
		}
		finish() // a job in progress becomes due again if its user reopens it, so claim once more
		quiet = true
	}
}

// reserve waits for a free slot and then takes all free slots, at most store.MaxClaim. It returns
// none if the run is stopping.
func (e enricher) reserve(ctx context.Context) []slot {
	s, err := e.jobs.acquire(ctx, e.stopped)
	if err != nil {
		return nil
	}
	free := []slot{s}
	for len(free) < store.MaxClaim {
		s := e.jobs.tryAcquire()
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
	// A cancelled claim can already have leased jobs in the store, so it is allowed to finish.
	call, done := withGrace(ctx, storeGrace)
	jobs, err := r.cfg.Store.Claim(call, n, r.cfg.Lease, sources...)
	done()
	if err != nil {
		if ctx.Err() == nil {
			r.stop(aborted, "store failed", fmt.Errorf("forge: claim jobs: %w", err))
		}
		return nil
	}
	if len(jobs) > 0 {
		r.note(Event{Kind: EventClaimed, N: len(jobs)}, nil)
	}
	return jobs
}

// waitForMore waits until a sync makes jobs due or discovery ends. It returns false if the run is
// stopping.
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

// errNotStarted means that the next call was not made because the run is stopping or the board is
// paused. It is no failure of the job.
var errNotStarted = errors.New("forge: not started")

// errNoScraper means that Claim returned a job of a source that it was not asked for.
var errNoScraper = errors.New("no scraper for this source")

// A task processes one claimed job.
type task struct {
	enricher
	store.Job
	jobSlot slot // of enricher.jobs; released early while the job waits for its blame
	at      step

	fingerprint uint64 // of the text, 0 if it says too little
	twin        bool   // the assessment is that of a twin

	callSlot slot   // of the call in progress
	attempt  *blame // of the call in progress
}

// enter acquires a slot of s and waits until b admits another call to the board or the scorer.
func (t *task) enter(ctx context.Context, s semaphore, b *blame) (err error) {
	if t.callSlot, err = s.acquire(ctx, t.stopped); err != nil {
		return err
	}
	if err = b.begin(ctx, t.stopped); err == nil {
		t.attempt = b
	}
	return err
}

// leave ends the call that enter began. Leaving again does nothing.
func (t *task) leave() {
	if t.attempt != nil {
		t.attempt.end()
		t.attempt = nil
	}
	t.callSlot.release()
}

// work processes one claimed job, and renews its lease until the job is decided or given back.
func (e enricher) work(ctx context.Context, room slot, j store.Job) {
	leased, done := e.withLease(ctx, j.Lease)
	defer done()
	t := task{enricher: e, Job: j, jobSlot: room}
	defer t.jobSlot.release()
	if err := t.decide(leased); err != nil {
		t.settle(ctx, cmp.Or(lostLease(leased), err))
	}
	t.leave() // after settle: the next call must see whether the board or the scorer is down
}

func (t *task) decide(ctx context.Context) error {
	t.at = scraping
	data, read, err := t.text(ctx)
	if err != nil {
		return err
	}
	t.at = scoring
	a, err := t.assessOnce(ctx, data)
	if err != nil {
		return err
	}
	t.at = recording
	return t.record(ctx, a, data, read)
}

// text returns the text of the posting. It reports whether the text was read from the board, not
// the store.
func (t *task) text(ctx context.Context) (d enrich.Data, read bool, err error) {
	key := t.Lead.Key()
	if t.Data != nil {
		t.note(Event{Kind: EventReused, Key: key, N: t.Data.TextBytes()}, func(rep *Report) { rep.Reused++ })
		return *t.Data, false, nil
	}
	b, known := t.boards[key.Source]
	if !known {
		return d, false, fmt.Errorf("forge: the store returned %s: %w", key, errNoScraper)
	}
	if err = t.enter(ctx, t.reads, b.blame); err != nil {
		return d, false, err
	}
	if b.isPaused() {
		return d, false, errNotStarted
	}
	detail := func(ctx context.Context) (enrich.Data, error) { return b.Detail(ctx, t.Lead) }
	d, err = guarded(ctx, t.run, key.Source, t.cfg.ScrapeTimeout, detail)
	if err == nil {
		d = d.Clean()
		if invalid := d.Validate(); invalid != nil {
			err = fmt.Errorf("%w: %w", scraper.ErrPosting, invalid)
		}
	}
	if err != nil {
		return d, false, fmt.Errorf("forge: read %s: %w", key, err)
	}
	b.noteRead()
	t.leave()
	t.note(Event{Kind: EventScraped, Key: key, N: d.TextBytes()}, nil)
	return d, true, nil
}

// assess scores the posting. The result is a valid assessment or an error.
func (t *task) assess(ctx context.Context, d enrich.Data) (a enrich.Assessment, err error) {
	if err = t.enter(ctx, t.scores, t.postings); err != nil {
		return a, err
	}
	score := func(ctx context.Context) (enrich.Assessment, error) {
		return t.scorer.Score(ctx, t.cfg.Resume, enrich.Posting{Lead: t.Lead, Data: d})
	}
	a, err = guarded(ctx, t.run, "scorer", t.cfg.ScoreTimeout, score)
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

// record is stage 3. It stores the decision even if the caller has just cancelled, because a score
// is expensive.
func (t *task) record(ctx context.Context, a enrich.Assessment, d enrich.Data, read bool) error {
	key := t.Lead.Key()
	decision := t.cfg.Gate.Decide(a, d)
	if t.Keep && decision.Status == lead.AutoRejected {
		decision.Status, decision.Data, decision.Kept = lead.Matched, &d, true
	}
	if !read {
		decision.Data = nil // storing the store's own text again would reset its age
	}
	if decision.Status == lead.AutoRejected && t.cfg.Sketcher != nil {
		decision.Sketch = t.sketch(ctx, d)
	}
	decision.Basis, decision.Fingerprint = t.basis(ctx), t.fingerprint
	call, done := withGrace(ctx, recordGrace)
	err := t.cfg.Store.Decide(call, t.Lease, decision)
	done()
	if err != nil {
		return fmt.Errorf("forge: record %s: %w", key, err)
	}
	if t.twin {
		t.note(Event{Kind: EventTwin, Key: key, N: a.Score}, func(rep *Report) { rep.Twins++ })
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

// sketch returns what is kept of a rejected text. A sketcher that fails costs the job no more than its
// sketch.
func (t *task) sketch(ctx context.Context, d enrich.Data) enrich.Sketch {
	sketch, err := guarded(ctx, t.run, "sketcher", t.cfg.ScoreTimeout,
		func(context.Context) (enrich.Sketch, error) {
			return t.cfg.Sketcher.Sketch(enrich.Posting{Lead: t.Lead, Data: d}), nil
		})
	if err == nil {
		err = sketch.Validate()
	}
	if err != nil {
		t.log.Warn("no sketch of a rejected posting", "key", t.Lead.Key())
		return nil
	}
	return sketch
}
