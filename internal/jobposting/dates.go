package jobposting

import (
	"strings"
	"time"
)

// What a reader must allow where the page does not tell the zone: the last place where a moment arrives is 12 hours late.
const (
	lastZone  = 12 * time.Hour
	wholeDate = 24 * time.Hour
)

// instant reads a moment; one without a zone is taken for UTC. Zero: s is none.
func instant(s string) time.Time {
	t, _ := parseTime(s)
	return t
}

// expiry returns the first moment at which a validThrough is past everywhere.
func expiry(s string) time.Time {
	t, slack := parseTime(s)
	if t.IsZero() {
		return t
	}
	return t.Add(slack)
}

// parseTime reads the forms of schema.org Date and DateTime that sites write: ISO 8601 and what is near it. It also returns
// how much later the moment may be where the page leaves something open. Go reads fractions of a second after any layout.
func parseTime(s string) (t time.Time, slack time.Duration) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, 0
	}
	for _, form := range []struct {
		slack   time.Duration
		layouts []string
	}{
		{0, []string{
			time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00",
			"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02T15:04:05 Z07:00", time.RFC1123Z, time.RFC1123,
		}},
		{lastZone, []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"}},
		{wholeDate + lastZone, []string{
			time.DateOnly, "20060102", "2006/01/02", "2006-1-2", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "02.01.2006",
		}},
	} {
		for _, layout := range form.layouts {
			if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1970 && t.Year() <= 9999 {
				return t.UTC(), form.slack
			}
		}
	}
	return time.Time{}, 0
}

// validThrough writes what a page says as RFC 3339: a date, or a time.
func validThrough(s string) string {
	t, slack := parseTime(s)
	if slack > lastZone {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}
