package filter

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A document is what keywords are looked for in, folded.
type document struct {
	title, whole string
	joined       string // whole without hyphens; made when it is needed
	unread       bool   // there is no text yet, so that a word can be missing from the title only
}

// A matcher reports whether a document has what a part of the query asks for.
type matcher func(d *document) bool

// parseKeywords reads keywords as people type them. Words beside one another must all stand in the
// title or the text. OR, a bar or a comma separates alternatives; quotes make a phrase; brackets
// group; a slash separates alternatives unless the word stands so in the text. NOT, or a hyphen
// before the word, leaves out jobs with the word in their title; a text can mention what the job is
// not about. It returns nil if there is nothing to look for.
func parseKeywords(s string) matcher {
	s = genders.ReplaceAllString(norm.NFKC.String(s), " ")
	p := keywordParser{tokens: tokenize(s)}
	return p.alternatives()
}

// genders are the letters by which titles say that everybody can apply: "(m/w/d)", "h/f".
var genders = regexp.MustCompile(
	`(?i)(?:^|[\s(\[])[mwfdxhgn](?:\s*[/|,]\s*(?:[mwfdxhgn]|divers|diverse))+(?:$|[\s)\]*])`)

type tokenKind int

const (
	word tokenKind = iota
	phrase
	or
	not
	open
	closing
)

type token struct {
	kind tokenKind
	text string // of a word or phrase, folded
}

// closers ends the phrase that each quote begins.
var closers = map[rune]string{
	'"': `"`, '“': `”“"`, '”': `”`, '„': `“”"`, '«': `»`, '»': `«»`, '「': `」`, '『': `』`,
}

func tokenize(s string) (tokens []token) {
	runes := []rune(s)
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case unicode.IsSpace(r):
			i++
		case closers[r] != "":
			n := slices.IndexFunc(
				runes[i+1:], func(c rune) bool { return strings.ContainsRune(closers[r], c) },
			)
			if n < 0 { // it was never closed
				i++
				break
			}
			if text := foldText(string(runes[i+1 : i+1+n])); text != "" {
				tokens = append(tokens, token{phrase, text})
			}
			i += n + 2
		case strings.ContainsRune("([{", r):
			if n := ending(runes, i); n > 0 {
				i += n
				break
			}
			tokens = append(tokens, token{kind: open})
			i++
		case strings.ContainsRune(")]}", r):
			tokens = append(tokens, token{kind: closing})
			i++
		case strings.ContainsRune(",;|、،؛", r):
			tokens = append(tokens, token{kind: or})
			i++
		default:
			n := wordEnd(runes, i)
			tokens = appendWord(tokens, string(runes[i:n]))
			i = n
		}
	}
	return tokens
}

// ending returns the length of an ending in brackets, as in "engineer(s)"; 0 if the bracket at i
// begins a group.
func ending(runes []rune, i int) int {
	const longest = 8
	if i == 0 || !unicode.IsLetter(runes[i-1]) {
		return 0
	}
	n := 1
	for n < longest && i+n < len(runes)-1 && unicode.IsLetter(runes[i+n]) {
		n++
	}
	if i+n == len(runes) || !strings.ContainsRune(")]}", runes[i+n]) {
		return 0
	}
	return n + 1
}

// wordEnd returns the index after the word that begins at i.
func wordEnd(runes []rune, i int) int {
	for ; i < len(runes); i++ {
		r := runes[i]
		if unicode.IsSpace(r) || closers[r] != "" || strings.ContainsRune("([{)]},;|、،؛", r) {
			break
		}
	}
	return i
}

func appendWord(tokens []token, s string) []token {
	switch s {
	case "OR", "or", "Or", "oder", "ODER", "ou", "OU", "или":
		return append(tokens, token{kind: or})
	case "NOT":
		return append(tokens, token{kind: not})
	case "AND", "and", "And", "UND", "und", "ET", "et":
		return tokens
	}
	negative := strings.HasPrefix(s, "-") || strings.HasPrefix(s, "–")
	s = strings.Trim(foldText(s), `'*:!?•…-/\&`)
	s = strings.TrimRight(s, ".")
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return tokens
	}
	if negative {
		tokens = append(tokens, token{kind: not})
	}
	return append(tokens, token{word, s})
}

type keywordParser struct {
	tokens []token
	depth  int
}

// maxBrackets is how deep brackets nest.
const maxBrackets = 20

func (p *keywordParser) alternatives() matcher {
	var any []matcher
	for {
		if m := p.all(); m != nil {
			any = append(any, m)
		}
		if len(p.tokens) == 0 || p.tokens[0].kind == closing && p.depth > 0 {
			break
		}
		p.tokens = p.tokens[1:] // an or, or a bracket that nothing opened
	}
	switch len(any) {
	case 0:
		return nil
	case 1:
		return any[0]
	}
	return func(d *document) bool { return slices.ContainsFunc(any, func(m matcher) bool { return m(d) }) }
}

func (p *keywordParser) all() matcher {
	var all []matcher
	for len(p.tokens) > 0 && p.tokens[0].kind != or && p.tokens[0].kind != closing {
		if m := p.one(); m != nil {
			all = append(all, m)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return func(d *document) bool { return !slices.ContainsFunc(all, func(m matcher) bool { return !m(d) }) }
}

func (p *keywordParser) one() matcher {
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	switch t.kind {
	case open:
		if p.depth == maxBrackets {
			return nil
		}
		p.depth++
		m := p.alternatives()
		p.depth--
		if len(p.tokens) > 0 && p.tokens[0].kind == closing {
			p.tokens = p.tokens[1:]
		}
		return m
	case not:
		if len(p.tokens) == 0 || p.tokens[0].kind == or || p.tokens[0].kind == closing {
			return nil
		}
		m := p.one()
		if m == nil {
			return nil
		}
		return func(d *document) bool { return !m(&document{title: d.title, whole: d.title}) }
	default:
		return term(t.text)
	}
}

// term looks for a word or phrase in the spellings that mean the same.
func term(s string) matcher {
	spellings := []string{s}
	add := func(s string) {
		if s != "" && !slices.Contains(spellings, s) {
			spellings = append(spellings, s)
		}
	}
	if strings.Contains(s, "-") {
		add(strings.ReplaceAll(s, "-", " "))
		add(strings.ReplaceAll(s, "-", ""))
	}
	if !strings.Contains(s, " ") {
		for part := range strings.SplitSeq(s, "/") {
			add(part)
		}
	}
	for _, s := range spellings {
		if len(s) > 4 && strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "ss") {
			add(strings.TrimSuffix(s, "s"))
		}
	}
	return func(d *document) bool {
		if d.unread || slices.ContainsFunc(spellings, func(s string) bool { return hasWord(d.whole, s) }) {
			return true
		}
		if d.joined == "" {
			d.joined = strings.ReplaceAll(d.whole, "-", "")
		}
		return slices.ContainsFunc(spellings, func(s string) bool { return hasWord(d.joined, s) })
	}
}
