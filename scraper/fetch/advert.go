package fetch

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/scraper"
)

// Advert requests the page of one advert, as Detail does. It is [Getter.Get] with another reading of the failures that one
// advert can cause alone, so that they never stop the board's other adverts:
//
//   - What Get reports as ErrMarkup is ErrPosting: a page that is too large, an answer that no adapter knows. So is a URL
//     that is not allowed, and redirects without an end.
//   - A redirect to a page that is not this advert is a [*scraper.RedirectError], which wraps ErrPosting. same reports
//     whether a URL is still this advert's; it is asked about the URL where the redirects end. If same is nil, every page
//     on an allowed host is taken for the advert's, and the caller compares [Page.URL] and what the page holds.
//   - A redirect to a page for signing in is ErrPosting without a RedirectError. A board whose login page is known as a
//     wall against robots returns ErrBlocked instead: it finds the target in [Page.URL].
//
// Refusals (401, 403, 999, a challenge), temporary failures and network errors say nothing of the advert and stay as they
// are; 404 and 410 stay ErrGone. After a redirect the returned page is never nil; if its target was not read, only its URL
// is set.
func (g Getter) Advert(ctx context.Context, rawURL string, header http.Header, same func(*url.URL) bool) (*Page, error) {
	var t trail
	page, err := g.get(ctx, rawURL, header, &t)
	t.add(rawURL, page)
	if page == nil && t.to != nil {
		page = &Page{URL: t.to.String()}
	}
	bad, failed := errors.AsType[*scraper.PageError](err)
	if failed && !t.advertsOwn(bad) {
		return page, err
	}
	status := 0
	if page != nil {
		status = page.Status
	}
	own := &scraper.PageError{URL: rawURL, Status: status, Err: scraper.ErrPosting}
	switch {
	case t.to != nil && !t.refused && signIn(t.to):
		own.Reason = "the board asks to sign in before it shows this advert"
	case t.to != nil && !t.refused && (t.left || same != nil && !same(t.to)):
		own.Err = &scraper.RedirectError{To: t.to.String()}
	case failed:
		own.Reason = cmp.Or(bad.Reason, strings.TrimPrefix(bad.Err.Error(), "fetch: "))
	default:
		return page, nil
	}
	return page, own
}

// A trail is what the redirects of one request left behind.
type trail struct {
	to      *url.URL // where the last redirect leads; nil if there was none
	left    bool     // to's host is not allowed
	refused bool     // the client's own CheckRedirect stopped there: a loop, or from https to http
}

// add records a redirect that the client was told not to follow, or that a transport followed by itself.
func (t *trail) add(asked string, page *Page) {
	if page == nil {
		return
	}
	at, err := url.Parse(page.URL)
	if err != nil {
		return
	}
	if from, err := url.Parse(asked); err == nil && t.to == nil && at.String() != from.String() {
		t.to = at
	}
	if to := page.Header.Get("Location"); to != "" && page.Status >= 300 && page.Status < 400 {
		if u, err := at.Parse(to); err == nil {
			t.to = u
		}
	}
}

// advertsOwn reports whether a failure can be one advert's doing alone.
func (t *trail) advertsOwn(bad *scraper.PageError) bool {
	switch {
	case errors.Is(bad, scraper.ErrMarkup), errors.Is(bad, errHost), errors.Is(bad, errBadURL), t.refused:
		return true
	case errors.Is(bad, scraper.ErrBlocked): // and there was no answer: the transport may not ask for the redirect's target
		return bad.Status == 0 && t.to != nil
	}
	return false
}

// signIn reports whether u's path has a segment by which sites name the page for signing in.
func signIn(u *url.URL) bool {
	for segment := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		segment, _, _ = strings.Cut(segment, ".") // login.aspx
		switch strings.NewReplacer("-", "", "_", "").Replace(segment) {
		case "login", "signin", "signup", "authwall", "auth", "sso", "checkpoint", "challenge", "captcha":
			return true
		}
	}
	return false
}
