package lexical

import (
	"cmp"
	"math"
	"slices"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/internal/words"
)

// The weights of the vocabulary's formula in the package comment.
const (
	roleShare = 0.36
	wordShare = 0.12
	sameWords = 0.6 // so much in common is as much as two texts of one trade share

	siblingCredit = 0.4  // for MySQL where PostgreSQL is asked
	fieldCredit   = 0.12 // for any skill of a field that is the person's own

	enoughSkills = 3.0 // the weight of skills of a trade that show one to be no stranger to it

	strangerFactor = 0.16 // what is left where neither role nor field fits
)

// How the two judgements are put together, and when neither is one.
const (
	mostKnowledge = 0.9  // words always have a say
	knowsWell     = 0.5  // knowledge from which on the vocabulary's judgement is relied on
	wordsRescue   = 40.0 // so far below the words' judgement the vocabulary's never pulls
	nearlyAll     = 0.7  // of body, from which on two texts are one
	sameText      = 0.5  // below that, so far the distance grows
	clearlyOther  = 12.0 // below it, words alone reject
	fewTerms      = 6.0  // the weight of terms that have to be comparable for words alone to reject
	fewWords      = 4    // terms of a résumé that cannot be judged
	shortResume   = 8    // terms of one that the vocabulary has to know
	terseResume   = 18   // terms of one that names too little for a skill to be missed
	welcomed      = 40.0 // for a beginner's post that welcomes people of the person's own field
	sameLanguage  = 0.55 // two texts whose mixes of languages overlap less need translation

	// so many pairs of a term of the posting and one of the résumé are enough for two texts of one
	// trade to share one
	manyPairs   = 120.0
	manyEnglish = 90.0

	// An unverified score is the gate's, and so much more as something speaks for the job.
	unsure    = 2.0
	almost    = gate.Default - 1.0 // what words alone give a job that the vocabulary rejects
	sameField = 2.0
)

// A verdict is a score with what led to it.
type verdict struct {
	score            int
	matched, missing []int32 // concepts, what counts most first
	role             float64
	skills           float64
	heard            float64 // how far words of the posting's field count, 0 to 1
	unbacked         bool    // the role is the person's own, but counts less without its skills
	yearsShort       bool
	rankShort        bool
	overqualified    bool
	years            int // that the résumé shows; -1: it does not say

	byWords    bool   // the vocabulary knows too little of the posting
	unverified bool   // the score must not reject
	problem    string // why nothing could be judged; blank if something could
}

// judge computes the score. Every step is a sum, a product, a maximum or a minimum of values that
// do not fall when the profile grows, so the score does not either. now is the year.
func (v *vocabulary) judge(d demand, p profile, now int) verdict {
	r := verdict{years: p.years(now)}
	translated := d.mix.Overlap(p.mix) < sameLanguage
	knowledge := mostKnowledge * d.knowledge
	if translated {
		knowledge = 0
	}
	c := compare(d, p, translated)
	byWords := wordScore(c)
	byVocabulary := v.weigh(&r, d, p, c)
	score := knowledge*byVocabulary + (1-knowledge)*byWords
	score = max(score, byWords-wordsRescue*min(1, max(0, nearlyAll-c.body)/sameText))
	kin := kinshipOf(d, p)
	much := muchText(d, p, c)
	said := kin.voice(c)
	voice := said * r.heard
	terse := len(p.terms) < terseResume
	stranger := !kin.another && !p.trade // the vocabulary does not know the person's trade, nor the fields
	disagree := score < gate.Default && (voice >= gate.Default || terse && said >= gate.Default ||
		stranger && byWords >= gate.Default || !much && (stranger || kin.same))
	score = max(score, min(voice, almost))
	score *= 1 - knowledge*(1-experience(&r, d, p)) // years and ranks are read as well as the rest

	if d.open {
		score = max(score, welcomed*d.welcome(p))
	}
	r.byWords = knowledge < knowsWell
	r.problem = cannotJudge(p, c, r.byWords, translated)
	if kin.another && r.byWords {
		r.problem = ""
	}
	if r.problem == "" && terse && r.unbacked {
		r.problem = tooLittle
	}
	r.unverified = score < gate.Default && (r.problem != "" || disagree ||
		r.byWords && (score >= clearlyOther || !kin.another && !much))
	if r.unverified {
		score = gate.Default + unsure*score/gate.Default
		if kin.same {
			score += sameField
		}
	}
	r.score = int(math.Round(min(max(score, 0), 100)))
	return r
}

