package jsonld

import (
	"context"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// Detail fetches the lead's URL again and reads its posting there. It returns scraper.ErrGone for
// 404, 410, a posting whose validThrough is past, and a page on which other postings stand and this
// one no longer does. A page that cannot be read, or a posting without text, is scraper.ErrPosting,
// and an address that leads elsewhere a [*scraper.RedirectError].
func (s *Scraper) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	page, err := s.get.Advert(ctx, l.URL, nil, nil)
	if err != nil {
		return enrich.Data{}, err
	}
	fail := func(cause error, reason string) (enrich.Data, error) {
		return enrich.Data{}, &scraper.PageError{URL: l.URL, Status: page.Status, Reason: reason, Err: cause}
	}
	d := jobposting.Read(page.Body, page.URL)
	p := s.find(d, l)
	switch {
	case p != nil:
	case canonicalURL(page.URL) != canonicalURL(l.URL):
		return fail(&scraper.RedirectError{To: page.URL}, "")
	case d.Broken > 0:
		return fail(scraper.ErrPosting, "a JSON-LD script is not readable")
	case len(d.Postings) > 0:
		return fail(scraper.ErrGone, fmt.Sprintf("not among the %d postings of the page", len(d.Postings)))
	case d.Lists > 0 && len(d.Items) == 0:
		return fail(scraper.ErrGone, "the page's list is empty")
	default:
		return fail(scraper.ErrPosting, "no JobPosting in "+d.Saw())
	}
	if p.Closed(s.now()) {
		return fail(scraper.ErrGone, "the posting has expired")
	}
	data := p.Data()
	if err := facts.CheckText(data.Description); err != nil {
		return fail(scraper.ErrPosting, err.Error())
	}
	return data, nil
}

// find returns the lead's posting: the one with its key, or the only one of the lead's own page, if
// the titles say that it is the same job. Nil: the page does not have it.
func (s *Scraper) find(d *jobposting.Page, l lead.Lead) *jobposting.Posting {
	var found []*jobposting.Posting
	for i := range d.Postings {
		if id := s.identify(&d.Postings[i], len(d.Postings) == 1); slices.Contains(id.keys, l.ExternalID) {
			found = append(found, id.Posting)
		}
	}
	for _, p := range found {
		if sameTitle(l, p) && (p.Description() != "" || len(found) == 1) {
			return p
		}
	}
	switch {
	case len(found) == 1: // by a number, and with another title now
		return found[0]
	case len(found) == 0 && len(d.Postings) == 1 && s.isAdvert(l.URL) && sameTitle(l, &d.Postings[0]):
		return &d.Postings[0]
	}
	for i := range d.Postings {
		if id := s.identify(&d.Postings[i], len(d.Postings) == 1); s.textKey(&id) == l.ExternalID {
			return id.Posting
		}
	}
	return nil
}
