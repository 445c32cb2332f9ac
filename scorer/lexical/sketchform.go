package lexical

import (
	"math"
	"slices"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
)

// sketchForm is the first number of every sketch. It changes when the form does.
const sketchForm = 1

// The steps in which the numbers of a sketch count.
var (
	termSteps   = []float64{1, 0.85, 0.7, 0.55, 0.35, 0.28, 0.22, 0.17}
	bucketSteps = []float64{0.8, 0.68, 0.56, 0.4}
	titleSteps  = []float64{1, 0.8, 0.5, 0.4, 0.2, 0.1}
)

// The widths of the other numbers.
const (
	formBits  = 5
	markBits  = 30
	wantBits  = 5
	yearBits  = 5
	rankBits  = 3
	shareBits = 3
	restBits  = 5
	groupBits = 4
	termBits  = 3
	titleBits = 3

	bucketBits = 2

	allYears = 1<<yearBits - 1 // the posting does not say
)

// The weights of a skill that is asked for, and of all terms, grow by these factors from step to step.
const (
	wantFactor = 1.14
	leastWant  = 0.05
	allFactor  = 1.2
)

// wantOf returns the weight of a skill of so many steps.
func wantOf(step int) float64 { return leastWant * math.Pow(wantFactor, float64(step)) }

func stepOf(weight float64, first, factor float64, width int) int {
	step := math.Round(math.Log(max(weight, first)/first) / math.Log(factor))
	return min(int(step), 1<<width-1)
}

func (b *sketchbook) write(o outline) enrich.Sketch {
	var w bitWriter
	w.put(sketchForm, formBits)
	w.put(b.mark, markBits)
	years := allYears
	if o.d.years >= 0 {
		years = min(o.d.years, allYears-1)
	}
	w.put(years, yearBits)
	w.put(o.d.rank-rankUnknown, rankBits)
	w.flag(o.d.open)
	w.put(int(math.Round(o.d.knowledge*(1<<shareBits-1))), shareBits)
	w.put(o.d.mix.Bits(sameLanguage), words.LanguageBits)
	w.put(stepOf(o.all, 1, allFactor, restBits), restBits)
	welcomes := slices.Clone(o.d.welcomes)
	slices.Sort(welcomes)
	w.writeIDs(welcomes, len(b.v.domains), func(int32) {})
	w.writeIDs(o.roles, len(b.v.concepts), func(int32) {})
	w.writeIDs(sortedIDs(o.notes), len(b.v.concepts), func(id int32) {
		n := o.notes[id]
		w.flag(n.want > 0)
		if n.want > 0 {
			w.put(stepOf(n.want, leastWant, wantFactor, wantBits), wantBits)
			w.flag(n.group >= 0)
			if n.group >= 0 {
				w.put(int(n.group), groupBits)
			}
		}
		w.flag(n.term > 0)
		if n.term > 0 {
			w.put(nearest(termSteps, n.term), termBits)
		}
	})
	w.writeSteps(o.words, len(b.concepts), termSteps, termBits)
	w.writeSteps(o.buckets, buckets, bucketSteps, bucketBits)
	for kind := range refKinds {
		weights := make(map[int32]float64)
		for r, weight := range o.title {
			if r.kind == kind {
				weights[r.id] = weight
			}
		}
		w.writeSteps(weights, b.limit(kind), titleSteps, titleBits)
	}
	return w.bytes
}

// read returns the demand of a sketch, and false if this sketchbook did not write it.
func (b *sketchbook) read(s enrich.Sketch) (demand, bool) {
	r := bitReader{bytes: s}
	d := demand{readable: true}
	if r.get(formBits) != sketchForm || r.get(markBits) != b.mark {
		return d, false
	}
	if d.years = r.get(yearBits); d.years == allYears {
		d.years = -1
	}
	d.rank = min(r.get(rankBits)+rankUnknown, rankLead)
	d.open = r.flag()
	d.knowledge = float64(r.get(shareBits)) / (1<<shareBits - 1)
	d.mix = words.MixOfBits(r.get(words.LanguageBits))
	all := math.Pow(allFactor, float64(r.get(restBits)))
	ok := r.readIDs(len(b.v.domains), func(id int32) { d.welcomes = append(d.welcomes, id) }) &&
		r.readIDs(len(b.v.concepts), func(id int32) { d.roles = append(d.roles, id) }) &&
		r.readIDs(len(b.v.concepts), func(id int32) {
			if r.flag() {
				w := want{concept: id, weight: wantOf(r.get(wantBits)), group: -1}
				if r.flag() {
					w.group = int32(r.get(groupBits))
				}
				d.wants = append(d.wants, w)
			}
			if r.flag() {
				d.terms = append(d.terms, b.term(ref{ofVocabulary, id}, termSteps[r.get(termBits)]))
			}
		}) &&
		r.readIDs(len(b.concepts), func(id int32) {
			d.terms = append(d.terms, b.term(ref{ofWords, id}, termSteps[r.get(termBits)]))
		}) &&
		r.readIDs(buckets, func(id int32) {
			d.terms = append(d.terms, b.term(ref{ofBucket, id}, bucketSteps[r.get(bucketBits)]))
		})
	for kind := range refKinds {
		ok = ok && r.readIDs(b.limit(kind), func(id int32) {
			step := min(r.get(titleBits), len(titleSteps)-1)
			t := b.term(ref{kind, id}, titleSteps[step])
			t.inTitle = true
			d.title = append(d.title, t)
		})
	}
	if !ok {
		return d, false
	}
	b.finish(&d, all)
	return d, true
}

// finish adds what follows from the rest, and a term for those that were left out.
func (b *sketchbook) finish(d *demand, all float64) {
	inTitle := make(map[string]bool)
	for _, t := range d.title {
		inTitle[t.text] = true
	}
	for i := range d.terms {
		d.terms[i].inTitle = inTitle[d.terms[i].text]
		all -= d.terms[i].weight
	}
	if all > 0 {
		d.terms = append(d.terms, term{text: leftOut, weight: all, same: unknown})
	}
	d.share = b.v.shares(d.roles, d.wants)
}