// muchText reports whether both texts say so much that two of one trade would share something. In
// English, which hardly inflects words, the words of one trade meet sooner.
func muchText(d demand, p profile, c comparison) bool {
	enough := manyPairs
	if d.mix.Main() == words.English && p.mix.Main() == words.English {
		enough = manyEnglish
	}
	return c.weight*float64(len(p.terms)) >= enough
}

// welcome returns how far the résumé's fields are among those that the posting names as welcome, 0
// to 1.
func (d demand) welcome(p profile) float64 {
	most := 0.0
	for _, domain := range d.welcomes {
		most = max(most, p.depth[domain])
	}
	return most
}

const tooLittle = "the résumé says too little"

// cannotJudge says why a low score of these texts would be no evidence; blank if it would be.
func cannotJudge(p profile, c comparison, byWords, translated bool) string {
	switch {
	case !byWords:
		return ""
	case len(p.terms) < fewWords:
		return tooLittle
	case translated && (c.weight < fewTerms || !c.titled):
		return "the two texts are in different languages, and too few of their words are known"
	case len(p.terms) < shortResume && p.hits < len(p.terms)/2+1:
		return tooLittle
	case c.weight < fewTerms:
		return "the posting says too little"
	}
	return ""
}

// weigh judges by the vocabulary: skills, role, field and words, 0 to 100.
func (v *vocabulary) weigh(r *verdict, d demand, p profile, c comparison) float64 {
	trade, asked := v.cover(r, d, p)
	field := 0.0
	for i, share := range d.share {
		field += share * p.depth[i]
	}
	r.role = v.roleFit(d, p, field)
	if !v.specific(d) {
		r.role = max(r.role, roleByWords*c.title)
	}
	share := min(1, c.body/sameWords)
	affinity := max(r.role, field, trade)
	r.heard = hearing(affinity, asked)
	backed := r.role * backing(r.skills, asked)
	r.unbacked = backed < r.role && r.role >= ownRole
	raw := (1-roleShare-wordShare)*curve(r.skills) + roleShare*backed + wordShare*share
	return 100 * raw * (strangerFactor + (1-strangerFactor)*affinity)
}

// specific reports whether the vocabulary knows the posting's role, and not only that it is a
// manager's.
func (v *vocabulary) specific(d demand) bool {
	return slices.ContainsFunc(d.roles, func(c int32) bool { return v.concepts[c].domain != v.general })
}

// roleByWords is what a title counts whose words the résumé's titles have, beside a role that the
// vocabulary knows.
const roleByWords = 0.8

// cover sets how much of what is asked the résumé shows. It returns how much of the trade's own
// skills the résumé shows, 0 to 1, and the weight of those that are asked for. trade is little where
// they are few, whoever has them.
func (v *vocabulary) cover(r *verdict, d demand, p profile) (trade, asked float64) {
	type group struct{ most, all, weight, weights float64 }
	groups := make(map[int32]group)
	known, covered, own, ownCovered := 0.0, 0.0, 0.0, 0.0
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
	return trade, own
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

// sortOut lists what matched and what is missing. An alternative is not missing where another of
// its group is shown.
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
func (v *vocabulary) roleFit(d demand, p profile, field float64) float64 {
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
		fit = max(fit, 0.7*field)
	}
	return fit
}

// curve maps the share of skills that is covered to a mark: half of what an advert wishes for is a
// good candidate.
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
		have := float64(r.years)
		if r.years < 0 {
			have = 0.6 * float64(d.years) // a résumé without dates is neither held to be long nor short
		}
		if have < float64(d.years) {
			r.yearsShort = r.years >= 0
			factor = min(factor, 0.55+0.45*have/float64(d.years))
		}
	}
	have := p.rank
	switch {
	case r.years >= 0:
		have = max(have, rankOfYears(r.years))
	case have == rankUnknown:
		have = rankMiddle
	}
	if short := d.rank - have; d.rank != rankUnknown && short > 0 {
		r.rankShort = true
		factor = min(factor, 1-0.15*float64(short))
	}
	if d.rank == rankIntern && r.years >= 4 || d.rank == rankJunior && r.years >= 8 {
		r.overqualified = true
		factor *= 0.8
	}
	return factor
}
