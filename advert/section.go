package advert

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

// Sections splits a posting's plain text at its headings, in order, losing nothing. A heading is a short line that says
// nothing but the name of a known kind of section ("What you'll need", "REQUIREMENTS", "## Ihr Profil"), or a short line that
// ends in a colon. A heading of no known kind ("Backend:") belongs to the kind above it. Text without headings is one section
// of SectionOther.
func Sections(text string) []Section {
	var sections []Section
	var current Section
	var body []string
	flush := func() {
		current.Text = strings.TrimSpace(strings.Join(body, "\n"))
		if current.Heading != "" || current.Text != "" {
			sections = append(sections, current)
		}
		body = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		h, ok := headingOf(line)
		if !ok {
			body = append(body, line)
			continue
		}
		flush()
		if h.known {
			current.Kind = h.kind
		}
		current.Heading = h.text
		if h.rest != "" {
			body = append(body, h.rest)
		}
	}
	flush()
	return sections
}

// RequirementsOf returns the sections of a posting that state what it asks for, required and preferred, in the posting's
// order and with their headings; blank if the posting has no such section.
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
	maxHeadingBytes = 120
	maxHeadingWords = 9
)

// A heading is a line that begins a section.
type heading struct {
	kind  SectionKind
	known bool   // kind was recognised
	text  string // as written
	rest  string // text that follows on the same line
}

func headingOf(line string) (heading, bool) {
	line = strings.TrimSpace(line)
	if line == "" || isItem(line) {
		return heading{}, false
	}
	if before, after, found := cutColon(line); found {
		words := headingWords(before)
		kind, known, whole := kindOf(words)
		switch {
		case len(words) == 0:
			return heading{}, false
		case strings.Trim(after, " *_") == "": // nobody ends a sentence with a colon
			return heading{kind: kind, known: known, text: line}, true
		case known && whole: // "Requirements: five years of Go", but not "Note: five years"
			return heading{kind: kind, known: true, text: line[:len(line)-len(after)], rest: strings.TrimLeft(after, " *_")}, true
		}
		return heading{}, false
	}
	if last, _ := utf8.DecodeLastRuneInString(line); strings.ContainsRune(".,;!", last) {
		return heading{}, false
	}
	words := headingWords(line)
	kind, known, whole := kindOf(words)
	switch {
	case known && (whole || emphasised(line)):
		return heading{kind: kind, known: true, text: line}, true
	case aboutSomeone(line, words):
		return heading{kind: SectionCompany, known: true, text: line}, true
	}
	return heading{}, false
}

// isItem reports whether a line is an item of a list.
func isItem(line string) bool {
	for _, bullet := range []string{"- ", "* ", "• ", "· ", "– ", "— "} {
		if strings.HasPrefix(line, bullet) {
			return true
		}
	}
	return false
}

// cutColon cuts a line at its first colon, which is wide in East Asian text.
func cutColon(line string) (before, after string, found bool) {
	i := strings.IndexAny(line, ":：")
	if i < 0 {
		return line, "", false
	}
	_, size := utf8.DecodeRuneInString(line[i:])
	return line[:i], line[i+size:], true
}

// emphasised reports whether a line is set as a heading: in capitals, bold or with a number sign.
func emphasised(line string) bool {
	if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "**") && strings.HasSuffix(line, "**") {
		return true
	}
	return strings.ContainsFunc(line, unicode.IsUpper) && !strings.ContainsFunc(line, unicode.IsLower)
}

// aboutSomeone recognises "About Acme Robotics" but not "About ten years of Go".
func aboutSomeone(line string, words []string) bool {
	if len(words) < 2 || len(words) > 5 || words[0] != "about" && words[0] != "über" && words[0] != "sobre" {
		return false
	}
	for field := range strings.FieldsSeq(line) {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
		if unicode.IsLower(first) || unicode.IsDigit(first) {
			return false
		}
	}
	return true
}

// kindOf classifies a heading by the longest phrase in it; of two that are equally long, the more telling kind counts. whole:
// the heading says nothing else, so that it is no sentence.
func kindOf(words []string) (kind SectionKind, known, whole bool) {
	whole = len(words) > 0
	longest := 0
	covered := 0 // words before this index belong to a phrase
	for i := range words {
		for j := min(len(words), i+maxPhraseWords); j > i; j-- {
			k, ok := phraseKind(strings.Join(words[i:j], " "))
			if !ok {
				continue
			}
			covered = max(covered, j)
			if n := j - i; n > longest || n == longest && weight(k) > weight(kind) {
				kind, known, longest = k, true, n
			}
		}
		if i >= covered && !filler(words[i]) {
			whole = false
		}
	}
	return kind, known, whole
}

// weight orders kinds for a heading that names two: "Responsibilities and requirements" states requirements.
func weight(k SectionKind) int {
	switch k {
	case SectionPreferred:
		return 3
	case SectionRequirements:
		return 2
	case SectionOther:
		return 0
	default:
		return 1
	}
}

// headingWords returns the words of a short line, folded; none of a line that is too long for a heading.
func headingWords(s string) []string {
	if len(s) > maxHeadingBytes {
		return nil
	}
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r == '\'', r == '’', r == 'ʼ', r == '\u0307': // "you’ll"; the dot that lower-casing leaves of "İ"
		case r == 'ı':
			b.WriteByte('i')
		case r == '&':
			b.WriteString(" and ")
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	if len(words) > maxHeadingWords {
		return nil
	}
	return words
}
