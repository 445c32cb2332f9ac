package jsonld

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
	"github.com/agent-forge/forge/scraper/polite"
)

// Options say which pages a [Scraper] reads. Pages is required.
type Options struct {
	// Source is the board's name in keys. If empty, "jsonld" is used. Scrapers of one pipeline need
	// different names.
	Source string
	// Pages are the URLs of career pages: of lists, or of single adverts.
	Pages []string

	// Hosts are the hosts that can be asked, each with what is below it. If empty, the hosts of
	// Pages are used.
	Hosts []string
	// Follow matches the absolute URLs of links and list entries that are read, too, such as
	// `/jobs/\d+$` or `[?&]page=`. If nil, none are.
	Follow *regexp.Regexp
	// MaxPages is the number of pages that one search reads. If zero, 200 is used.
	MaxPages int
	// Client makes the requests. If nil, polite.NewClient is used for Hosts, which paces requests
	// and obeys robots.txt.
	Client *http.Client
	// Now is the clock that ages and validThrough are compared with. If nil, time.Now is used.
	Now func() time.Time
}

const (
	defaultSource   = "jsonld"
	defaultMaxPages = 200
)

// A Scraper is the board that a list of career pages makes. It asks only the hosts that its options
// name, redirects included. It is safe for concurrent use.
//
// A job's external id is the identifier that its posting states, where the advert's URL confirms it
// ("/jobs/1042"). Otherwise it is a hash of the URL and the title, or, for a posting without an own
// page, of the page, the identifier, the title and the place. So jobs that share an identifier or a
// URL stay apart, and a job keeps its id while others come and go; a new title makes it a new job.
// Where the options name several hosts, the host stands before the id, because two sites can use
// the same number. Give each site a Scraper of its own, and a new site changes no id.
type Scraper struct {
	source   string
	pages    []string
	lists    map[string]bool // pages, as canonicalURL
	hosts    []string
	follow   *regexp.Regexp
	maxPages int
	get      fetch.Getter
	now      func() time.Time
	seed     maphash.Seed
}

// New checks the options and returns a scraper. It makes no requests. Its error joins one
// [*lead.FieldError] for each wrong option.
func New(o *Options) (*Scraper, error) {
	var opt Options
	if o != nil {
		opt = *o
	}
	s := &Scraper{
		source: cmp.Or(opt.Source, defaultSource), maxPages: cmp.Or(opt.MaxPages, defaultMaxPages),
		follow: opt.Follow, now: opt.Now, lists: map[string]bool{}, seed: maphash.MakeSeed(),
	}
	var problems []error
	problem := func(field, format string, args ...any) {
		wrong := &lead.FieldError{Field: "Options." + field, Problem: fmt.Sprintf(format, args...)}
		problems = append(problems, fmt.Errorf("jsonld: %w", wrong))
	}
	if err := (lead.Key{Source: s.source, ExternalID: "any"}).Validate(); err != nil {
		problem("Source", "%v", err)
	}
	if s.maxPages < 1 {
		problem("MaxPages", "negative; 0 means %d", defaultMaxPages)
	}
	if len(opt.Pages) == 0 {
		problem("Pages", "missing: give the URL of at least one career page")
	}
	for _, h := range opt.Hosts {
		if h == "" || strings.ContainsAny(h, "/:@ ") {
			problem("Hosts", "%q is no host: want a name such as careers.example.com", h)
		}
		s.hosts = append(s.hosts, strings.ToLower(h))
	}
	for i, p := range opt.Pages {
		u, err := url.Parse(p)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			problem(fmt.Sprintf("Pages[%d]", i), "want an absolute http or https URL")
			continue
		case len(opt.Hosts) == 0 && !slices.Contains(s.hosts, strings.ToLower(u.Hostname())):
			s.hosts = append(s.hosts, strings.ToLower(u.Hostname()))
		case !fetch.Allowed(s.hosts, u):
			problem(fmt.Sprintf("Pages[%d]", i), "its host is not in Options.Hosts")
		}
		s.pages = append(s.pages, p)
		s.lists[canonicalURL(p)] = true
	}
	if s.now == nil {
		s.now = time.Now
	}
	client := opt.Client
	if client == nil && problems == nil {
		var err error
		if client, err = polite.NewClient(&polite.Options{Hosts: s.hosts}); err != nil {
			problems = append(problems, fmt.Errorf("jsonld: %w", err))
		}
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	s.get = fetch.Getter{Client: client, Hosts: s.hosts, Now: s.now}
	return s, nil
}

// Source returns the name that the options gave.
func (s *Scraper) Source() string { return s.source }
