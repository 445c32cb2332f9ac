package lexical

import (
	"cmp"
	"math"
	"slices"
)

// The weights of the formula in the package comment.
const (
	roleShare  = 0.36
	wordShare  = 0.12
	thinShare  = 0.23 // moves from skills to words as the vocabulary knows less of the posting
	fewWords   = 15.0 // so many telling words, beside the skills, make a posting whose words can be compared
	knownFully = 5.0  // the weight of skills at which it knows the posting well

	siblingCredit = 0.4  // for MySQL where PostgreSQL is asked
	fieldCredit   = 0.15 // for any skill of a field that is the person's own

	enoughSkills = 3.0 // the weight of skills of a trade that show one to be no stranger to it

	strangerFactor = 0.3 // what is left where neither role nor field fits
)

// A verdict is a score with what led to it.
type verdict struct {
	score            int
	matched, missing []int32 // concepts, what counts most first
	role             float64
	skills           float64
	yearsShort       bool
	rankShort        bool
	overqualified    bool
}

// judge computes the score. Every step is a sum, a product, a maximum or a minimum of values that do not fall when the
// profile grows, so the score does not either.
func (v *vocabulary) judge(d demand, p profile) verdict {
	var r verdict
	known, trade := v.cover(&r, d, p)
	field := 0.0
	for i, share := range d.share {
		field += share * p.depth[i]
	}
	words := wordFit(d.words, p.words)
	r.role = v.roleFit(d, p, field, words)
	thin := 1 - min(1, known/knownFully)
	wordShare := (wordShare + thinShare*thin) * min(1, float64(len(d.words))/fewWords)

	affinity := max(r.role, field, trade, thin*0.8*words)
	raw := (1-roleShare-wordShare)*curve(r.skills) + roleShare*r.role + wordShare*words
	score := 100 * raw * (strangerFactor + (1-strangerFactor)*affinity) * experience(&r, d, p)
	r.score = int(math.Round(min(max(score, 0), 100)))
	return r
}

// cover sets how much of what is asked the résumé shows. It returns the weight of what is asked, and how much of the trade's
// own skills the résumé shows, 0 to 1: of few skills it is little, whoever has them.
func (v *vocabulary) cover(r *verdict, d demand, p profile) (known, trade float64) {
	type group struct{ most, all, weight, weights float64 }
	groups := make(map[int32]group)
	covered, own, ownCovered := 0.0, 0.0, 0.0
	shown := make(map[int32]bool)
	for _, w := range d.wants {
		credit := v.credit(w.concept, p)
		if credit == 1 {
			shown[w.group] = true
		}
		if v.concepts[w.concept].domain != v.general {
			own += w.weight
			ownCovered += w.weight * credit
		}
		if w.group < 0 {
			known += w.weight
			covered += w.weight * credit
			continue
		}
		g := groups[w.group]
		g.most, g.all = max(g.most, w.weight*credit), g.all+w.weight*credit
		g.weight, g.weights = max(g.weight, w.weight), g.weights+w.weight
		groups[w.group] = g
	}
	for _, g := range sortedGroups(groups) { // in order, because floating-point sums depend on it
		g := groups[g]
		known += g.weight + (g.weights-g.weight)/4
		covered += g.most + (g.all-g.most)/4
	}
	if known > 0 {
		r.skills = covered / known
	}
	v.sortOut(r, d, p, shown)
	if own > 0 {
		trade = curve(ownCovered/own) * min(1, ownCovered/enoughSkills)
	}
	return known, trade
}

