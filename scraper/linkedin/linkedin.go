// Package linkedin searches LinkedIn's public job pages, the ones that a visitor without an account sees. It never signs in
// and holds no credentials.
//
// Of a [lead.Query] the board filters everything: keywords, location, remote, age (to the second), job types, experience
// and easy apply. It lists at most 1,000 cards of a search ([scraper.ErrCapped]); to find more, ask narrower questions.
// A lead's date is a day, and so is its age.
//
// A posting says whether LinkedIn itself takes the application (easy apply), by its apply button and never by its words. It
// does not say whether the job is remote: search with Remote instead.
//
// LinkedIn answers clients that ask too much with HTTP 999 or a login page: [scraper.ErrBlocked]. Its terms and its robots.txt
// bind whoever runs this.
package linkedin

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
	"github.com/agent-forge/forge/scraper/polite"
)

// Source is the board's name in every key.
const Source = "linkedin"

// DefaultBaseURL is where the board is.
const DefaultBaseURL = "https://www.linkedin.com"

// Options configures [New]. The zero value, and a nil pointer, are the defaults.
type Options struct {
	Client  *http.Client // what asks the board, and how politely; nil: a polite.NewClient of its own, for linkedin.com alone
	BaseURL string       // scheme and host of the board, for a test server or a mirror; "": [DefaultBaseURL]
}

// A Scraper reads LinkedIn's guest pages. It is safe for concurrent use.
type Scraper struct {
	pages fetch.Getter
	base  *url.URL
	parse *parser
}

// New returns a scraper. It does no I/O; its error is a [*lead.FieldError].
func New(o *Options) (*Scraper, error) {
	var opt Options
	if o != nil {
		opt = *o
	}
	if opt.BaseURL == "" {
		opt.BaseURL = DefaultBaseURL
	}
	base, err := url.Parse(opt.BaseURL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return nil, fmt.Errorf("linkedin: %w", &lead.FieldError{Field: "Options.BaseURL", Problem: "want a scheme and a host, such as " + DefaultBaseURL})
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = ""
	hosts := []string{"linkedin.com", base.Hostname()} // also for a client of the caller's: a redirect must not lead anywhere else
	if opt.Client == nil {
		if opt.Client, err = polite.NewClient(&polite.Options{Hosts: hosts}); err != nil {
			return nil, fmt.Errorf("linkedin: default client: %w", err)
		}
	}
	return &Scraper{pages: fetch.Getter{Client: opt.Client, Hosts: hosts}, base: base, parse: newParser()}, nil
}

// Source returns [Source].
func (s *Scraper) Source() string { return Source }
