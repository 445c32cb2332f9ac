package naukri

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/pay"
	"github.com/agent-forge/forge/lead"
)

// A builder collects what a posting says beside its text.
type builder struct {
	attributes map[string]string
	skills     []string
	education  []string
}

// set notes a value on one line; one that says nothing is left out.
func (b *builder) set(key, value string) {
	if value = facts.Value(value); value != "" {
		b.attributes[key] = facts.Short(value)
	}
}

// pay notes the pay as the board shows it, which is in rupees a year unless it says otherwise.
func (b *builder) pay(words string) (read pay.Range, ok bool) {
	if hiddenPay.MatchString(words) {
		return read, false
	}
	return facts.SetPay(b.attributes, words, rupee, pay.Year)
}

var hiddenPay = regexp.MustCompile(`(?i)not disclosed|confidential`)

const rupee = "INR"

// payOf notes the pay as the board's JSON states it: a label that can be blank, and figures a year.
// Where the two contradict each other, or no job pays so, only the label is noted.
func (b *builder) payOf(label string, lo, hi float64, currency string) {
	stated := pay.Range{Min: lo, Max: hi, Currency: cmp.Or(currency, rupee), Period: pay.Year}
	read, ok := b.pay(label)
	if !stated.Plausible() || hiddenPay.MatchString(label) {
		return
	}
	switch {
	case ok && read != stated:
		facts.DropFigures(b.attributes)
	case !ok:
		facts.SetFigures(b.attributes, stated)
		if b.attributes[enrich.AttrSalary] == "" {
			b.set(enrich.AttrSalary, payLabel(stated))
		}
	}
}

// payLabel writes rupees as the board does, and other money in figures.
func payLabel(r pay.Range) string {
	amount := func(f float64) string {
		round := func(unit float64, name string) string {
			return strconv.FormatFloat(math.Round(f/unit*100)/100, 'f', -1, 64) + name
		}
		switch {
		case f == 0:
			return ""
		case r.Currency != rupee:
			return r.Currency + " " + round(1, "")
		case f >= 1e7:
			return round(1e7, " Cr")
		case f >= 1e5:
			return round(1e5, " Lacs")
		}
		return round(1, "")
	}
	if r.Min == r.Max {
		return amount(r.Max)
	}
	return strings.Trim(amount(r.Min)+"-"+amount(r.Max), "-")
}

func (b *builder) skill(s string) {
	if s = lead.CleanLine(s); s != "" && len(b.skills) < maxFacts && !slices.Contains(b.skills, s) {
		b.skills = append(b.skills, s)
	}
}

// workplace reads a label, or what stands before the places: "Hybrid - Hyderabad, Pune".
func (b *builder) workplace(s string) {
	s = strings.ToLower(s)
	switch {
	case strings.HasPrefix(s, "hybrid"):
		b.set(enrich.AttrWorkplace, "hybrid")
	case strings.HasPrefix(s, "remote"), strings.HasPrefix(s, "work from home"):
		b.set(enrich.AttrWorkplace, "remote")
	case strings.HasPrefix(s, "work from office"), strings.HasPrefix(s, "in office"):
		b.set(enrich.AttrWorkplace, "on-site")
	case strings.Contains(s, "wfh"): // "Temp. WFH due to covid"
		b.set(enrich.AttrWorkplace, s)
	}
}

// walkIn reads true, or when and where one may walk in. Whom to ask for is left out: it is a
// person.
func (b *builder) walkIn(raw json.RawMessage) {
	var yes scalar
	if json.Unmarshal(raw, &yes) == nil && yes == "true" {
		b.set(enrich.AttrWalkIn, "yes")
	}
	var details map[string]scalar
	if json.Unmarshal(raw, &details) != nil || len(details) == 0 || len(details) > maxFacts {
		return
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(details)) {
		name := strings.ToLower(k)
		for _, kind := range []string{"date", "duration", "time", "venue", "address"} {
			if strings.Contains(name, kind) && details[k] != "" {
				parts = append(parts, string(details[k]))
				break
			}
		}
	}
	b.set(enrich.AttrWalkIn, "yes")
	b.set(enrich.AttrWalkIn, advert.TextFromHTML(strings.Join(parts, ", ")))
}

var walkInTitle = regexp.MustCompile(`(?i)\bwalk[\s-]?ins?\b`)

// data makes the posting's data. Requirements are the sections of the text that state them, and the
// board's own fields that do.
func (b *builder) data(description, title string) enrich.Data {
	b.set(enrich.AttrSkills, strings.Join(b.skills, ", "))
	b.set(enrich.AttrEducation, strings.Join(b.education, "; "))
	if b.attributes[enrich.AttrWalkIn] == "" && walkInTitle.MatchString(title) {
		b.set(enrich.AttrWalkIn, "yes")
	}
	parts := []string{advert.RequirementsOf(description)}
	for _, field := range []struct{ name, key string }{
		{
			"Experience", enrich.AttrExperience,
		}, {"Key skills", enrich.AttrSkills}, {
			"Education", enrich.AttrEducation,
		},
	} {
		if v := b.attributes[field.key]; v != "" {
			parts = append(parts, field.name+": "+v)
		}
	}
	data := enrich.Data{
		Description: description, Requirements: strings.TrimSpace(strings.Join(parts, "\n")),
		Attributes: b.attributes,
	}
	facts.MarkTeaser(&data)
	return data
}
