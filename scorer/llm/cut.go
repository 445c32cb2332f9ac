package llm

import (
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/advert"
)

// fit cuts a posting to a budget of tokens. The same posting and budget give the same text.
func (s *Scorer) fit(p posting, budget int) (shownPosting, error) {
	shown := shownPosting{posting: p}
	header := p.header
	if s.opts.CountTokens(header) > budget/2 {
		header = ""
	}
	room := budget - s.opts.CountTokens(header+"\n\n")
	body := p.body
	if room < minPosting/2 {
		return shown, errTooLong
	}
	show := func() {
		shown.numbered = number("P", header+"\n\n"+body)
		shown.tokens = s.opts.CountTokens(shown.text)
	}
	show()
	// A text may count a little more than its lines do one by one.
	for try := 0; shown.tokens > budget && try < maxCuts; try++ {
		if shown.cut {
			room -= max(shown.tokens-budget, budget/50+1)
		}
		shown.cut = true
		body = s.shorten(p.body, room)
		show()
	}
	if !hasWords(body) || shown.tokens > budget {
		return shown, errTooLong
	}
	return shown, nil
}

const maxCuts = 8

const (
	cutMark  = "(shortened)"
	anyLabel = "P000: " // costs what a line's label costs
)

// A piece is one line of a posting, and what it costs.
type piece struct {
	text   string
	tokens int
	kept   bool
}

// A block is one section of a posting.
type block struct {
	kind   advert.SectionKind
	pieces []piece
	tokens int
}

// shorten drops what says nothing about who fits before what does: whole sections of boilerplate
// first, from the last one up, then lines from the ends of the others, requirements last.
func (s *Scorer) shorten(body string, room int) string {
	var blocks []block
	total := s.opts.CountTokens(anyLabel + cutMark + "\n")
	for _, section := range advert.Sections(body) {
		b := block{kind: section.Kind}
		for line := range strings.Lines(section.Heading + "\n" + section.Text) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			n := s.opts.CountTokens(anyLabel + line + "\n")
			b.pieces = append(b.pieces, piece{text: line, tokens: n, kept: true})
			b.tokens += n
		}
		total += b.tokens
		blocks = append(blocks, b)
	}
	for _, kind := range []advert.SectionKind{
		advert.SectionLegal, advert.SectionCompany, advert.SectionBenefits,
	} {
		for i := len(blocks) - 1; i >= 0 && total > room; i-- {
			if blocks[i].kind == kind {
				total -= blocks[i].tokens
				blocks[i].pieces = nil
			}
		}
	}
	for _, kind := range []advert.SectionKind{
		advert.SectionOther, advert.SectionResponsibilities, advert.SectionPreferred,
		advert.SectionRequirements,
	} {
		for i := len(blocks) - 1; i >= 0 && total > room; i-- {
			if blocks[i].kind == kind {
				total = s.trim(&blocks[i], total, room)
			}
		}
	}
	var lines []string
	for _, b := range blocks {
		for _, p := range b.pieces {
			if p.kept {
				lines = append(lines, p.text)
			}
		}
	}
	return strings.Join(append(lines, cutMark), "\n")
}

// trim drops lines from the end of a block until total fits, and cuts the last one where that is
// enough.
func (s *Scorer) trim(b *block, total, room int) int {
	for i := len(b.pieces) - 1; i >= 0 && total > room; i-- {
		p := &b.pieces[i]
		total -= p.tokens
		if left := room - total; left >= minPosting/8 {
			p.text = s.cutLine(p.text, left)
			p.tokens = s.opts.CountTokens(anyLabel + p.text + "\n")
			if p.tokens <= left {
				return total + p.tokens
			}
		}
		p.kept = false
	}
	return total
}

// cutLine returns the beginning of a line that costs at most room, found by halving.
func (s *Scorer) cutLine(line string, room int) string {
	fits := func(n int) bool { return s.opts.CountTokens(anyLabel+cutBytes(line, n)+"\n") <= room }
	low, high := 0, min(len(line), 64*room)
	for low < high {
		if mid := (low + high + 1) / 2; fits(mid) {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return cutBytes(line, low)
}

// cutBytes cuts at a whole character, and at a word's end if one is near.
func cutBytes(s string, n int) string {
	if n >= len(s) {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	s = s[:n]
	if i := strings.LastIndexByte(s, ' '); i > len(s)-40 && i > 0 {
		return s[:i]
	}
	return s
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return strings.TrimSpace(s[:i])
		}
		n--
	}
	return s
}
