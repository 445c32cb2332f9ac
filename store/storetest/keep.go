package storetest

import (
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

func (k *kit) keep(user string, ids ...int64) int {
	k.Helper()
	n, err := ability[forge.Keeper](k, user).Keep(k.Context(), ids)
	k.must(err, "keep")
	return n
}

func (k *kit) restore(user string, ids ...int64) int {
	k.Helper()
	n, err := ability[forge.Keeper](k, user).Restore(k.Context(), ids)
	k.must(err, "restore")
	return n
}

// kept is a match that the gate rejects and the user keeps.
func kept(score int) enrich.Decision {
	d := match(score, "Text.")
	d.Kept = true
	return d
}

var keepCases = []testCase{
	{"a rejected job that is kept is due, says so, and stays kept", func(k *kit) {
		j := k.decide(ada, 1, reject(5))
		k.equal(k.keep(ada, j.ID, 1<<40), 1, "kept")
		k.status(ada, j.ID, lead.Discovered)
		again := k.take(ada)
		k.equal(again.Keep, true, "keep of the claimed job")
		k.record(ada, again.Lease, kept(7))
		k.status(ada, j.ID, lead.Matched)
		k.reopen(ada, store.Selection{IDs: []int64{j.ID}})
		k.equal(k.take(ada).Keep, true, "keep of the job that is reopened later")
		other := k.decide(ada, 2, reject(5))
		k.reopen(ada, store.Selection{IDs: []int64{other.ID}})
		k.equal(k.take(ada).Keep, false, "keep of a job that is only reopened")
	}},
	{"only rejected jobs are kept, each user's own", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		rejected := k.decide(bob, 1, reject(5))
		k.equal(k.keep(ada, j.ID), 0, "kept")
		k.status(ada, j.ID, lead.Matched)
		k.status(bob, rejected.ID, lead.AutoRejected)
		k.idle(ada, "a match is not reopened")
	}},
	{"a kept job counts as worth it, unless a status says otherwise", func(k *kit) {
		j := k.decide(ada, 1, reject(5))
		k.keep(ada, j.ID)
		want := gate.Label{JobID: j.ID, Score: 5, By: "judge/1", Worth: true, Origin: gate.OriginKept}
		k.equal(k.evidence(ada).Labels, []gate.Label{want}, "before it is read")
		k.record(ada, k.take(ada).Lease, kept(7))
		want.Score = 7
		k.equal(k.evidence(ada).Labels, []gate.Label{want}, "after it is read")
		k.mark(ada, j.ID, lead.Dismissed)
		want.Worth, want.Origin = false, "DISMISSED"
		k.equal(k.evidence(ada).Labels, []gate.Label{want}, "after it is dismissed")
	}},
	{"Restore takes a Reopen and a Keep back until somebody has decided", func(k *kit) {
		rejected := k.decide(ada, 1, reject(5))
		matched := k.decide(ada, 2, match(80, "Text."))
		k.keep(ada, rejected.ID)
		k.reopen(ada, store.Selection{IDs: []int64{matched.ID}})
		k.reopen(ada, store.Selection{IDs: []int64{rejected.ID}})
		k.equal(k.restore(ada, rejected.ID, matched.ID), 2, "restored")
		k.status(ada, rejected.ID, lead.AutoRejected)
		k.status(ada, matched.ID, lead.Matched)
		k.idle(ada, "nothing is due")
		k.equal(k.restore(ada, rejected.ID, matched.ID), 0, "restored again")
		k.equal(len(k.evidence(ada).Labels), 0, "labels")

		k.keep(ada, rejected.ID)
		j := k.take(ada)
		k.equal(k.restore(ada, rejected.ID), 0, "restored while an agent reads it")
		k.record(ada, j.Lease, kept(7))
		k.equal(k.restore(ada, rejected.ID), 0, "restored after a decision")
		k.status(ada, rejected.ID, lead.Matched)
	}},
	{"a job that is due for another reason is not restored", func(k *kit) {
		ref := k.syncOne(ada, leadOf(1))
		k.reopen(ada, store.Selection{IDs: []int64{ref.ID}})
		k.equal(k.restore(ada, ref.ID), 0, "restored")
		k.equal(k.take(ada).ID, ref.ID, "due job")
	}},
	{"a mark that is taken back restores the status before it", func(k *kit) {
		rejected := k.decide(ada, 1, reject(5))
		k.sync(ada, leadOf(2))
		closed := k.take(ada)
		k.release(ada, closed.Lease, store.Outcome{Status: lead.Closed})
		due := k.syncOne(ada, leadOf(3))
		for _, c := range []struct {
			name string
			id   int64
			want lead.Status
		}{
			{"rejected", rejected.ID, lead.AutoRejected},
			{"closed", closed.ID, lead.Closed},
			{"due", due.ID, lead.Discovered},
		} {
			k.each(c.name, func(k *kit) {
				k.mark(ada, c.id, lead.Saved)
				k.mark(ada, c.id, lead.Applied)
				k.mark(ada, c.id, lead.Matched)
				k.status(ada, c.id, c.want)
			})
		}
	}},
	{"what happens under a mark is what taking it back shows", func(k *kit) {
		decided := k.decide(ada, 1, match(80, "Text."))
		k.mark(ada, decided.ID, lead.Applied)
		k.record(ada, store.Lease{ID: decided.ID}, reject(5))
		k.mark(ada, decided.ID, lead.Matched)
		k.status(ada, decided.ID, lead.AutoRejected)

		reopened := k.decide(ada, 2, reject(5))
		k.mark(ada, reopened.ID, lead.Saved)
		k.reopen(ada, store.Selection{IDs: []int64{reopened.ID}})
		k.equal(k.restore(ada, reopened.ID), 1, "restored")
		k.status(ada, reopened.ID, lead.Saved)
		k.reopen(ada, store.Selection{IDs: []int64{reopened.ID}})
		k.mark(ada, reopened.ID, lead.Matched)
		k.status(ada, reopened.ID, lead.Discovered)
		k.release(ada, k.take(ada).Lease, store.Outcome{Status: lead.Failed, Counts: true})
		k.status(ada, reopened.ID, lead.Failed)
	}},
	{"too many ids and none are refused", func(k *kit) {
		keeper := ability[forge.Keeper](k, ada)
		for _, ids := range [][]int64{nil, make([]int64, store.MaxBatch+1)} {
			_, err := keeper.Keep(k.Context(), ids)
			k.fails(err, store.ErrInvalid, "keep")
			_, err = keeper.Restore(k.Context(), ids)
			k.fails(err, store.ErrInvalid, "restore")
		}
	}},
	{"a rejection of a job that is kept breaks the contract", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		d := reject(5)
		d.Kept = true
		k.fails(k.as(ada).Decide(k.Context(), j.Lease, d), store.ErrInvalid, "decide")
	}},
}

