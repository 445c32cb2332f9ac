package resume

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A glyph is one character on a page, in points from the lower left corner.
type glyph struct {
	text                     string
	left, right, top, bottom float64
}

// A run is text that stands together on one line.
type run struct {
	text                     string
	left, right, top, bottom float64
}

func (r run) height() float64 { return r.top - r.bottom }
func (r run) middle() float64 { return (r.top + r.bottom) / 2 }

// A row is the runs of one line, from left to right.
type row []run

// layOut returns a page's text in the order in which a person reads it. Files hold text in the order in which a program drew
// it, which for a résumé in two columns, or with a box beside the text, is often another one.
func layOut(glyphs []glyph) string {
	var out []string
	for _, block := range blocks(rows(runs(glyphs))) {
		out = append(out, blockText(block))
	}
	return strings.Join(out, "\n\n")
}

// runs joins characters that follow each other on a line. PDFium adds the spaces and line ends that a file leaves out.
func runs(glyphs []glyph) []run {
	var all []run
	var current run
	var b strings.Builder
	flush := func() {
		current.text = strings.TrimSpace(b.String())
		if current.text != "" {
			all = append(all, current)
		}
		b.Reset()
	}
	for _, g := range glyphs {
		switch r, _ := utf8.DecodeRuneInString(g.text); {
		case r == '\r' || r == '\n':
			flush()
			continue
		case unicode.IsSpace(r):
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			continue
		case r == '\x02': // how PDFium marks a hyphen that only the line's end asked for
			g.text = softHyphen
		}
		if b.Len() > 0 {
			height := max(current.height(), g.top-g.bottom, 1)
			apart := g.left-current.right > columnGap*height || g.left < current.left-height
			// The boxes are those of the ink: a comma's middle is below a line's letters, and a hyphen's height is nothing.
			if middle := (g.top + g.bottom) / 2; apart || middle > current.top+height/2 || middle < current.bottom-height/2 {
				flush()
			}
		}
		if b.Len() == 0 {
			current = run{left: g.left, right: g.right, top: g.top, bottom: g.bottom}
		}
		current.right = max(current.right, g.right)
		current.top, current.bottom = max(current.top, g.top), min(current.bottom, g.bottom)
		b.WriteString(g.text)
	}
	flush()
	return all
}

const (
	softHyphen = "\u00ad"
	columnGap  = 1.5 // of the height of the text: wider than any space between words
)

// rows gathers runs whose middles are on one height, from the top of the page down.
func rows(all []run) []row {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b run) int { return cmp.Compare(b.middle(), a.middle()) })
	var out []row
	for _, r := range all {
		if n := len(out); n > 0 {
			first := out[n-1][0]
			if first.middle()-r.middle() < max(first.height(), r.height())/2 {
				out[n-1] = append(out[n-1], r)
				continue
			}
		}
		out = append(out, row{r})
	}
	for _, line := range out {
		slices.SortStableFunc(line, func(a, b run) int { return cmp.Compare(a.left, b.left) })
	}
	return out
}

// blocks cuts a page into parts that are read one after the other: where lines stand in two columns, the left one comes
// before the right one.
func blocks(lines []row) [][]row {
	start, end, gutter := columns(lines)
	if start == end {
		if len(lines) == 0 {
			return nil
		}
		return [][]row{lines}
	}
	out := blocks(lines[:start])
	for _, side := range []func(run) bool{
		func(r run) bool { return r.left < gutter }, func(r run) bool { return r.left >= gutter },
	} {
		var column []row
		for _, line := range lines[start:end] {
			var part row
			for _, r := range line {
				if side(r) {
					part = append(part, r)
				}
			}
			if part != nil {
				column = append(column, part)
			}
		}
		out = append(out, column)
	}
	return append(out, blocks(lines[end:])...)
}

const (
	minColumnRows  = 4   // on each side
	minColumnShare = 0.4 // of the rows, on each side
	aligned        = 3   // points
)

// columns finds the longest stretch of lines that stand in two columns, and where the right one begins. Dates at the right
// margin are no column: they stand beside few lines, are of many widths, and are digits for the most part.
func columns(lines []row) (start, end int, gutter float64) {
	tried := make(map[int]bool)
	for _, line := range lines {
		for _, r := range line[1:] {
			at := int(r.left)
			if tried[at] {
				continue
			}
			tried[at] = true
			for i := 0; i < len(lines); i++ {
				j := i
				for j < len(lines) && !crosses(lines[j], r.left-1) {
					j++
				}
				if j-i > end-start && twoColumns(lines[i:j], r.left-1) {
					start, end, gutter = i, j, r.left-1
				}
				i = j
			}
		}
	}
	return start, end, gutter
}

func crosses(line row, x float64) bool {
	return slices.ContainsFunc(line, func(r run) bool { return r.left < x && r.right > x })
}

func twoColumns(lines []row, x float64) bool {
	left, right, atEdge, digits, letters := 0, 0, 0, 0, 0
	for _, line := range lines {
		onLeft, onRight := false, false
		for _, r := range line {
			if r.left < x {
				onLeft = true
				continue
			}
			if !onRight && r.left-x < 1+aligned {
				atEdge++
			}
			onRight = true
			for _, c := range r.text {
				switch {
				case unicode.IsDigit(c):
					digits++
				case unicode.IsLetter(c):
					letters++
				}
			}
		}
		if onLeft {
			left++
		}
		if onRight {
			right++
		}
	}
	least := max(minColumnRows, int(minColumnShare*float64(len(lines))))
	return left >= least && right >= least && 10*atEdge >= 6*right && digits < letters
}

// blockText writes rows as lines, with a blank one where the page leaves a gap, and joins words that a line's end divided.
func blockText(lines []row) string {
	var b strings.Builder
	usual := usualPitch(lines)
	divided := false
	for i, line := range lines {
		if i > 0 && !divided {
			b.WriteByte('\n')
			if pitch(lines[i-1], line) > paragraphGap*usual {
				b.WriteByte('\n')
			}
		}
		for j, r := range line {
			if j > 0 {
				b.WriteString("  ")
			}
			text, cut := strings.CutSuffix(r.text, softHyphen)
			b.WriteString(text)
			divided = cut && j == len(line)-1
		}
	}
	return b.String()
}

const paragraphGap = 1.4 // of the usual distance of two lines

func pitch(above, below row) float64 { return above[0].middle() - below[0].middle() }

// usualPitch is the distance that half of the lines do not exceed.
func usualPitch(lines []row) float64 {
	if len(lines) < 2 {
		return 0
	}
	pitches := make([]float64, 0, len(lines)-1)
	for i := range lines[1:] {
		pitches = append(pitches, pitch(lines[i], lines[i+1]))
	}
	slices.Sort(pitches)
	return pitches[(len(pitches)-1)/2]
}
