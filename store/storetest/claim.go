package storetest

import (
	"math"
	"strings"
	"time"

	"github.com/agent-forge/forge/store"
)

func ids(jobs []store.Job) []int64 {
	list := make([]int64, len(jobs))
	for i, j := range jobs {
		list[i] = j.ID
	}
	return list
}

var claimCases = []testCase{
	{"a claim carries the lead, a token and no text", func(k *kit) {
		refs := k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.equal(j.ID, nth(k, refs, 0).ID, "id")
		k.equal(j.Lead, leadOf(1), "lead")
		k.equal(j.Attempts, 0, "attempts")
		if j.Token <= 0 {
			k.Errorf("token %d, want a positive one", j.Token)
		}
		if j.Data != nil {
			k.Error("there is text that nobody brought")
		}
	}},
	{"an empty queue is no error", func(k *kit) {
		k.idle(ada, "an empty store")
		k.idle(ada, "an empty store, again")
	}},
	{"a claimed job is not due", func(k *kit) {
		k.sync(ada, leadsOf(1, 3)...)
		k.equal(len(k.claim(ada, 2)), 2, "first claim")
		k.equal(len(k.claim(ada, 2)), 1, "second claim")
		k.idle(ada, "all are claimed")
	}},
	{"the oldest due comes first, then the lowest id", func(k *kit) {
		k.sync(ada, leadsOf(10, 2)...)
		k.advance(time.Microsecond)
		k.sync(ada, leadsOf(1, 2)...)
		var got []string
		for range 4 {
			got = append(got, nth(k, k.claim(ada, 1), 0).Lead.ExternalID)
		}
		k.equal(got, []string{"000010", "000011", "000001", "000002"}, "order of single claims")
		k.advance(lease)
		var order []string
		for _, j := range k.claim(ada, 4) {
			order = append(order, j.Lead.ExternalID)
		}
		k.equal(order, []string{"000010", "000011", "000001", "000002"}, "order within one claim")
	}},
	{"only jobs of the named boards are taken", func(k *kit) {
		other := leadOf(2)
		other.Source = "another"
		third := leadOf(3)
		third.Source = "third"
		k.sync(ada, leadOf(1), other, third)
		take := func(sources ...string) (got []string) {
			jobs, err := k.as(ada).Claim(k.Context(), 10, lease, sources...)
			k.must(err, "claim")
			for _, j := range jobs {
				got = append(got, j.Lead.Source)
			}
			return got
		}
		k.equal(take("nowhere"), []string(nil), "an unknown board")
		k.equal(take("another"), []string{"another"}, "one board")
		k.equal(len(take("third", "example")), 2, "two boards")
	}},
	{"arguments out of range are refused", func(k *kit) {
		k.sync(ada, leadOf(1))
		for _, n := range []int{0, -1, store.MaxClaim + 1, math.MinInt} {
			_, err := k.as(ada).Claim(k.Context(), n, lease)
			k.fails(err, store.ErrInvalid, "claim of a bad number")
		}
		for _, d := range []time.Duration{0, -time.Second, store.MaxLease + 1} {
			_, err := k.as(ada).Claim(k.Context(), 1, d)
			k.fails(err, store.ErrInvalid, "claim with a bad lease")
		}
		for _, source := range []string{"", "Linked In", strings.Repeat("x", 1000)} {
			_, err := k.as(ada).Claim(k.Context(), 1, lease, source)
			k.fails(err, store.ErrInvalid, "claim of a bad board")
		}
		k.take(ada)
	}},
	{"the largest claim and the longest and shortest leases are taken", func(k *kit) {
		k.sync(ada, leadsOf(1, store.MaxClaim+1)...)
		jobs, err := k.as(ada).Claim(k.Context(), store.MaxClaim, store.MaxLease)
		k.must(err, "claim")
		k.equal(len(jobs), store.MaxClaim, "jobs")
		jobs, err = k.as(ada).Claim(k.Context(), 1, time.Microsecond)
		k.must(err, "claim")
		k.equal(len(jobs), 1, "jobs")
	}},
	{"fresh text is served with the claim, until the re-check age", func(k *kit) {
		k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck - time.Microsecond)
		k.equal(k.text(1), "Text.", "fresh text")
		k.advance(time.Microsecond)
		k.equal(k.text(1), "", "old text")
	}},
	{"a due time that a wrong clock set far ahead counts as due", func(k *kit) {
		k.advance(365 * 24 * time.Hour)
		k.sync(ada, leadsOf(1, 3)...)
		leased := k.claim(ada, 2)
		k.release(ada, nth(k, leased, 1).Lease, store.Outcome{After: time.Hour})
		k.advance(-365 * 24 * time.Hour)
		k.sync(ada, leadOf(4))
		jobs := k.claim(ada, 2)
		k.equal(len(jobs), 2, "due jobs")
		k.equal(nth(k, jobs, 0).Lead.ExternalID, "000004", "first in line")
		k.equal(len(k.claim(ada, 100)), 2, "due jobs, the others")
		k.fails(k.as(ada).Decide(k.Context(), nth(k, leased, 0).Lease, reject(1)), store.ErrLeaseLost,
			"the claim of then")
		k.idle(ada, "all are claimed")
	}},
	{"a decision without a claim ends a lease that a wrong clock made too long", func(k *kit) {
		k.advance(365 * 24 * time.Hour)
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.advance(-365 * 24 * time.Hour)
		k.record(ada, store.Lease{ID: j.ID}, reject(1))
		k.idle(ada, "the job is decided")
	}},
	{"the longest lease and the longest backoff are waited for", func(k *kit) {
		k.sync(ada, leadsOf(1, 2)...)
		jobs, err := k.as(ada).Claim(k.Context(), 2, store.MaxLease)
		k.must(err, "claim")
		k.release(ada, nth(k, jobs, 1).Lease, store.Outcome{After: store.MaxAfter})
		k.idle(ada, "both are ahead")
		k.advance(store.MaxAfter - time.Microsecond)
		k.equal(k.take(ada).ID, nth(k, jobs, 0).ID, "the lease that ended")
		k.advance(time.Microsecond)
		k.equal(k.take(ada).ID, nth(k, jobs, 1).ID, "the backoff that ended")
	}},
	{"a worker that died gives its job back after one lease, at the end of the line", func(k *kit) {
		k.sync(ada, leadOf(1))
		dead := k.take(ada)
		k.advance(lease - time.Microsecond)
		k.idle(ada, "the lease lasts")
		k.sync(ada, leadOf(2)) // due before the lease ends
		k.advance(time.Microsecond)
		jobs := k.claim(ada, 10)
		k.equal(len(jobs), 2, "due jobs")
		k.equal(nth(k, jobs, 0).Lead.ExternalID, "000002", "first in line")
		k.equal(nth(k, jobs, 1).ID, dead.ID, "last in line")
		k.equal(nth(k, jobs, 1).Attempts, 0, "a crash is no attempt")
		if nth(k, jobs, 1).Token <= dead.Token {
			k.Errorf("token %d after %d, want a later one", nth(k, jobs, 1).Token, dead.Token)
		}
	}},
}
