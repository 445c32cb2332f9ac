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

// A step is the part of the work in which a failure happened. The same error can mean different
// things in different steps.
type step int

const (
	scraping step = 1 << iota
	scoring
	recording
	anyStep = scraping | scoring | recording
)

// A reaction is what the pipeline does about a failure, besides ending the claim.
type reaction int

const (
	giveBack   reaction = iota // the job is due again, nothing else
	drop                       // another process owns the claim; leave the job alone
	pauseBoard                 // the board is paused for this run
	stopRun                    // no more jobs are claimed, and the error is returned
	abortRun                   // everything stops, and the error is returned
	giveUp                     // the failure is the job's own, and the attempt counts
	closeJob                   // the board took the job down

	// The job's own fault, unless other jobs fail in the same way: see blame.
	doubtAdvert
	doubtPace
	doubtBoard // the attempt never counts: it is the board's failure even if other adverts arrive
	doubtReply
	doubtServer
	doubtSpeed
)

// A failureClass says how to react to one class of failures.
type failureClass struct {
	// name is for people, and begins the stored cause, by which verdict knows a repeat. It must
	// not change, and no name begins another.
	name  string
	steps step
	is    func(error) bool
	does  reaction
	// after is the delay before the job is due again. A longer wait that the error asks for takes
	// precedence. If nil, the job is due at once.
	after func(attempts int) time.Duration
	// again replaces does if the last failure of the job was of the same class. If zero, does
	// applies.
	again reaction
}

// failureClasses is searched in order, and the first match applies. An unknown error is the job's
// own fault if other jobs succeed, so that a bad job is not tried for ever.
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

// A verdict says how one failure affects its job.
type verdict struct {
	does    reaction
	outcome store.Outcome // if the failure is the job's own
	before  record        // earlier failures of the same class
	asked   time.Duration // how long the board or the scorer asked to wait
}

// cancelledVerdict gives a job back because its run was cancelled. It keeps the stored cause,
// because the class of the last failure affects how the next one is judged.
func cancelledVerdict(j store.Job) verdict {
	return verdict{does: giveBack, outcome: store.Outcome{Cause: cmp.Or(j.Cause, "cancelled")}}
}

// commonPrefix begins the stored cause of a job that failed together with others. Its attempt was not
// counted.
const commonPrefix = "not only this job: "

// judge looks a failure up in failureClasses. If the run was cancelled, that is the reason of every
// failure in it.
func (p *Pipeline) judge(ctx context.Context, at step, j store.Job, err error) verdict {
	if ctx.Err() != nil && !errors.Is(err, store.ErrLeaseLost) && !errors.Is(err, scraper.ErrGone) {
		return cancelledVerdict(j)
	}
	for _, c := range failureClasses {
		if c.steps&at != 0 && c.is(err) {
			return p.verdict(c, j, err)
		}
	}
	// Unreachable: the last class of each step matches every error.
	return verdict{does: giveUp, outcome: store.Outcome{Counts: true, Cause: "unknown failure"}}
}

func (p *Pipeline) verdict(c failureClass, j store.Job, err error) verdict {
	v := verdict{
		does:    c.does,
		outcome: store.Outcome{Cause: cause(c.name, err)},
		before:  recordOf(j, c),
		asked:   backoff.FromError(err),
	}
	// A redirect closes a job only if the one before was the job's own: see failureClass.again.
	repeated := v.before == wasOwn || v.before == wasCommon && c.again != closeJob
	if repeated && c.again != giveBack {
		v.does = c.again
	}
	if v.does == closeJob {
		v.outcome.Status = lead.Closed
		return v
	}
	if v.does == pauseBoard {
		v.outcome.Cause = cut(commonPrefix + v.outcome.Cause)
	}
	if v.outcome.Counts = v.counts(); v.outcome.Counts && j.Attempts+1 >= p.cfg.MaxAttempts {
		v.outcome.Status = lead.Failed
		return v
	}
	if c.after != nil {
		v.outcome.After = p.jitter(c.after(j.Attempts))
	}
	v.outcome.After = max(v.outcome.After, v.asked)
	return v
}

// recordOf returns what the stored cause of j says of earlier failures of class c.
func recordOf(j store.Job, c failureClass) record {
	switch {
	case strings.HasPrefix(j.Cause, commonPrefix+c.name):
		return wasCommon
	case strings.HasPrefix(j.Cause, c.name):
		return wasOwn
	}
	return firstFailure
}

// counts reports whether the failure is an attempt of the job, if no common fault is found.
func (v verdict) counts() bool {
	switch v.does {
	case giveUp, doubtAdvert, doubtPace, doubtReply, doubtSpeed:
		return true
	case doubtServer: // the first crash is the server's
		return v.before != firstFailure
	}
	return false
}

// commonOutcome is the outcome for a job that is not to blame. The job is put off, so that others
// are tried first.
func (p *Pipeline) commonOutcome(v verdict) store.Outcome {
	after := max(v.asked, p.jitter(commonBackoff))
	return store.Outcome{After: after, Cause: cut(commonPrefix + v.outcome.Cause)}
}

// cause returns the text that is stored for a failure. The error of a board is included, because by
// contract it only names the page. Errors of scorers are not: they can quote the model or the
// résumé.
func cause(name string, err error) string {
	if page, ok := errors.AsType[*scraper.PageError](err); ok {
		name += ": " + page.Error()
	}
	return cut(name)
}

func cut(s string) string { return s[:min(len(s), store.MaxCauseBytes)] }

// temporary reports whether err is an error of the network or of a busy server. Such an error says
// nothing about the job.
func temporary(err error) bool {
	if page, ok := errors.AsType[*scraper.PageError](err); ok && page.Temporary() {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok { // *url.Error, *net.OpError, context.DeadlineExceeded
		return true
	}
	return backoff.FromError(err) > 0 || errors.Is(err, context.Canceled)
}

// attemptBackoff quadruples with each attempt: 1, 4 and 16 minutes, and an hour from then on.
func attemptBackoff(attempts int) time.Duration {
	return min(time.Minute<<(2*min(attempts, 5)), time.Hour)
}

// transportBackoff is constant. The number of attempts does not matter if the job is not to blame.
func transportBackoff(int) time.Duration { return 5 * time.Minute }

// commonBackoff is the delay after a common fault. Jobs that are due already come first.
const commonBackoff = 15 * time.Minute

// nextDay is 30 hours: jitter takes off at most a fifth, so that at least 24 hours remain.
func nextDay(int) time.Duration { return 30 * time.Hour }

// jitter returns d ± 20 %, so that jobs that failed together are not tried again together.
func jitter(d time.Duration) time.Duration {
	return d - d/5 + rand.N(d/5*2+1)
}
