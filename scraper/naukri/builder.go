package naukri

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// A builder collects what a posting says beside its text.
type builder struct {
	attributes map[string]string
	skills     []string
	education  []string
}

// set notes a value on one line; a blank one says nothing.
func (b *builder) set(key, value string) {
	if value = lead.CleanLine(value); value != "" {
		b.attributes[key] = short(value)
	}
}

// short cuts a value to what an attribute may hold, after the last whole entry that fits.
func short(s string) string {
	if len(s) <= enrich.MaxAttributeBytes {
		return s
	}
	s = strings.ToValidUTF8(s[:enrich.MaxAttributeBytes-len("…")], "")
	if i := strings.LastIndex(s, ", "); i > 0 {
		s = s[:i]
	}
	return s + "…"
}

func (b *builder) salary(s salary) {
	b.set(enrich.AttrSalary, s.label)
	s.set(b.attributes)
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

// walkIn reads true, or when and where one may walk in. Whom to ask for is left out: it is a person.
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

// data makes the posting's data. Requirements are the sections of the text that state them, and the board's own fields that
// do.
func (b *builder) data(description, title string) enrich.Data {
	b.set(enrich.AttrSkills, strings.Join(b.skills, ", "))
	b.set(enrich.AttrEducation, strings.Join(b.education, "; "))
	if b.attributes[enrich.AttrWalkIn] == "" && walkInTitle.MatchString(title) {
		b.set(enrich.AttrWalkIn, "yes")
	}
	parts := []string{advert.RequirementsOf(description)}
	for _, field := range []struct{ name, key string }{
		{"Experience", enrich.AttrExperience}, {"Key skills", enrich.AttrSkills}, {"Education", enrich.AttrEducation},
	} {
		if v := b.attributes[field.key]; v != "" {
			parts = append(parts, field.name+": "+v)
		}
	}
	return enrich.Data{
		Description: description, Requirements: strings.TrimSpace(strings.Join(parts, "\n")), Attributes: b.attributes,
	}.Clean()
}
