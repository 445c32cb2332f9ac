package linkedin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

const detailPath = "/jobs-guest/jobs/api/jobPosting/"

// Detail reads a posting by the lead's id; its URL is not followed. It returns [scraper.ErrGone] if
// the job was deleted, or if the head of its page says that it is closed and offers no way to
// apply. Every other page that is not this job's, or has no text, is [scraper.ErrPosting], and a
// redirect to such a page a [*scraper.RedirectError].
func (s *Scraper) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	id := digits(l.ExternalID)
	data, err := enrich.Data{}, error(nil)
	switch {
	case l.Source != Source:
		err = &lead.FieldError{Field: "source", Problem: "the job is another board's; want " + Source}
	case id == "":
		err = &lead.FieldError{Field: "external_id", Problem: "no id of this board, which is a number"}
	default:
		data, err = s.posting(ctx, id)
	}
	if err != nil {
		return enrich.Data{}, fmt.Errorf("linkedin: detail: %w", err)
	}
	return data, nil
}

func (s *Scraper) posting(ctx context.Context, id string) (enrich.Data, error) {
	at := s.site.Base.String() + detailPath + id
	answer, err := s.site.Pages.Advert(ctx, at, header, func(u *url.URL) bool {
		return idIn(u.Path) == id &&
			(strings.Contains(u.Path, detailPath) || strings.Contains(u.Path, jobPath))
	})
	if err = walled(answer, err, at); err != nil {
		return enrich.Data{}, err
	}
	p, err := readPosting(answer.Body)
	bad := &scraper.PageError{URL: at, Status: answer.Status, Err: scraper.ErrPosting}
	switch {
	case p.wall != "":
		bad.Err, bad.Reason = scraper.ErrBlocked, p.wall+advice
	case p.id != "" && p.id != id:
		bad.Reason = "the page is another job's"
	case p.closed && !errors.Is(err, errCut):
		bad.Err, bad.Reason = scraper.ErrGone, "it takes no more applications"
	case err != nil:
		bad.Reason = err.Error()
	default:
		return p.data, nil
	}
	return enrich.Data{}, bad
}
