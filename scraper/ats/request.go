package ats

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/agent-forge/forge/internal/board"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

// address puts Options.BaseURL before an address.
func (s *Scraper) address(at string) string {
	if s.base == "" {
		return at
	}
	return s.base + "/" + strings.TrimPrefix(at, "https://")
}

// page requests a page of a board's list, and reads it while it arrives. It tries the provider's
// addresses one after the other. begin makes the list that is read into. The list is nil if none was
// read: after an error, and if the list has not changed.
func (s *Scraper) page(
	ctx context.Context, sh *shelf, start int, header http.Header, begin func(request) *list,
) (page *fetch.Page, l *list, err error) {
	requests := s.provider.list(sh.board.Company, start)
	for i := sh.asked; ; i++ {
		r := requests[i%len(requests)]
		var body []byte
		if r.post != "" {
			body = []byte(r.post)
			header = http.Header{"Content-Type": {"application/json"}}
		}
		at := s.address(r.url)
		page, err = s.get.Stream(ctx, at, header, body, func(p *fetch.Page, content io.Reader) error {
			if !s.sameHost(p.URL, r.url) {
				return &scraper.PageError{
					URL: at, Status: p.Status, Err: scraper.ErrMarkup,
					Reason: fmt.Sprintf("it redirects to another site; is there a company %q?",
						sh.board.Company),
				}
			}
			sh.asked = i % len(requests)
			l = begin(r)
			return s.parse(l, p, content)
		})
		unknown := errors.Is(err, scraper.ErrGone) || isStatus(err, http.StatusUnprocessableEntity)
		switch {
		case page != nil && page.Status == http.StatusNotModified && header != nil:
			return page, nil, nil
		case unknown && i+1 < sh.asked+len(requests):
			continue
		case unknown:
			return page, nil, s.noCompany(sh, err)
		}
		return page, l, err
	}
}

func isStatus(err error, status int) bool {
	bad, ok := errors.AsType[*scraper.PageError](err)
	return ok && bad.Status == status
}

// noCompany is the error of a board that its provider does not know.
func (s *Scraper) noCompany(sh *shelf, err error) error {
	bad, ok := errors.AsType[*scraper.PageError](err)
	if !ok {
		return err
	}
	return &scraper.PageError{
		URL: bad.URL, Status: bad.Status, Err: ErrCompany,
		Reason: fmt.Sprintf(
			"%s knows no company %q; look at the spelling in its URLs, upper and lower case included",
			s.Source(), sh.board.Company),
	}
}

// sameHost reports whether redirects ended on the host that was asked.
func (s *Scraper) sameHost(at, asked string) bool {
	if s.base == "" {
		return hostOf(at) == hostOf(asked)
	}
	return strings.HasPrefix(at, s.address("https://"+hostOf(asked)+"/"))
}

// parse reads a page of a list.
func (s *Scraper) parse(l *list, page *fetch.Page, content io.Reader) error {
	err := s.provider.read(content, l)
	l.close()
	if err == nil {
		return nil
	}
	badXML, _ := errors.AsType[*xml.SyntaxError](err)
	cut := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		badXML != nil && strings.Contains(badXML.Msg, "EOF")
	if cut && l.entries > 0 {
		return board.BrokenOff(page.URL)
	}
	return &scraper.PageError{
		URL: page.URL, Status: page.Status, Err: scraper.ErrMarkup,
		Reason: "the answer is no list of jobs of " + s.Source(),
	}
}
