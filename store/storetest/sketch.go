package storetest

import (
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// sketched is a rejection that leaves a sketch.
func sketched(sketch string) enrich.Decision {
	d := reject(5)
	d.Sketch = enrich.Sketch(sketch)
	return d
}

func (k *kit) sketches(user string, after int64, n int) []store.Sketched {
	k.Helper()
	list, err := ability[forge.SketchLister](k, user).Sketches(k.Context(), after, n)
	k.must(err, "sketches")
	return list
}

var sketchCases = []testCase{
	{"a rejection keeps its sketch, byte by byte", func(k *kit) {
		all := make([]byte, enrich.MaxSketchBytes)
		for i := range all {
			all[i] = byte(i)
		}
		long, short := k.decide(ada, 1, sketched(string(all))).ID, k.decide(ada, 2, sketched("\x00")).ID
		none := k.decide(ada, 3, reject(5)).ID
		empty := reject(5)
		empty.Sketch = enrich.Sketch{}
		k.decide(ada, 4, match(80, "Text."))
		posted := leadOf(1).PostedAt
		k.equal(k.sketches(ada, 0, 10), []store.Sketched{
			{ID: long, PostedAt: posted, Sketch: all},
			{ID: short, PostedAt: posted, Sketch: enrich.Sketch{0}},
			{ID: none, PostedAt: posted},
		}, "sketches")
		k.record(ada, store.Lease{ID: long}, empty)
		later := nth(k, k.sketches(ada, 0, 1), 0)
		k.equal(len(later.Sketch), 0, "the sketch of a later rejection, which is empty")
	}},
	{"a sketch says what its job was rejected with", func(k *kit) {
		k.decide(ada, 1, based(sketched("a"), nurse))
		k.decide(ada, 2, sketched("b"))
		k.equal(nth(k, k.sketches(ada, 0, 1), 0).Basis, nurse, "basis")
		k.equal(nth(k, k.sketches(ada, 0, 2), 1).Basis, enrich.Basis(""), "a basis that is not known")
	}},
	{"pages begin after an id", func(k *kit) {
		var ids []int64
		for n := range 5 {
			ids = append(ids, k.decide(ada, n, sketched("a")).ID)
		}
		var got []int64
		again := k.atMost(6, "pages: a page begins after the id that is asked for")
		for after := int64(0); ; after = got[len(got)-1] {
			again()
			page := k.sketches(ada, after, 2)
			if len(page) == 0 {
				break
			}
			for _, s := range page {
				got = append(got, s.ID)
			}
		}
		k.equal(got, ids, "ids")
	}},
	{"only jobs that are rejected now are listed, and a later decision replaces the sketch", func(k *kit) {
		first, second := k.decide(ada, 1, sketched("a")).ID, k.decide(ada, 2, sketched("b")).ID
		k.mark(ada, first, lead.Saved)
		k.record(ada, store.Lease{ID: second}, sketched("c"))
		k.equal(k.sketches(ada, 0, 10), []store.Sketched{
			{ID: second, PostedAt: leadOf(2).PostedAt, Sketch: enrich.Sketch("c")},
		}, "listed")
		k.record(ada, store.Lease{ID: second}, match(70, "Text."))
		k.record(ada, store.Lease{ID: second}, reject(5))
		k.equal(len(nth(k, k.sketches(ada, 0, 10), 0).Sketch), 0, "the sketch after a match")
	}},
	{"no user sees another's sketches", func(k *kit) {
		k.decide(ada, 1, sketched("a"))
		k.decide(bob, 1, sketched("b"))
		k.equal(string(nth(k, k.sketches(ada, 0, 10), 0).Sketch), "a", "ada's")
		k.equal(len(k.sketches(ada, 0, 10)), 1, "number of ada's")
		k.equal(len(k.sketches(cyd, 0, 10)), 0, "number of cyd's")
	}},
	{"a job without a date has none", func(k *kit) {
		l := leadOf(1)
		l.PostedAt = time.Time{}
		k.sync(ada, l)
		k.record(ada, k.take(ada).Lease, sketched("a"))
		k.equal(nth(k, k.sketches(ada, 0, 10), 0).PostedAt, time.Time{}, "posted at")
	}},
	{"what breaks the contract is refused and nothing is stored", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		long := sketched(string(make([]byte, enrich.MaxSketchBytes+1)))
		k.fails(k.as(ada).Decide(k.Context(), j.Lease, long), store.ErrInvalid, "a long sketch")
		kept := match(80, "Text.")
		kept.Sketch = enrich.Sketch("a")
		k.fails(k.as(ada).Decide(k.Context(), j.Lease, kept), store.ErrInvalid, "a match with a sketch")
		k.status(ada, j.ID, lead.Discovered)
		l := ability[forge.SketchLister](k, ada)
		for _, c := range []struct {
			after int64
			n     int
		}{{-1, 1}, {0, 0}, {0, -1}, {0, store.MaxSketches + 1}} {
			_, err := l.Sketches(k.Context(), c.after, c.n)
			k.fails(err, store.ErrInvalid, "sketches")
		}
	}},
}
