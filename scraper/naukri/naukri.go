// Package naukri searches Naukri's public job pages (https://www.naukri.com), the ones that a
// visitor without an account sees. It never signs in and holds no credentials.
//
// Naukri has two faces. Its JSON search wants a token, Nkparam, that the site's script computes and
// that forge does not make; without it the answer is often HTTP 406, "recaptcha required". Its
// pages are drawn by script, so that a plain request gets a shell without jobs. A [Scraper] asks
// for the JSON first, then for the page, and reads whichever comes. Where both fail, the error says
// so, and that the browser transport of scraper/browser helps, which draws pages and waits for
// [WaitFor]. Akamai guards the site. It denies access to addresses that ask too much, which is
// [scraper.ErrBlocked].
//
// The board filters by keywords, location, remote, and age in whole days. Experience is compared
// with the years on each card; a card that names none is kept. JobTypes and EasyApply are not
// filtered, which Search reports with [scraper.ErrUnfiltered]. The date of a lead is a day where
// the card shows an age, and missing where it shows "30+ days ago".
//
// Naukri's terms and its robots.txt bind whoever runs this.
package naukri

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/agent-forge/forge/internal/board"
)

// Source is the board's name in every key.
const Source = "naukri"

// WaitFor is a CSS selector that matches once a page of the board is drawn, whatever it holds. It
// is for browser.Options.WaitFor.
const WaitFor = `.srp-jobtuple-wrapper, [class*="no-result"], [class*="dang-inner-html"], pre`

// standardURL is the address of the board.
const standardURL = "https://www." + domain

const domain = "naukri.com"

// Options configures [New]. The zero value, and a nil pointer, are the defaults.
type Options struct {
	// Client sends the requests. If nil, a client of package polite for naukri.com is used.
	Client *http.Client
	// BaseURL is the scheme and host of the board, for a test server or a mirror. If empty,
	// https://www.naukri.com is used.
	BaseURL string
	// Now is the clock by which ages become dates. If nil, time.Now is used.
	Now func() time.Time
}

// A Scraper reads Naukri's public pages. It is safe for concurrent use.
type Scraper struct {
	site board.Site
	now  func() time.Time

	// Set once the JSON was refused and the page was not: asking for both would only be more of
	// what the board minds.
	noSearchJSON, noDetailJSON atomic.Bool
}

// New returns a scraper. It does no I/O; its error is a [*lead.FieldError].
func New(o *Options) (*Scraper, error) {
	if o == nil {
		o = &Options{}
	}
	site, err := board.Open(Source, domain, o.Client, o.BaseURL)
	if err != nil {
		return nil, err
	}
	s := &Scraper{site: site, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	s.site.Pages.Now = s.now
	return s, nil
}

// Source returns [Source].
func (s *Scraper) Source() string { return Source }
