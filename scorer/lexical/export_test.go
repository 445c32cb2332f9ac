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
