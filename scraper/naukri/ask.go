package naukri

import (
	"bytes"
	"errors"
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

var pageHeader = http.Header{
	"Accept":          {"text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"},
	"Accept-Language": {"en-IN,en;q=0.9"},
}

// refusedBy names the ways in which this board refuses a client, and returns every other error as
// it is.
func refusedBy(answer *fetch.Page, err error, at string) error {
	if answer == nil || errors.Is(err, scraper.ErrGone) {
		return err
	}
	reason := ""
	bad, _ := errors.AsType[*scraper.PageError](err)
	switch {
	case bad != nil && bad.Temporary():
	case answer.Status == http.StatusNotAcceptable,
		err != nil && bytes.Contains(bytes.ToLower(answer.Body), []byte(captchaPhrase)):
		reason = wantsRecaptcha
	case loginPath(answer.URL):
		reason = "naukri sends visitors to its login page; leave it alone for some hours, then ask for " +
			"less at a time"
	}
	if reason == "" {
		return err
	}
	return &scraper.PageError{URL: at, Status: answer.Status, Reason: reason, Err: scraper.ErrBlocked}
}

// captchaPhrase is what the board answers to a request that lacks its token.
const captchaPhrase = "recaptcha required"

func loginPath(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (strings.HasPrefix(u.Path, "/nlogin") || strings.HasPrefix(u.Path, "/registration"))
}

// worthAnotherTry reports whether the other face of the board can answer although this one did not:
// it refused, or gave something else. A busy board, a broken network and the caller's end are the
// same for both.
func worthAnotherTry(err error) bool {
	classes := []error{scraper.ErrBlocked, scraper.ErrMarkup, scraper.ErrPosting, scraper.ErrGone}
	for _, class := range classes {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}

// A refusal is an answer that is no page of a search, or of a job.
type refusal struct {
	cause  error // a sentinel of package scraper
	reason string
}

func (r *refusal) Error() string { return r.reason }
func (r *refusal) Unwrap() error { return r.cause }

// asPageError gives a refusal its page.
func asPageError(err error, at string, status int) error {
	r, ok := errors.AsType[*refusal](err)
	if !ok {
		return err
	}
	return &scraper.PageError{URL: at, Status: status, Reason: r.reason, Err: r.cause}
}

// What answers turn out to be, and what helps.
const (
	useBrowser = "give Options.Client the browser transport (package scraper/browser), which draws " +
		"pages as a browser does"
	unknownPage = "a page without job cards, and without a notice that nothing was found"
	unknownJSON = "JSON without jobs"
	emptyShell  = "an empty shell: naukri draws its jobs by script; " + useBrowser
	skeleton    = "the page was taken before its jobs were drawn; have the browser transport wait " +
		"for naukri.WaitFor"
	wantsRecaptcha = "naukri asks for a captcha, because the request lacks the token that its own " +
		"script makes; " + useBrowser
	noPosting     = "neither a job's text nor a notice that it is closed"
	noDescription = "the job has no text"
	jobClosed     = "the board says that the job is closed"
	notListed     = "the job is not among those of the page"
)
