package forge

import (
	"cmp"
	"context"
	"errors"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// settle ends a claim that came to no decision, as the table of failures says.
func (t *jobRun) settle(ctx context.Context, err error) {
	key := t.Lead.Key()
	if errors.Is(err, errIdle) {
		t.release(ctx, store.Outcome{Cause: cmp.Or(t.Cause, "not started")})
		return
	}
	v := t.judge(ctx, t.at, t.Job, err)
	b := t.boards[key.Source] // nil if no scraper reads it
	if t.at == scraping && (v.does == closeJob || v.does == doubtAdvert) {
		b.answered()
	}
	switch v.does {
	case drop:
		t.note(Event{Kind: EventLost, Key: key, Err: err}, nil)
		return
	case pauseBoard:
		t.pause(b, true, v.outcome.Cause, err)
	case stopRun:
		t.end(draining, v.outcome.Cause, err)
	case abortRun:
		t.end(aborted, v.outcome.Cause, err)
	case doubtAdvert, doubtPace, doubtBoard, doubtReply, doubtServer, doubtSpeed:
		v = t.await(ctx, v, err)
	}
	if !t.release(ctx, v.outcome) || v.does == giveBack {
		return
	}
	t.log.Info("job not decided", "key", key,
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

func (t *jobRun) release(ctx context.Context, o store.Outcome) bool {
	return t.run.release(ctx, t.Lease, t.Lead.Key(), o)
}

// rowOf says which row of a board's or the scorer's blame a failure belongs to.
func rowOf(does reaction) int {
	switch does {
	case doubtAdvert:
		return odd
	case doubtPace:
		return slow
	case doubtBoard:
		return down
	case doubtServer:
		return crashes
	case doubtSpeed:
		return overdue
	default:
		return replies
	}
}

// await waits until it is decided whose fault a failure is, and returns what becomes of the job.
// Meanwhile the job takes no room in the workshop, or the jobs that wait would keep out those that
// decide about them.
func (t *jobRun) await(ctx context.Context, v verdict, err error) verdict {
	decided := t.attempt.failed(rowOf(v.does), v.before, failure{v.outcome.Cause, err})
	t.leave()
	t.room.release()
	select {
	case f := <-decided:
		if f == common {
			v.outcome = t.innocent(v)
		}
		return v
	case <-ctx.Done():
		return cancelledVerdict(t.Job)
	}
}

// finishDoubts gives every job that waits for a verdict one: nothing is left to try.
func (r *run) finishDoubts() {
	for _, b := range r.boards {
		b.blame.finish()
	}
	r.postings.finish()
}
