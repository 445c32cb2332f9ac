package resume

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxColumnPieces = 5000 // of a page on which columns are looked for; a full page of a résumé has 200
	maxColumnDepth  = 6    // of columns within columns
	gutterWidth     = 0.6  // ems, at least
)

// blocks cuts a page into parts that are read one after the other: where lines stand in columns, each column is read as a
// whole, the left one first. Columns are told by the gutter between them, which no text crosses.
func blocks(lines []row) [][]row {
	pieces := 0
	for _, line := range lines {
		pieces += len(line)
	}
	if pieces > maxColumnPieces {
		return [][]row{lines}
	}
	return blocksTo(maxColumnDepth, lines)
}

func blocksTo(depth int, lines []row) [][]row {
	if len(lines) == 0 {
		return nil
	}
	s, ok := longest(lines)
	if !ok || depth == 0 {
		return [][]row{lines}
	}
	left, right := sides(s.split(lines))
	if left[0].backwards() && right[0].backwards() {
		left, right = right, left
	}
	return slices.Concat(blocksTo(depth-1, lines[:s.start]), blocksTo(depth-1, left), blocksTo(depth-1, right), blocksTo(depth-1, lines[s.end:]))
}

// A stretch is lines of which none crosses a gutter.
type stretch struct {
	start, end int
	gutter     float64 // x of its right edge
}

// A parted line is what stands left and right of a gutter. A side without text is nil.
type parted struct{ left, right row }

func (s stretch) split(lines []row) []parted {
	out := make([]parted, s.end-s.start)
	for i, line := range lines[s.start:s.end] {
		at, _ := slices.BinarySearchFunc(line, s.gutter, func(p piece, x float64) int { return cmp.Compare(p.left, x) })
		if at > 0 {
			out[i].left = line[:at:at]
		}
		if at < len(line) {
			out[i].right = line[at:]
		}
	}
	return out
}

// longest finds the most lines that stand in two columns.
func longest(lines []row) (best stretch, found bool) {
	tried := make(map[int]bool)
	for _, line := range lines {
		for _, p := range line {
			at := int(10 * p.left / p.em)
			if tried[at] {
				continue
			}
			tried[at] = true
			s := stretch{gutter: p.left - 0.05*p.em}
			for s.start < len(lines) {
				s.end = s.start
				for s.end < len(lines) && !crosses(lines[s.end], s.gutter) {
					s.end++
				}
				if t := s.trim(lines); t.end-t.start > best.end-best.start && columns(t.split(lines)) {
					best, found = t, true
				}
				s.start = s.end + 1
			}
		}
	}
	return best, found
}

func crosses(line row, gutter float64) bool {
	return slices.ContainsFunc(line, func(p piece) bool { return p.left < gutter && p.right > gutter-gutterWidth*p.em })
}

// trim leaves out the lines above the one at which both columns have begun, and a heading of what stands below.
func (s stretch) trim(lines []row) stretch {
	onLeft := func(i int) bool { return lines[i][0].left < s.gutter }
	onRight := func(i int) bool { return lines[i][len(lines[i])-1].left >= s.gutter }
	for s.start+1 < s.end && (!onRight(s.start) && !onRight(s.start+1) || !onLeft(s.start) && !onLeft(s.start+1)) {
		s.start++
	}
	const heading = 2 // lines, at most
	if s.end < len(lines) {
		last := s.end
		for last > s.start && !onRight(last-1) {
			last--
		}
		if s.end-last <= heading {
			s.end = last
		}
	}
	return s
}

const (
	minColumn   = 3   // lines of each column
	columnShare = 0.4 // of the lines of the longer column that the shorter one has
	jumpShare   = 0.15
	evidence    = 2
)

// columns reports whether the two sides are two texts. Most other things beside a text are to be read with the line on which
// they stand: dates at the margin, labels, the cells of a table.
func columns(lines []parted) bool {
	left, right := sides(lines)
	if min(len(left), len(right)) < 2 || notes(left) || notes(right) {
		return false
	}
	n := jumps(lines)
	if n <= 1 { // first the one was drawn, then the other
		return true
	}
	lines = both(lines)
	left, right = sides(lines)
	fewer, more := min(len(left), len(right)), max(len(left), len(right))
	if fewer < minColumn || float64(fewer) < columnShare*float64(more) {
		return false
	}
	return float64(n) <= 1+jumpShare*float64(fewer+more) || interleaved(lines)+wrapped(lines)+listed(lines) >= evidence
}

func sides(lines []parted) (left, right []row) {
	for _, l := range lines {
		if l.left != nil {
			left = append(left, l.left)
		}
		if l.right != nil {
			right = append(right, l.right)
		}
	}
	return left, right
}

// both returns the lines from which on both columns have begun to where one of them ends.
func both(lines []parted) []parted {
	start, end := 0, len(lines)
	for _, empty := range []func(parted) bool{
		func(l parted) bool { return l.left == nil }, func(l parted) bool { return l.right == nil },
	} {
		for start < end && empty(lines[start]) {
			start++
		}
		for start < end && empty(lines[end-1]) {
			end--
		}
	}
	return lines[start:end]
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
		if digits >= 2 && 2*digits >= letters || digits >= 4 && 6*digits >= letters { // "2019", "September 2019"
			n++
		}
		all += letters
	}
	return 10*n >= 6*len(lines) || all < 3*len(lines)
}

// jumps counts how often whoever drew the page went from one side of the gutter to the other.
func jumps(lines []parted) int {
	type drawn struct {
		at   int
		left bool
	}
	var all []drawn
	for _, l := range lines {
		for _, p := range l.left {
			all = append(all, drawn{p.drawn, true})
		}
		for _, p := range l.right {
			all = append(all, drawn{p.drawn, false})
		}
	}
	slices.SortFunc(all, func(a, b drawn) int { return cmp.Compare(a.at, b.at) })
	n := 0
	for i := range all[1:] {
		if all[i].left != all[i+1].left {
			n++
		}
	}
	return n
}

// interleaved counts the lines that stand on one side alone, and closer to one of the other side than lines of one text do.
func interleaved(lines []parted) int {
	n := 0
	for i := range lines[1:] {
		above, below := lines[i].left, lines[i+1].right
		if lines[i].left == nil {
			above, below = lines[i].right, lines[i+1].left
		}
		oneSided := (lines[i].left == nil) != (lines[i].right == nil) && (lines[i+1].left == nil) == (lines[i].left != nil) && (lines[i+1].right == nil) == (lines[i].right != nil)
		if oneSided && pitch(above, below) < min(above[0].em, below[0].em) {
			n++
		}
	}
	return n
}

// wrapped counts sentences that go on in the next line of their column although that line has text in the other one too.
func wrapped(lines []parted) int {
	n := 0
	for _, side := range []func(parted) (column, beside row){
		func(l parted) (row, row) { return l.left, l.right }, func(l parted) (row, row) { return l.right, l.left },
	} {
		widest := 0.0
		for _, l := range lines {
			if column, _ := side(l); column != nil {
				widest = max(widest, column.width())
			}
		}
		for i := range lines[1:] {
			above, _ := side(lines[i])
			below, beside := side(lines[i+1])
			if above != nil && below != nil && beside != nil && above.width() > 0.75*widest && goesOn(above, below) {
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
		if l.left != nil && l.right != nil && l.right.item() && !l.left.item() {
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
