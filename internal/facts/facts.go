// Package facts prepares the short values that boards state beside the text of a posting:
// attributes, places and pay, and whether that text says anything.
package facts

import (
	"errors"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/fold"
	"github.com/agent-forge/forge/internal/pay"
	"github.com/agent-forge/forge/lead"
)

// Short cuts a value to what an attribute can hold, after the last whole entry or word that fits,
// and marks the cut.
func Short(value string) string {
	if len(value) <= enrich.MaxAttributeBytes {
		return value
	}
	value = value[:enrich.MaxAttributeBytes-len("…")]
	for _, separator := range []string{", ", " "} {
		if i := strings.LastIndex(value, separator); i > 0 {
			value = value[:i]
			break
		}
	}
	return strings.TrimRight(strings.ToValidUTF8(value, ""), ", ") + "…"
}

// Nothing reports whether a value is blank, or one of the words that programs write where they have
// none.
func Nothing(value string) bool {
	const longest = 40 // bytes
	if len(value) > longest {
		return false
	}
	switch strings.Trim(fold.Text(value), " .,;-–()[]\"'") {
	case "", "null", "undefined", "n/a", "none", "nil", "not specified", "not available", "unspecified":
		return true
	}
	return strings.TrimSpace(value) == "NaN" // Nan is a town
}

// Value returns a value on one line; empty if it says nothing.
func Value(value string) string {
	if value = lead.CleanLine(value); Nothing(value) {
		return ""
	}
	return value
}

// Place returns a place on one line, without the parts that say nothing: "Berlin, null" is Berlin.
func Place(place string) string {
	place = lead.CleanLine(place)
	if !strings.ContainsAny(place, ",;") {
		return Value(place)
	}
	var kept strings.Builder
	rest := place
	for separator := ""; rest != ""; {
		part := rest
		next := ""
		if i := strings.IndexAny(rest, ",;"); i >= 0 {
			part, next = rest[:i], rest[i:i+1]
			rest = rest[i+1:]
		} else {
			rest = ""
		}
		if !Nothing(part) {
			if kept.Len() > 0 {
				kept.WriteString(separator)
			} else {
				part = strings.TrimLeft(part, " ")
			}
			kept.WriteString(strings.TrimRight(part, " "))
			separator = next
		}
	}
	return kept.String()
}

// SetPay notes what a posting says of the pay: its words, and the figures that can be read in them.
// What the words leave open is in the assumed currency and period. Words that say nothing set
// nothing. It returns the figures, and whether there are any.
func SetPay(attributes map[string]string, words, currency, period string) (pay.Range, bool) {
	if words = Value(words); words == "" {
		return pay.Range{}, false
	}
	attributes[enrich.AttrSalary] = Short(words)
	r, ok := pay.Parse(words, currency, period)
	if ok {
		SetFigures(attributes, r)
	}
	return r, ok
}

// DropFigures removes the figures of the pay, and keeps its words.
func DropFigures(attributes map[string]string) {
	for _, key := range []string{
		enrich.AttrSalaryMin, enrich.AttrSalaryMax, enrich.AttrSalaryCurrency, enrich.AttrSalaryPeriod,
	} {
		delete(attributes, key)
	}
}

// SetFigures notes the pay in figures.
func SetFigures(attributes map[string]string, r pay.Range) {
	lo, hi := r.Figures()
	for _, a := range []struct{ key, value string }{
		{enrich.AttrSalaryMin, lo},
		{enrich.AttrSalaryMax, hi},
		{enrich.AttrSalaryCurrency, r.Currency},
		{enrich.AttrSalaryPeriod, r.Period},
	} {
		if a.value != "" {
			attributes[a.key] = a.value
		}
	}
}

// CheckText reports why a text cannot be a posting's: it is blank, or longer than any posting. The
// rest of what a posting must be is checked by the pipeline, after it repaired the text.
func CheckText(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("the page has no description")
	case len(text) > enrich.MaxTextBytes:
		return errors.New("the description is longer than any posting")
	}
	return nil
}

// MarkTeaser notes whether the description only points at the full text elsewhere, so that no low
// score rejects the posting.
func MarkTeaser(d *enrich.Data) {
	if !advert.IsTeaser(d.Description) {
		return
	}
	if d.Attributes == nil {
		d.Attributes = map[string]string{}
	}
	d.Attributes[enrich.AttrTeaser] = "yes"
}
