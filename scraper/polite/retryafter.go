package polite

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter reads both forms of the Retry-After header: seconds, and a date, which counts from the answer's own Date where
// there is one, because clocks differ. ok is false if there is no such header, or it cannot be read.
// https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
func RetryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		switch {
		case s >= maxRest.Seconds():
			return maxRest, true
		case s >= 0:
			return time.Duration(s * float64(time.Second)), true
		}
		return 0, false // negative, or not a number
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0, false
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(at.Sub(now), 0), maxRest), true
}
