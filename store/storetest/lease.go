package storetest

import (
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

var leaseCases = []testCase{
	{"a renewal makes the lease end that long from now", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.advance(lease - time.Second)
		k.must(k.as(ada).Renew(k.Context(), j.Lease, lease), "renew")
		k.advance(lease - time.Microsecond)
		k.idle(ada, "the renewed lease lasts")
		k.advance(time.Microsecond)
		k.equal(k.take(ada).ID, j.ID, "the job after the lease")
	}},
	{"a renewal may shorten the lease", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.must(k.as(ada).Renew(k.Context(), j.Lease, time.Second), "renew")
		k.advance(time.Second)
		k.take(ada)
	}},
	{"a lease that ran out is renewed while nobody took the job", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.advance(2 * lease)
		k.must(k.as(ada).Renew(k.Context(), j.Lease, lease), "renew")
		k.idle(ada, "the lease is renewed")
		k.record(ada, j.Lease, reject(1))
	}},
	{"a lease that another worker took is not renewed", func(k *kit) {
		k.sync(ada, leadOf(1))
		old := k.take(ada)
		k.advance(lease)
		now := k.take(ada)
		k.fails(k.as(ada).Renew(k.Context(), old.Lease, 10*lease), store.ErrLeaseLost,
			"renew of the lost lease")
		k.advance(lease)
		k.equal(k.take(ada).ID, now.ID, "the lease was not prolonged")
	}},
	{"a late renewal after a decision changes nothing", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.fails(k.as(ada).Renew(k.Context(), j.Lease, lease), store.ErrLeaseLost, "renew")
		k.advance(2 * lease)
		k.idle(ada, "the job is decided")
	}},
	{"a late renewal after a release changes nothing", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.release(ada, j.Lease, store.Outcome{})
		k.fails(k.as(ada).Renew(k.Context(), j.Lease, lease), store.ErrLeaseLost, "renew")
		k.take(ada)
	}},
	{"only claims are renewed", func(k *kit) {
		ref := k.syncOne(ada, leadOf(1))
		k.fails(k.as(ada).Renew(k.Context(), store.Lease{ID: ref.ID}, lease), store.ErrLeaseLost,
			"renew without a claim")
		k.fails(k.as(ada).Renew(k.Context(), store.Lease{ID: ref.ID, Token: -1}, lease), store.ErrLeaseLost,
			"renew with a negative token")
		k.fails(k.as(ada).Renew(k.Context(), store.Lease{ID: 1 << 40, Token: 1}, lease), store.ErrNotFound,
			"renew of no job")
		j := k.take(ada)
		k.fails(k.as(ada).Renew(k.Context(), store.Lease{ID: j.ID}, lease), store.ErrLeaseLost,
			"renew without the token")
		k.fails(k.as(ada).Renew(k.Context(), j.Lease, 0), store.ErrInvalid, "renew for no time")
		k.fails(k.as(ada).Renew(k.Context(), j.Lease, store.MaxLease+1), store.ErrInvalid,
			"renew for too long")
	}},
	{"a lease survives a mark", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.mark(ada, j.ID, lead.Saved)
		k.idle(ada, "the lease lasts")
		k.record(ada, j.Lease, match(80, "Text."))
		k.status(ada, j.ID, lead.Saved)
	}},
}
