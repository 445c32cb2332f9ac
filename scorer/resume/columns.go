package resume

import (
	"cmp"
	"slices"
)

const (
	maxColumnPieces = 5000 // of a page on which columns are looked for; a full page of a résumé has 200
	maxColumnDepth  = 6    // of columns within columns
	gutterWidth     = 0.6  // ems, at least
)

// blocks cuts a page into parts that are read one after the other: where lines stand in columns,
// each column is read as a whole, the left one first. Columns are told by the gutter between them,
// which no text crosses.
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
	parts := s.split(lines)
	left, right := side(parts, 0), side(parts, 1)
	if left[0].backwards() && right[0].backwards() {
		left, right = right, left
	}
	return slices.Concat(
		blocksTo(depth-1, lines[:s.start]),
		blocksTo(depth-1, left), blocksTo(depth-1, right),
		blocksTo(depth-1, lines[s.end:]),
	)
}

// A stretch is lines of which none crosses a gutter.
type stretch struct {
	start, end int
	gutter     float64 // x of its right edge
}

// A parted line is what stands left and right of a gutter. A side without text is nil.
type parted [2]row

func (s stretch) split(lines []row) []parted {
	out := make([]parted, s.end-s.start)
	for i, line := range lines[s.start:s.end] {
		at, _ := slices.BinarySearchFunc(line, s.gutter,
			func(p piece, x float64) int { return cmp.Compare(p.left, x) })
		if at > 0 {
			out[i][0] = line[:at:at]
		}
		if at < len(line) {
			out[i][1] = line[at:]
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
	return slices.ContainsFunc(line, func(p piece) bool {
		return p.left < gutter && p.right > gutter-gutterWidth*p.em
	})
}

// trim leaves out the lines above the one at which both columns have begun, and a heading of what
// stands below.
func (s stretch) trim(lines []row) stretch {
	onLeft := func(i int) bool { return lines[i][0].left < s.gutter }
	onRight := func(i int) bool { return lines[i][len(lines[i])-1].left >= s.gutter }
	begun := func(i int) bool { return (onLeft(i) || onLeft(i+1)) && (onRight(i) || onRight(i+1)) }
	for s.start+1 < s.end && !begun(s.start) {
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
