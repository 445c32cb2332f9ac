package storetest

import (
	"fmt"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich/twin"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// advertOf returns the text of an invented advert, long enough to be recognised.
func advertOf(n int) string {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "advert%dword%d ", n, i)
	}
	return strings.TrimSpace(b.String())
}

// twinOf returns a lead with the firm and title of every other twin.
func twinOf(n int) lead.Lead { return titled(n, "Keeper of bees", "Kranich GmbH") }

// decideTwin decides lead n as a match with the text of an advert.
func (k *kit) decideTwin(user string, n, advert int) int64 {
	k.Helper()
	k.sync(user, twinOf(n))
	j := k.take(user)
	k.record(user, j.Lease, match(80, advertOf(advert)))
	return j.ID
}

// twins returns the ids of the other jobs of a job's group.
func (k *kit) twins(user string, id int64) (ids []int64) {
	k.Helper()
	list, err := ability[forge.Grouper](k, user).Twins(k.Context(), []int64{id})
	k.must(err, "twins")
	for _, t := range list {
		k.equal(t.Of, id, "of")
		ids = append(ids, t.ID)
	}
	return ids
}

// decideIn is decideTwin for a job in another place.
func (k *kit) decideIn(user, place string, n, advert int) int64 {
	k.Helper()
	l := twinOf(n)
	l.Location = place
	k.sync(user, l)
	j := k.take(user)
	k.record(user, j.Lease, match(80, advertOf(advert)))
	return j.ID
}

func (k *kit) separate(user string, id int64) {
	k.Helper()
	k.must(ability[forge.Grouper](k, user).Separate(k.Context(), id, true), "separate")
}

