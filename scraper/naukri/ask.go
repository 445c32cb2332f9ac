package naukri

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

// What the site's script says it is when it asks for a search and for a job.
const (
	searchApp = "109"
	jobApp    = "121"
)

// jsonHeader is what the site's own script sends to the JSON addresses, but for the token Nkparam.
func jsonHeader(app string) http.Header {
	return http.Header{
		"Accept": {"application/json"}, "Accept-Language": {"en-IN,en;q=0.9"},
		"Appid": {app}, "Systemid": {"Naukri"}, "Clientid": {"d3skt0p"},
	}
}

func pageHeader() http.Header {
	return http.Header{"Accept": {"text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"}, "Accept-Language": {"en-IN,en;q=0.9"}}
}

// fetchAnswer gets an answer, and names the ways in which this board refuses a client.
func (s *Scraper) fetchAnswer(ctx context.Context, at string, header http.Header) (*fetch.Page, error) {
	answer, err := s.get.Get(ctx, at, header)
	if answer == nil {
		return nil, err
	}
	refused := func(reason string) (*fetch.Page, error) {
		return nil, &scraper.PageError{URL: at, Status: answer.Status, Reason: reason, Err: scraper.ErrBlocked}
	}
	switch {
	case answer.Status == http.StatusNotAcceptable, err != nil && bytes.Contains(bytes.ToLower(answer.Body), []byte("recaptcha")):
		if pe, ok := errors.AsType[*scraper.PageError](err); !ok || !pe.Temporary() {
			return refused(wantsRecaptcha)
		}
	case err == nil && loginPath(answer.URL):
		return refused("naukri sends visitors to its login page; leave it alone for some hours, then ask for less at a time")
	}
	return answer, err
}

func loginPath(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (strings.HasPrefix(u.Path, "/nlogin") || strings.HasPrefix(u.Path, "/registration"))
}

// worthAnotherTry reports whether the other face of the board may answer although this one did not: it refused, or gave
// something else. A busy board, a broken network and the caller's end are the same for both.
func worthAnotherTry(err error) bool {
	return errors.Is(err, scraper.ErrBlocked) || errors.Is(err, scraper.ErrMarkup) || errors.Is(err, scraper.ErrGone)
}

// both is the error of an answer, with that of what was asked before it where the two together tell the user more.
func both(err, before error, what string) error {
	if err == nil || !worthAnotherTry(err) {
		return err
	}
	return fmt.Errorf("%w; %s before it: %w", err, what, before)
}

// asPageError gives a refusal its page.
func asPageError(err error, at string, status int) error {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		return err
	}
	return &scraper.PageError{URL: at, Status: status, Reason: r.reason, Err: r.cause}
}
