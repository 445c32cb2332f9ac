package forge

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
)

// A step is where in a job's life a failure happened: the same error can mean different things in
// different steps.
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
	giveBack   reaction = iota // the job is due again, nothing else
	drop                       // the claim is another's already: touch nothing
	pauseBoard                 // the board is left alone for this run
	stopRun                    // no more jobs are claimed, and the error is returned
	abortRun                   // everything stops, and the error is returned
	giveUp                     // the job's own fault: the attempt counts
	closeJob                   // the board took the job down

	// The job's own fault, unless others fail alike: see blame.
	doubtAdvert
	doubtPace
	doubtBoard // no attempt counts: the failure is the board's even if it answers for other adverts
	doubtReply
	doubtServer
	doubtSpeed
)

// A failureClass is one row of the table that says what a failure does.
type failureClass struct {
	name  string // for people: the job's last error begins with it
	steps step
	is    func(error) bool
	does  reaction
	// after is how long the job is not due, unless the error asks for longer. If nil, the job is
	// due at once.
	after func(attempts int) time.Duration
	// again is what the failure does to a job whose last error was of the same class. If zero, it
	// is does.
	again reaction
}

// failureClasses are the table. The first row that matches counts. An error that nobody named is
// taken for the job's own where others succeed, so that it cannot come back for ever.
var failureClasses = []failureClass{
	{
		name: "lease lost", steps: anyStep, is: anyOf(store.ErrLeaseLost, store.ErrNotFound),
		does: drop,
	},

	{
		name: "no scraper for this board", steps: scraping, is: anyOf(errNoScraper),
		does: giveUp, after: attemptBackoff,
	},
	{
		name: "job is gone", steps: scraping, is: anyOf(scraper.ErrGone),
		does: closeJob,
	},
	{
		name: "board did not send the advert in time", steps: scraping, is: anyOf(errOverdue),
		does: doubtPace, after: attemptBackoff,
	},
	{
		name: "board refuses this client", steps: scraping, is: anyOf(scraper.ErrBlocked),
		does: pauseBoard, again: doubtAdvert,
	},
	{
		name: "advert leads to another page", steps: scraping, is: leadsElsewhere,
		does: doubtAdvert, after: nextDay, again: closeJob,
	},
	{
		name: "advert could not be read", steps: scraping, is: anyOf(scraper.ErrPosting),
		does: doubtAdvert, after: attemptBackoff,
	},
	{
		name: "markup not recognised", steps: scraping, is: anyOf(scraper.ErrMarkup),
		does: doubtAdvert, after: attemptBackoff,
	},
	{
		name: "board did not answer", steps: scraping, is: temporary,
		does: doubtBoard, after: transportBackoff,
	},
	{
		name: "posting could not be read", steps: scraping, is: anything,
		does: doubtAdvert, after: attemptBackoff,
	},

	{
		name: "posting was not scored in time", steps: scoring, is: anyOf(errOverdue),
		does: doubtSpeed, after: attemptBackoff,
	},
	{
		name: "scorer's server failed at this posting", steps: scoring, is: anyOf(scorer.ErrCrashed),
		does: doubtServer, after: transportBackoff,
	},
	{
		name: "scorer unavailable", steps: scoring, is: anyOf(scorer.ErrUnavailable),
		does: stopRun,
	},
	{
		name: "posting too long", steps: scoring, is: anyOf(scorer.ErrTooLong),
		does: doubtReply, after: attemptBackoff,
	},
	{
		name: "posting cannot be judged", steps: scoring, is: anyOf(scorer.ErrPosting),
		does: giveUp, after: attemptBackoff,
	},
	{
		name: "scorer's reply not usable", steps: scoring, is: anyOf(scorer.ErrReply),
		does: doubtReply, after: attemptBackoff,
	},
	{
		name: "scorer did not answer", steps: scoring, is: temporary,
		does: stopRun,
	},
	{
		name: "posting could not be scored", steps: scoring, is: anything,
		does: doubtReply, after: attemptBackoff,
	},

	{
		name: "decision not valid", steps: recording, is: anyOf(store.ErrInvalid),
		does: giveUp, after: attemptBackoff,
	},
	{
		name: "store failed", steps: recording, is: anything,
		does: abortRun,
	},
}

func anyOf(targets ...error) func(error) bool {
	return func(err error) bool {
		for _, t := range targets {
			if errors.Is(err, t) {
				return true
			}
		}
		return false
	}
}

func anything(error) bool { return true }

func leadsElsewhere(err error) bool {
	_, ok := errors.AsType[*scraper.RedirectError](err)
	return ok
}

