// Package scraper holds the errors by which a board says what went wrong. The pipeline acts on the
// sentinels. The typed errors wrap them and carry what a person needs to see. The boards are in the
// packages below this one, and implement forge.Scraper.
package scraper

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
)

var (
	// ErrGone means that the job was taken down (404, 410) or is closed. It is final for the job.
	ErrGone = errors.New("scraper: job is gone")
	// ErrBlocked means that the board refuses this client: HTTP 999, a login wall, a challenge,
	// robots.txt. The board is not asked again in this run.
	ErrBlocked = errors.New("scraper: board refuses this client")
	// ErrMarkup means that the board answered with a page that the adapter does not know. Nothing
	// on the page can be trusted.
	ErrMarkup = errors.New("scraper: markup not recognised")
	// ErrPosting means that this one advert cannot be read, which says nothing of its board: it has
	// no text, its page is another advert's, is too large or breaks off, or its address leads
	// elsewhere (see [RedirectError]). The attempt counts against the job, which is tried again
	// after a backoff and becomes FAILED after the configured number of attempts. The board is
	// paused only if several different adverts fail so in a row. Detail returns it; Search has
	// [ErrCard] and [ErrMarkup].
	ErrPosting = errors.New("scraper: advert not readable")
	// ErrCard means that one card of a search page could not be read. The other cards can.
	ErrCard = errors.New("scraper: card not readable")
	// ErrCapped means that the board lists no more of a search than was read. It is a fact, not a
	// failure.
	ErrCapped = errors.New("scraper: board lists no more results")
	// ErrUnfiltered means that the board cannot apply a part of the query, and lists what the rest
	// of it matches. It is a fact, not a failure: the sequence goes on. Search yields it at most
	// once, before the first lead, as an [UnfilteredError] that names the fields.
	ErrUnfiltered = errors.New("scraper: board cannot filter by this")
)

// A PageError is an answer of a board that could not be used, with the page that gave it. It wraps
// one of this package's sentinels, or another cause.
type PageError struct {
	URL    string        // the page; its query is left out of the message
	Status int           // the HTTP status; 0 if there was no answer
	Reason string        // what was seen and what the user can do, never text of the page
	Wait   time.Duration // what the board asked for in Retry-After; 0 if it did not ask
	Err    error         // the cause: a sentinel of this package, a *RedirectError, or a transport error
}

// Error names the page, the status, the reason and the cause.
func (e *PageError) Error() string {
	s := pagePath(e.URL)
	if e.Status != 0 {
		s += fmt.Sprintf(": HTTP %d", e.Status)
	}
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	if e.Err != nil {
		return causeOf(e.Err) + ": " + s
	}
	return "scraper: " + s
}

// causeOf leaves out what net/http puts around a transport error: the URL with its query.
func causeOf(err error) string {
	if request, ok := errors.AsType[*url.Error](err); ok {
		return request.Err.Error()
	}
	return err.Error()
}

// Unwrap returns the cause.
func (e *PageError) Unwrap() error { return e.Err }

// RetryAfter returns how long the board asked to be left alone. It returns 0 if it did not ask.
func (e *PageError) RetryAfter() time.Duration { return e.Wait }

// Temporary reports whether the same request can succeed later without any change: the server
// failed or is busy.
func (e *PageError) Temporary() bool {
	return e.Status == 408 || e.Status == 425 || e.Status == 429 || e.Status >= 500 && e.Status < 600
}

// A RedirectError says that the address of an advert leads to a page that is not this advert: a
// list, the home page or another site. It wraps [ErrPosting], and is itself the cause of a
// [PageError] that names the advert:
//
//	&scraper.PageError{URL: advert, Status: status, Err: &scraper.RedirectError{To: target}}
//
// Many boards answer so for an advert that was taken down. One such answer proves nothing, because
// boards also do it during maintenance. The same answer on another day means that the job is
// closed. An adapter must not return it for a login page, which is [ErrBlocked] or plain
// [ErrPosting]: both leave the job open.
type RedirectError struct {
	To string // where the redirect leads; its query is left out of the message
}

// Error names the target.
func (e *RedirectError) Error() string {
	return fmt.Sprintf("%v: it is redirected to %s", ErrPosting, pagePath(e.To))
}

// Unwrap returns [ErrPosting].
func (e *RedirectError) Unwrap() error { return ErrPosting }

// A CardError says which card of a search page could not be read, and why. It wraps [ErrCard].
type CardError struct {
	URL    string // the page
	Index  int    // of the card on its page, from 0
	Reason string // such as "no title", never text of the page
}

// Error names the page, the card and the reason.
func (e *CardError) Error() string {
	return fmt.Sprintf("%v: %s: card %d: %s", ErrCard, pagePath(e.URL), e.Index, e.Reason)
}

// Unwrap returns [ErrCard].
func (e *CardError) Unwrap() error { return ErrCard }

// An UnfilteredError says which fields of a query a board does not apply. It wraps [ErrUnfiltered].
type UnfilteredError struct {
	Source string   // the board, as forge.Scraper names it
	Fields []string // of lead.Query, such as "Experience"; never their values
}

// Error names the board and the fields.
func (e *UnfilteredError) Error() string {
	return fmt.Sprintf("%v: %s ignores Query.%s", ErrUnfiltered, e.Source, strings.Join(e.Fields, ", Query."))
}

// Unwrap returns [ErrUnfiltered].
func (e *UnfilteredError) Unwrap() error { return ErrUnfiltered }

// Unfiltered returns an [*UnfilteredError] that names the fields of q that are set and that the
// board does not filter by; nil if there are none. Filtered are the names of the fields that it
// does filter by. Limit is not among them, because it bounds the result and does not choose from
// it.
func Unfiltered(source string, q lead.Query, filtered ...string) error {
	e := &UnfilteredError{Source: source}
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"Keywords", q.Keywords != ""},
		{"Location", q.Location != ""},
		{"Remote", q.Remote},
		{"PostedWithin", q.PostedWithin > 0},
		{"JobTypes", len(q.JobTypes) > 0},
		{"Experience", len(q.Experience) > 0},
		{"EasyApply", q.EasyApply},
	} {
		if f.set && !slices.Contains(filtered, f.name) {
			e.Fields = append(e.Fields, f.name)
		}
	}
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// pagePath leaves out the query and the user info, which hold the user's words, session ids and
// passwords.
func pagePath(s string) string {
	u, err := url.Parse(s)
	if err != nil || s == "" {
		return "(no page)"
	}
	u.RawQuery, u.Fragment, u.User = "", "", nil
	return u.String()
}
