package resume

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// layOut returns a page's text in the order in which a person reads it. Files hold text in the
// order in which a program drew it, which for a résumé in two columns, or with a box beside the
// text, is often another one.
func layOut(glyphs []glyph) string {
	var upright [4][]glyph
	for _, g := range glyphs {
		upright[g.turned] = append(upright[g.turned], g)
	}
	slices.SortStableFunc(upright[:], func(a, b []glyph) int { return cmp.Compare(len(b), len(a)) })
	var out []string
	for _, glyphs := range upright {
		for _, block := range blocks(rows(pieces(glyphs))) {
			out = append(out, blockText(block))
		}
	}
	return strings.Join(out, "\n\n")
}

// A piece is text that stands together on one line.
type piece struct {
	glyphs      []glyph
	text        string
	left, right float64
	base, em    float64
	drawn       int // its place in the order in which the page was drawn
}

// A row is the pieces of one line, from left to right.
type row []piece

// Distances on a line, in ems.
const (
	pieceGap   = 0.7 // between pieces: wider than most spaces, narrower than most gutters
	columnGap  = 1.5 // between pieces that do not belong together
	overlap    = 0.3 // by which glyphs of one piece may overlap
	sameLine   = 0.3 // between the baselines of one line
	raisedLine = 0.6 // between the baselines of a line and of what is raised or lowered in it
	raisedGap  = 0.3 // between such characters and the line
)

// pieces joins glyphs that were drawn one after the other on a line. Their texts come later.
func pieces(glyphs []glyph) []piece {
	var all []piece
	for i, g := range glyphs {
		if n := len(all); n > 0 && all[n-1].continues(g) {
			all[n-1].add(g)
			continue
		}
		all = append(all, newPiece([]glyph{g}, i))
	}
	return slices.DeleteFunc(all, piece.blank)
}

func newPiece(glyphs []glyph, drawn int) piece {
	p := piece{left: glyphs[0].left, right: glyphs[0].right, drawn: drawn}
	p.add(glyphs...)
	return p
}

// add appends glyphs. The largest characters tell where the line is.
func (p *piece) add(glyphs ...glyph) {
	for _, g := range glyphs {
		if g.em > p.em {
			p.em, p.base = g.em, g.base
		}
		p.left, p.right = min(p.left, g.left), max(p.right, g.right)
	}
	p.glyphs = append(p.glyphs, glyphs...)
}

func (p piece) blank() bool {
	return !slices.ContainsFunc(p.glyphs, func(g glyph) bool { return g.text != " " })
}

func (p piece) continues(g glyph) bool {
	before := p.glyphs[len(p.glyphs)-1]
	em := max(before.em, g.em)
	apart, raised := gap(before, g)/em, math.Abs(p.base-g.base)/em
	if apart > pieceGap || apart < -overlap {
		return false
	}
	return raised < sameLine || raised < raisedLine && math.Abs(apart) < raisedGap
}

// rows gathers pieces on one height, from the top of the page down, and joins those that are close
// to each other.
func rows(all []piece) []row {
	slices.SortStableFunc(all, func(a, b piece) int { return cmp.Compare(b.base, a.base) })
	var out []row
	for _, p := range all {
		if n := len(out); n > 0 && out[n-1].holds(p) {
			out[n-1] = append(out[n-1], p)
			continue
		}
		out = append(out, row{p})
	}
	for i := range out {
		out[i] = out[i].accented().joined()
	}
	return out
}

func (r row) holds(p piece) bool {
	first := r[0]
	return first.base-p.base < max(sameLine*min(first.em, p.em), sameLine/2*max(first.em, p.em))
}

// joined sorts a row from left to right and joins what was drawn apart but stands together, such as
// a word in two fonts. Text is joined in the direction in which the row is read.
func (r row) joined() row {
	backwards := r.backwards()
	slices.SortStableFunc(r, func(a, b piece) int { return cmp.Compare(a.left, b.left) })
	if backwards {
		slices.Reverse(r)
	}
	out := r[:1]
	for _, p := range r[1:] {
		last := &out[len(out)-1]
		apart, em := p.left-last.right, min(last.em, p.em)
		if backwards {
			apart = last.left - p.right
		}
		switch {
		case last.sameAs(p): // bold by drawing twice, or a shadow
		case apart < pieceGap*em && apart > -overlap*em:
			last.append(p)
		default:
			out = append(out, p)
		}
	}
	out.spell()
	if backwards {
		slices.Reverse(out)
	}
	return out
}

// backwards reports whether most of a row is written from right to left.
func (r row) backwards() bool {
	n := 0
	for _, p := range r {
		for _, g := range p.glyphs {
			switch {
			case rightToLeft(g.text):
				n++
			case g.text != " ":
				n--
			}
		}
	}
	return n > 0
}

func (p *piece) append(next piece) {
	drawn := min(p.drawn, next.drawn)
	p.add(next.glyphs...)
	p.drawn = drawn
}

func (p piece) sameAs(other piece) bool {
	return math.Abs(p.left-other.left) < overlap*p.em &&
		slices.EqualFunc(p.glyphs, other.glyphs, func(a, b glyph) bool { return a.text == b.text })
}

// blockText writes rows as lines, with a blank one where the page leaves a gap.
func blockText(lines []row) string {
	var b strings.Builder
	usual := usualPitch(lines)
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
			if pitch(lines[i-1], line) > paragraphGap*usual {
				b.WriteByte('\n')
			}
		}
		b.WriteString(line.text())
	}
	return b.String()
}

// text returns a line. Between what does not belong together there are two spaces.
func (r row) text() string {
	var b strings.Builder
	read := slices.All(r)
	if r.backwards() {
		read = slices.Backward(r)
	}
	var before *piece
	for i := range read {
		p := &r[i]
		if before != nil {
			b.WriteByte(' ')
			if max(p.left-before.right, before.left-p.right) > columnGap*p.em {
				b.WriteByte(' ')
			}
		}
		b.WriteString(p.text)
		before = p
	}
	return b.String()
}

const paragraphGap = 1.4 // of the usual distance of two lines

func pitch(above, below row) float64 { return above[0].base - below[0].base }

// usualPitch is the distance that half of the lines do not exceed.
func usualPitch(lines []row) float64 {
	if len(lines) < 2 {
		return 0
	}
	pitches := make([]float64, 0, len(lines)-1)
	for i := range lines[1:] {
		pitches = append(pitches, pitch(lines[i], lines[i+1]))
	}
	return quantile(pitches, 0.5)
}
