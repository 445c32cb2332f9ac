package enrich

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A SectionKind says what a part of a posting is about.
type SectionKind int

// The kinds of section, the zero value first. Requirements and Preferred decide a match; Benefits, Company and Legal say
// nothing about who fits.
const (
	SectionOther SectionKind = iota
	SectionResponsibilities
	SectionRequirements
	SectionPreferred
	SectionBenefits
	SectionCompany
	SectionLegal
)

// A Section is one part of a posting: its heading as written (blank for what stands before the first heading) and the text
// below it.
type Section struct {
	Kind          SectionKind
	Heading, Text string
}

// Sections splits a posting's plain text at its headings, in order, losing no line. A heading is a short line that names a
// known kind of section, or a short line that ends in a colon. Text without headings is one section of SectionOther.
func Sections(text string) []Section {
	var sections []Section
	phrases := headingPhrases()
	current := Section{}
	var body []string
	flush := func() {
		current.Text = strings.TrimSpace(strings.Join(body, "\n"))
		if current.Heading != "" || current.Text != "" {
			sections = append(sections, current)
		}
		body = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		kind, heading, rest, ok := headingOf(line, phrases)
		if !ok {
			body = append(body, line)
			continue
		}
		flush()
		current = Section{Kind: kind, Heading: heading}
		if rest != "" {
			body = append(body, rest)
		}
	}
	flush()
	return sections
}

// RequirementsOf returns the sections of a posting that state what it asks for, required first as it stands and then
// preferred, headings included; blank if the posting has no such section.
func RequirementsOf(text string) string {
	var parts []string
	for _, s := range Sections(text) {
		if (s.Kind == SectionRequirements || s.Kind == SectionPreferred) && s.Text != "" {
			parts = append(parts, strings.TrimSpace(s.Heading+"\n"+s.Text))
		}
	}
	return strings.Join(parts, "\n\n")
}

const (
	maxHeadingRunes = 70
	maxHeadingWords = 9
)

// headingOf recognises a line that begins a section. rest is text that follows the heading on the same line.
func headingOf(line string, phrases []headings) (kind SectionKind, heading, rest string, ok bool) {
	line = strings.TrimSpace(line)
	if line == "" || strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "• ") {
		return 0, "", "", false
	}
	if before, after, found := strings.Cut(line, ":"); found && shortLine(before) {
		if after = strings.TrimSpace(after); after == "" {
			return kindOf(before, phrases, false), line, "", true
		}
		// "Requirements: five years of Go" is a heading; "Note: five years" is not.
		if k := kindOf(before, phrases, true); k != SectionOther {
			return k, before + ":", after, true
		}
		return 0, "", "", false
	}
	last, _ := utf8.DecodeLastRuneInString(line)
	if !shortLine(line) || strings.ContainsRune(".,;!", last) {
		return 0, "", "", false
	}
	if k := kindOf(line, phrases, true); k != SectionOther {
		return k, line, "", true
	}
	return 0, "", "", false
}

func shortLine(s string) bool {
	return utf8.RuneCountInString(s) <= maxHeadingRunes && len(strings.Fields(s)) <= maxHeadingWords
}

// kindOf classifies a heading by the phrases in it. strict asks that the phrase makes up most of the line, so that an
// ordinary short sentence is not taken for a heading.
func kindOf(heading string, phrases []headings, strict bool) SectionKind {
	words := headingWords(heading)
	line := " " + strings.Join(words, " ") + " "
	best, bestWords := SectionOther, 0
	for _, entry := range phrases {
		for _, phrase := range entry.phrases {
			n := strings.Count(phrase, " ") + 1
			if n <= bestWords || !strings.Contains(line, " "+phrase+" ") {
				continue
			}
			if strict && len(words) > 2*n+2 {
				continue
			}
			best, bestWords = entry.kind, n
		}
	}
	return best
}

func headingWords(s string) []string {
	s = strings.NewReplacer("’", "", "'", "", "&", " and ").Replace(strings.ToLower(s))
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

type headings struct {
	kind    SectionKind
	phrases []string
}

// headingPhrases lists, per kind, the phrases that head such sections on the boards, without apostrophes. Where a line
// holds several, the longest decides.
func headingPhrases() []headings {
	return []headings{
		{SectionPreferred, []string{
			"preferred", "preferred qualifications", "preferred skills", "preferred requirements", "nice to have", "nice to haves",
			"good to have", "bonus", "bonus points", "bonus skills", "pluses", "a plus", "desirable", "desired", "desired skills",
			"desirable skills", "additional qualifications", "valorado", "se valorará", "diferenciais", "deseable",
			"desirable qualifications", "what would be great", "extra credit", "wünschenswert", "atouts",
		}},
		{SectionRequirements, []string{
			"requirements", "requirement", "qualifications", "qualification", "required skills", "required qualifications",
			"basic qualifications", "minimum qualifications", "minimum requirements", "key skills", "skills required", "skills",
			"must have", "must haves", "must have skills", "who you are", "what you bring", "what youll bring", "what you will bring",
			"what were looking for", "what we are looking for", "what we look for", "what you need", "what youll need",
			"what you will need", "your profile", "your background", "about you", "you have", "you should have", "you bring",
			"eligibility", "eligibility criteria", "experience required", "required experience", "candidate profile",
			"ideal candidate", "the ideal candidate", "skills and experience", "experience and skills", "technical skills",
			"education", "education and experience", "what it takes", "what makes you a great fit", "requisitos", "perfil",
			"qualificações", "ihr profil", "dein profil", "anforderungen", "profil", "profil recherché", "compétences",
			"nitelikler", "aranan nitelikler", "wymagania", "vereisten", "requisiti", "competencias",
		}},
		{SectionResponsibilities, []string{
			"responsibilities", "key responsibilities", "roles and responsibilities", "role and responsibilities", "responsibility",
			"duties", "job duties", "what youll do", "what you will do", "what youll be doing", "what you do", "your role", "the role",
			"your responsibilities", "day to day", "your mission", "job summary", "job description", "role overview", "overview",
			"about the role", "about the job", "about the position", "position summary", "in this role", "in this role you will",
			"responsabilidades", "funciones", "aufgaben", "ihre aufgaben", "deine aufgaben", "missions", "vos missions",
			"atividades", "görevler", "iş tanımı",
		}},
		{SectionBenefits, []string{
			"benefits", "perks", "perks and benefits", "what we offer", "we offer", "what you get", "what youll get", "why join us",
			"why us", "why work with us", "why youll love working here", "compensation", "compensation and benefits", "our benefits",
			"salary", "pay", "pay range", "total rewards", "what is in it for you", "whats in it for you", "our offer", "beneficios",
			"ofrecemos", "qué ofrecemos", "benefícios", "wir bieten", "das bieten wir", "nous offrons", "avantages", "yan haklar",
		}},
		{SectionCompany, []string{
			"about us", "about the company", "about the team", "who we are", "our company", "company overview", "our mission",
			"our story", "our culture", "our values", "company description", "sobre nosotros", "sobre nós", "über uns",
			"à propos", "hakkımızda", "quiénes somos",
		}},
		{SectionLegal, []string{
			"equal opportunity", "equal opportunity employer", "equal employment opportunity", "eeo", "eeo statement", "diversity",
			"diversity and inclusion", "accommodation", "accommodations", "disclaimer", "privacy", "privacy notice",
			"legal notice", "how to apply", "application process", "hiring process", "interview process", "pay transparency",
		}},
	}
}
