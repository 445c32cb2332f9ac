package forge

import (
	"cmp"
	"context"
	"errors"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// settle ends the claim of a failed job, as failureClasses says.
func (t *task) settle(ctx context.Context, err error) {
	key := t.Lead.Key()
	if errors.Is(err, errNotStarted) {
		t.release(ctx, store.Outcome{Cause: cmp.Or(t.Cause, "not started")})
		return
	}
	v := t.judge(ctx, t.at, t.Job, err)
	b := t.boards[key.Source] // nil if there is no scraper for the source
	if t.at == scraping && (v.does == closeJob || v.does == doubtAdvert) {
		b.noteAnswer()
	}
	switch v.does {
	case drop:
		t.note(Event{Kind: EventLost, Key: key, Err: err}, nil)
		return
	case pauseBoard:
		t.pause(b, true, v.outcome.Cause, err)
	case stopRun:
		t.stop(draining, v.outcome.Cause, err)
	case abortRun:
		t.stop(aborted, v.outcome.Cause, err)
	case doubtAdvert, doubtPace, doubtBoard, doubtReply, doubtServer, doubtSpeed:
		v = t.await(ctx, v, err)
	}
	if !t.release(ctx, v.outcome) || v.does == giveBack {
		return
	}
	t.log.Info("job failed", "key", key,
		"cause", v.outcome.Cause, "status", v.outcome.Status, "after", v.outcome.After)
	switch v.outcome.Status {
	case lead.Closed:
		t.note(Event{Kind: EventClosed, Key: key}, func(rep *Report) { rep.Closed++ })
	case lead.Failed:
		t.note(Event{Kind: EventFailed, Key: key, Err: err}, func(rep *Report) { rep.Failed++ })
	default:
		t.note(Event{Kind: EventRetried, Key: key, Err: err}, func(rep *Report) { rep.Retried++ })
	}
}

func (t *task) release(ctx context.Context, o store.Outcome) bool {
	return t.run.release(ctx, t.Lease, t.Lead.Key(), o)
}

// streakOf returns the index in blame.streaks of a reaction that is a doubt.
func streakOf(does reaction) failureKind {
	switch does {
	case doubtAdvert:
		return unreadable
	case doubtPace:
		return slow
	case doubtBoard:
		return noPage
	case doubtServer:
		return crash
	case doubtSpeed:
		return noReply
	default:
		return badReply
	}
}

// await waits until blame attributes the failure, and returns the final verdict. It first releases
// the slot of the job: otherwise waiting jobs could hold every slot, and no other job could decide
// about them.
func (t *task) await(ctx context.Context, v verdict, err error) verdict {
	decided := t.attempt.failed(streakOf(v.does), v.before, failure{cause: v.outcome.Cause, err: err})
	t.leave()
	t.jobSlot.release()
	select {
	case f := <-decided:
		if f == common {
			v.outcome = t.commonOutcome(v)
		}
		return v
	case <-ctx.Done():
		return cancelledVerdict(t.Job)
	}
}

// finishDoubts decides about all waiting jobs, when no other job is left to try.
func (r *run) finishDoubts() {
	for _, b := range r.boards {
		b.blame.finish()
	}
	r.postings.finish()
}
