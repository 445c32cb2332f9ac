package ats

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/dates"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/filter"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/internal/pay"
	"github.com/agent-forge/forge/lead"
)

// A job is what a provider says of one job, in the form that all of them share. Every text is
// plain.
type job struct {
	id      string // the provider's
	key     string // the external id
	title   string
	company string
	url     string

	posted    time.Time
	precision dates.Precision

	shown      []string       // places as the provider writes them
	places     []filter.Place // where the work is
	applicants []string       // where somebody who works remotely can be
	workplace  []string       // "remote", "hybrid", "on-site"
	types      []string       // employment types as the provider writes them

	facts              map[string]string
	text, requirements string

	// hidden says that the provider has the job and does not list it.
	hidden bool

	// What the cache notes: the text counts against its room, was dropped, or was returned.
	kept, lost, taken bool
}

// set notes a fact. A value that says nothing is left out.
func (j *job) set(key, value string) {
	if value = facts.Value(value); value == "" {
		return
	}
	if j.facts == nil {
		j.facts = map[string]string{}
	}
	j.facts[key] = facts.Short(value)
}

// setDate notes when the job was first published.
func (j *job) setDate(s string) {
	t, p := dates.Parse(s, dates.UnknownOrder)
	if p != dates.Unknown && t.Year() > 1970 {
		j.posted, j.precision = t, p
	}
}

// setDeadline notes until when the advert is valid.
func (j *job) setDeadline(s text) {
	switch t, p := dates.Parse(string(s), dates.UnknownOrder); p {
	case dates.Unknown:
	case dates.WholeDay:
		j.set(enrich.AttrValidThrough, t.Format(time.DateOnly))
	default:
		j.set(enrich.AttrValidThrough, t.Format(time.RFC3339))
	}
}

// setTypes notes employment types, which are codes or words.
func (j *job) setTypes(types ...string) {
	var shown []string
	for _, t := range types {
		code := !strings.Contains(strings.TrimSpace(t), " ")
		if t = facts.Value(strings.ReplaceAll(t, "_", " ")); t == "" || slices.Contains(j.types, t) {
			continue
		}
		j.types = append(j.types, t)
		if code {
			shown = append(shown, jobposting.TypesForPeople([]string{t})...)
		} else {
			shown = append(shown, t)
		}
	}
	j.set(enrich.AttrEmploymentType, strings.Join(shown, ", "))
}

// setWorkplace notes where the work is done, by the provider's word for it.
func (j *job) setWorkplace(word string) {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(word)) {
	case "remote", "fullyremote", "telecommute":
		word = "remote"
	case "hybrid", "hybridremote":
		word = "hybrid"
	case "onsite", "office", "inoffice":
		word = "on-site"
	default:
		return
	}
	if !slices.Contains(j.workplace, word) {
		j.workplace = append(j.workplace, word)
	}
	j.set(enrich.AttrWorkplace, j.workplace[0])
}

// addPlace adds a place in the provider's words.
func (j *job) addPlace(words string) {
	if words = facts.Place(words); words == "" {
		return
	}
	if !slices.Contains(j.shown, words) {
		j.shown = append(j.shown, words)
	}
	for name := range strings.SplitSeq(words, ";") {
		j.locate(filter.Place{Text: strings.TrimSpace(name)})
	}
}

// addAddress adds a place in parts, of which any can be empty.
func (j *job) addAddress(town, region, country string) {
	p := filter.Place{Locality: facts.Place(town), Region: facts.Place(region), Country: facts.Place(country)}
	var parts []string
	for _, s := range []string{p.Locality, p.Region, p.Country} {
		if s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return
	}
	if words := strings.Join(parts, ", "); !slices.Contains(j.shown, words) {
		j.shown = append(j.shown, words)
	}
	j.locate(p)
}

// locate notes what a query can be compared with. Words for remote work make it a place of
// applicants.
func (j *job) locate(p filter.Place) {
	for _, field := range []*string{&p.Locality, &p.Text} {
		if rest, remote := filter.CutRemote(*field); remote {
			*field = rest
			j.setWorkplace("remote")
			if words := cmp.Or(p.Text, p.Locality, p.Region, p.Country); words != "" {
				j.applicants = append(j.applicants, words)
			}
			return
		}
	}
	if p != (filter.Place{}) && !slices.Contains(j.places, p) {
		j.places = append(j.places, p)
	}
}

// A wage is pay in figures.
type wage struct {
	min, max         float64 // 0: not stated
	currency, period string  // the period in the provider's word
	words            string  // as the provider writes it; empty: it gives figures only
}

