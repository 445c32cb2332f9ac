package storetest

import (
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

var markCases = []testCase{
	{"a mark sets the application's status and touches only it", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		want := k.entry(ada, j.ID)
		k.advance(time.Second)
		k.mark(ada, j.ID, lead.Applied)
		want.Status, want.UpdatedAt = lead.Applied, k.Now()
		k.equal(k.entry(ada, j.ID), want, "entry")
		k.mark(ada, j.ID, lead.Applied)
		k.idle(ada, "a mark makes nothing due")
	}},
	{"a job that is due can be marked and stays due", func(k *kit) {
		ref := k.syncOne(ada, leadOf(1))
		k.mark(ada, ref.ID, lead.Saved)
		k.equal(k.take(ada).ID, ref.ID, "due job")
	}},
	{"MATCHED takes a mark back", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.mark(ada, j.ID, lead.Dismissed)
		k.mark(ada, j.ID, lead.Matched)
		k.status(ada, j.ID, lead.Matched)
		k.mark(ada, j.ID, lead.Matched)
		k.status(ada, j.ID, lead.Matched)
	}},
	{"what a release says under a mark is what taking it back shows", func(k *kit) {
		for n, want := range []lead.Status{lead.Closed, lead.Failed} {
			id := k.syncOne(ada, leadOf(n)).ID
			k.mark(ada, id, lead.Applied)
			k.release(ada, k.take(ada).Lease, store.Outcome{Status: want})
			k.status(ada, id, lead.Applied)
			k.mark(ada, id, lead.Matched)
			k.status(ada, id, want)
		}
		j := k.decide(ada, 10, match(80, "Text."))
		k.mark(ada, j.ID, lead.Saved)
		k.advance(recheck)
		k.closes(ada, 10)
		k.status(ada, j.ID, lead.Saved)
		k.mark(ada, j.ID, lead.Matched)
		k.status(ada, j.ID, lead.Closed)
	}},
	{"a job that was never a match is not made one", func(k *kit) {
		ref := k.syncOne(ada, leadOf(1))
		k.fails(ability[forge.Marker](k, ada).Mark(k.Context(), ref.ID, lead.Matched), store.ErrInvalid,
			"mark")
		k.status(ada, ref.ID, lead.Discovered)
		k.take(ada)
	}},
	{"statuses of the pipeline and malformed ones are refused", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		for _, s := range []lead.Status{
			lead.Discovered, lead.AutoRejected, lead.Failed, lead.Closed, "", "applied", "_X", "A B", "É",
			lead.Status(strings.Repeat("A", 33)), "A\n",
		} {
			k.fails(ability[forge.Marker](k, ada).Mark(k.Context(), j.ID, s), store.ErrInvalid,
				"mark "+string(s))
		}
		k.status(ada, j.ID, lead.Matched)
		k.mark(ada, j.ID, lead.Status(strings.Repeat("A", 32)))
	}},
	{"a job that does not exist is not found", func(k *kit) {
		k.fails(ability[forge.Marker](k, ada).Mark(k.Context(), 1<<40, lead.Applied), store.ErrNotFound,
			"mark")
	}},
}
