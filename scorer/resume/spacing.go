package resume

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// How wide a gap between two glyphs is a space, in ems, beyond the gap that the letters of the text
// keep from one another. In 36 files of 20 programs no two letters of a word were more than 0.05
// apart, or 0.04 where there are no space characters, and no two words less than 0.13.
const (
	spaceGap       = 0.07
	spaceGapBeside = 0.12 // in text that has space characters too
	spaceGapCJK    = 0.6  // between characters of scripts that are written without spaces
	inkGap         = 0.08 // that a font leaves between the ink of two letters
)

// spell writes the texts of a row's pieces. Many files hold no space characters: their words are
// only drawn apart.
func (r row) spell() {
	lines, gaps := make([]line, len(r)), make([][]float64, len(r))
	var all []float64
	for i, p := range r {
		lines[i] = visible(p.glyphs)
		gaps[i] = lines[i].gaps()
		all = append(all, gaps[i]...)
	}
	usual := tracked(all)
	for i := range r {
		r[i].text = lines[i].spaced(gaps[i], usual)
	}
}

// spaced returns the text of a line whose glyphs have these gaps between them. The letters of a
// piece that is too short to tell stand as far apart as is usual in its row.
func (l line) spaced(gaps []float64, usual float64) string {
	least := spaceGap
	if slices.Contains(l.spaceBefore, true) {
		least = spaceGapBeside
	}
	tracking := l.tracking(gaps, usual)
	var b strings.Builder
	for i, g := range l.glyphs {
		if i > 0 {
			need := least
			if unspaced(l.glyphs[i-1].text) && unspaced(g.text) {
				need = spaceGapCJK
			}
			if l.spaceBefore[i] || gaps[i-1] > need+trackedSlack*tracking[i-1] {
				b.WriteByte(' ')
			}
		}
		b.WriteString(g.text)
	}
	return b.String()
}

// A line is the visible glyphs of a line, and before which of them a space character stands.
type line struct {
	glyphs      []glyph
	spaceBefore []bool
}

func visible(glyphs []glyph) line {
	var l line
	space := false
	for _, g := range glyphs {
		if g.text == " " {
			space = true
			continue
		}
		l.glyphs = append(l.glyphs, g)
		l.spaceBefore = append(l.spaceBefore, space && len(l.glyphs) > 1)
		space = false
	}
	if l.spelt() {
		l.spaceBefore = make([]bool, len(l.glyphs))
	}
	return l
}

const minSpelt = 5 // letters

// spelt reports whether a heading was written with a space after each letter: "E X P E R I E N C
// E".
func (l line) spelt() bool {
	if len(l.glyphs) < minSpelt {
		return false
	}
	for i, g := range l.glyphs {
		if r, _ := utf8.DecodeRuneInString(g.text); !unicode.IsLetter(r) || i > 0 && !l.spaceBefore[i] {
			return false
		}
	}
	return true
}

// gaps returns the distances between neighbouring glyphs, in ems.
func (l line) gaps() []float64 {
	if len(l.glyphs) == 0 {
		return nil
	}
	gaps := make([]float64, len(l.glyphs)-1)
	for i := range gaps {
		a, b := l.glyphs[i], l.glyphs[i+1]
		gaps[i] = gap(a, b) / max(a.em, b.em)
	}
	return gaps
}

// gap returns the distance between two glyphs in reading direction; it is negative where they
// overlap.
func gap(before, g glyph) float64 {
	if before.left == g.left && before.right == g.right {
		return 0 // several characters for one shape
	}
	ahead, back := g.left-before.right, before.left-g.right
	if before.ink || g.ink {
		ahead, back = ahead-inkGap*before.em, back-inkGap*before.em
	}
	if (rightToLeft(before.text) || rightToLeft(g.text)) && back > ahead {
		return back
	}
	return ahead
}

// tracking returns, for each gap, how far the letters around it stand apart: those of headings
// often do, and then a space is wider too.
func (l line) tracking(gaps []float64, usual float64) []float64 {
	if len(gaps) >= minTracked {
		usual = tracked(gaps)
	}
	out := make([]float64, len(gaps))
	for from := 0; from < len(gaps); {
		to := from // gaps without space characters
		for to < len(gaps) && !l.spaceBefore[to+1] {
			to++
		}
		between := usual
		if to-from >= minTracked {
			between = tracked(gaps[from:to])
		}
		for i := from; i < to; i++ {
			out[i] = between
		}
		from = to + 1
	}
	return out
}

func tracked(gaps []float64) float64 {
	if len(gaps) < minTracked {
		return 0
	}
	return max(0, quantile(gaps, trackedShare))
}

const (
	minTracked   = 2    // gaps, from which the distance of letters can be told
	trackedShare = 0.3  // of the gaps are not wider than it, even where words are short
	trackedSlack = 1.25 // for letters that are set apart unevenly
)

func quantile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(share*float64(len(sorted)-1))]
}

func rightToLeft(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana)
}

// unspaced reports whether s begins with a character of a script that is written without spaces.
func unspaced(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// accents maps characters that are drawn over another one, as old TeX fonts do, to the combining
// ones.
var accents = map[string]string{
	"`": "\u0300", "´": "\u0301", "ˆ": "\u0302", "^": "\u0302", "˜": "\u0303", "~": "\u0303",
	"¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "¨": "\u0308", "˚": "\u030a", "˝": "\u030b",
	"ˇ": "\u030c", "¸": "\u0327", "˛": "\u0328",
}

// accented puts accents on the letters of the row over which they are drawn.
func (r row) accented() row {
	var letters, marks []*glyph
	for _, p := range r {
		for i := range p.glyphs {
			g := &p.glyphs[i]
			if _, ok := accents[g.text]; ok {
				marks = append(marks, g)
			} else if g.text != " " {
				letters = append(letters, g)
			}
		}
	}
	if marks == nil {
		return r
	}
	slices.SortFunc(letters, func(a, b *glyph) int { return cmp.Compare(a.left, b.left) })
	for _, mark := range marks {
		middle := (mark.left + mark.right) / 2
		after, _ := slices.BinarySearchFunc(letters, middle,
			func(l *glyph, x float64) int { return cmp.Compare(l.left, x) })
		if after > 0 && letters[after-1].right > middle && letters[after-1].accent(accents[mark.text]) {
			mark.text = ""
		}
	}
	var out row
	for _, p := range r {
		if rest := slices.DeleteFunc(p.glyphs, func(g glyph) bool { return g.text == "" }); len(rest) > 0 {
			out = append(out, newPiece(rest, p.drawn))
		}
	}
	return out
}

func (g *glyph) accent(mark string) bool {
	text := norm.NFC.String(strings.NewReplacer("ı", "i", "ȷ", "j").Replace(g.text) + mark)
	if utf8.RuneCountInString(text) != 1 {
		return false
	}
	g.text = text
	return true
}
