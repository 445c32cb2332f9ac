package resume

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A sheet is a page that a test draws.
type sheet struct{ glyphs []glyph }

// A pen says how text is drawn. The zero value draws 10-point text with space characters.
type pen struct {
	size     float64 // 0: 10
	tracking float64 // ems between all glyphs
	wordGap  float64 // ems in place of a space character; 0: there are space characters
}

// write draws text and returns where it ends.
func (s *sheet) write(x, y float64, text string, p pen) float64 {
	em := p.size
	if em == 0 {
		em = 10
	}
	for _, r := range text {
		if r == ' ' && p.wordGap > 0 {
			x += (p.wordGap + p.tracking) * em
			continue
		}
		width := 0.5
		switch {
		case strings.ContainsRune(" ilj.,;:'|", r):
			width = 0.26
		case r >= 'A' && r <= 'Z':
			width = 0.68
		case r == 'm' || r == 'w':
			width = 0.8
		}
		s.glyphs = append(s.glyphs, glyph{text: string(r), left: x, right: x + width*em, base: y, em: em})
		x += (width + p.tracking) * em
	}
	return x
}

func width(text string, p pen) float64 {
	var s sheet
	return s.write(0, 0, text, p)
}

var vocabulary = strings.Fields(`managed patient records trained apprentices kept ledgers for the northern
depot and wrote monthly reports about water quality in seven rivers led a team of five welders repaired
pumps planned lessons with care answered callers sold garden tools across two counties built web services
measured noise at night drew maps`)

// prose breaks n words into lines no wider than width.
func prose(r *rand.Rand, n int, wide float64, p pen) (lines []string) {
	current := ""
	for i := range n {
		w := vocabulary[r.IntN(len(vocabulary))]
		if i == 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		switch {
		case current == "":
			current = w
		case width(current+" "+w, p) > wide:
			lines = append(lines, current)
			current = w
		default:
			current += " " + w
		}
	}
	return append(lines, current+".")
}

func column(r *rand.Rand, sections int, wide float64, p pen) (lines []string) {
	for range sections {
		lines = append(lines, strings.ToUpper(vocabulary[r.IntN(len(vocabulary))]))
		for range 1 + r.IntN(3) {
			if r.IntN(3) == 0 {
				lines = append(lines, vocabulary[r.IntN(len(vocabulary))])
				continue
			}
			item := prose(r, 4+r.IntN(14), wide-8, p)
			item[0] = "• " + item[0]
			lines = append(lines, item...)
		}
		if r.IntN(2) == 0 {
			lines = append(lines, "")
		}
	}
	return lines
}

// apart returns how many of the neighbouring words of want are not neighbours in got, and the
// number of pairs.
func apart(want, got string) (n, pairs int) {
	w, g := strings.Fields(want), strings.Fields(got)
	have := map[[2]string]int{}
	for i := range g[1:] {
		have[[2]string{g[i], g[i+1]}]++
	}
	for i := range w[1:] {
		pair := [2]string{w[i], w[i+1]}
		if have[pair]--; have[pair] < 0 {
			n++
		}
	}
	return n, len(w) - 1
}

// A placed text is one that a test draws later.
type placed struct {
	x, y float64
	text string
}

func (s *sheet) draw(all []placed, p pen) string {
	for _, d := range all {
		s.write(d.x, d.y, d.text, p)
	}
	return layOut(s.glyphs)
}

func randomPen(r *rand.Rand) pen {
	p := pen{size: 9 + r.Float64()*2}
	if r.IntN(2) == 0 {
		p.wordGap = 0.1 + r.Float64()*0.2
	}
	return p
}

func TestLayoutReadsColumnsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		grid      bool // lines of both columns stand on one height
		order     func(r *rand.Rand, all []placed)
		unordered float64 // share of pages in which more than 5 of 100 neighbours may be apart
	}{
		{"drawn one after the other", true, func(_ *rand.Rand, all []placed) {
			slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.x, b.x) })
		}, 0},
		{"on two grids, drawn one after the other", false, func(_ *rand.Rand, all []placed) {
			slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.x, b.x) })
		}, 0},
		{"drawn line by line", true, func(*rand.Rand, []placed) {}, 0.06},
		{"on two grids, drawn line by line", false, func(*rand.Rand, []placed) {}, 0.06},
		{"drawn in any order", true, func(r *rand.Rand, all []placed) {
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}, 0.06},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const pages = 100
			bad := 0
			for seed := range pages {
				r := rand.New(rand.NewPCG(uint64(seed), 1))
				p := randomPen(r)
				leftWide := 110 + r.Float64()*140
				begin := 45 + leftWide + 14 + r.Float64()*20
				left, right := column(r, 2+r.IntN(3), leftWide, p), column(r, 2+r.IntN(3), 550-begin, p)
				pitch := p.size * (1.15 + r.Float64()*0.3)
				offset := 0.0
				if !c.grid {
					offset = r.Float64() * pitch
				}
				header := prose(r, 12, 500, p)
				var all []placed
				for i := range max(len(left), len(right)) {
					if i < len(left) {
						all = append(all, placed{45, 700 - float64(i)*pitch, left[i]})
					}
					if i < len(right) {
						all = append(all, placed{begin, 700 - float64(i)*pitch - offset, right[i]})
					}
				}
				c.order(r, all)
				for i, l := range header {
					all = append(all, placed{45, 740 - float64(i)*pitch, l})
				}
				want := strings.Join(slices.Concat(header, left, right), " ")
				if n, pairs := apart(want, new(sheet).draw(all, p)); 20*n > pairs {
					bad++
				}
			}
			require.LessOrEqual(t, float64(bad)/pages, c.unordered)
		})
	}
}

