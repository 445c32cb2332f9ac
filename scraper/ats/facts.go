package ats

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/pay"
)

// Keys of attributes that only these providers state, beside those of package enrich.
const (
	attrTeam        = "team"
	attrDivision    = "division"
	attrRequisition = "requisition_id"
	attrLanguage    = "language"
	attrLocations   = "locations" // of a job whose card only counts them
	attrCompany     = "company"   // the name, where the card has none
)

// first returns the first text that is not blank.
func first(texts ...text) string {
	for _, t := range texts {
		if strings.TrimSpace(string(t)) != "" {
			return string(t)
		}
	}
	return ""
}

func either(numbers ...number) number {
	for _, n := range numbers {
		if n != 0 {
			return n
		}
	}
	return 0
}

// digits reads a number that is written as text.
func digits(t text) float64 {
	var n number
	_ = n.UnmarshalJSON([]byte(t)) // what is no number is 0
	return float64(n)
}

// spaced makes words of a code such as "mid_level".
func spaced(code text) string { return strings.ReplaceAll(string(code), "_", " ") }

// periodIn returns the first period that a code or a title names: "per-year-salary", "1 YEAR",
// "Annual base salary".
func periodIn(s string) string {
	apart := func(r rune) bool { return r != '/' && (r < 'a' || r > 'z') }
	for word := range strings.FieldsFuncSeq(strings.ToLower(s), apart) {
		if period := pay.Unit(word); period != "" {
			return period
		}
		if word == "annual" || word == "annually" || word == "annum" {
			return pay.Year
		}
	}
	return ""
}

// addTo adds a value to a fact that can have several.
func (j *job) addTo(key, value string) {
	if value = facts.Value(value); value == "" {
		return
	}
	if have := j.facts[key]; have != "" {
		value = have + ", " + value
	}
	j.set(key, value)
}

// show adds a place to those that a reader sees, and not to those that a query is compared with.
func (j *job) show(words string) {
	if words = facts.Place(words); words != "" && !slices.Contains(j.shown, words) {
		j.shown = append(j.shown, words)
	}
}

// samePath is the request for the page of a job on its company's host at the provider, whichever
// host its URL has.
func samePath(host, rawURL string) request {
	u, err := url.Parse(rawURL)
	if err != nil || strings.Trim(u.Path, "/") == "" {
		return request{}
	}
	return request{url: address(host) + u.EscapedPath()}
}

// oneOrMore reads a JSON array, or one value that stands for itself.
type oneOrMore[T any] []T

// UnmarshalJSON reads the values. What has another form is left out.
func (s *oneOrMore[T]) UnmarshalJSON(b []byte) error {
	var many []T
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '[' {
		if err := json.Unmarshal(b, &many); err != nil {
			many = nil
		}
	} else {
		var one T
		if err := json.Unmarshal(b, &one); err == nil && !bytes.Equal(b, []byte("null")) {
			many = []T{one}
		}
	}
	*s = many
	return nil
}
