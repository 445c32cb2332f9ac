package naukri

import (
	"context"
	"errors"
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// Detail reads a posting: the JSON of the job first, and where that is refused, not there or not understood, the job's page,
// in its markup or else its JSON-LD. The addresses are made from the lead's id, and its path on this board.
//
// It returns [scraper.ErrGone] if the page is gone (404, 410), or says that the job is closed and offers no way to apply.
// What the JSON alone does not know may have moved: the page decides.
func (s *Scraper) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	data, err := s.detail(ctx, l)
	if err != nil {
		return enrich.Data{}, fmt.Errorf("naukri: detail: %w", err)
	}
	return data, nil
}

func (s *Scraper) detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	if !isID(l.ExternalID) {
		return enrich.Data{}, &lead.FieldError{Field: "external_id", Problem: "want digits: the id of a job on naukri"}
	}
	var refused error
	if !s.noDetailJSON.Load() {
		data, err := s.read(ctx, s.jobJSON(l.ExternalID), l.ExternalID, true)
		if err == nil || !worthAnotherTry(err) || ctx.Err() != nil {
			return data, err
		}
		if pe, ok := errors.AsType[*scraper.PageError](err); ok && errors.Is(err, scraper.ErrGone) && pe.Reason != "" {
			return data, err // it says so in words, not only by a status
		}
		refused = err
	}
	data, err := s.read(ctx, s.jobPage(l), l.ExternalID, false)
	if refused == nil || errors.Is(err, scraper.ErrGone) {
		return data, err
	}
	if err == nil && errors.Is(refused, scraper.ErrBlocked) {
		s.noDetailJSON.Store(true)
	}
	if errors.Is(refused, scraper.ErrGone) && err != nil { // the JSON alone closes no job
		refused = errJSONGone
	}
	return data, both(err, refused, "the job's JSON")
}

var errJSONGone = errors.New("there is none")

// read gets one answer and reads the posting in it.
func (s *Scraper) read(ctx context.Context, at, id string, asksJSON bool) (enrich.Data, error) {
	header := pageHeader()
	if asksJSON {
		header = jsonHeader(jobApp)
	}
	answer, err := s.fetchAnswer(ctx, at, header)
	if err != nil {
		if answer != nil && errors.Is(err, scraper.ErrGone) && asksJSON && closedJSON(answer.Body) {
			return enrich.Data{}, &scraper.PageError{URL: at, Status: answer.Status, Reason: jobClosed, Err: scraper.ErrGone}
		}
		return enrich.Data{}, err
	}
	p, err := s.parse.posting(answer.Body, at, s.now())
	switch {
	case err != nil:
		return enrich.Data{}, asPageError(err, at, answer.Status)
	case p.closed:
		return enrich.Data{}, &scraper.PageError{URL: at, Status: answer.Status, Reason: jobClosed, Err: scraper.ErrGone}
	case p.id != "" && p.id != id:
		return enrich.Data{}, &scraper.PageError{URL: at, Status: answer.Status, Reason: "the page is another job's", Err: scraper.ErrMarkup}
	}
	if err := p.data.Validate(); err != nil {
		return enrich.Data{}, &scraper.PageError{URL: at, Status: answer.Status, Reason: err.Error(), Err: scraper.ErrMarkup}
	}
	return p.data, nil
}

const jobClosed = "the board says that the job is closed"
