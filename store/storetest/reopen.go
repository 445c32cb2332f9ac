package storetest

import (
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

var reopenCases = []testCase{
	{"a rejected job is reopened by its id", func(k *kit) {
		j := k.decide(ada, 1, reject(5))
		other := k.decide(ada, 2, reject(5))
		k.equal(k.reopen(ada, store.Selection{IDs: []int64{j.ID, 1 << 40}}), 1, "reopened")
		k.status(ada, j.ID, lead.Discovered)
		k.status(ada, other.ID, lead.AutoRejected)
		again := k.take(ada)
		k.equal(again.ID, j.ID, "due job")
		k.record(ada, again.Lease, match(80, "Text."))
		k.status(ada, j.ID, lead.Matched)
	}},
	{"jobs are reopened by status", func(k *kit) {
		rejected := k.decide(ada, 1, reject(5))
		k.sync(ada, leadOf(2))
		failed := k.take(ada)
		k.release(ada, failed.Lease, store.Outcome{Status: lead.Failed, Counts: true})
		matched := k.decide(ada, 3, match(80, "Text."))
		k.equal(k.reopen(ada, store.Selection{Statuses: []lead.Status{lead.Failed, lead.AutoRejected}}), 2,
			"reopened")
		k.status(ada, rejected.ID, lead.Discovered)
		k.status(ada, failed.ID, lead.Discovered)
		k.status(ada, matched.ID, lead.Matched)
		for _, j := range k.claim(ada, 10) {
			k.equal(j.Attempts, 0, "attempts")
		}
	}},
	{"jobs are reopened by scorer, with or without its version", func(k *kit) {
		scorers := []string{"lexical/1", "lexical/2", "lexical", "lexical2/1", "lex_cal/1", "LEXICAL/1"}
		for n, by := range scorers {
			r := reject(5)
			r.Assessment.By = by
			k.decide(ada, n, r)
		}
		k.equal(k.reopen(ada, store.Selection{ScoredBy: "lexical/1"}), 1, "of lexical/1")
		k.equal(k.reopen(ada, store.Selection{ScoredBy: "lexical"}), 3, "of lexical")
		k.equal(k.reopen(ada, store.Selection{ScoredBy: "lex_cal"}), 1, "of lex_cal")
		k.equal(k.reopen(ada, store.Selection{ScoredBy: "lex%"}), 0, "of lex%")
		k.equal(k.reopen(ada, store.Selection{ScoredBy: "lexi"}), 0, "of lexi")
	}},
	{"reopened jobs are due in the order of the ids, and else the best score first", func(k *kit) {
		var ids []int64
		for n, score := range []int{40, 90, 70} {
			ids = append(ids, k.decide(ada, n, match(score, "Text.")).ID)
		}
		due := func() (ids []int64) {
			for _, j := range k.claim(ada, 3) {
				ids = append(ids, j.ID)
			}
			return ids
		}
		k.equal(k.reopen(ada, store.Selection{Statuses: []lead.Status{lead.Matched}}), 3, "reopened")
		k.equal(due(), []int64{ids[1], ids[2], ids[0]}, "order by score")
		want := []int64{ids[2], ids[0], ids[1]}
		k.equal(k.reopen(ada, store.Selection{IDs: append(want, ids[2], 1<<40)}), 3, "reopened")
		k.equal(due(), want, "order of the ids")
	}},
	{"all that is set must hold", func(k *kit) {
		one := k.decide(ada, 1, reject(5))
		k.decide(ada, 2, reject(5))
		k.decide(ada, 3, match(80, "Text."))
		k.equal(k.reopen(ada, store.Selection{
			IDs: []int64{one.ID}, Statuses: []lead.Status{lead.Matched},
		}), 0, "an id of another status")
		k.equal(k.reopen(ada, store.Selection{
			IDs: []int64{one.ID}, Statuses: []lead.Status{lead.AutoRejected}, ScoredBy: "judge",
		}), 1, "all three")
		k.idleBut(ada, 1)
	}},
	{"a selection of nothing is refused", func(k *kit) {
		k.decide(ada, 1, reject(5))
		for _, c := range []struct {
			name      string
			selection store.Selection
		}{
			{"empty", store.Selection{}},
			{"many ids", store.Selection{IDs: make([]int64, store.MaxBatch+1)}},
			{"a status", store.Selection{Statuses: []lead.Status{"rejected"}}},
		} {
			k.each(c.name, func(k *kit) {
				_, err := ability[forge.Reopener](k, ada).Reopen(k.Context(), c.selection)
				k.fails(err, store.ErrInvalid, "reopen")
			})
		}
		k.idle(ada, "nothing was reopened")
	}},
	{"matches and marks keep their status and become due", func(k *kit) {
		matched := k.decide(ada, 1, match(80, "Text."))
		marked := k.decide(ada, 2, match(80, "Text."))
		k.mark(ada, marked.ID, lead.Applied)
		k.equal(k.reopen(ada, store.Selection{IDs: []int64{matched.ID, marked.ID}}), 2, "reopened")
		k.status(ada, matched.ID, lead.Matched)
		k.status(ada, marked.ID, lead.Applied)
		k.idleBut(ada, 2)
	}},
	{"a reopened job is due before its back-off ends and its claim is over", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.equal(k.reopen(ada, store.Selection{IDs: []int64{j.ID}}), 1, "reopened")
		k.fails(k.as(ada).Decide(k.Context(), j.Lease, reject(1)), store.ErrLeaseLost, "the old claim")
		k.fails(k.as(ada).Renew(k.Context(), j.Lease, lease), store.ErrLeaseLost, "the old claim's renewal")
		j = k.take(ada)
		k.release(ada, j.Lease, store.Outcome{After: time.Hour, Counts: true})
		k.reopen(ada, store.Selection{Statuses: []lead.Status{lead.Discovered}})
		k.equal(k.take(ada).Attempts, 0, "attempts")
	}},
	{"a reopened rejection finds text that another user brought", func(k *kit) {
		j := k.decide(ada, 1, reject(5))
		k.decide(bob, 1, match(80, "Text."))
		k.reopen(ada, store.Selection{IDs: []int64{j.ID}})
		k.equal(k.data(k.take(ada).Data).Description, "Text.", "text")
	}},
}

// idleBut checks that exactly n jobs are due.
func (k *kit) idleBut(user string, n int) {
	k.Helper()
	k.equal(len(k.claim(user, 100)), n, "due jobs")
}
