package ats

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/internal/facts"
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
