package jsonld

import (
	"context"
	"fmt"
	"net/http"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// Detail fetches the lead's URL again and reads its posting there. It returns scraper.ErrGone for 404, 410, a posting whose
// validThrough is past, and a page of other postings on which this one no longer stands; scraper.ErrMarkup for a page
// without a posting, and for a redirect to another one.
func (s *Scraper) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	if !s.allowed(l.URL) {
		return enrich.Data{}, fmt.Errorf("jsonld: detail: %w", &lead.FieldError{Field: "url", Problem: "its host is not in Options.Hosts"})
	}
	page, err := s.get.Get(ctx, l.URL, nil)
	if err != nil {
		return enrich.Data{}, err
	}
	fail := func(cause error, reason string) (enrich.Data, error) {
		return enrich.Data{}, &scraper.PageError{URL: l.URL, Status: http.StatusOK, Reason: reason, Err: cause}
	}
	d := jobposting.Read(page.Body, page.URL)
	if len(d.Postings) == 0 {
		return fail(scraper.ErrMarkup, "no JobPosting in "+d.Saw())
	}
	p, ok := s.find(d.Postings, l)
	switch {
	case !ok && canonicalURL(page.URL) != canonicalURL(l.URL):
		return fail(scraper.ErrMarkup, "redirects to another page")
	case !ok && len(d.Postings) == 1:
		p = d.Postings[0] // its identifier changed
	case !ok && d.Broken > 0:
		return fail(scraper.ErrMarkup, "a JSON-LD script is not readable")
	case !ok:
		return fail(scraper.ErrGone, fmt.Sprintf("not among the %d postings of the page", len(d.Postings)))
	}
	if p.Closed(s.now()) {
		return fail(scraper.ErrGone, "the posting has expired")
	}
	data := p.Data()
	if err := data.Validate(); err != nil {
		return fail(scraper.ErrMarkup, err.Error())
	}
	return data, nil
}

func (s *Scraper) find(postings []jobposting.Posting, l lead.Lead) (jobposting.Posting, bool) {
	for _, p := range postings {
		if s.externalID(p) == l.ExternalID {
			return p, true
		}
	}
	return jobposting.Posting{}, false
}