func sortedGroups[G any](groups map[int32]G) []int32 {
	ids := make([]int32, 0, len(groups))
	for id := range groups {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// credit is how far a résumé shows a concept.
func (v *vocabulary) credit(c int32, p profile) float64 {
	if p.closed[c] {
		return 1
	}
	credit := 0.0
	if dom := v.concepts[c].domain; dom != v.general {
		credit = fieldCredit * p.depth[dom]
	}
	for _, parent := range v.concepts[c].parents {
		if p.closed[parent] {
			credit = max(credit, siblingCredit)
		}
	}
	return credit
}

// sortOut lists what matched and what is missing. An alternative is not missing where another of its group is shown.
func (v *vocabulary) sortOut(r *verdict, d demand, p profile, shown map[int32]bool) {
	wants := slices.Clone(d.wants)
	slices.SortStableFunc(wants, func(a, b want) int { return cmp.Compare(b.weight, a.weight) })
	for _, w := range wants {
		switch everyday := v.concepts[w.concept].weight < 0.5; {
		case p.closed[w.concept]:
			r.matched = append(r.matched, w.concept)
		case !everyday && (w.group < 0 || !shown[w.group]):
			r.missing = append(r.missing, w.concept)
		}
	}
}

// roleFit is how near the résumé's roles are to the posting's, 0 to 1.
func (v *vocabulary) roleFit(d demand, p profile, field, words float64) float64 {
	if len(d.roles) == 0 {
		return max(0.7*field, titleFit(d, p, words))
	}
	fit, specific := 0.0, false
	for _, c := range d.roles {
		if v.concepts[c].domain == v.general { // "manager" alone says little
			if p.closed[c] {
				fit = max(fit, 0.3)
			}
			continue
		}
		specific = true
		switch {
		case p.direct[c]:
			fit = max(fit, 1)
		case p.closed[c]:
			fit = max(fit, 0.95)
		}
		for _, parent := range v.concepts[c].parents {
			switch {
			case v.concepts[parent].kind != role:
			case p.direct[parent]:
				fit = max(fit, 0.8)
			case p.closed[parent]:
				fit = max(fit, 0.6)
			}
		}
		fit = max(fit, 0.35*p.depth[v.concepts[c].domain])
	}
	if !specific {
		fit = max(fit, 0.7*field, titleFit(d, p, words))
	}
	return fit
}

// titleFit compares titles of words that the vocabulary does not know. The rest of the text must bear it out: one word alone
// may be a name.
func titleFit(d demand, p profile, words float64) float64 {
	if len(d.titleWords) == 0 {
		return 0
	}
	n := 0
	for w := range d.titleWords {
		if p.words[w] {
			n++
		}
	}
	return 0.9 * float64(n) / float64(len(d.titleWords)) * min(1, max(0, 4*(words-0.2)))
}

// leastWords keeps one word from counting for much in a posting of few.
const leastWords = 30

// wordFit is the share of words in common, where two in five are as many as two texts of one trade share.
func wordFit(asked, have map[string]bool) float64 {
	n := 0
	for w := range asked {
		if have[w] {
			n++
		}
	}
	return min(1, float64(n)/float64(max(len(asked), leastWords))/0.4)
}

// curve maps the share of skills that is covered to a mark: half of what an advert wishes for is a good candidate.
func curve(x float64) float64 {
	switch {
	case x < 0.5:
		return 1.6 * x
	case x < 0.8:
		return 0.8 + (x-0.5)/1.5
	}
	return 1
}

// experience is the factor by which years and rank lower a score.
func experience(r *verdict, d demand, p profile) float64 {
	factor := 1.0
	if d.years > 0 {
		have := float64(p.years)
		if p.years < 0 {
			have = 0.6 * float64(d.years) // a résumé without dates is neither held to be long nor short
		}
		if have < float64(d.years) {
			r.yearsShort = p.years >= 0
			factor = min(factor, 0.55+0.45*have/float64(d.years))
		}
	}
	have := p.rank
	switch {
	case p.years >= 0:
		have = max(have, rankOfYears(p.years))
	case have == rankUnknown:
		have = rankMiddle
	}
	if short := d.rank - have; d.rank != rankUnknown && short > 0 {
		r.rankShort = true
		factor = min(factor, 1-0.15*float64(short))
	}
	if d.rank == rankIntern && p.years >= 4 || d.rank == rankJunior && p.years >= 8 {
		r.overqualified = true
		factor *= 0.8
	}
	return factor
}
