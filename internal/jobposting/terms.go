package jobposting

import (
	"slices"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/internal/filter"
	"github.com/agent-forge/forge/lead"
)

// experience reads a text, or months of an OccupationalExperienceRequirements.
func (d *document) experience(v any) string {
	var parts []string
	for _, e := range list(v) {
		s := ""
		if o := d.object(e); o != nil {
			if m, err := strconv.ParseFloat(text(o["monthsOfExperience"]), 64); err == nil && m > 0 &&
				m < 1200 {
				s = duration(int(m))
			} else {
				s = firstText(o["description"], o["name"])
			}
		} else {
			s = text(e)
		}
		if !nothing(s) {
			parts = appendNew(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

func duration(months int) string {
	n, unit := months, "month"
	if months%12 == 0 {
		n, unit = months/12, "year"
	}
	if n != 1 {
		unit += "s"
	}
	return strconv.Itoa(n) + " " + unit
}

// education reads texts, or the categories of EducationalOccupationalCredentials.
func (d *document) education(v any) []string {
	var out []string
	for _, e := range list(v) {
		s := text(e)
		if o := d.object(e); o != nil {
			s = firstText(o["credentialCategory"], o["description"], o["name"])
		}
		if !nothing(s) {
			out = appendNew(out, s)
		}
	}
	return out
}

// splitList reads a list of texts, or one text that is a list.
func splitList(v any) []string {
	var out []string
	for _, e := range list(v) {
		s := prose(e)
		if o, ok := e.(object); ok {
			s = firstText(o["name"], o["value"])
		}
		separates := func(r rune) bool { return strings.ContainsRune(",;\n•", r) }
		for entry := range strings.FieldsFuncSeq(s, separates) {
			out = appendNew(out, lead.CleanLine(strings.TrimPrefix(strings.TrimSpace(entry), "- ")))
		}
	}
	return out
}

// maxEntries bounds every list; more do not fit into an attribute, or into a lead's location.
const maxEntries = 200

// appendNew appends s unless it is blank, there already, or one too many.
func appendNew(list []string, s string) []string {
	if s == "" || len(list) == maxEntries || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// typeNames are the values of [lead.Query.JobTypes] as people read them.
var typeNames = map[string]string{
	lead.FullTime: "Full-time", lead.PartTime: "Part-time", lead.Contract: "Contract",
	lead.Temporary: "Temporary", lead.Internship: "Internship", lead.Volunteer: "Volunteer",
}

// TypesForPeople writes employment types in one spelling, and as the page does where their words
// are not known.
func TypesForPeople(types []string) []string {
	var out []string
	for _, t := range types {
		known := filter.JobTypes(t)
		for _, k := range known {
			out = appendNew(out, typeNames[k])
		}
		if len(known) == 0 {
			out = appendNew(out, t[strings.LastIndexByte(t, '/')+1:])
		}
	}
	return out
}
