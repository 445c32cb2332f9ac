// Package lead holds what a search page tells about a job before anyone has read the advert: the
// lead itself, its key, the query that found it, the status a user gives it, and the blacklist that
// drops it early.
//
// It knows nothing of boards, models or databases; everything else in forge is built on it.
package lead

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The longest values that [Lead.Validate] accepts. Keys are counted in bytes, because databases
// index them; the other fields in characters, because people write them.
const (
	MaxSourceBytes     = 64
	MaxExternalIDBytes = 255
	MaxTitleRunes      = 1000
	MaxCompanyRunes    = 500
	MaxLocationRunes   = 1000
	MaxURLBytes        = 4096
)

// A Lead is one job as a search page lists it. Source, ExternalID, Title and URL are required.
// Company and Location are empty, and PostedAt is zero, if the board does not say. A Lead is a
// value: it is safe to copy and to share.
type Lead struct {
	Source     string    `json:"source"`             // the board's name: "linkedin"
	ExternalID string    `json:"external_id"`        // the board's own id of the job
	Title      string    `json:"title"`              // as the board lists it
	Company    string    `json:"company"`            // as the board lists it
	Location   string    `json:"location"`           // a place, "Remote", or several
	URL        string    `json:"url"`                // http or https
	PostedAt   time.Time `json:"posted_at,omitzero"` // UTC; many boards give a date only
}

// Key returns the key that identifies the job everywhere: the board and the board's id.
func (l Lead) Key() Key { return Key{Source: l.Source, ExternalID: l.ExternalID} }

// Clean returns a repaired copy of l: each text went through [CleanLine], and PostedAt is in UTC
// with microseconds, which is what every shipped store keeps. It cuts nothing short:
// [Lead.Validate] refuses a field that is too long, and names it.
func (l Lead) Clean() Lead {
	l.Source = CleanLine(l.Source)
	l.ExternalID = CleanLine(l.ExternalID)
	l.Title = CleanLine(l.Title)
	l.Company = CleanLine(l.Company)
	l.Location = CleanLine(l.Location)
	l.URL = CleanLine(l.URL)
	if !l.PostedAt.IsZero() {
		l.PostedAt = l.PostedAt.UTC().Truncate(time.Microsecond)
	}
	return l
}

// Validate reports the first field that is missing, too long or malformed, as a [*FieldError]. Call
// [Lead.Clean] before it.
func (l Lead) Validate() error {
	if err := l.Key().Validate(); err != nil {
		return err
	}
	for _, f := range []struct {
		name, value string
		required    bool
		size, limit int
		unit        string
	}{
		{"title", l.Title, true, utf8.RuneCountInString(l.Title), MaxTitleRunes, "characters"},
		{"company", l.Company, false, utf8.RuneCountInString(l.Company), MaxCompanyRunes, "characters"},
		{"location", l.Location, false, utf8.RuneCountInString(l.Location), MaxLocationRunes, "characters"},
		{"url", l.URL, true, len(l.URL), MaxURLBytes, "bytes"},
	} {
		switch {
		case f.required && f.value == "":
			return &FieldError{Field: f.name, Problem: "missing"}
		case f.size > f.limit:
			return &FieldError{Field: f.name, Problem: tooLong(f.size, f.limit, f.unit)}
		case hasControl(f.value) || !utf8.ValidString(f.value):
			return &FieldError{
				Field: f.name, Problem: "holds control characters or invalid UTF-8; call Clean first",
			}
		}
	}
	if problem := urlProblem(l.URL); problem != "" {
		return &FieldError{Field: "url", Problem: problem}
	}
	if y := l.PostedAt.Year(); !l.PostedAt.IsZero() && (y < 1970 || y > 9999) {
		return &FieldError{Field: "posted_at", Problem: "out of range: want a year from 1970 to 9999"}
	}
	return nil
}

func urlProblem(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "not a URL"
	case u.Scheme != "http" && u.Scheme != "https":
		return "want an http or https URL"
	case u.Host == "":
		return "has no host"
	default:
		return ""
	}
}

// CleanLine repairs one line of text: invalid UTF-8, control characters and characters that no
// reader sees are removed, runs of white space become one space, and the ends are trimmed. Joiners
// stay, because scripts and emoji need them.
func CleanLine(s string) string {
	if isCleanASCII(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), invisible(r):
			return -1
		default:
			return r
		}
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// invisible reports whether r is a format character without a use in one line: soft hyphens and
// zero-width spaces, which split a word for a blacklist and not for a reader, controls of the
// writing direction, which show a text in another order than it has, and the tag block, in which
// whole sentences can be written unseen.
func invisible(r rune) bool {
	switch {
	case r == '\u00ad', r == '\u200b', r == '\u2060', r == '\ufeff', r >= 0xe0000 && r <= 0xe007f,
		r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}

// isCleanASCII reports whether s is one of the many lines that need no repair, without the cost of
// one.
func isCleanASCII(s string) bool {
	space := true // a space may not stand here
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' && !space:
			space = true
		case c > ' ' && c < 0x7f:
			space = false
		default:
			return false
		}
	}
	return !space || s == ""
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
