package ats

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
	"github.com/agent-forge/forge/scraper/polite"
)

const (
	defaultCacheBytes = 16 << 20 // the texts of a list of 14 MB fit
	defaultReuseFor   = 5 * time.Minute

	// maxList bounds one answer. The largest list that was seen has 14 MB.
	maxList = 32 << 20
)

// ErrCompany means that a provider knows no company of this name. The error that wraps it names the
// company.
var ErrCompany = errors.New("ats: no such company")

// A Board is the job board of one company. [Detect] reads it from a URL.
type Board struct {
	// Provider is the name of the applicant-tracking system, such as "greenhouse". It is the source
	// of the board's leads. [Providers] lists the names.
	Provider string
	// Company is the company's name in the provider's URLs, as it is spelled there, because some
	// providers distinguish upper and lower case. At Workday it is the tenant with its data centre,
	// and the site: "acme.wd5/Careers".
	Company string
}

// String returns "provider/company".
func (b Board) String() string { return b.Provider + "/" + b.Company }

// Options configures [New]. Boards is required.
type Options struct {
	// Boards are the boards to read. A board that is named twice is read once.
	Boards []Board
	// Client sends the requests. If nil, each provider gets a client of scraper/polite with the
	// pace that the provider bears.
	Client *http.Client
	// BaseURL is asked instead of the providers, which become the first part of the path:
	// BaseURL + "/api.lever.co/v0/postings/acme". It is for tests, for demonstrations and for a
	// proxy of your own. If empty, the providers are asked.
	BaseURL string
	// CacheBytes bounds the texts that are kept for each provider, in bytes. If zero, 16 MiB is
	// used. The text of an advert that does not fit is requested again when Detail needs it.
	CacheBytes int64
	// ReuseFor is how long a list that was read whole answers further searches without a request.
	// If zero, 5 minutes is used.
	ReuseFor time.Duration
	// Now is the clock. If nil, time.Now is used.
	Now func() time.Time
}

// Providers returns the names of all providers.
func Providers() []string {
	names := make([]string, len(providers))
	for i, p := range providers {
		names[i] = p.name
	}
	return names
}

// A Scraper reads the boards of one provider. It is a forge.Scraper, and safe for concurrent use.
type Scraper struct {
	provider *provider
	shelves  []*shelf
	get      fetch.Getter
	base     string
	cache    *cache
	reuseFor time.Duration
	now      func() time.Time
}

// New returns a Scraper for each provider of the boards, in the order in which the boards name
// them. It does no I/O. Its error joins a [*lead.FieldError] for each invalid option.
func New(o *Options) ([]*Scraper, error) {
	var opt Options
	if o != nil {
		opt = *o
	}
	if err := opt.validate(); err != nil {
		return nil, err
	}
	opt.CacheBytes = cmp.Or(opt.CacheBytes, defaultCacheBytes)
	opt.ReuseFor = cmp.Or(opt.ReuseFor, defaultReuseFor)
	if opt.Now == nil {
		opt.Now = time.Now
	}
	var scrapers []*Scraper
	for _, b := range opt.Boards {
		at := slices.IndexFunc(scrapers, func(s *Scraper) bool { return s.Source() == b.Provider })
		if at < 0 {
			at = len(scrapers)
			scrapers = append(scrapers, &Scraper{
				provider: providerOf(b.Provider), cache: newCache(opt.CacheBytes),
				base: strings.TrimRight(opt.BaseURL, "/"), reuseFor: opt.ReuseFor, now: opt.Now,
			})
		}
		s := scrapers[at]
		if !slices.ContainsFunc(s.shelves, func(have *shelf) bool { return have.board == b }) {
			s.shelves = append(s.shelves, newShelf(b))
		}
	}
	for _, s := range scrapers {
		if err := s.open(opt); err != nil {
			return nil, err
		}
	}
	return scrapers, nil
}

// Source returns the provider's name.
func (s *Scraper) Source() string { return s.provider.name }

// open gives the scraper what asks its provider.
func (s *Scraper) open(opt Options) error {
	allowed := s.provider.hosts
	if s.provider.perCompany { // each has a pace of its own
		allowed = nil
		for _, sh := range s.shelves {
			for _, r := range s.provider.list(sh.board.Company, 0) {
				allowed = append(allowed, hostOf(r.url))
			}
		}
	}
	if s.base != "" {
		u, _ := url.Parse(s.base) // validate has read it
		allowed = []string{u.Hostname()}
	}
	client := opt.Client
	if client == nil {
		var err error
		client, err = polite.NewClient(&polite.Options{
			Hosts: allowed, Interval: s.provider.pace, MaxBody: maxList,
		})
		if err != nil {
			return fmt.Errorf("ats: default client: %w", err)
		}
	}
	s.get = fetch.Getter{Client: client, Hosts: allowed, MaxBytes: maxList, Now: opt.Now}
	return nil
}

func (o *Options) validate() error {
	var problems []error
	problem := func(field, text string) {
		err := &lead.FieldError{Field: "Options." + field, Problem: text}
		problems = append(problems, fmt.Errorf("ats: %w", err))
	}
	if len(o.Boards) == 0 {
		problem("Boards", "empty; Detect reads a board from the URL of a career page")
	}
	for i, b := range o.Boards {
		p := providerOf(b.Provider)
		if p == nil {
			problem(fmt.Sprintf("Boards[%d].Provider", i), "want one of "+strings.Join(Providers(), ", "))
		} else if !p.valid(b.Company) {
			problem(fmt.Sprintf("Boards[%d].Company", i),
				"want the company's name in the URLs of "+b.Provider)
		}
	}
	if o.CacheBytes < 0 {
		problem("CacheBytes", "negative; use 0 for the default")
	}
	if o.ReuseFor < 0 {
		problem("ReuseFor", "negative; use 0 for the default")
	}
	if u, err := url.Parse(o.BaseURL); o.BaseURL != "" && (err != nil || hosts.Name(u) == "" ||
		u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil) {
		problem("BaseURL", "want a scheme and a host, such as http://127.0.0.1:8080")
	}
	return errors.Join(problems...)
}
