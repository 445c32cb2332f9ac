package naukri

import (
	"net/url"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// A Listing is what a page of a search holds, for the tests of what stands on a page, which need no
// client.
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
	base, _ := url.Parse(standardURL)
	l, err := readListing(body, base, now)
	out := Listing{None: l.none, Last: l.last, Cut: l.cut, Total: l.total}
	for _, c := range l.cards {
		if c.Reason != "" {
			out.Reasons = append(out.Reasons, c.Reason)
			continue
		}
		out.Leads = append(out.Leads, c.Lead)
		out.Experience = append(out.Experience, c.Experience)
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
	p, err := request{
		at: standardURL + "/job-listings-x-1", lead: lead.Lead{ExternalID: "300526000001"}, now: now,
	}.readPosting(body)
	return Posting{p.id, p.title, p.company, p.closed, p.data}, err
}
