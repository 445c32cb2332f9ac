package lexical

import (
	"fmt"
	"strings"

	"github.com/agent-forge/forge/enrich"
)

const (
	maxNamed           = 4  // skills in the reasoning
	maxMissing         = 15 // skills in the list
	maxRecommendations = 3
)

// match puts a verdict into words. Names of skills are the vocabulary's, never the posting's.
func (v *vocabulary) match(r verdict, d demand, data enrich.Data) enrich.Assessment {
	m := enrich.Assessment{Score: r.score, By: By, Unverified: r.unverified}
	for _, c := range r.missing[:min(len(r.missing), maxMissing)] {
		m.MissingSkills = append(m.MissingSkills, v.concepts[c].name)
	}
	m.SkillGapRecommendations = v.recommend(r, d)
	for named := min(len(r.matched), maxNamed); named >= 0; named-- {
		m.Reasoning = v.reason(r, d, named)
		if !enrich.Quotes(m.Reasoning, data.Description) && !enrich.Quotes(m.Reasoning, data.Requirements) {
			reasoning := m.Reasoning
			m.Reasoning = "" // the check costs a reading of the advert, and was made
			m = m.WithoutQuotes(data)
			m.Reasoning = reasoning
			return m
		}
	}
	return m.WithoutQuotes(data) // an advert that talks like this scorer
}

// reason is one sentence: what matched, what of the trade, and what of experience.
func (v *vocabulary) reason(r verdict, d demand, named int) string {
	var b strings.Builder
	switch {
	case r.unverified && r.problem != "":
		return "Kept, because this scorer cannot judge: " + r.problem + "."
	case r.unverified:
		return "Kept unverified: judged by words alone, and the two texts share too few to be sure."
	}
	switch n := len(r.matched); {
	case n == 0 && len(r.missing) == 0:
		b.WriteString("The posting names no skill that the vocabulary knows")
	case n == 0:
		b.WriteString("None of the skills asked for stands in the résumé")
	case named == 0:
		fmt.Fprintf(&b, "%s of those asked for stand in the résumé", count(n, "skill"))
	default:
		b.WriteString("Matches on ")
		for i, c := range r.matched[:named] {
			switch {
			case i > 0 && i == named-1 && named == n:
				b.WriteString(" and ")
			case i > 0:
				b.WriteString(", ")
			}
			b.WriteString(v.concepts[c].name)
		}
		if n > named {
			fmt.Fprintf(&b, " and %d more", n-named)
		}
	}
	switch {
	case r.role >= 0.9:
		b.WriteString("; the résumé shows this very trade")
	case r.role >= 0.55:
		b.WriteString("; the résumé shows a closely related trade")
	case r.role >= 0.3:
		b.WriteString("; the résumé shows the same field")
	default:
		b.WriteString("; the trade is another")
	}
	switch {
	case r.yearsShort:
		fmt.Fprintf(&b, "; %s asked for, %d shown", count(d.years, "year"), r.years)
	case r.rankShort:
		b.WriteString("; the post is of a higher rank")
	case r.overqualified:
		b.WriteString("; the post is for beginners")
	}
	if r.byWords {
		b.WriteString("; judged by words alone")
	}
	return b.String() + "."
}

func (v *vocabulary) recommend(r verdict, d demand) []string {
	var list []string
	if r.yearsShort {
		list = append(
			list, fmt.Sprintf("Say which of your work adds up to the %s asked for.", count(d.years, "year")),
		)
	}
	for _, c := range r.missing {
		if len(list) == maxRecommendations {
			break
		}
		list = append(list, "Show or learn "+v.concepts[c].name+".")
	}
	return list
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
