package storetest

import (
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

var releaseCases = []testCase{
	{"the zero outcome makes the job due at once", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.release(ada, j.Lease, store.Outcome{})
		again := k.take(ada)
		k.equal(again.ID, j.ID, "job")
		k.equal(again.Attempts, 0, "attempts")
	}},
	{"a back-off makes the job due later", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.release(ada, j.Lease, store.Outcome{After: time.Hour, Counts: true, Cause: "the reply was cut"})
		k.advance(time.Hour - time.Microsecond)
		k.idle(ada, "it backs off")
		k.advance(time.Microsecond)
		j = k.take(ada)
		k.equal(j.Attempts, 1, "attempts")
		k.equal(j.Cause, "the reply was cut", "cause")
	}},
	{"an entry says why a job waits or failed, how often it was tried, and when it is due", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		waits := func(due time.Time, attempts int, cause, when string) {
			k.Helper()
			e := k.entry(ada, id)
			k.equal(e.DueAt, due, "due, "+when)
			k.equal(e.Attempts, attempts, "attempts, "+when)
			k.equal(e.Cause, cause, "cause, "+when)
		}
		waits(k.Now(), 0, "", "new")
		j := k.take(ada)
		waits(k.Now().Add(lease), 0, "", "claimed")
		k.release(ada, j.Lease, store.Outcome{After: time.Hour, Counts: true, Cause: "the reply was cut"})
		waits(k.Now().Add(time.Hour), 1, "the reply was cut", "backing off")
		k.advance(time.Hour)
		k.release(ada, k.take(ada).Lease, store.Outcome{Status: lead.Failed, Counts: true, Cause: "no reply"})
		waits(time.Time{}, 2, "no reply", "failed")
		k.record(ada, store.Lease{ID: id}, match(80, "Text."))
		waits(time.Time{}, 0, "", "decided")
	}},
	{"only the job's own faults count", func(k *kit) {
		k.sync(ada, leadOf(1))
		for want, counts := range []bool{true, true, true} {
			j := k.take(ada)
			k.equal(j.Attempts, want, "attempts")
			k.release(ada, j.Lease, store.Outcome{Counts: counts})
		}
		k.release(ada, k.take(ada).Lease, store.Outcome{})
		j := k.take(ada)
		k.equal(j.Attempts, 3, "attempts")
		k.record(ada, j.Lease, match(80, "Text."))
		k.advance(recheck)
		k.sync(ada, leadOf(1))
		k.equal(k.take(ada).Attempts, 0, "attempts after a decision")
	}},
	{"FAILED is final", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.release(ada, j.Lease, store.Outcome{Status: lead.Failed, Counts: true, Cause: "no usable reply"})
		k.status(ada, j.ID, lead.Failed)
		k.equal(k.entry(ada, j.ID).Closed, false, "closed")
		k.advance(100 * lease)
		k.idle(ada, "it failed")
	}},
	{"CLOSED is final", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.release(ada, j.Lease, store.Outcome{Status: lead.Closed})
		k.status(ada, j.ID, lead.Closed)
		k.equal(k.entry(ada, j.ID).Closed, true, "closed")
		k.advance(100 * lease)
		k.idle(ada, "it is closed")
	}},
	{"CLOSED replaces a match", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck)
		k.sync(ada, leadOf(1))
		k.release(ada, k.take(ada).Lease, store.Outcome{Status: lead.Closed})
		e := k.entry(ada, j.ID)
		k.equal(e.Status, lead.Closed, "status")
		k.equal(k.assessed(e).Score, 80, "the old assessment")
	}},
	{"CLOSED and FAILED leave the application's statuses alone", func(k *kit) {
		for n, o := range []lead.Status{lead.Closed, lead.Failed} {
			j := k.decide(ada, n, match(80, "Text."))
			k.mark(ada, j.ID, lead.Saved)
			k.advance(recheck)
			k.sync(ada, leadOf(n))
			k.release(ada, k.take(ada).Lease, store.Outcome{Status: o})
			e := k.entry(ada, j.ID)
			k.equal(e.Status, lead.Saved, "status after "+string(o))
			k.equal(e.Closed, o == lead.Closed, "hint after "+string(o))
		}
	}},
	{"a release that is repeated has lost its lease", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.release(ada, j.Lease, store.Outcome{Counts: true})
		k.fails(k.as(ada).Release(k.Context(), j.Lease, store.Outcome{Counts: true}), store.ErrLeaseLost,
			"repeat")
		k.equal(k.take(ada).Attempts, 1, "attempts")
	}},
	{"a decision after a release has lost its lease", func(k *kit) {
		for n, s := range []lead.Status{lead.Failed, lead.Closed, ""} {
			k.sync(ada, leadOf(n))
			j := k.take(ada)
			k.release(ada, j.Lease, store.Outcome{Status: s})
			err := k.as(ada).Decide(k.Context(), j.Lease, match(80, "Text."))
			k.fails(err, store.ErrLeaseLost, "decide after the outcome "+strconv.Quote(string(s)))
			k.equal(k.text(n), "", "text")
		}
	}},
	{"a release after the decision has lost its lease", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.fails(k.as(ada).Release(k.Context(), j.Lease, store.Outcome{}), store.ErrLeaseLost, "release")
		k.idle(ada, "the job is decided")
	}},
	{"a stale release is refused and changes nothing", func(k *kit) {
		k.sync(ada, leadOf(1))
		stale := k.take(ada)
		k.advance(lease)
		j := k.take(ada)
		for _, o := range []store.Outcome{{}, {Status: lead.Failed}, {Status: lead.Closed}} {
			k.fails(k.as(ada).Release(k.Context(), stale.Lease, o), store.ErrLeaseLost, "release")
		}
		k.idle(ada, "the lease lasts")
		k.equal(k.entry(ada, j.ID).Closed, false, "closed")
		k.record(ada, j.Lease, match(80, "Text."))
	}},
	{"only claims are released", func(k *kit) {
		ref := k.syncOne(ada, leadOf(1))
		k.fails(k.as(ada).Release(k.Context(), store.Lease{ID: ref.ID}, store.Outcome{}), store.ErrLeaseLost,
			"release without a claim")
		k.fails(k.as(ada).Release(k.Context(), store.Lease{ID: 1 << 40, Token: 1}, store.Outcome{}),
			store.ErrNotFound, "release of no job")
		j := k.take(ada)
		k.fails(k.as(ada).Release(k.Context(), store.Lease{ID: j.ID}, store.Outcome{}), store.ErrLeaseLost,
			"release without the token")
		k.record(ada, j.Lease, reject(1))
	}},
	{"outcomes that break the contract are refused", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		for _, c := range []struct {
			name    string
			outcome store.Outcome
		}{
			{"MATCHED", store.Outcome{Status: lead.Matched}},
			{"AUTO_REJECTED", store.Outcome{Status: lead.AutoRejected}},
			{"DISCOVERED", store.Outcome{Status: lead.Discovered}},
			{"an application's", store.Outcome{Status: lead.Applied}},
			{"a negative back-off", store.Outcome{After: -time.Second}},
			{"a back-off that is too long", store.Outcome{After: store.MaxAfter + 1}},
			{"a final one that is due", store.Outcome{Status: lead.Failed, After: time.Second}},
			{"a long cause", store.Outcome{Cause: strings.Repeat("x", store.MaxCauseBytes+1)}},
		} {
			k.each(c.name, func(k *kit) {
				k.fails(k.as(ada).Release(k.Context(), j.Lease, c.outcome), store.ErrInvalid, "release")
			})
		}
		k.release(ada, j.Lease,
			store.Outcome{Cause: strings.Repeat("x", store.MaxCauseBytes-4) + "\x00\xff\nEnd"})
		k.take(ada)
	}},
}
