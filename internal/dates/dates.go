// Package dates reads dates as sites write them: ISO 8601 and what is near it, moments as numbers,
// days and months in any order that can be told, names of months in many languages, and ages such
// as "3 days ago". What can be read in two ways is unknown: a wrong date hides a job, a missing one
// does not.
package dates

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/internal/fold"
)

// A Precision says how much a text tells of a moment.
type Precision int

// The precisions, from nothing to everything.
const (
	Unknown  Precision = iota // no date was read; the time is zero
	WholeDay                  // a day; the time is its midnight in UTC
	NoZone                    // a day and a time of day, without a zone; the time is taken for UTC
	Exact                     // a moment
)

// An Order says whether the day or the month comes first in "04/05/2027".
type Order int

// The orders.
const (
	UnknownOrder Order = iota
	DayFirst
	MonthFirst
)

// maxBytes is how long a text can be that holds one date.
const maxBytes = 100

// Parse reads one date. It uses order only for what can be read in two ways otherwise; see
// [OrderOf]. The time is in UTC, from 1970 to 9999, and zero if the precision is [Unknown].
func Parse(s string, order Order) (time.Time, Precision) {
	if len(s) > maxBytes {
		return time.Time{}, Unknown
	}
	if s = strings.TrimSpace(fold.Text(s)); strings.ContainsAny(s, "()[]") {
		s = comments.ReplaceAllString(s, "")
	}
	t, p := parseNumber(s)
	if p == Unknown {
		t, p = parseText(s, order)
	}
	if y := t.Year(); p == Unknown || y < 1970 || y > 9999 {
		return time.Time{}, Unknown
	}
	return t, p
}

// OrderOf returns the order that the texts of one page prove: one of them has a day above 12, and
// none contradicts it.
func OrderOf(texts ...string) Order {
	proven := UnknownOrder
	for _, s := range texts {
		order := provenBy(s)
		switch {
		case order == UnknownOrder:
		case proven == UnknownOrder:
			proven = order
		case proven != order:
			return UnknownOrder
		}
	}
	return proven
}

func provenBy(s string) Order {
	m := slashed.FindStringSubmatch(fold.Text(s))
	if m == nil {
		return UnknownOrder
	}
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[2])
	switch {
	case a > 12 && a <= 31 && b <= 12:
		return DayFirst
	case b > 12 && b <= 31 && a <= 12:
		return MonthFirst
	}
	return UnknownOrder
}

var (
	slashed  = regexp.MustCompile(`^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}\b`)
	comments = regexp.MustCompile(
		`\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$`,
	) // "(Coordinated Universal Time)", "[Europe/Berlin]"
	epoch   = regexp.MustCompile(`^(?:/date\()?(\d{10}|\d{13}|\d{16})(?:\.\d+)?(?:[+-]\d{4})?(?:\)/)?$`)
	compact = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d)(?:t(\d\d)(\d\d)(\d\d)?(.*))?$`)
	isoWeek = regexp.MustCompile(`^(\d{4})-?w(\d\d)-?([1-7])$`)
	ordinal = regexp.MustCompile(`^(\d{4})-(\d{3})$`)
)

// parseNumber reads what is a number, or of a form of its own.
func parseNumber(s string) (time.Time, Precision) {
	if m := epoch.FindStringSubmatch(s); m != nil {
		n, _ := strconv.ParseInt(m[1], 10, 64)
		for range (16 - len(m[1])) / 3 {
			n *= 1000
		}
		if t := time.UnixMicro(n).UTC(); t.Year() >= 2000 && t.Year() <= 2200 {
			return t, Exact
		}
		return time.Time{}, Unknown
	}
	if m := isoWeek.FindStringSubmatch(s); m != nil {
		return weekDay(number(m[1]), number(m[2]), number(m[3]))
	}
	if m := ordinal.FindStringSubmatch(s); m != nil {
		t := time.Date(number(m[1]), 1, number(m[2]), 0, 0, 0, 0, time.UTC)
		if t.Year() != number(m[1]) || m[2] == "000" {
			return time.Time{}, Unknown
		}
		return t, WholeDay
	}
	return time.Time{}, Unknown
}

// weekDay returns a day of an ISO week, of which the first holds January 4.
func weekDay(year, week, day int) (time.Time, Precision) {
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	monday := 4 - (int(fourth.Weekday())+6)%7
	t := time.Date(year, 1, monday+7*(week-1)+day-1, 0, 0, 0, 0, time.UTC)
	if y, w := t.ISOWeek(); y != year || w != week {
		return time.Time{}, Unknown
	}
	return t, WholeDay
}

// parseText reads a day, and the time of day and the zone if they are there.
func parseText(s string, order Order) (time.Time, Precision) {
	if m := compact.FindStringSubmatch(s); m != nil {
		s = m[1] + "-" + m[2] + "-" + m[3]
		if m[4] != "" {
			s += "t" + m[4] + ":" + m[5] + ":" + (m[6] + "00")[:2] + m[7]
		}
	}
	rest, clock, precision := cutClock(s)
	if precision == Unknown {
		return time.Time{}, Unknown
	}
	day, ok := parseDay(rest, order)
	if !ok {
		return time.Time{}, Unknown
	}
	return day.Add(clock), precision
}

// number returns a number of a few digits.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