var twinCases = []testCase{
	{"the same firm, title and text are a group, and each job stays", func(k *kit) {
		a, b, c := k.decideTwin(ada, 1, 1), k.decideTwin(ada, 2, 1), k.decideTwin(ada, 3, 2)
		k.equal(k.twins(ada, a), []int64{b}, "twins of the first")
		k.equal(k.twins(ada, b), []int64{a}, "twins of the second")
		k.equal(k.twins(ada, c), []int64(nil), "twins of another text")
		entries, _ := k.list(ada, every())
		k.equal(len(entries), 3, "entries")
		list, err := ability[forge.Grouper](k, ada).Twins(k.Context(), []int64{c, b, a})
		k.must(err, "twins")
		k.equal(list, []store.Twin{
			{Of: a, ID: b, Lead: twinOf(2), Status: lead.Matched}, {
				Of: b, ID: a, Lead: twinOf(1),
				Status: lead.Matched,
			},
		}, "twins of all")
	}},
	{"another firm, title or level is no twin", func(k *kit) {
		k.decideTwin(ada, 1, 1)
		for n, l := range []lead.Lead{
			titled(2, "Keeper of bees", "Storch GmbH"), titled(3, "Keeper of cows", "Kranich GmbH"),
			titled(4, "Senior keeper of bees", "Kranich GmbH"),
		} {
			k.sync(ada, l)
			j := k.take(ada)
			k.record(ada, j.Lease, match(80, advertOf(1)))
			k.equal(k.twins(ada, j.ID), []int64(nil), fmt.Sprint("twins of ", n))
		}
	}},
	{"a rejected job is recognised by the fingerprint that its decision brought", func(k *kit) {
		a := k.decideTwin(ada, 1, 1)
		k.sync(ada, twinOf(2))
		j := k.take(ada)
		d := reject(5)
		d.Fingerprint = uint64(twin.FingerprintOf(advertOf(1)))
		k.record(ada, j.Lease, d)
		k.equal(k.twins(ada, a), []int64{j.ID}, "twins")
		k.sync(ada, twinOf(3))
		j = k.take(ada)
		k.record(ada, j.Lease, reject(5))
		k.equal(k.twins(ada, j.ID), []int64(nil), "twins of a job without a fingerprint")
	}},
	{"texts that say too little are no twins", func(k *kit) {
		for n := range 2 {
			k.sync(ada, twinOf(n))
			j := k.take(ada)
			k.record(ada, j.Lease, match(80, "Bees need you."))
			k.equal(k.twins(ada, j.ID), []int64(nil), "twins")
		}
	}},
	{"a job that is taken out joins no group again, and the others stay one", func(k *kit) {
		a, b, c := k.decideTwin(ada, 1, 1), k.decideTwin(ada, 2, 1), k.decideTwin(ada, 3, 1)
		k.separate(ada, a)
		k.separate(ada, a)
		k.equal(k.twins(ada, a), []int64(nil), "twins of what was taken out")
		k.equal(k.twins(ada, b), []int64{c}, "twins of the second")
		k.equal(k.twins(ada, c), []int64{b}, "twins of the third")
		k.record(ada, store.Lease{ID: a}, match(70, advertOf(1)))
		k.equal(k.twins(ada, a), []int64(nil), "twins after another decision")
		d := k.decideTwin(ada, 4, 1)
		k.equal(k.twins(ada, d), []int64{b, c}, "twins of a fourth")
		k.separate(ada, c)
		k.equal(k.twins(ada, b), []int64{d}, "twins after the second")
	}},
	{"a job that was taken out joins its group again when that is taken back", func(k *kit) {
		a, b, c := k.decideTwin(ada, 1, 1), k.decideTwin(ada, 2, 1), k.decideTwin(ada, 3, 1)
		join := func(id int64) {
			k.must(ability[forge.Grouper](k, ada).Separate(k.Context(), id, false), "take back")
		}
		for _, id := range []int64{a, b} {
			k.separate(ada, id)
			join(id)
			join(id)
			k.equal(k.twins(ada, c), []int64{a, b}, "twins of the third")
			k.equal(len(k.twins(ada, id)), 2, "twins of what was taken out")
		}
		k.separate(ada, a)
		k.separate(ada, b)
		k.separate(ada, c)
		join(b)
		join(c)
		k.equal(k.twins(ada, b), []int64{c}, "twins, without the one that is still apart")
	}},
	{"a match follows the mark that the same advert has in the same place", func(k *kit) {
		a := k.decideIn(ada, "Pune", 1, 1)
		k.mark(ada, a, lead.Dismissed)
		k.status(ada, k.decideIn(ada, "Pune, Maharashtra, India", 2, 1), lead.Dismissed)
		k.status(ada, k.decideIn(ada, "Köln", 3, 1), lead.Matched)
		k.status(ada, k.decideIn(ada, "", 4, 1), lead.Matched)
		k.status(ada, k.decideIn(ada, "Pune", 5, 2), lead.Matched)
		k.mark(ada, a, lead.Applied)
		b := k.decideIn(ada, "Pune", 6, 1)
		k.status(ada, b, lead.Applied)
		k.mark(ada, b, lead.Matched)
		k.status(ada, b, lead.Matched)
		k.record(ada, store.Lease{ID: b}, match(70, advertOf(1)))
		k.status(ada, b, lead.Matched)
		k.status(bob, k.decideIn(bob, "Pune", 1, 1), lead.Matched)
	}},
	{"a rejection follows no mark", func(k *kit) {
		k.mark(ada, k.decideIn(ada, "Pune", 1, 1), lead.Applied)
		l := twinOf(2)
		l.Location = "Pune"
		k.sync(ada, l)
		j, d := k.take(ada), reject(5)
		d.Fingerprint = uint64(twin.FingerprintOf(advertOf(1)))
		k.record(ada, j.Lease, d)
		k.status(ada, j.ID, lead.AutoRejected)
	}},
	{"a head that is decided again keeps its group", func(k *kit) {
		a, b := k.decideTwin(ada, 1, 1), k.decideTwin(ada, 2, 1)
		k.record(ada, store.Lease{ID: a}, match(70, advertOf(1)))
		k.record(ada, store.Lease{ID: b}, match(70, advertOf(1)))
		k.equal(k.twins(ada, a), []int64{b}, "twins")
	}},
	{"no user sees or changes the groups of another", func(k *kit) {
		a, b := k.decideTwin(ada, 1, 1), k.decideTwin(ada, 2, 1)
		k.equal(k.twins(bob, a), []int64(nil), "twins of a stranger's job")
		k.fails(ability[forge.Grouper](k, bob).Separate(k.Context(), a, true), store.ErrNotFound, "separate")
		k.equal(k.twins(ada, a), []int64{b}, "twins")
	}},
	{"a job without a score cannot be taken out, and ids are needed", func(k *kit) {
		g := ability[forge.Grouper](k, ada)
		ref := k.syncOne(ada, twinOf(1))
		k.fails(g.Separate(k.Context(), ref.ID, true), store.ErrNotFound, "separate")
		_, err := g.Twins(k.Context(), nil)
		k.fails(err, store.ErrInvalid, "no ids")
		_, err = g.Twins(k.Context(), make([]int64, store.MaxBatch+1))
		k.fails(err, store.ErrInvalid, "too many ids")
	}},
}
