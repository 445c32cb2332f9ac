// Package board holds what boards that list cards on pages have alike: where they are and who asks
// them, and how a list is walked from page to page. How the pages look is each board's own.
package board

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
	"github.com/agent-forge/forge/scraper/polite"
)

// A Site is a board's address, and what asks it.
type Site struct {
	Base  *url.URL // without a final slash
	Pages fetch.Getter
}

// Open checks the options of a board. Address is the scheme and host that the caller gave; if
// empty, it is https://www. and the domain. The site is asked on its own host and on the board's
// domain alone, also by a client of the caller's; if client is nil, it is a polite client of its
// own. The error is a *lead.FieldError about Options.BaseURL.
func Open(source, domain string, client *http.Client, address string) (Site, error) {
	standard := "https://www." + domain
	if address == "" {
		address = standard
	}
	base, err := url.Parse(address)
	switch {
	case err != nil,
		base.Scheme != "http" && base.Scheme != "https",
		base.Host == "",
		base.RawQuery != "",
		base.Fragment != "",
		base.User != nil:
		return Site{}, fmt.Errorf("%s: %w", source, &lead.FieldError{
			Field: "Options.BaseURL", Problem: "want a scheme and a host, such as " + standard,
		})
	}
	base.Path, base.RawPath = strings.TrimRight(base.Path, "/"), ""
	hosts := []string{domain, base.Hostname()}
	if client == nil {
		if client, err = polite.NewClient(&polite.Options{Hosts: hosts}); err != nil {
			return Site{}, fmt.Errorf("%s: default client: %w", source, err)
		}
	}
	return Site{Base: base, Pages: fetch.Getter{Client: client, Hosts: hosts}}, nil
}

// BrokenOff is the error of a page of a list of which only a part arrived, although the answer
// looked whole. That is the network's failure, so it is a net.Error.
func BrokenOff(at string) error {
	return &scraper.PageError{
		URL: at, Status: http.StatusOK, Reason: "the page breaks off; try again later",
		Err: &url.Error{Op: "read", URL: "page", Err: io.ErrUnexpectedEOF},
	}
}

// Capped is the error of a list that goes on where the board lists no more of it.
func Capped(at, reason string) error {
	return &scraper.PageError{URL: at, Status: http.StatusOK, Reason: reason, Err: scraper.ErrCapped}
}
