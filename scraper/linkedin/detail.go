package linkedin

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

const detailPath = "/jobs-guest/jobs/api/jobPosting/"

// Detail reads a posting by the lead's id; its URL is not followed. It returns [scraper.ErrGone] if the job was deleted, or
// if its page both says that it is closed and offers no way to apply.
func (s *Scraper) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	id := digits(l.ExternalID)
	switch {
	case l.Source != Source:
		return enrich.Data{}, fmt.Errorf("linkedin: detail: %w", &lead.FieldError{Field: "source", Problem: "the job is another board's; want " + Source})
	case id == "":
		return enrich.Data{}, fmt.Errorf("linkedin: detail: %w", &lead.FieldError{Field: "external_id", Problem: "no id of this board, which is a number"})
	}
	u := *s.base
	u.Path += detailPath + url.PathEscape(id)
	data, err := s.posting(ctx, u.String(), id)
	if err != nil {
		return enrich.Data{}, fmt.Errorf("linkedin: detail: %w", err)
	}
	return data, nil
}

func (s *Scraper) posting(ctx context.Context, page, id string) (enrich.Data, error) {
	answer, err := s.get(ctx, page)
	if err != nil {
		return enrich.Data{}, err
	}
	p, err := s.parse.posting(answer.Body)
	bad := &scraper.PageError{URL: page, Status: answer.Status, Err: scraper.ErrMarkup}
	reason, walled := "", false
	if errors.Is(err, errNoPosting) {
		reason, walled = wall(answer.Body)
	}
	switch {
	case walled:
		bad.Err, bad.Reason = scraper.ErrBlocked, reason
	case errors.Is(err, errCut):
		return enrich.Data{}, brokenOff(page)
	case errors.Is(err, errTooLong): // the employer's doing, which says nothing about the board
		bad.Err = err
	case err != nil:
		bad.Reason = err.Error()
	case p.id != "" && p.id != id:
		bad.Reason = "the page is another job's"
	case p.closed:
		bad.Err, bad.Reason = scraper.ErrGone, "it takes no more applications"
	default:
		return p.data, nil
	}
	return enrich.Data{}, bad
}
