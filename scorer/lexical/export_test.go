package lexical

// SkillNames returns the names of the vocabulary's skills, in order.
func SkillNames() []string {
	var names []string
	for _, c := range readVocabulary(nil).concepts {
		if c.kind == skill {
			names = append(names, c.name)
		}
	}
	return names
}

// Everyday reports whether a word is one that tells nothing about a trade.
func (s *Scorer) Everyday(word string) bool {
	folded, _ := fold(word)
	return s.v.common[folded]
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
	p := s.v.profileOf(resume, now)
	return p.years, p.rank
}
