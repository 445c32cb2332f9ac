package linkedin

import (
	"sync"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Scrapers compile their selectors once, and so do the tests.
var compiled = sync.OnceValue(newParser)

// ParseSearch reads a page of a search for the tests of what stands on a page, which need no client.
func ParseSearch(body []byte) (leads []lead.Lead, reasons []string, none, blank bool) {
	list := compiled().listing(DefaultBaseURL+searchPath, body)
	for _, c := range list.cards {
		if c.reason != "" {
			reasons = append(reasons, c.reason)
		}
		if c.lead.ExternalID != "" {
			leads = append(leads, c.lead)
		}
	}
	return leads, reasons, list.none, list.blank
}

// ParsePosting reads a job's page likewise.
func ParsePosting(body []byte) (id string, closed bool, data enrich.Data, err error) {
	p, err := compiled().posting(body)
	return p.id, p.closed, p.data, err
}