// setPay notes the pay. Several ranges in one currency and period become the one that covers them.
// Figures that no job pays are left out, and the words stay.
func (j *job) setPay(wages ...wage) {
	var words []string
	var all []pay.Range
	for _, w := range wages {
		r := pay.Range{
			Min: cmp.Or(w.min, w.max), Max: cmp.Or(w.max, w.min), Currency: strings.ToUpper(w.currency),
			Period: pay.Unit(w.period),
		}
		if r.Max <= 0 {
			continue
		}
		words = append(words, cmp.Or(w.words, wordsOf(r)))
		all = append(all, r)
	}
	j.set(enrich.AttrSalary, strings.Join(slices.Compact(words), "; "))
	if len(all) == 0 {
		return
	}
	whole := all[0]
	for _, r := range all[1:] {
		if r.Currency != whole.Currency || r.Period != whole.Period {
			return
		}
		whole.Min, whole.Max = min(whole.Min, r.Min), max(whole.Max, r.Max)
	}
	if whole.Plausible() {
		facts.SetFigures(j.facts, whole)
	}
}

func wordsOf(r pay.Range) string {
	lo, hi := r.Figures()
	s := hi
	if lo != hi {
		s = lo + " – " + hi
	}
	if r.Currency != "" {
		s += " " + r.Currency
	}
	if r.Period != "" {
		s += " per " + r.Period
	}
	return s
}

// A part is a section of an advert as its provider keeps it: a heading in plain text, and markup.
type part struct {
	heading, markup string
	asks            bool // it states requirements
}

// setText makes the text of its parts. If no part states requirements, they are looked for in the
// text.
func (j *job) setText(parts ...part) {
	var text, asked []string
	for _, p := range parts {
		body := advert.Text(p.markup)
		if body == "" {
			continue
		}
		if heading := lead.CleanLine(p.heading); heading != "" {
			body = heading + "\n" + body
		}
		text = append(text, body)
		if p.asks {
			asked = append(asked, body)
		}
	}
	j.text, j.requirements = strings.Join(text, "\n\n"), strings.Join(asked, "\n\n")
	if j.requirements == "" {
		j.requirements = advert.RequirementsOf(j.text)
	}
}

// kindOf returns what a heading says that its section is about.
func kindOf(heading string) advert.SectionKind {
	if s := advert.Sections(lead.CleanLine(heading) + "\n- x"); len(s) > 0 && s[0].Heading != "" {
		return s[0].Kind
	}
	return advert.SectionOther
}

// asks reports whether a heading names requirements.
func asks(heading string) bool {
	k := kindOf(heading)
	return k == advert.SectionRequirements || k == advert.SectionPreferred
}

// lead returns the job as a card.
func (j *job) lead(source string) lead.Lead {
	return lead.Lead{
		Source: source, ExternalID: j.key, Title: advert.Title(j.title), Company: advert.Title(j.company),
		Location: j.location(), URL: j.url, PostedAt: j.posted,
	}
}

// location writes the places in as many characters as a lead can have, whole places only.
func (j *job) location() string {
	const room = lead.MaxLocationRunes - len("Remote ()")
	said, size := false, 0
	var all []string
	for _, s := range j.shown {
		if size += utf8.RuneCountInString(s) + len("; "); size > room {
			break
		}
		all = append(all, s)
		said = said || filter.IsRemote(s)
	}
	s := strings.Join(all, "; ")
	switch {
	case said, len(j.workplace) == 0, j.workplace[0] != "remote":
		return s
	case s == "":
		return "Remote"
	}
	return "Remote (" + s + ")"
}

// data returns the text and the facts.
func (j *job) data() enrich.Data {
	d := enrich.Data{Description: j.text, Requirements: j.requirements, Attributes: maps.Clone(j.facts)}
	facts.MarkTeaser(&d)
	return d
}

// size is what the job's text costs in the cache, in bytes.
func (j *job) size() int64 { return int64(len(j.text) + len(j.requirements)) }

// compare returns what a query can be compared with.
func (j *job) compare() *filter.Job {
	f := &filter.Job{
		Title: j.title, Company: j.company, Text: func() string { return j.text }, Types: j.types,
		Workplace: j.workplace, Places: j.places, Applicants: j.applicants, PostedBy: j.posted,
	}
	switch j.precision {
	case dates.WholeDay:
		f.PostedBy = j.posted.Add(36 * time.Hour) // the whole day, in the last zone that it reaches
	case dates.NoZone:
		f.PostedBy = j.posted.Add(12 * time.Hour)
	}
	return f
}

// problem says why the job cannot be a lead; empty if it can.
func (j *job) problem(source string) string {
	if err := j.lead(source).Validate(); err != nil {
		return err.Error()
	}
	return ""
}

// webAddress returns the first of these that a browser can open.
func webAddress(candidates ...string) string {
	for _, c := range candidates {
		c = lead.CleanLine(c)
		if u, err := url.Parse(c); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
			return c
		}
	}
	return ""
}

func millis(n number) time.Time {
	if n <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(n)).UTC()
}
