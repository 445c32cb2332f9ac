package llm

import (
	"maps"
	"slices"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
	"github.com/agent-forge/forge/scorer"
)

// A posting is what a model can see of an [enrich.Posting], before it is cut.
type posting struct {
	header, body string
	spoken       string          // all of it, for what the posting names
	terms        map[string]bool // of all of it
	place        map[string]bool // terms of the company and its place
	aside        map[string]bool // lines of sections that ask for nothing
	language     words.Language
	flagged      int
}

// A shownPosting is what the model is shown.
type shownPosting struct {
	posting
	numbered
	tokens int
	cut    bool
}

// readPosting prepares a posting. A posting without text cannot be judged.
func readPosting(p enrich.Posting) (posting, error) {
	body := clean(p.Data.Description)
	if !hasWords(body) {
		return posting{}, &Error{Kind: scorer.ErrPosting, Reason: "it has no text: read its page"}
	}
	if req := clean(p.Data.Requirements); hasWords(req) && !strings.Contains(spoken(body), spoken(req)) {
		body += "\n\nRequirements:\n" + req
	}
	header, hidden := header(p)
	body, flagged := withhold(body)
	if !hasWords(body) {
		return posting{}, &Error{
			Kind:   scorer.ErrPosting,
			Reason: "it has no text but what speaks to a model: read its page",
		}
	}
	body = splitLong(body)
	aside := make(map[string]bool)
	for _, section := range advert.Sections(body) {
		switch section.Kind {
		case advert.SectionBenefits, advert.SectionCompany, advert.SectionLegal, advert.SectionPreferred:
			for line := range strings.Lines(section.Text) {
				aside[strings.TrimSpace(line)] = true
			}
		case advert.SectionRequirements, advert.SectionResponsibilities, advert.SectionOther:
		}
	}
	all := header + "\n" + body
	return posting{
		header: header, body: body, spoken: spoken(all), terms: words.Terms(all), aside: aside,
		language: languageOf(body),
		place:    words.Terms(clean(p.Lead.Location) + "\n" + clean(p.Lead.Company)),
		flagged:  flagged + hidden,
	}, nil
}

// Bounds of the lines above the text, in characters and lines.
const (
	maxHeaderLine = 160
	maxAttributes = 8
)

// header returns what the board lists beside the text. The board's fields are as foreign as the
// text.
func header(p enrich.Posting) (lines string, flagged int) {
	var b strings.Builder
	line := func(name, value string) {
		value, n := withhold(strings.ReplaceAll(clean(value), "\n", " "))
		flagged += n
		if value = firstRunes(value, maxHeaderLine); value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	line("Title", p.Lead.Title)
	line("Company", p.Lead.Company)
	line("Location", p.Lead.Location)
	shown := 0
	for _, key := range slices.Sorted(maps.Keys(p.Data.Attributes)) {
		switch key {
		case enrich.AttrSeniority, enrich.AttrEmploymentType, enrich.AttrFunction, enrich.AttrIndustries,
			enrich.AttrExperience, enrich.AttrSkills, enrich.AttrEducation, enrich.AttrWorkplace:
			if shown++; shown <= maxAttributes {
				line(strings.ReplaceAll(key, "_", " "), p.Data.Attributes[key])
			}
		}
	}
	return strings.TrimRight(b.String(), "\n"), flagged
}

// spoken is a text as a row of folded words, with a space on both sides of each, so that a row of
// words is found at word bounds.
func spoken(text string) string {
	var b strings.Builder
	b.WriteByte(' ')
	for _, token := range words.Tokens(text) {
		b.WriteString(token.Word + " ")
	}
	return b.String()
}

func hasWords(text string) bool { return len(words.Tokens(text)) > 0 }

func languageOf(text string) words.Language { return words.MixOf(words.Tokens(text)).Main() }
