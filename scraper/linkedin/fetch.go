package linkedin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

const advice = "; leave it alone for some hours, then ask for less at a time or from another network"

// get fetches a page and refuses what only says that visitors are not welcome.
func (s *Scraper) get(ctx context.Context, page string) (*fetch.Page, error) {
	answer, err := s.pages.Get(ctx, page, http.Header{
		"Accept":          {"text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"},
		"Accept-Language": {"en-US,en;q=0.8"}, // the words of badges and criteria follow it
	})
	if answer == nil {
		return nil, err
	}
	if errors.Is(err, scraper.ErrBlocked) {
		return nil, err
	}
	target := answer.URL
	if to := answer.Header.Get("Location"); to != "" && answer.Status >= 300 && answer.Status < 400 {
		target = to
	}
	if loginPath(target) {
		return nil, &scraper.PageError{URL: page, Status: answer.Status, Reason: "the board sends visitors to its login page" + advice, Err: scraper.ErrBlocked}
	}
	return answer, err
}

// brokenOff is a page of which only a part arrived, although the answer looked whole. That is the network's failure and says
// nothing about the board or the job, so it is a net.Error.
func brokenOff(page string) error {
	return &scraper.PageError{URL: page, Status: http.StatusOK, Reason: "the page breaks off; try again later", Err: &url.Error{Op: "read", URL: "page", Err: io.ErrUnexpectedEOF}}
}

// loginPath reports whether a redirect leads to where the board asks who one is.
func loginPath(target string) bool {
	u, err := url.Parse(target)
	if err != nil {
		return false
	}
	first, _, _ := strings.Cut(strings.TrimLeft(u.Path, "/"), "/")
	switch first {
	case "authwall", "login", "uas", "signup", "checkpoint", "checkpoints", "challenge":
		return true
	}
	return false
}

// wall recognises a login wall or a challenge by its body. It is asked only of pages that are neither a list nor a posting:
// good pages offer to sign in, too, and carry the name of a captcha's setting.
func wall(body []byte) (reason string, ok bool) {
	body = bytes.ToLower(body)
	body = bytes.ReplaceAll(body, []byte("data-recaptcha-v3-integration-lix-value"), nil)
	for _, w := range []struct{ mark, reason string }{
		{"authwall", "the board shows a login wall"},
		{"auth_wall", "the board shows a login wall"},
		{"/checkpoint/", "the board asks for a security check"},
		{"captcha", "the board asks for a captcha"},
		{"security verification", "the board asks for a security check"},
		{"unusual activity", "the board asks for a security check"},
	} {
		if bytes.Contains(body, []byte(w.mark)) {
			return w.reason + advice, true
		}
	}
	return "", false
}
