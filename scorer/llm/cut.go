package llm

import (
	"cmp"
	"slices"
	"strings"

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
	// A text can count a little more than its lines do one by one.
	for try := 0; shown.tokens > budget && try < maxCuts; try++ {
		if shown.cut {
			room -= max(shown.tokens-budget, budget/50+1)
		}
		shown.cut = true
		body = s.shorten(p.body, room)
		show()
	}
	if shown.tokens > budget || strings.TrimSuffix(body, cutMark) == "" {
		return shown, errTooLong
	}
	return shown, nil
}

const maxCuts = 8

const (
	cutMark  = "(shortened)"
	anyLabel = "P000: " // costs what a line's label costs
)

// droppedFirst are the kinds of sections, in the order in which their lines are dropped: what says
// nothing about who fits goes first, requirements last.
var droppedFirst = []advert.SectionKind{
	advert.SectionLegal, advert.SectionCompany, advert.SectionBenefits, advert.SectionOther,
	advert.SectionResponsibilities, advert.SectionPreferred, advert.SectionRequirements,
}

// shorten drops lines until the others and the mark cost at most room: of the kind that goes first,
// and of one kind the last.
func (s *Scorer) shorten(body string, room int) string {
	var lines []string
	var rank, tokens, order []int
	total := s.opts.CountTokens(anyLabel + cutMark + "\n")
	for _, section := range advert.Sections(body) {
		for line := range strings.Lines(section.Heading + "\n" + section.Text) {
			if line = strings.TrimSpace(line); line != "" {
				n := s.opts.CountTokens(anyLabel + line + "\n")
				order = append(order, len(lines))
				lines, tokens = append(lines, line), append(tokens, n)
				rank = append(rank, slices.Index(droppedFirst, section.Kind))
				total += n
			}
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(rank[a], rank[b]), b-a) })
	for _, i := range order {
		if total <= room {
			break
		}
		total -= tokens[i]
		lines[i] = ""
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	return strings.Join(append(lines, cutMark), "\n")
}
