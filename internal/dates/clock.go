package dates

import (
	"regexp"
	"time"
)

var (
	clockPattern = regexp.MustCompile(
		`(?:\bt?|t)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?(?:\s*([ap])\.?m\b\.?)?`,
	)
	zonePattern = regexp.MustCompile(
		`^\s*(z\b|[a-z]{3,4}\b)?\s*(?:([+-])(\d\d?)(?::?(\d\d))?\b)?(?:\s*(utc|gmt|z)\b)?`,
	)
)

// zones are the names of zones that mean one offset everywhere, in hours. IST and CST are not among
// them.
var zones = map[string]int{
	"z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2,
	"eest": 3, "msk": 3, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
	"jst": 9, "kst": 9,
}

// cutClock takes the time of day and its zone out of a text, and returns what is to be added to the
// midnight of the day. Unknown means that the time of day is none.
func cutClock(s string) (rest string, clock time.Duration, p Precision) {
	at := clockPattern.FindStringSubmatchIndex(s)
	if at == nil {
		return s, 0, WholeDay
	}
	part := func(i int) string {
		if at[2*i] < 0 {
			return ""
		}
		return s[at[2*i]:at[2*i+1]]
	}
	hour, minute, second := number(part(1)), number(part(2)), number(part(3))
	if half := part(5); half != "" {
		if hour < 1 || hour > 12 {
			return "", 0, Unknown
		}
		if hour %= 12; half == "p" {
			hour += 12
		}
	}
	if minute > 59 || second > 60 || hour > 24 || hour == 24 && minute+second > 0 {
		return "", 0, Unknown
	}
	clock = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	clock += time.Duration(second) * time.Second
	if fraction := part(4); fraction != "" {
		clock += time.Duration(number((fraction + "000000000")[:9]))
	}
	after := s[at[1]:]
	offset, known, length := zone(after)
	p = NoZone
	if known {
		p = Exact
		clock -= offset
	}
	return s[:at[0]] + " " + after[length:], clock, p
}

// zone reads the zone after a time of day, and returns how many bytes it takes. A name that means
// several zones is passed over.
func zone(s string) (offset time.Duration, known bool, length int) {
	m := zonePattern.FindStringSubmatch(s)
	if m == nil {
		return 0, false, 0
	}
	length = len(m[0])
	name, sign := m[1], m[2]
	hours, named := zones[name]
	switch {
	case sign != "":
		offset = time.Duration(number(m[3]))*time.Hour + time.Duration(number(m[4]))*time.Minute
		if sign == "-" {
			offset = -offset
		}
		return offset, offset.Abs() <= 14*time.Hour, length
	case named:
		return time.Duration(hours) * time.Hour, true, length
	case m[5] != "":
		return 0, true, length
	case ambiguousZones[name]:
		return 0, false, length
	}
	return 0, false, 0
}

// ambiguousZones are the names that mean different offsets in different countries.
var ambiguousZones = map[string]bool{
	"ist": true, "cst": true, "bst": true, "ast": true, "sst": true, "gst": true, "uhr": true,
}
