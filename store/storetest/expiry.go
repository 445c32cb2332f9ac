package storetest

import (
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// expires says whether lead n is answered EXPIRED when it is listed now.
func (k *kit) expires(user string, n int) bool {
	k.Helper()
	refs := k.sync(user, leadOf(n))
	if len(refs) > 1 || len(refs) == 1 && nth(k, refs, 0).State != store.Expired {
		k.Errorf("sync of a known job: got %+v", refs)
	}
	return len(refs) == 1
}

var expiryCases = []testCase{
	{"a match is NEW, then nothing, then EXPIRED at the re-check age", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck - time.Microsecond)
		k.equal(k.expires(ada, 1), false, "just before the age")
		k.advance(time.Microsecond)
		k.equal(k.expires(ada, 1), true, "at the age")
		k.equal(k.expires(ada, 1), false, "a repeat")
		got := k.take(ada)
		k.equal(got.ID, j.ID, "the job that is due")
		if got.Data != nil {
			k.Error("old text was served")
		}
	}},
	{"EXPIRED keeps the status and the assessment until the new decision", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck)
		k.expires(ada, 1)
		e := k.entry(ada, j.ID)
		k.equal(e.Status, lead.Matched, "status")
		k.equal(k.assessed(e).Score, 80, "score")
		k.equal(k.data(e.Data).Description, "Text.", "text")
		k.record(ada, k.take(ada).Lease, match(60, "New text."))
		e = k.entry(ada, j.ID)
		k.equal(k.assessed(e).Score, 60, "new score")
		k.equal(k.data(e.Data).Description, "New text.", "new text")
	}},
	{"a failed re-check keeps the match", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck)
		k.expires(ada, 1)
		k.release(ada, k.take(ada).Lease, store.Outcome{Status: lead.Failed, Counts: true})
		k.status(ada, j.ID, lead.Matched)
		k.idle(ada, "the re-check is over")
	}},
	{"a re-check may reject and leaves the text to others", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck)
		k.expires(ada, 1)
		k.record(ada, k.take(ada).Lease, reject(5))
		k.status(ada, j.ID, lead.AutoRejected)
		k.advance(recheck)
		k.equal(k.expires(ada, 1), false, "a rejection")
	}},
	{"fresh text from another user postpones the re-check", func(k *kit) {
		k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck)
		k.decide(bob, 1, match(70, "Text."))
		k.equal(k.expires(ada, 1), false, "the text is fresh again")
		k.advance(recheck)
		k.equal(k.expires(ada, 1), true, "and old again")
	}},
	{"a match that found its text stored does not make it look fresh", func(k *kit) {
		k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck - time.Hour)
		k.decide(bob, 1, match(70, ""))
		k.advance(time.Hour)
		k.equal(k.expires(bob, 1), true, "bob's match")
		k.equal(k.expires(ada, 1), true, "ada's match")
	}},
	{"a rejection is never due again by being listed", func(k *kit) {
		k.decide(ada, 1, reject(5))
		k.advance(100 * recheck)
		k.equal(k.expires(ada, 1), false, "a rejection")
		k.idle(ada, "a rejection")
	}},
	{"a failed job is never due again by being listed", func(k *kit) {
		k.sync(ada, leadOf(1))
		k.release(ada, k.take(ada).Lease, store.Outcome{Status: lead.Failed})
		k.advance(100 * recheck)
		k.equal(k.expires(ada, 1), false, "a failed job")
	}},
	{"a closed job that is listed much later is EXPIRED", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.release(ada, j.Lease, store.Outcome{Status: lead.Closed})
		k.advance(recheck - time.Microsecond)
		k.equal(k.expires(ada, 1), false, "closed lately")
		k.advance(time.Microsecond)
		k.equal(k.expires(ada, 1), true, "closed long ago")
		k.status(ada, j.ID, lead.Closed)
		k.record(ada, k.take(ada).Lease, match(80, "Text."))
		k.status(ada, j.ID, lead.Matched)
	}},
	{"a closed job that another user found open is EXPIRED when listed", func(k *kit) {
		k.sync(ada, leadOf(1))
		k.release(ada, k.take(ada).Lease, store.Outcome{Status: lead.Closed})
		k.decide(bob, 1, match(80, "Text."))
		k.equal(k.expires(ada, 1), true, "found open")
	}},
	{"SAVED is re-checked, APPLIED and DISMISSED are not", func(k *kit) {
		for n, c := range []struct {
			status lead.Status
			want   bool
		}{{lead.Saved, true}, {lead.Applied, false}, {lead.Dismissed, false}, {"INTERVIEW", false}} {
			j := k.decide(ada, n, match(80, "Text."))
			k.mark(ada, j.ID, c.status)
			k.advance(recheck)
			k.equal(k.expires(ada, n), c.want, string(c.status))
			if c.want {
				k.record(ada, k.take(ada).Lease, reject(3))
				k.status(ada, j.ID, c.status)
			}
		}
	}},
}