func TestLayoutReadsNotesWithTheirLines(t *testing.T) {
	t.Parallel()
	months := strings.Fields("January March Apr June Sept. Oktober 03/2019 2020")
	places := []string{"Leeds, United Kingdom", "Berlin", "Porto, Portugal", "Remote", "York, Yorkshire"}
	date := func(r *rand.Rand) string {
		return months[r.IntN(len(months))] + " 2019 – " + months[r.IntN(len(months))] + " 2021"
	}
	place := func(r *rand.Rand) string { return places[r.IntN(len(places))] }
	label := func(r *rand.Rand) string { return vocabulary[r.IntN(len(vocabulary))] }
	for _, c := range []struct {
		name        string
		note        func(r *rand.Rand) string
		left, table bool // the note stands left of the text; there are three cells
		first       bool // the notes are drawn before the text, as browsers draw what floats
	}{
		{"dates at the right margin", date, false, false, false},
		{"dates at the right margin, drawn first", date, false, false, true},
		{"places at the right margin", place, false, false, false},
		{"dates at the left margin", date, true, false, false},
		{"labels at the left margin", label, true, false, false},
		{"a table", label, true, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for seed := range 100 {
				r := rand.New(rand.NewPCG(uint64(seed), 2))
				p := randomPen(r)
				pitch := p.size * (1.15 + r.Float64()*0.3)
				bullets, flush := r.IntN(2) == 0, r.IntN(2) == 0
				var all []placed
				y := 740.0
				put := func(x float64, text string) { all = append(all, placed{x, y, text}) }
				for range 3 + r.IntN(3) {
					put(45, strings.ToUpper(label(r)))
					y -= pitch * 1.4
					for range 1 + r.IntN(5) {
						note := c.note(r)
						switch {
						case c.table:
							put(45, note)
							put(190, prose(r, 1+r.IntN(3), 350, p)[0])
							put(390, prose(r, 1+r.IntN(2), 350, p)[0])
							y -= pitch
						case c.left:
							put(45, note)
							for _, l := range prose(r, 4+r.IntN(20), 350, p) {
								put(190, l)
								y -= pitch
							}
							if bullets {
								put(190, "• "+prose(r, 4, 350, p)[0])
								y -= pitch
							}
						default:
							put(45, prose(r, 2+r.IntN(4), 300, p)[0])
							x := 420.0
							if flush {
								x = 550 - width(note, p)
							}
							put(x, note)
							y -= pitch
							if bullets {
								for _, l := range prose(r, 4+r.IntN(14), 480, p) {
									put(55, l)
									y -= pitch
								}
							}
						}
					}
					y -= pitch * 0.6
				}
				var want []string
				for _, d := range all {
					want = append(want, d.text)
				}
				if c.first {
					slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(b.x, a.x) })
				}
				n, pairs := apart(strings.Join(want, " "), new(sheet).draw(all, p))
				require.LessOrEqual(t, 20*n, pairs, "page %d", seed)
			}
		})
	}
}

func TestLayoutTellsWordsByTheGapsBetweenLetters(t *testing.T) {
	t.Parallel()
	for seed := range 2000 {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		var picked []string
		for range 2 + r.IntN(8) {
			picked = append(picked, vocabulary[r.IntN(len(vocabulary))])
		}
		want := strings.Join(picked, " ")
		p := pen{size: 6 + r.Float64()*20}
		switch r.IntN(3) {
		case 0:
			p.wordGap = 0.1 + r.Float64()*0.5
		case 1: // a heading: spaces are as much wider as letters are
			p.tracking = r.Float64() * 0.3
			p.wordGap = p.tracking + 0.22 + r.Float64()*0.3
		}
		var s sheet
		s.write(50, 700, want, p)
		for i := range s.glyphs { // kerning, and places that were rounded
			by := (r.Float64() - 0.5) * 0.03 * p.size
			s.glyphs[i].left, s.glyphs[i].right = s.glyphs[i].left+by, s.glyphs[i].right+by
		}
		got := strings.Join(strings.Fields(layOut(s.glyphs)), " ")
		require.Equal(t, want, got, "line %d: %+v", seed, p)
	}
}

func TestLayoutOfAnyGlyphsEndsSoon(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		at   func(i int) (x, y float64)
	}{
		{"on one line", func(i int) (float64, float64) { return float64(i), 0 }},
		{"one below the other", func(i int) (float64, float64) { return 0, float64(i) }},
		{"down a stair", func(i int) (float64, float64) { return float64(i % 9000), -float64(i % 9000) }},
		{"on a grid", func(i int) (float64, float64) { return float64(i * 37 % 5000), float64(i % 700) }},
		{"in one place", func(int) (float64, float64) { return 0, 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var glyphs []glyph
			for i := range 100_000 {
				x, y := c.at(i)
				text := string(rune('a' + i%3))
				glyphs = append(glyphs, glyph{text: text, left: x, right: x + 0.5, base: y, em: 1})
			}
			begin := time.Now()
			layOut(glyphs)
			t.Logf("%d glyphs in %v", len(glyphs), time.Since(begin))
		})
	}
}
