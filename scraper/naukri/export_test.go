package naukri

import (
	"net/url"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Scrapers compile their selectors once, and so do the tests.
var compiled = sync.OnceValue(newParser)

// A Listing is what a page of a search holds, for the tests of what stands on a page, which need no client.
type Listing struct {
	Leads      []lead.Lead
	Experience []string
	Reasons    []string
	None, Last bool
	Cut        bool
	Total      int
}

// ParseSearch reads a page of a search.
func ParseSearch(body []byte, now time.Time) (Listing, error) {
	base, _ := url.Parse(DefaultBaseURL)
	l, err := compiled().listing(body, base, now)
	out := Listing{None: l.none, Last: l.last, Cut: l.cut, Total: l.total}
	for _, c := range l.cards {
		if c.reason != "" {
			out.Reasons = append(out.Reasons, c.reason)
			continue
		}
		out.Leads = append(out.Leads, c.lead)
		out.Experience = append(out.Experience, c.experience)
	}
	return out, err
}

// A Posting is what a job's page holds.
type Posting struct {
	ID, Title, Company string
	Closed             bool
	Data               enrich.Data
}

// ParsePosting reads a job's page or JSON.
func ParsePosting(body []byte, now time.Time) (Posting, error) {
	p, err := compiled().posting(body, DefaultBaseURL+"/job-listings-x-1", now)
	return Posting{p.id, p.title, p.company, p.closed, p.data}, err
}

// PostedAt reads an age.
var PostedAt = postedAt

// ParseSalary returns what a label says, in figures.
func ParseSalary(label string) (shown string, lo, hi int64, currency string) {
	s := parseSalary(label)
	return s.label, s.min, s.max, s.currency
}
