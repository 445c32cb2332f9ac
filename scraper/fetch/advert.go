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

// Advert requests the page of one advert, as Detail does. It is [Getter.Get], but what one advert
// can cause alone is the advert's own failure, so that it never stops the board's other adverts:
//
//   - What Get reports as ErrMarkup is ErrPosting: a page that is too large, or an answer that no
//     adapter knows. So are a URL that is not allowed, and redirects without an end.
//   - A redirect to a page that is not this advert's is a [*scraper.RedirectError], which wraps
//     ErrPosting. same reports whether a URL is this advert's, and is asked about the URL where the
//     redirects end. It should go by the path, because login pages name the advert in their query.
//     If same is nil, every page on an allowed host is taken for the advert's, and the caller goes
//     by what the page holds.
//   - A redirect to a login page is ErrPosting without a RedirectError, because the advert can be
//     for members only. If the board's login page is known to be a wall against robots, the adapter
//     returns ErrBlocked instead; the page's URL is the target.
//
// Refusals (401, 403, 999, a challenge), temporary failures and network errors say nothing about
// the advert and stay as they are. So do 404 and 410: ErrGone. After a redirect the returned page
// is never nil. If its target was not read, the page has only a URL.
func (g Getter) Advert(
	ctx context.Context, rawURL string, header http.Header, same func(*url.URL) bool,
) (*Page, error) {
	t := trail{same: same}
	t.from, _ = url.Parse(rawURL) // get says what is wrong with it
	page, err := g.get(ctx, rawURL, header, nil, &t)
	t.end(page)
	if page == nil {
		page = t.target()
	}
	bad, failed := errors.AsType[*scraper.PageError](err)
	if failed && !t.advertsOwn(bad) {
		return page, err
	}
	own := &scraper.PageError{URL: rawURL, Err: scraper.ErrPosting}
	if page != nil {
		own.Status = page.Status
	}
	switch {
	case t.leadsAway() && signIn(t.to):
		own.Reason = "the board asks to sign in before it shows this advert"
	case t.leadsAway():
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
	same    func(*url.URL) bool
	from    *url.URL // what was asked for; nil if there was no such URL
	to      *url.URL // where the redirects end; nil if there was none
	left    bool     // the host of to is not allowed
	refused bool     // the client's CheckRedirect stopped there: a loop, or from https to http
}

// end records a redirect that the client was told not to follow, or that a transport followed.
func (t *trail) end(page *Page) {
	if page == nil || t.from == nil {
		return
	}
	at, err := url.Parse(page.URL)
	if err != nil {
		return
	}
	if t.to == nil && at.String() != t.from.String() {
		t.to = at
	}
	if to := page.Header.Get("Location"); to != "" && page.Status >= 300 && page.Status < 400 {
		if u, err := at.Parse(to); err == nil {
			t.to = u
		}
	}
}

// target returns a page that says only where the redirects lead; nil if there was none.
func (t *trail) target() *Page {
	if t.to == nil {
		return nil
	}
	return &Page{URL: t.to.String()}
}

// leadsAway reports whether the redirects end at a page that is not the advert's. Redirects that
// the client refused to follow do not end there.
func (t *trail) leadsAway() bool {
	if t.to == nil || t.refused {
		return false
	}
	if t.same == nil {
		return t.left || signIn(t.to) && !signIn(t.from)
	}
	return t.left || !t.same(t.to)
}

// advertsOwn reports whether one advert alone can cause this failure.
func (t *trail) advertsOwn(bad *scraper.PageError) bool {
	switch {
	case t.refused, errors.Is(bad, scraper.ErrMarkup), errors.Is(bad, errHost), errors.Is(bad, errBadURL):
		return true
	case errors.Is(bad, scraper.ErrBlocked):
		return t.to != nil && bad.Status == 0 // the transport refused to ask for the target
	}
	return false
}

// signIn reports whether the path of u has a segment by which sites name their login page.
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
