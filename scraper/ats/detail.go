package ats

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

// Detail returns a job's text. If its list brought the text, nothing is requested. After a restart
// the list is read once, for all its jobs. If the list has no text, or does not have the job, the
// job's own address decides: 404 and 410 are scraper.ErrGone. What cannot be read there is
// scraper.ErrPosting.
//
// The address is made from the provider, the board and the lead's id. Where the provider's needs
// more, it is the path of the lead's URL, on the provider's host.
func (s *Scraper) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	data, err := s.detail(ctx, l)
	if err != nil {
		return enrich.Data{}, fmt.Errorf("%s: detail: %w", s.Source(), err)
	}
	return data, nil
}

func (s *Scraper) detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	if l.ExternalID == "" || l.ExternalID != lead.CleanLine(l.ExternalID) {
		return enrich.Data{}, &lead.FieldError{Field: "external_id", Problem: "want the id of a job"}
	}
	boards := s.candidates(l)
	for _, sh := range boards {
		if data, ok := s.cache.text(sh, l.ExternalID); ok {
			return data, nil
		}
	}
	if !s.provider.cards {
		for _, sh := range boards {
			_, _, err := s.readList(ctx, sh, l.ExternalID, nil)
			switch {
			case err == nil, errors.Is(err, scraper.ErrMarkup), errors.Is(err, scraper.ErrCapped),
				errors.Is(err, ErrCompany):
			default:
				return enrich.Data{}, err
			}
			if data, ok := s.cache.text(sh, l.ExternalID); ok {
				return data, nil
			}
		}
	}
	return s.own(ctx, boards, l)
}

// candidates returns the boards that can have a job, the most likely one first.
func (s *Scraper) candidates(l lead.Lead) []*shelf {
	hint, err := Detect(l.URL)
	var named []*shelf
	for _, sh := range s.shelves {
		switch {
		case s.cache.lists(sh, l.ExternalID):
			return []*shelf{sh}
		case err == nil && hint.Provider == s.Source() && strings.EqualFold(hint.Company, sh.board.Company):
			return []*shelf{sh}
		case s.provider.key(sh.board.Company, "") != "" && !strings.HasPrefix(
			l.ExternalID, s.provider.key(sh.board.Company, "")):
		case l.Company != "" && l.Company == s.cache.nameOf(sh):
			named = append(named, sh)
		}
	}
	if len(named) > 0 {
		return named
	}
	return s.shelves
}

// own reads a job at its own address. A job is gone if none of the boards has it.
func (s *Scraper) own(ctx context.Context, boards []*shelf, l lead.Lead) (data enrich.Data, err error) {
	for _, sh := range boards {
		r := s.provider.advert(sh.board.Company, l)
		if r.url == "" {
			return data, &scraper.PageError{
				URL: l.URL, Reason: "the URL does not lead to a job of " + s.Source(),
				Err: scraper.ErrPosting,
			}
		}
		if data, err = s.advert(ctx, sh, r, l); !errors.Is(err, scraper.ErrGone) {
			return data, err
		}
		if s.cache.lists(sh, l.ExternalID) { // a list that was just read still has it
			return data, &scraper.PageError{
				URL: s.address(r.url), Reason: "its own page says that it is gone, and the list has it",
				Err: scraper.ErrPosting,
			}
		}
	}
	return data, err
}

// advert requests one job and reads it.
func (s *Scraper) advert(ctx context.Context, sh *shelf, r request, l lead.Lead) (enrich.Data, error) {
	at := s.address(r.url)
	want, err := url.Parse(at)
	if err != nil {
		return enrich.Data{}, &scraper.PageError{URL: at, Err: scraper.ErrPosting, Reason: "no URL"}
	}
	page, err := s.get.Advert(ctx, at, nil, func(u *url.URL) bool {
		// Sites complete the path of a job with its title, or with the language before it.
		return strings.Contains(u.Path, strings.TrimRight(want.Path, "/"))
	})
	if err != nil {
		return enrich.Data{}, err
	}
	fail := func(reason string) (enrich.Data, error) {
		return enrich.Data{}, &scraper.PageError{
			URL: at, Status: page.Status, Err: scraper.ErrPosting, Reason: reason,
		}
	}
	if s.provider.readAdvert == nil {
		return s.posting(page, at, l)
	}
	about := s.newList(sh, r)
	j, err := s.provider.readAdvert(page.Body, about)
	if err != nil {
		return fail(err.Error())
	}
	about.finish(j)
	if j.id != "" && j.key != l.ExternalID {
		return fail("the answer is another job's")
	}
	if j.hidden {
		return enrich.Data{}, &scraper.PageError{
			URL: at, Status: page.Status, Err: scraper.ErrGone, Reason: "the provider says that it is closed",
		}
	}
	data := j.data()
	if err := facts.CheckText(data.Description); err != nil {
		return fail(err.Error())
	}
	s.complete(&data, sh, l)
	return data, nil
}

// complete adds the facts that only the list states.
func (s *Scraper) complete(data *enrich.Data, sh *shelf, l lead.Lead) {
	listed, _ := s.cache.text(sh, l.ExternalID)
	for key, value := range listed.Attributes {
		if data.Attributes == nil {
			data.Attributes = map[string]string{}
		}
		if data.Attributes[key] == "" {
			data.Attributes[key] = value
		}
	}
}

// posting reads the JSON-LD of a job's page.
func (s *Scraper) posting(page *fetch.Page, at string, l lead.Lead) (enrich.Data, error) {
	fail := func(class error, reason string) (enrich.Data, error) {
		return enrich.Data{}, &scraper.PageError{URL: at, Status: page.Status, Err: class, Reason: reason}
	}
	d := jobposting.Read(page.Body, page.URL)
	if len(d.Postings) != 1 || d.Cut || d.Broken > 0 {
		return fail(scraper.ErrPosting, "want one JobPosting, and there is none, or more, in "+d.Saw())
	}
	p := &d.Postings[0]
	if p.ID != l.ExternalID && advert.Title(p.Title) != l.Title {
		return fail(scraper.ErrPosting, "the page is another job's")
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
