package resume

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	minColumn   = 3    // lines of each column
	columnShare = 0.4  // of the lines of the longer column that the shorter one has
	jumpShare   = 0.15 // of the lines, at which the page was drawn column by column for the most part
	evidence    = 2    // lines that stand as only those of columns do
)

// columns reports whether the two sides are two texts. Most other things beside a text are to be
// read with the line on which they stand: dates at the margin, labels, the cells of a table.
func columns(lines []parted) bool {
	left, right := side(lines, 0), side(lines, 1)
	if min(len(left), len(right)) < 2 || notes(left) || notes(right) {
		return false
	}
	n := jumps(lines)
	if n <= 1 { // first the one was drawn, then the other
		return true
	}
	lines = both(lines)
	l, r := len(side(lines, 0)), len(side(lines, 1))
	if min(l, r) < minColumn || float64(min(l, r)) < columnShare*float64(max(l, r)) {
		return false
	}
	return float64(n) <= 1+jumpShare*float64(l+r) ||
		interleaved(lines)+wrapped(lines)+listed(lines) >= evidence
}

// side returns the lines of the left side, 0, or the right one, 1.
func side(lines []parted, side int) []row {
	var out []row
	for _, l := range lines {
		if l[side] != nil {
			out = append(out, l[side])
		}
	}
	return out
}

// both returns the lines from which on both columns have begun to where one of them ends.
func both(lines []parted) []parted {
	for side := range 2 {
		for len(lines) > 0 && lines[0][side] == nil {
			lines = lines[1:]
		}
		for len(lines) > 0 && lines[len(lines)-1][side] == nil {
			lines = lines[:len(lines)-1]
		}
	}
	return lines
}

// notes reports whether a column holds dates, numbers or bullets for the most part.
func notes(lines []row) bool {
	n, all := 0, 0
	for _, line := range lines {
		digits, letters := 0, 0
		for _, p := range line {
			for _, r := range p.text {
				switch {
				case unicode.IsDigit(r):
					digits++
				case unicode.IsLetter(r):
					letters++
				}
			}
		}
		number, date := digits >= 2 && 2*digits >= letters, digits >= 4 && 6*digits >= letters
		if number || date { // "2019", "September 2019"
			n++
		}
		all += letters
	}
	return 10*n >= 6*len(lines) || all < 3*len(lines)
}

// jumps counts how often whoever drew the page went from one side of the gutter to the other.
func jumps(lines []parted) int {
	type drawn struct{ at, side int }
	var all []drawn
	for _, l := range lines {
		for side := range 2 {
			for _, p := range l[side] {
				all = append(all, drawn{p.drawn, side})
			}
		}
	}
	slices.SortFunc(all, func(a, b drawn) int { return cmp.Compare(a.at, b.at) })
	n := 0
	for i := range all[1:] {
		if all[i].side != all[i+1].side {
			n++
		}
	}
	return n
}

// interleaved counts the lines that stand on one side alone, and closer to one of the other side
// than lines of one text do.
func interleaved(lines []parted) int {
	n := 0
	for i := range lines[1:] {
		for side := range 2 {
			above, below := lines[i][side], lines[i+1][1-side]
			alone := lines[i][1-side] == nil && lines[i+1][side] == nil
			if alone && above != nil && below != nil && pitch(above, below) < min(above[0].em, below[0].em) {
				n++
			}
		}
	}
	return n
}

// wrapped counts sentences that go on in the next line of their column although that line has text
// in the other one too.
func wrapped(lines []parted) int {
	const full = 0.75 // of the widest line: such a line ended for want of room
	n := 0
	for column := range 2 {
		widest := 0.0
		for _, line := range side(lines, column) {
			widest = max(widest, line.width())
		}
		for i := range lines[1:] {
			above, below, beside := lines[i][column], lines[i+1][column], lines[i+1][1-column]
			if above == nil || below == nil || beside == nil {
				continue
			}
			if above.width() > full*widest && goesOn(above, below) {
				n++
			}
		}
	}
	return n
}

func (r row) width() float64 { return r[len(r)-1].right - r[0].left }

// goesOn reports whether a line of at least three words ends within a sentence.
func goesOn(above, below row) bool {
	words := 0
	for _, p := range above {
		words += len(strings.Fields(p.text))
	}
	last, _ := utf8.DecodeLastRuneInString(above[len(above)-1].text)
	first, _ := utf8.DecodeRuneInString(below[0].text)
	return words >= 3 && unicode.IsLower(first) && !strings.ContainsRune(".:;!?", last)
}

// listed counts list items that stand in the right column beside a line of the left one.
func listed(lines []parted) int {
	n := 0
	for _, l := range lines {
		if l[0] != nil && l[1] != nil && l[1].item() && !l[0].item() {
			n++
		}
	}
	return n
}

// item reports whether a line begins with the sign of a list item.
func (r row) item() bool {
	first, _ := utf8.DecodeRuneInString(r[0].text)
	return strings.ContainsRune("•‣▪▫■□●○◦◆◇➢➤►▸–—-*·", first) || unicode.Is(unicode.Co, first)
}
