package lexical

import (
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
)

// SkillNames returns the names of the vocabulary's skills, in order.
func SkillNames() []string {
	var names []string
	for _, c := range readVocabulary(&Options{}).concepts {
		if c.kind == skill {
			names = append(names, c.name)
		}
	}
	return names
}

// Everyday reports whether a word is one of everyday language or of work.
func (s *Scorer) Everyday(word string) bool {
	folded, _ := words.Fold(word)
	keys := words.Keys(words.Tokens(word))
	return words.Empty(folded) || len(keys) > 0 && keys[0].Text[0] == '='
}

// Found returns the names of the concepts that stand in a text, in order.
func (s *Scorer) Found(text string) []string {
	var names []string
	for _, h := range s.v.find(s.v.tokens(text)) {
		names = append(names, s.v.concepts[h.concept].name)
	}
	return names
}

// YearsAndRank returns what a résumé shows of experience.
func (s *Scorer) YearsAndRank(resume string, now int) (years, rank int) {
	p := s.v.profileOf(resume)
	return p.years(now), p.rank
}

// Parts returns what a judgement is made of.
func (s *Scorer) Parts(resume string, p enrich.Posting) map[string]float64 {
	d, r := s.v.demandOf(p), s.v.profileOf(resume)
	translated := d.mix.Overlap(r.mix) < sameLanguage
	c := compare(d, r, translated)
	var v verdict
	v.years = r.years(0)
	tr := 0.0
	if translated {
		tr = 1
	}
	byV := s.v.weigh(&v, d, r, c)
	another := 0.0
	if kinshipOf(d, r).another {
		another = 1
	}
	return map[string]float64{
		"another": another,
		"K":       byV, "W": wordScore(c), "title": c.title, "body": c.body,
		"weight": c.weight, "terms": float64(len(r.terms)), "knowledge": d.knowledge, "translated": tr,
		"exp": experience(&v, d, r), "role": v.role, "skills": v.skills,
		"la": float64(d.mix.Main()), "lb": float64(r.mix.Main()),
		"ov": d.mix.Overlap(r.mix),
	}
}