func (k *kit) regate(user string, threshold int) store.Regating {
	k.Helper()
	g, err := gate.New(threshold)
	k.must(err, "gate")
	counted := k.stats(user).Regating(g)
	done, err := ability[forge.Regater](k, user).Regate(k.Context(), g)
	k.must(err, "regate")
	k.equal(done, counted, "what Stats counted in advance")
	return done
}

var regateCases = []testCase{
	{"matches below the gate are rejected, and rejected jobs at or above it are due", func(k *kit) {
		low, high := k.decide(ada, 1, match(40, "Text.")), k.decide(ada, 2, match(50, "Text."))
		k.decide(bob, 1, match(40, ""))
		k.advance(time.Second)
		k.equal(k.regate(ada, 50), store.Regating{Hidden: 1}, "raised")
		k.status(ada, low.ID, lead.AutoRejected)
		k.status(ada, high.ID, lead.Matched)
		k.status(bob, low.ID, lead.Matched)
		k.equal(k.entry(ada, low.ID).UpdatedAt, k.Now(), "updated at")
		k.equal(k.text(1), "Text.", "text, which others share")
		k.idle(ada, "nothing is due")
		k.equal(k.regate(ada, 50), store.Regating{}, "again")
		k.equal(k.regate(ada, 40), store.Regating{Reopened: 1}, "lowered")
		k.equal(k.take(ada).ID, low.ID, "due job")
		k.equal(k.restore(ada, high.ID), 0, "restored")
	}},
	{"what is marked, kept or not verified stays", func(k *kit) {
		for n, s := range []lead.Status{lead.Applied, lead.Saved, lead.Dismissed, "INTERVIEW"} {
			k.mark(ada, k.decide(ada, n, match(40, "Text.")).ID, s)
		}
		unverified := match(40, "Text.")
		unverified.Assessment.Unverified = true
		doubtful := k.decide(ada, 10, unverified)
		keeping := k.decide(ada, 11, reject(5))
		k.keep(ada, keeping.ID)
		k.record(ada, k.take(ada).Lease, kept(7))
		k.equal(k.regate(ada, 100), store.Regating{}, "raised")
		k.status(ada, doubtful.ID, lead.Matched)
		k.status(ada, keeping.ID, lead.Matched)
	}},
	{"a hidden match counts as rejected", func(k *kit) {
		k.decide(ada, 1, match(40, "Text."))
		k.regate(ada, 50)
		want := []gate.Count{{By: "judge/1", Score: 40, Rejected: 1, Stratum: 4}}
		k.equal(k.evidence(ada).Counts, want, "counts")
	}},
	{"a claim on a match that is hidden is over", func(k *kit) {
		j := k.decide(ada, 1, match(40, "Text."))
		k.reopen(ada, store.Selection{IDs: []int64{j.ID}})
		claimed := k.take(ada)
		k.regate(ada, 50)
		err := k.as(ada).Decide(k.Context(), claimed.Lease, match(60, "Text."))
		k.fails(err, store.ErrLeaseLost, "decide")
		k.status(ada, j.ID, lead.AutoRejected)
	}},
}
