package forge

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
)

// A step is where in a job's life a failure happened: the same error may mean different things in different steps.
type step int

const (
	scraping step = 1 << iota
	scoring
	recording
	anyStep = scraping | scoring | recording
)

// A reaction is what a failure does beyond ending the claim.
type reaction int

const (
	giveBack  reaction = iota // the job is due again, nothing else
	drop                      // the claim is another's already: touch nothing
	restBoard                 // the board is left alone for this run
	strain                    // the board rests if this happens strainLimit times in a row
	stopRun                   // no more jobs are claimed, and the error is returned
	giveUp                    // the job's own fault: counted, and FAILED after MaxAttempts
	closeJob                  // the board took the job down
)

// strainLimit is how many transport failures in a row make a board rest: it is down, and asking on helps nobody.
const strainLimit = 5

// A failureClass is one row of the table that says what a failure does.
type failureClass struct {
	name  string // for people: it becomes the job's last_error
	steps step
	is    func(error) bool
	does  reaction
	after func(attempts int) time.Duration // until the job is due again, unless the error says longer; nil: at once
}

// failureClasses is the table, first match first. The last row matches everything: an error that nobody named is taken for
// the job's own, so that it cannot come back for ever.
func failureClasses() []failureClass {
	is := func(targets ...error) func(error) bool {
		return func(err error) bool {
			for _, t := range targets {
				if errors.Is(err, t) {
					return true
				}
			}
			return false
		}
	}
	return []failureClass{
		{"lease lost", anyStep, is(store.ErrLeaseLost, store.ErrNotFound), drop, nil},
		{"job is gone", scraping, is(scraper.ErrGone), closeJob, nil},
		{"board refuses this client", scraping, is(scraper.ErrBlocked), restBoard, nil},
		{"markup not recognised", scraping, is(scraper.ErrMarkup), restBoard, nil},
		{"board did not answer", scraping, temporary, strain, transportBackoff},
		{"scorer unavailable", scoring, is(scorer.ErrUnavailable), stopRun, nil},
		{"posting too long", scoring, is(scorer.ErrTooLong), giveUp, attemptBackoff},
		{"scorer's reply not usable", scoring, is(scorer.ErrReply), giveUp, attemptBackoff},
		{"scorer did not answer", scoring, temporary, stopRun, nil},
		{"decision not valid", recording, is(store.ErrInvalid), giveUp, attemptBackoff},
		{"store failed", recording, func(error) bool { return true }, stopRun, nil},
		{"posting could not be read", scraping, func(error) bool { return true }, giveUp, attemptBackoff},
		{"posting could not be scored", scoring, func(error) bool { return true }, giveUp, attemptBackoff},
	}
}

// A verdict is what one failure does to one job.
type verdict struct {
	does    reaction
	outcome store.Outcome
}

// judge looks a failure up in the table. A run that was cancelled makes every failure its own doing.
func (p *Pipeline) judge(ctx context.Context, at step, err error, attempts int) verdict {
	if ctx.Err() != nil && !errors.Is(err, store.ErrLeaseLost) && !errors.Is(err, scraper.ErrGone) {
		return verdict{does: giveBack, outcome: store.Outcome{Cause: "cancelled"}}
	}
	for _, c := range failureClasses() {
		if c.steps&at == 0 || !c.is(err) {
			continue
		}
		v := verdict{does: c.does, outcome: store.Outcome{Cause: cause(c.name, err)}}
		switch c.does {
		case closeJob:
			v.outcome.Status = lead.Closed
			return v
		case giveUp:
			v.outcome.Counts = true
			if attempts+1 >= p.cfg.MaxAttempts {
				v.outcome.Status = lead.Failed
				return v
			}
		}
		if c.after != nil {
			v.outcome.After = p.jitter(c.after(attempts))
		}
		v.outcome.After = max(v.outcome.After, backoff.FromError(err))
		return v
	}
	return verdict{does: giveUp, outcome: store.Outcome{Counts: true, Cause: "unknown failure"}} // the table has no gap
}

// cause says what failed for the job's record. Errors of boards name the page by contract; those of scorers may hold the
// model's words or the résumé, and are left out.
func cause(name string, err error) string {
	if page, ok := errors.AsType[*scraper.PageError](err); ok {
		name += ": " + page.Error()
	}
	return name[:min(len(name), store.MaxCauseBytes)]
}

// temporary reports whether err is the network's or a busy server's, so that it says nothing about the job.
func temporary(err error) bool {
	if page, ok := errors.AsType[*scraper.PageError](err); ok && page.Temporary() {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok { // *url.Error, *net.OpError, context.DeadlineExceeded
		return true
	}
	return backoff.FromError(err) > 0 || errors.Is(err, context.Canceled)
}

// attemptBackoff grows fourfold with each failure of the job: a minute, four, sixteen, then an hour.
func attemptBackoff(attempts int) time.Duration {
	return min(time.Minute<<(2*min(attempts, 5)), time.Hour)
}

// transportBackoff is the same for every try: the failure is not the job's, so its count says nothing.
func transportBackoff(int) time.Duration { return 5 * time.Minute }

// jitter spreads d by a fifth to both sides, so that what failed together does not return together.
func jitter(d time.Duration) time.Duration {
	return d - d/5 + time.Duration(rand.Int64N(int64(d/5*2)+1))
}
