package lead

import (
	"fmt"
	"regexp"
	"strings"
)

// A Blacklist drops leads by title or company before anything is fetched or stored. Nil and empty
// filter nothing. It is immutable, and safe for concurrent use.
type Blacklist struct {
	patterns []string
	compiled []*regexp.Regexp
}

// An ExcludedError says which lead a blacklist dropped, and by which pattern.
type ExcludedError struct {
	Lead    Lead
	Pattern string // as it was written
}

// Error names the title, the company and the pattern.
func (e *ExcludedError) Error() string {
	if e.Lead.Company == "" {
		return fmt.Sprintf("%q matches %q", e.Lead.Title, e.Pattern)
	}
	return fmt.Sprintf("%q at %q matches %q", e.Lead.Title, e.Lead.Company, e.Pattern)
}

// NewBlacklist compiles patterns: RE2 (https://github.com/google/re2/wiki/Syntax),
// case-insensitive, matched anywhere in the title or the company. The error names the pattern that
// is wrong, as a [*FieldError]; a blank pattern is one, because it would drop every job.
func NewBlacklist(patterns ...string) (*Blacklist, error) {
	b := &Blacklist{}
	for i, p := range patterns {
		field := fmt.Sprintf("blacklist pattern %d %q", i+1, p)
		if strings.TrimSpace(p) == "" {
			return nil, &FieldError{Field: field, Problem: "blank: it would drop every job; leave it out"}
		}
		// The pattern is compiled as written: a wrapping group would accept "a)(b", and the message
		// would show it.
		re, err := regexp.Compile(p)
		if err == nil {
			re, err = regexp.Compile("(?i)" + p)
		}
		if err != nil {
			return nil, &FieldError{Field: field, Problem: err.Error()}
		}
		if re.MatchString("") {
			return nil, &FieldError{
				Field: field, Problem: "matches the empty text, so it would drop every job",
			}
		}
		b.patterns = append(b.patterns, p)
		b.compiled = append(b.compiled, re)
	}
	return b, nil
}

// Match returns the first pattern, as it was written, that the lead's title or company matches.
func (b *Blacklist) Match(l Lead) (pattern string, ok bool) {
	if b == nil {
		return "", false
	}
	for i, re := range b.compiled {
		if re.MatchString(l.Title) || re.MatchString(l.Company) {
			return b.patterns[i], true
		}
	}
	return "", false
}
