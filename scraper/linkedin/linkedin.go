// Package linkedin searches LinkedIn's public job pages, the ones that a visitor without an account
// sees. It never signs in and holds no credentials.
//
// The board filters by every field of a [lead.Query]. It lists at most 1,000 cards of a search
// ([scraper.ErrCapped]); narrower queries find more. The date of a lead is a day.
//
// A posting says whether LinkedIn itself takes the application, which is read from the apply button
// and never from words. It does not say whether the job is remote; search with Remote instead.
//
// LinkedIn answers clients that ask too much with HTTP 999 or a login page, which is
// [scraper.ErrBlocked]. Its terms and its robots.txt bind whoever runs this.
package linkedin

import (
	"net/http"

	"github.com/agent-forge/forge/internal/board"
)

// Source is the board's name in every key.
const Source = "linkedin"

// standardURL is the address of the board.
const standardURL = "https://www." + domain

const domain = "linkedin.com"

// Options configures [New]. The zero value, and a nil pointer, are the defaults.
type Options struct {
	// Client sends the requests. If nil, a client of package polite for linkedin.com is used.
	Client *http.Client
	// BaseURL is the scheme and host of the board, for a test server or a mirror. If empty,
	// https://www.linkedin.com is used.
	BaseURL string
}

// A Scraper reads LinkedIn's guest pages. It is safe for concurrent use.
type Scraper struct{ site board.Site }

// New returns a scraper. It does no I/O; its error is a [*lead.FieldError].
func New(o *Options) (*Scraper, error) {
	if o == nil {
		o = &Options{}
	}
	site, err := board.Open(Source, domain, o.Client, o.BaseURL)
	if err != nil {
		return nil, err
	}
	return &Scraper{site: site}, nil
}

// Source returns [Source].
func (s *Scraper) Source() string { return Source }
