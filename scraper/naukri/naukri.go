// Package naukri searches Naukri's public job pages (https://www.naukri.com), the ones that a visitor without an account
// sees. It never signs in and holds no credentials.
//
// Naukri has two faces. Its JSON search wants a token, Nkparam, that the site's script computes and that forge does not
// make; without it the answer is often HTTP 406, "recaptcha required". Its pages are drawn by script, so that a plain
// request gets a shell without jobs. A [Scraper] asks the JSON first, then the page, and reads whichever comes. Where both
// fail, the error says so and what helps: a client with the browser transport of scraper/browser, which draws pages, and
// waits for [WaitFor].
// Akamai guards the site; it denies access to addresses that ask too much, which is [scraper.ErrBlocked].
//
// Of a [lead.Query] the board filters keywords, location, remote, and age in whole days. Experience is compared with the
// years that a card asks for, after the board answered. Job types and easy apply are not filtered. A lead's date is a day
// where the card shows an age, and missing where it shows "30+ days ago".
//
// Naukri's terms and its robots.txt bind whoever runs this.
package naukri

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
	"github.com/agent-forge/forge/scraper/polite"
)

// Source is the board's name in every key.
const Source = "naukri"

// WaitFor is a CSS selector that matches once a page of the board is drawn, whatever it holds: for browser.Options.WaitFor.
const WaitFor = `.srp-jobtuple-wrapper, [class*="no-result"], [class*="dang-inner-html"], pre`

// DefaultBaseURL is where the board is.
const DefaultBaseURL = "https://www.naukri.com"

// Options configures [New]. The zero value, and a nil pointer, are the defaults.
type Options struct {
	Client  *http.Client     // what asks the board, and how politely; nil: a polite.NewClient of its own, for naukri.com alone
	BaseURL string           // scheme and host of the board, for a test server or a mirror; "": [DefaultBaseURL]
	Now     func() time.Time // the clock that ages count from; nil: time.Now
}

// A Scraper reads Naukri's public pages. It is safe for concurrent use.
type Scraper struct {
	get   fetch.Getter
	base  *url.URL
	now   func() time.Time
	parse *parser

	// Set once the JSON was refused and the page was not: asking for both would only be more of what the board minds.
	noSearchJSON, noDetailJSON atomic.Bool
}

var _ forge.Scraper = (*Scraper)(nil)

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
		return nil, fmt.Errorf("naukri: %w", &lead.FieldError{Field: "Options.BaseURL", Problem: "want a scheme and a host, such as " + DefaultBaseURL})
	}
	base.Path, base.RawPath = strings.TrimRight(base.Path, "/"), ""
	hosts := []string{"naukri.com", base.Hostname()} // also for a client of the caller's: a redirect must not lead anywhere else
	if opt.Client == nil {
		if opt.Client, err = polite.NewClient(&polite.Options{Hosts: hosts}); err != nil {
			return nil, fmt.Errorf("naukri: default client: %w", err)
		}
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &Scraper{get: fetch.Getter{Client: opt.Client, Hosts: hosts, Now: opt.Now}, base: base, now: opt.Now, parse: newParser()}, nil
}

// Source returns [Source].
func (s *Scraper) Source() string { return Source }
