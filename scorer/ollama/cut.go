package ollama

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
)

// A preparedPosting is a posting as a model may see it, before it is cut.
type preparedPosting struct {
	header, body string
	full         wordIndex // of all of it, for what the posting names
	place        map[string]bool
	flagged      int
}

// A shownPosting is what the model is shown.
type shownPosting struct {
	preparedPosting
	text   string
	words  wordIndex // of text: what can be quoted
	tokens int
	cut    bool
}

// readPosting prepares a posting. One without text cannot be judged.
func (s *Scorer) readPosting(p enrich.Posting) (preparedPosting, error) {
	d := p.Data.Clean()
	body := s.cleaner.clean(d.Description)
	if len(wordsOf(body)) == 0 {
		return preparedPosting{}, badReply("the posting has no text")
	}
	if req := s.cleaner.clean(d.Requirements); req != "" && !strings.Contains(join(wordsOf(body)), join(wordsOf(req))) {
		body += "\n\nRequirements:\n" + req
	}
	header, hidden := s.header(p, d)
	body, flagged := s.detector.withhold(body)
	if len(wordsOf(body)) == 0 {
		return preparedPosting{}, badReply("the posting has no text but what speaks to a model")
	}
	place := s.words.terms(wordsOf(s.cleaner.clean(p.Lead.Location) + " " + s.cleaner.clean(p.Lead.Company)))
	return preparedPosting{
		header: header, body: body, full: s.words.index(header + "\n" + body), place: place, flagged: flagged + hidden,
	}, nil
}

// Bounds of the lines above the text, in characters and lines.
const (
	maxHeaderLine = 160
	maxAttributes = 8
)

// header returns what the board lists beside the text. The board's fields are as foreign as the text.
func (s *Scorer) header(p enrich.Posting, d enrich.Data) (header string, flagged int) {
	var b strings.Builder
	line := func(name, value string) {
		value = strings.ReplaceAll(s.cleaner.clean(value), "\n", " ")
		value, n := s.detector.withhold(value)
		flagged += n
		if value = firstRunes(value, maxHeaderLine); value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	line("Title", p.Lead.Title)
	line("Company", p.Lead.Company)
	line("Location", p.Lead.Location)
	shown := 0
	for _, key := range slices.Sorted(maps.Keys(d.Attributes)) {
		switch key {
		case enrich.AttrSeniority, enrich.AttrEmploymentType, enrich.AttrFunction, enrich.AttrIndustries,
			enrich.AttrExperience, enrich.AttrSkills, enrich.AttrEducation, enrich.AttrWorkplace:
			if shown++; shown <= maxAttributes {
				line(strings.ReplaceAll(key, "_", " "), d.Attributes[key])
			}
		}
	}
	return strings.TrimRight(b.String(), "\n"), flagged
}

// fit cuts a posting to a budget of tokens. The same posting and budget give the same text.
func (s *Scorer) fit(p preparedPosting, budget int) (shownPosting, error) {
	shown := shownPosting{preparedPosting: p}
	header := p.header
	if s.opts.CountTokens(header) > budget/2 {
		header = ""
	}
	room := budget - s.opts.CountTokens(header+"\n\n")
	body := p.body
	if room < minPosting/2 {
		return shown, tooLong("the posting does not fit beside the résumé, however it is cut; raise Options.NumCtx")
	}
	show := func() {
		shown.text = strings.TrimSpace(header + "\n\n" + body)
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
	shown.words = s.words.index(shown.text)
	if len(wordsOf(body)) == 0 || shown.tokens > budget {
		return shown, tooLong("the posting does not fit beside the résumé, however it is cut; raise Options.NumCtx")
	}
	return shown, nil
}

const maxCuts = 8

const cutMark = "(shortened)"

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

// shorten drops what says nothing about who fits before what does: whole sections of boilerplate first, from the last one up,
// then lines from the ends of the others, requirements last.
func (s *Scorer) shorten(body string, room int) string {
	var blocks []block
	total := s.opts.CountTokens(cutMark + "\n")
	for _, section := range advert.Sections(body) {
		b := block{kind: section.Kind}
		for line := range strings.Lines(section.Heading + "\n" + section.Text) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			n := s.opts.CountTokens(line + "\n")
			b.pieces = append(b.pieces, piece{text: line, tokens: n, kept: true})
			b.tokens += n
		}
		total += b.tokens
		blocks = append(blocks, b)
	}
	for _, kind := range []advert.SectionKind{advert.SectionLegal, advert.SectionCompany, advert.SectionBenefits} {
		for i := len(blocks) - 1; i >= 0 && total > room; i-- {
			if blocks[i].kind == kind {
				total -= blocks[i].tokens
				blocks[i].pieces = nil
			}
		}
	}
	for _, kind := range []advert.SectionKind{
		advert.SectionOther, advert.SectionResponsibilities, advert.SectionPreferred, advert.SectionRequirements,
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

// trim drops lines from the end of a block until total fits, and cuts the last one where that is enough.
func (s *Scorer) trim(b *block, total, room int) int {
	for i := len(b.pieces) - 1; i >= 0 && total > room; i-- {
		p := &b.pieces[i]
		total -= p.tokens
		if left := room - total; left >= minPosting/8 {
			p.text = s.cutLine(p.text, left)
			p.tokens = s.opts.CountTokens(p.text + "\n")
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
	fits := func(n int) bool { return s.opts.CountTokens(cutBytes(line, n)+"\n") <= room }
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
