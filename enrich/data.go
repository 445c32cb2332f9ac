// Package enrich holds what a deep scrape and a score add to a lead: the text, the assessment, and
// the decision that goes to the store. It knows when one text quotes another. It scrapes nothing,
// scores nothing and stores nothing.
package enrich

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agent-forge/forge/lead"
)

// The largest texts that [Data.Validate] accepts. Real postings stay under 30 kB.
const (
	MaxTextBytes      = 256 << 10 // each of Description and Requirements
	MaxAttributes     = 64
	MaxAttributeBytes = 2000 // each key and each value
)

// Keys of [Data.Attributes]. Values are short plain text as the board shows it, in the board's
// language. The figures of a salary have no separators; a bound that the board does not state is
// missing, and one amount is both.
const (
	AttrSalary         = "salary"          // "$70.00/hr - $100.00/hr"
	AttrSalaryMin      = "salary_min"      // "70.5"
	AttrSalaryMax      = "salary_max"      // "100"
	AttrSalaryCurrency = "salary_currency" // ISO 4217
	AttrSalaryPeriod   = "salary_period"   // "hour", "day", "week", "month", "year"
	AttrSeniority      = "seniority"       // "Mid-Senior level"
	AttrEmploymentType = "employment_type" // "Full-time"
	AttrDepartment     = "department"      // "Engineering"
	AttrFunction       = "job_function"    // "Engineering and Information Technology"
	AttrIndustries     = "industries"      // "Software Development"
	AttrExperience     = "experience"      // "5-8 years"
	AttrSkills         = "skills"          // comma-separated
	AttrEducation      = "education"
	AttrWorkplace      = "workplace"     // "remote", "hybrid", "on-site"
	AttrValidThrough   = "valid_through" // RFC 3339 date or time
	AttrOpenings       = "openings"
	AttrWalkIn         = "walk_in"
	AttrTeaser         = "teaser" // "yes": see [Data.IsTeaser]
)

// Data is what a deep scrape brings. The zero value means that nothing was read, and is never
// valid: see [Data.Validate].
type Data struct {
	// Description is the whole posting, as plain text.
	Description string `json:"description"`
	// Requirements is the part of the posting that states them, as plain text. It is blank if the
	// posting has no such part.
	Requirements string `json:"requirements"`
	// IsEasyApply reports whether one can apply on the board itself. If nil, the page did not say.
	IsEasyApply *bool `json:"is_easy_apply"`
	// Attributes are facts beside the text, by the Attr constants. Other keys are allowed.
	Attributes map[string]string `json:"attributes,omitempty"`
}

// Clean returns d with invalid UTF-8, NUL and control characters but tab and newline removed, line
// ends as "\n", ends trimmed, and blank attributes dropped. It copies what it changes, and cuts
// nothing short.
func (d Data) Clean() Data {
	d.Description = cleanText(d.Description)
	d.Requirements = cleanText(d.Requirements)
	if d.IsEasyApply != nil {
		easy := *d.IsEasyApply
		d.IsEasyApply = &easy
	}
	var attributes map[string]string
	for _, k := range slices.Sorted(maps.Keys(d.Attributes)) {
		key, value := cleanText(k), cleanText(d.Attributes[k])
		if key == "" || value == "" {
			continue
		}
		if attributes == nil {
			attributes = make(map[string]string, len(d.Attributes))
		}
		attributes[key] = value
	}
	d.Attributes = attributes
	return d
}

// Validate reports a blank description or an over-long field as a [*lead.FieldError].
func (d Data) Validate() error {
	if strings.TrimSpace(d.Description) == "" {
		problem := "blank: text that is not there must not be sent as text"
		return &lead.FieldError{Field: "description", Problem: problem}
	}
	for _, f := range []struct{ name, text string }{
		{"description", d.Description}, {"requirements", d.Requirements},
	} {
		if len(f.text) > MaxTextBytes {
			return overLong(f.name, len(f.text), MaxTextBytes, "bytes")
		}
		if strings.ContainsRune(f.text, 0) || !utf8.ValidString(f.text) {
			return &lead.FieldError{Field: f.name, Problem: "holds NUL or invalid UTF-8; call Clean first"}
		}
	}
	if len(d.Attributes) > MaxAttributes {
		return overLong("attributes", len(d.Attributes), MaxAttributes, "keys")
	}
	for k, v := range d.Attributes {
		if size := max(len(k), len(v)); size > MaxAttributeBytes {
			return overLong("attributes", size, MaxAttributeBytes, "bytes in one key or value")
		}
		if strings.ContainsRune(k+v, 0) || !utf8.ValidString(k+v) {
			return &lead.FieldError{
				Field: "attributes", Problem: "hold NUL or invalid UTF-8; call Clean first",
			}
		}
	}
	return nil
}

// IsTeaser reports whether the board marked the description as one that only points at the full
// text elsewhere, by setting [AttrTeaser]. Such a text says too little to reject the job on.
func (d Data) IsTeaser() bool { return d.Attributes[AttrTeaser] != "" }

// TextBytes is the size of the text in bytes: what a rejection keeps out of the store.
func (d Data) TextBytes() int { return len(d.Description) + len(d.Requirements) }

// A Posting is what a scorer reads: the lead and its text.
type Posting struct {
	Lead lead.Lead
	Data Data
}

func overLong(field string, size, limit int, unit string) error {
	problem := fmt.Sprintf("%d %s, at most %d are allowed", size, unit, limit)
	return &lead.FieldError{Field: field, Problem: problem}
}

// cleanText repairs a text of many lines.
func cleanText(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
