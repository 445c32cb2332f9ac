package naukri

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// Detail reads a posting: the JSON of the job first, and where that is refused, not there or not
// understood, the job's page, in its markup or else its JSON-LD. The addresses are made from the
// lead's id, and its path on this board.
//
// It returns [scraper.ErrGone] if the page is gone (404, 410), if it says that the job is closed
// and offers no way to apply, or if its JSON-LD describes other jobs only. What the JSON alone does
// not know can have moved: the page decides. Every other page that is not this job's, or has no
// text, is [scraper.ErrPosting].
func (s *Scraper) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	data, err := s.detail(ctx, l)
	if err != nil {
		return enrich.Data{}, fmt.Errorf("naukri: detail: %w", err)
	}
	return data, nil
}

func (s *Scraper) detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	if !isID(l.ExternalID) {
		return enrich.Data{}, &lead.FieldError{
			Field: "external_id", Problem: "want digits: the id of a job on naukri",
		}
	}
	var refused error
	if !s.noDetailJSON.Load() {
		data, err := s.read(ctx, l, s.jobJSON(l.ExternalID), jsonHeader(jobApp))
		if err == nil || !worthAnotherTry(err) || ctx.Err() != nil {
			return data, err
		}
		if bad, ok := errors.AsType[*scraper.PageError](err); ok && errors.Is(err, scraper.ErrGone) &&
			bad.Reason != "" {
			return data, err // it says so in words, not only by a status
		}
		refused = err
	}
	data, err := s.read(ctx, l, s.jobPage(l), pageHeader)
	switch {
	case refused == nil, err != nil && (!worthAnotherTry(err) || errors.Is(err, scraper.ErrGone)):
	case err != nil:
		err = judge(refused, err)
	case errors.Is(refused, scraper.ErrBlocked):
		s.noDetailJSON.Store(true)
	}
	return data, err
}

// judge returns the failure of a job of which neither the JSON nor the page could be read. It is
// the page's: the JSON can be refused for every job. But if the JSON answered, the client is not
// refused, whatever happened to the page.
func judge(ofJSON, ofPage error) error {
	answered := false
	if bad, ok := errors.AsType[*scraper.PageError](ofJSON); ok && bad.Status == http.StatusOK {
		answered = bad.Err == scraper.ErrPosting //nolint:errorlint // a redirect wraps it, and is no answer
	}
	if answered && errors.Is(ofPage, scraper.ErrBlocked) {
		//nolint:errorlint // one failure, one class
		return fmt.Errorf("%w; the job's page after it: %v", ofJSON, ofPage)
	}
	//nolint:errorlint // one failure, one class
	return fmt.Errorf("%w; the job's JSON before it: %v", ofPage, ofJSON)
}

// read gets one answer and reads the posting in it.
func (s *Scraper) read(ctx context.Context, l lead.Lead, at string, header http.Header) (enrich.Data, error) {
	answer, err := s.site.Pages.Advert(ctx, at, header, func(u *url.URL) bool {
		return idIn(u.Path) == l.ExternalID || u.Path == jobJSONPath+l.ExternalID
	})
	if err = refusedBy(answer, err, at); err != nil && !errors.Is(err, scraper.ErrGone) {
		return enrich.Data{}, err
	}
	r := request{lead: l, at: at, now: s.now()}
	fail := func(class error, reason string) (enrich.Data, error) {
		return enrich.Data{}, &scraper.PageError{URL: at, Status: answer.Status, Reason: reason, Err: class}
	}
	if err != nil { // 404 and 410; the JSON can say more
		if text, ok := jsonIn(answer.Body); ok {
			if p, unread := readJob(text); unread == nil && p.closed {
				return fail(scraper.ErrGone, jobClosed)
			}
		}
		return enrich.Data{}, err
	}
	p, err := r.readPosting(answer.Body)
	switch {
	case p.id != "" && p.id != l.ExternalID:
		return fail(scraper.ErrPosting, "the page is another job's")
	case err != nil:
		return enrich.Data{}, asPageError(err, at, answer.Status)
	case p.closed:
		return fail(scraper.ErrGone, jobClosed)
	}
	if err := facts.CheckText(p.data.Description); err != nil {
		return fail(scraper.ErrPosting, err.Error())
	}
	return p.data, nil
}
