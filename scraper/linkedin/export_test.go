package linkedin

import (
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// ParseSearch reads a page of a search for the tests of what stands on a page, which need no
// client.
func ParseSearch(body []byte) (leads []lead.Lead, reasons []string, none, blank bool) {
	list := readListing(standardURL+searchPath, body)
	for _, c := range list.cards {
		if c.Reason != "" {
			reasons = append(reasons, c.Reason)
		}
		if c.Lead.ExternalID != "" {
			leads = append(leads, c.Lead)
		}
	}
	return leads, reasons, list.none, list.blank
}

// ParsePosting reads a job's page likewise.
func ParsePosting(body []byte) (id string, closed bool, data enrich.Data, err error) {
	p, err := readPosting(body)
	return p.id, p.closed, p.data, err
}