// A verdict is what one failure does to one job.
type verdict struct {
	does    reaction
	outcome store.Outcome // where the failure is the job's own
	before  record        // earlier failures of the same class
	asked   time.Duration // how long the board or the scorer asked to wait
}

// cancelledVerdict gives a job back because its run was cancelled. It keeps the cause of the job's
// last failure, on which the meaning of the next one can depend.
func cancelledVerdict(j store.Job) verdict {
	return verdict{does: giveBack, outcome: store.Outcome{Cause: cmp.Or(j.Cause, "cancelled")}}
}

// suspicion begins the last error of a job that failed together with others, so that its attempt
// was not counted.
const suspicion = "not only this job: "

// judge looks a failure up in the table. A run that was cancelled is the cause of every failure in
// it.
func (p *Pipeline) judge(ctx context.Context, at step, j store.Job, err error) verdict {
	if ctx.Err() != nil && !errors.Is(err, store.ErrLeaseLost) && !errors.Is(err, scraper.ErrGone) {
		return cancelledVerdict(j)
	}
	for _, c := range failureClasses {
		if c.steps&at != 0 && c.is(err) {
			return p.verdict(c, j, err)
		}
	}
	// Not reached: the table has a row for anything in each step.
	return verdict{does: giveUp, outcome: store.Outcome{Counts: true, Cause: "unknown failure"}}
}

func (p *Pipeline) verdict(c failureClass, j store.Job, err error) verdict {
	v := verdict{does: c.does, outcome: store.Outcome{Cause: cause(c.name, err)}}
	switch {
	case strings.HasPrefix(j.Cause, suspicion+c.name):
		v.before = suspected
	case strings.HasPrefix(j.Cause, c.name):
		v.before = convicted
	}
	if v.before == convicted || v.before == suspected && c.again != closeJob {
		v.does = cmp.Or(c.again, c.does)
	}
	switch {
	case v.does == closeJob:
		v.outcome.Status = lead.Closed
		return v
	case v.does == pauseBoard:
		v.outcome.Cause = cut(suspicion + v.outcome.Cause)
	case v.does == doubtBoard, v.does == doubtServer && v.before == fresh: // once is the server's fault
	case v.does >= giveUp:
		v.outcome.Counts = true
		if j.Attempts+1 >= p.cfg.MaxAttempts {
			v.outcome.Status = lead.Failed
			return v
		}
	}
	if c.after != nil {
		v.outcome.After = p.jitter(c.after(j.Attempts))
	}
	v.asked = backoff.FromError(err)
	v.outcome.After = max(v.outcome.After, v.asked)
	return v
}

// innocent is the outcome of a failure whose fault is common to all jobs. The job is put off, so
// that next time others are tried before it.
func (p *Pipeline) innocent(v verdict) store.Outcome {
	after := max(v.asked, p.jitter(commonBackoff))
	return store.Outcome{After: after, Cause: cut(suspicion + v.outcome.Cause)}
}

// cause says what failed for the job's record. The errors of boards name the page by contract.
// Those of scorers can hold the model's words or the résumé and are left out.
func cause(name string, err error) string {
	if page, ok := errors.AsType[*scraper.PageError](err); ok {
		name += ": " + page.Error()
	}
	return cut(name)
}

func cut(s string) string { return s[:min(len(s), store.MaxCauseBytes)] }

// temporary reports whether err is the network's or a busy server's, so that it says nothing about
// the job.
func temporary(err error) bool {
	if page, ok := errors.AsType[*scraper.PageError](err); ok && page.Temporary() {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok { // *url.Error, *net.OpError, context.DeadlineExceeded
		return true
	}
	return backoff.FromError(err) > 0 || errors.Is(err, context.Canceled)
}

// attemptBackoff grows fourfold with each failure of the job: a minute, four, sixteen, then an
// hour.
func attemptBackoff(attempts int) time.Duration {
	return min(time.Minute<<(2*min(attempts, 5)), time.Hour)
}

// transportBackoff is the same for every attempt: the failure is not the job's, so their number
// says nothing.
func transportBackoff(int) time.Duration { return 5 * time.Minute }

// commonBackoff puts a job behind those that are due already.
const commonBackoff = 15 * time.Minute

// nextDay is longer than a day by what jitter can take off.
func nextDay(int) time.Duration { return 30 * time.Hour }

// jitter spreads d by a fifth to both sides, so that what failed together does not return together.
func jitter(d time.Duration) time.Duration {
	return d - d/5 + rand.N(d/5*2+1)
}
