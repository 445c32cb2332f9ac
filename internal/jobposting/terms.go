package jobposting

import (
	"slices"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/lead"
)

// experience reads a text, or months of an OccupationalExperienceRequirements.
func (d *document) experience(v any) string {
	var parts []string
	for _, e := range list(v) {
		s := ""
		if o := d.object(e); o != nil {
			if m, err := strconv.ParseFloat(text(o["monthsOfExperience"]), 64); err == nil && m > 0 && m < 1200 {
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

// nothing reports whether a text says that nothing is asked for.
func nothing(s string) bool {
	switch strings.ToLower(strings.Trim(s, ". ")) {
	case "no requirements", "none", "n/a", "null", "not specified":
		return true
	}
	return false
}

// splitList reads a list of texts, or one text that is a list.
func splitList(v any) []string {
	var out []string
	for _, e := range list(v) {
		s := prose(e)
		if o, ok := e.(object); ok {
			s = firstText(o["name"], o["value"])
		}
		for _, entry := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '•' }) {
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

// employmentTypes reads Google's values (https://developers.google.com/search/docs/appearance/structured-data/job-posting)
// in the spellings that sites use, and leaves others as they are.
func employmentTypes(v any) []string {
	var out []string
	for _, e := range texts(v) {
		for s := range strings.SplitSeq(e, ",") {
			s = lead.CleanLine(s[strings.LastIndexByte(s, '/')+1:])
			switch strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s)) {
			case "fulltime", "permanent":
				s = lead.FullTime
			case "parttime":
				s = lead.PartTime
			case "contractor", "contract", "freelance":
				s = lead.Contract
			case "temporary", "temp":
				s = lead.Temporary
			case "intern", "internship":
				s = lead.Internship
			case "volunteer":
				s = lead.Volunteer
			}
			out = appendNew(out, s)
		}
	}
	return out
}

// labels writes employment types for people.
func labels(types []string) []string {
	names := map[string]string{
		lead.FullTime: "Full-time", lead.PartTime: "Part-time", lead.Contract: "Contract", lead.Temporary: "Temporary",
		lead.Internship: "Internship", lead.Volunteer: "Volunteer",
	}
	var out []string
	for _, t := range types {
		if name, ok := names[t]; ok {
			t = name
		}
		out = append(out, t)
	}
	return out
}
