package llm

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
)

var (
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	// markup is text that a board's adapter forgot to turn into text.
	markup = regexp.MustCompile(`(?i)</?(?:a|b|br|code|div|em|font|h[1-6]|i|li|ol|p|pre|script|section|` +
		`small|span|strong|style|table|td|tr|u|ul)(?:\s[^<>]*)?/?>`)
	// unseen are elements that nobody sees: white or transparent, of no size, off the page.
	unseen = regexp.MustCompile(`(?i)<([a-z][a-z0-9]*)[^<>]*[\s;"'](?:` +
		`color\s*[:=]\s*["']?\s*(?:#fff(?:fff)?(?:ff)?\b|white\b|transparent\b|` +
		`rgba?\(\s*255\s*,\s*255\s*,\s*255|#[0-9a-f]{6}00\b)` +
		`|font-size\s*:\s*(?:0|1(?:px|pt))\b|opacity\s*:\s*0(?:\.0\d*)?\s*[;"']` +
		`|(?:left|top|text-indent)\s*:\s*-\d{3,}|clip(?:-path)?\s*:` +
		`|(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*[;"']|aria-hidden\s*=\s*["']?true)[^<>]*>`)
	// signs replaces what a model could take for something else than text. Angle brackets make tags
	// and a model's own marks (<|im_start|>, <start_of_turn>), square ones Ollama's image tags and
	// the marks of other models ([INST]). A reader sees the same words without them.
	signs = strings.NewReplacer("<", "‹", ">", "›", "[", "(", "]", ")", "\u2028", "\n", "\u2029", "\n")
)

// clean returns a text as a model can see it: without what a reader of the page would not see, in
// time linear in the text. Longer texts than a store takes lose their end.
func clean(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), enrich.MaxTextBytes)], "")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = visible(s) // before the markup is looked for, which could be broken up by what nobody sees
	if strings.Contains(s, "<") {
		s = comment.ReplaceAllString(s, " ")
		if markup.MatchString(s) {
			s = unseen.ReplaceAllString(s, "<$1 hidden>")
			s = advert.TextFromHTML(strings.ReplaceAll(s, "\n", "<br>\n"))
			s = visible(s) // entities may have made new ones
		}
	}
	return tidy(signs.Replace(s))
}

// visible normalises a text to compatible characters (ｉｇｎｏｒｅ becomes ignore) and drops the ones
// that show nothing: format and control characters, tags, fillers, variation selectors, and marks
// that are piled up.
func visible(s string) string {
	s = norm.NFKC.String(s)
	marks := 0
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			marks = 0
			return r
		case unicode.IsSpace(r):
			marks = 0
			return ' '
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			marks++
			if marks > 2 || r == '\u034f' || r >= '\ufe00' && r <= '\ufe0f' || r >= 0xe0100 && r <= 0xe01ef {
				return -1
			}
			return r
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co), r == unicode.ReplacementChar,
			r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0', r == '\u2800':
			return -1
		default:
			marks = 0
			return r
		}
	}, s)
}

// maxRun is the longest run of one sign that says more than a shorter one would.
const maxRun = 3

// tidy puts single spaces between words and at most one blank line between paragraphs, and shortens
// runs of one sign, which cost tokens and say nothing.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := 0
	for line := range strings.Lines(s) {
		words := strings.Fields(line)
		if len(words) == 0 {
			blank++
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if blank > 0 {
				b.WriteByte('\n')
			}
		}
		blank = 0
		for i, w := range words {
			if i > 0 {
				b.WriteByte(' ')
			}
			writeShort(&b, w)
		}
	}
	return b.String()
}

func writeShort(b *strings.Builder, word string) {
	var last rune
	run := 0
	for _, r := range word {
		if r == last {
			run++
		} else {
			last, run = r, 1
		}
		if run <= maxRun || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
}
