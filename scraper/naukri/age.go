package naukri

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// india is the zone of the board's days.
func india() *time.Location { return time.FixedZone("IST", 5*3600+1800) }

var agePattern = regexp.MustCompile(`^(\d{1,3}|an?|one) (minute|hour|day|week|month)s? ago$`)

// postedAt reads an age as cards show it: "Just now", "Few hours ago", "1 Day Ago", "2 weeks ago". It returns the day as
// midnight UTC, and zero for what names none: "30+ days ago", "Starts in 1-3 months", "HOT JOB".
func postedAt(age string, now time.Time) time.Time {
	age = strings.ToLower(strings.TrimSpace(age))
	day := func(back int) time.Time {
		y, m, d := now.In(india()).Date()
		return time.Date(y, m, d-back, 0, 0, 0, 0, time.UTC)
	}
	switch age {
	case "just now", "few hours ago", "few minutes ago", "today":
		return day(0)
	case "yesterday":
		return day(1)
	}
	m := agePattern.FindStringSubmatch(age)
	if m == nil {
		return time.Time{}
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		n = 1 // "a day ago"
	}
	switch m[2] {
	case "minute":
		return day(0)
	case "hour":
		y, mo, d := now.In(india()).Add(-time.Duration(n) * time.Hour).Date()
		return time.Date(y, mo, d, 0, 0, 0, 0, time.UTC)
	case "week":
		n *= 7
	case "month":
		n *= 30
	}
	return day(n)
}
