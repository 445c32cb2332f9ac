package ats

import (
	"bytes"
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

// send sends a request for a page of a list.
func (s *Scraper) send(ctx context.Context, r request, header http.Header) (*fetch.Page, error) {
	if r.post == "" {
		return s.get.Get(ctx, s.address(r.url), header)
	}
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	return s.get.Post(ctx, s.address(r.url), header, []byte(r.post))
}

// address puts Options.BaseURL before an address.
func (s *Scraper) address(at string) string {
	if s.base == "" {
		return at
	}
	return s.base + "/" + strings.TrimPrefix(at, "https://")
}

// page requests a page of a board's list. It tries the provider's addresses one after the other.
// The page is nil if the list has not changed.
func (s *Scraper) page(
	ctx context.Context, sh *shelf, start int, header http.Header,
) (*fetch.Page, request, error) {
	requests := s.provider.list(sh.board.Company, start)
	for i := sh.asked; ; i++ {
		r := requests[i%len(requests)]
		page, err := s.send(ctx, r, header)
		if page != nil && page.Status == http.StatusNotModified && len(header) > 0 {
			return nil, r, nil
		}
		unknown := errors.Is(err, scraper.ErrGone) || isStatus(err, http.StatusUnprocessableEntity)
		switch {
		case unknown && i+1 < sh.asked+len(requests):
			continue
		case unknown:
			return nil, r, s.noCompany(sh, err)
		case err == nil && !s.sameHost(page.URL, r.url):
			return nil, r, &scraper.PageError{
				URL: s.address(r.url), Status: page.Status, Err: scraper.ErrMarkup,
				Reason: fmt.Sprintf("it redirects to another site; is there a company %q?", sh.board.Company),
			}
		case err == nil && sh.asked != i%len(requests):
			sh.asked = i % len(requests)
		}
		return page, r, err
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
		Reason: fmt.Sprintf("%s knows no company %q; look at the spelling in its URLs, upper and lower case included",
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
func (s *Scraper) parse(l *list, page *fetch.Page) error {
	err := s.provider.read(bytes.NewReader(page.Body), l)
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
