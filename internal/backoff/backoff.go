// Package backoff says how long to wait before a failed call is repeated: by a delay that grows
// with each retry, and by what the other side asked for. It links the standard library only and not
// net/http, so that the core can use it.
package backoff

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// MaxAsked is the longest wait that is granted to a server that asks for one.
const MaxAsked = 24 * time.Hour

// Doubling is a delay that doubles with each retry. It must not be changed while it is in use.
type Doubling struct {
	First, Longest time.Duration
}

// Delay returns the delay before a retry, counted from 1. It is drawn from the upper half of the
// doubled time, so that calls that failed together are not repeated together.
func (d Doubling) Delay(retry int) time.Duration {
	full := d.Longest
	if shift := max(retry-1, 0); shift < 32 && d.First<<shift>>shift == d.First {
		full = min(d.First<<shift, d.Longest)
	}
	return full/2 + rand.N(full/2+1)
}

// Sleep waits for d. If ctx ends first, it returns the context's error at once.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// FromError returns how long err asks to wait by a method RetryAfter() time.Duration, between 0 and
// [MaxAsked]. It returns 0 if err does not say.
func FromError(err error) time.Duration {
	e, ok := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err)
	if !ok {
		return 0
	}
	return min(max(e.RetryAfter(), 0), MaxAsked)
}

// The forms of a date in HTTP: https://www.rfc-editor.org/rfc/rfc9110#field.date
var dateForms = []string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC}

// FromHeader reads a Retry-After header in both of its forms: seconds, and a date. A date is
// compared with the answer's own Date if there is one, because clocks differ, and else with now.
// The wait is between 0 and [MaxAsked]. If the header is missing or cannot be read, ok is false.
// https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
func FromHeader(header map[string][]string, now time.Time) (wait time.Duration, ok bool) {
	h := textproto.MIMEHeader(header)
	value := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(value, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		switch {
		case s >= MaxAsked.Seconds():
			return MaxAsked, true
		case s >= 0:
			return time.Duration(s * float64(time.Second)), true
		}
		return 0, false // negative, or NaN
	}
	at, ok := parseDate(value)
	if !ok {
		return 0, false
	}
	if date, ok := parseDate(h.Get("Date")); ok {
		now = date
	}
	return min(max(at.Sub(now), 0), MaxAsked), true
}

func parseDate(s string) (time.Time, bool) {
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
