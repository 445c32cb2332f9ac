package storetest

import (
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// based is d with a basis.
func based(d enrich.Decision, b enrich.Basis) enrich.Decision {
	d.Basis = b
	return d
}

var (
	nurse   = enrich.NewBasis("a nurse's résumé", "judge/1", 30)
	chef    = enrich.NewBasis("a chef's résumé", "judge/1", 30)
	chefNew = enrich.NewBasis("a chef's résumé", "judge/2", 40)
)

func (k *kit) stats(user string) store.Stats {
	k.Helper()
	stats, err := ability[forge.Counter](k, user).Stats(k.Context())
	k.must(err, "stats")
	return stats
}

var basisCases = []testCase{
	{"the basis of the last decision is listed", func(k *kit) {
		kept := k.decide(ada, 1, based(match(80, "Text."), nurse)).ID
		rejected := k.decide(ada, 2, based(reject(5), nurse)).ID
		unknown := k.decide(ada, 3, reject(5)).ID
		k.equal(k.entry(ada, kept).Basis, nurse, "of a match")
		k.equal(k.entry(ada, rejected).Basis, nurse, "of a rejection")
		k.equal(k.entry(ada, unknown).Basis, enrich.Basis(""), "that is not known")
		k.record(ada, store.Lease{ID: kept}, based(reject(5), chef))
		k.equal(k.entry(ada, kept).Basis, chef, "of a later decision")
		k.record(ada, store.Lease{ID: kept}, reject(5))
		k.equal(k.entry(ada, kept).Basis, enrich.Basis(""), "of a decision that names none")
	}},
	{"jobs are counted by status, score and basis", func(k *kit) {
		k.decide(ada, 1, based(match(80, "Text."), nurse))
		k.decide(ada, 2, based(match(80, "Text."), nurse))
		k.decide(ada, 3, based(reject(5), chef))
		low := match(5, "Text.")
		low.Assessment.Unverified = true
		k.decide(ada, 4, low)
		k.decide(bob, 1, based(match(80, ""), chef))
		k.sync(ada, leadOf(5))
		stats := k.stats(ada)
		k.equal(stats.Scored, []store.Scored{
			{Status: lead.AutoRejected, Score: 5, Basis: chef, N: 1},
			{Status: lead.Matched, Score: 5, Unverified: true, N: 1},
			{Status: lead.Matched, Score: 80, Basis: nurse, N: 2},
		}, "scored")
		k.equal(stats.Outdated(chef), store.Outdated{Resume: 2, Unknown: 1}, "outdated")
	}},
	{"the newest basis is that of the last decision that has one", func(k *kit) {
		k.equal(k.stats(ada).Newest, enrich.Basis(""), "before any decision")
		best := k.decide(ada, 1, based(match(90, "Text."), nurse)).ID
		k.advance(time.Minute)
		k.decide(ada, 2, based(reject(5), chef))
		k.advance(time.Minute)
		k.decide(ada, 3, match(80, "Text."))
		k.decide(bob, 1, based(match(90, ""), chefNew))
		k.equal(k.stats(ada).Newest, chef, "newest")
		k.mark(ada, best, lead.Applied)
		k.equal(k.stats(ada).Newest, chef, "newest after a mark of another job")
		k.record(ada, store.Lease{ID: best}, based(match(90, "Text."), chefNew))
		k.equal(k.stats(ada).Newest, chefNew, "newest after a job was scored again")
	}},
	{"only jobs that are scored again are outdated", func(k *kit) {
		var ids []int64
		for n := range 6 {
			ids = append(ids, k.decide(ada, n, based(match(80, "Text."), nurse)).ID)
		}
		k.mark(ada, ids[1], lead.Saved)
		k.mark(ada, ids[2], lead.Dismissed)
		k.record(ada, store.Lease{ID: ids[3]}, based(reject(5), nurse))
		k.record(ada, store.Lease{ID: ids[4]}, based(reject(5), nurse))
		k.reopen(ada, store.Selection{IDs: ids[4:5]})
		k.equal(k.stats(ada).Outdated(chef), store.Outdated{Resume: 4, Rejected: 1}, "outdated")
	}},
	{"jobs of another résumé or scorer are reopened, and those of an unknown one", func(k *kit) {
		k.decide(ada, 1, based(match(80, "Text."), nurse))
		current := k.decide(ada, 2, based(match(70, "Text."), chefNew)).ID
		k.decide(ada, 3, based(reject(5), chef))
		k.decide(ada, 4, match(60, "Text."))
		none := enrich.NewBasis("a chef's résumé", "", 30)
		k.equal(k.reopen(ada, store.Selection{NotBasis: none, Statuses: []lead.Status{lead.AutoRejected}}), 0,
			"of another résumé, where the scorer is not compared")
		k.equal(k.reopen(ada, store.Selection{NotBasis: chefNew}), 3, "reopened")
		only := store.Selection{NotBasis: chefNew, IDs: []int64{current}}
		k.equal(k.reopen(ada, only), 0, "the current one")
		k.idleBut(ada, 3)
	}},
	{"a job that was never scored has no basis to differ from", func(k *kit) {
		k.sync(ada, leadOf(1))
		k.equal(k.reopen(ada, store.Selection{NotBasis: chef}), 0, "reopened")
	}},
	{"a malformed basis is refused and nothing is stored", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		err := k.as(ada).Decide(k.Context(), j.Lease, based(reject(5), "my résumé"))
		k.fails(err, store.ErrInvalid, "decide")
		_, err = ability[forge.Reopener](k, ada).Reopen(k.Context(), store.Selection{NotBasis: "my résumé"})
		k.fails(err, store.ErrInvalid, "reopen")
		k.status(ada, j.ID, lead.Discovered)
	}},
}
