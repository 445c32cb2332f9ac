package lexical

import (
	"cmp"
	"slices"
)

// A note is what a sketch says of one concept of the vocabulary.
type note struct {
	want  float64 // 0: it is no skill that is asked for
	group int32   // -1: it stands for itself
	// of the term that weighs most of those that name it, 0: none does. Other names of a skill have
	// more words, or fewer.
	term float64
}

// An outline is a demand by numbers, as it is written and read.
type outline struct {
	d       demand // its numbers alone
	roles   []int32
	notes   map[int32]note
	words   map[int32]float64
	buckets map[int32]float64
	title   map[ref]float64
	all     float64 // the weight of all terms
}

// The most of what a sketch has room for.
const (
	mostRoles  = 7
	mostGroups = 1<<groupBits - 1
)

func (b *sketchbook) outline(d demand) outline {
	o := outline{
		d: d, notes: make(map[int32]note), words: make(map[int32]float64), buckets: make(map[int32]float64),
		title: make(map[ref]float64), roles: slices.Clone(d.roles),
	}
	slices.Sort(o.roles)
	o.roles = o.roles[:min(len(o.roles), mostRoles)]
	wants := slices.Clone(d.wants)
	slices.SortFunc(wants, func(x, y want) int { return cmp.Compare(x.concept, y.concept) })
	groups := make(map[int32]int32) // in the order of concepts, because that of lines is the text's
	for _, w := range wants {
		n := note{want: w.weight, group: -1}
		if w.group >= 0 {
			if _, ok := groups[w.group]; !ok {
				groups[w.group] = int32(len(groups))
			}
			if groups[w.group] <= mostGroups {
				n.group = groups[w.group]
			}
		}
		o.notes[w.concept] = n
	}
	for _, t := range d.terms {
		switch r := b.refOf(t); r.kind {
		case ofVocabulary:
			n, ok := o.notes[r.id]
			if !ok {
				n.group = -1
			}
			n.term = max(n.term, t.weight)
			o.notes[r.id] = n
		case ofWords:
			o.words[r.id] = max(o.words[r.id], t.weight)
		case ofBucket:
			o.all += t.weight
			if d.knowledge < bucketsBelow {
				o.buckets[r.id] = max(o.buckets[r.id], t.weight)
			}
		}
	}
	for _, id := range sortedIDs(o.notes) { // in order, because floating-point sums depend on it
		o.all += o.notes[id].term
	}
	for _, id := range sortedIDs(o.words) {
		o.all += o.words[id]
	}
	for _, t := range d.title {
		r := b.refOf(t)
		o.title[r] = max(o.title[r], t.weight)
	}
	return o
}

// drop removes the tenth of a map that weighs least, and reports whether there was anything.
func drop(from map[int32]float64) bool {
	ids := sortedIDs(from)
	slices.SortStableFunc(ids, func(x, y int32) int { return cmp.Compare(from[x], from[y]) })
	for _, id := range ids[:(len(ids)+9)/10] {
		delete(from, id)
	}
	return len(ids) > 0
}

func dropNotes(from map[int32]note) bool {
	weights := make(map[int32]float64, len(from))
	for id, n := range from {
		weights[id] = n.want + n.term
	}
	dropped := drop(weights)
	for id := range from {
		if _, kept := weights[id]; !kept {
			delete(from, id)
		}
	}
	return dropped
}
