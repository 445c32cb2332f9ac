package linkedin

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

const advice = "; leave it alone for some hours, then ask for less at a time or from another network"

// header is what every request says. The words of badges and criteria follow the language.
var header = http.Header{
	"Accept":          {"text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"},
	"Accept-Language": {"en-US,en;q=0.8"},
}

// walled makes ErrBlocked of a redirect to the board's login page, and returns every other error as
// it is.
func walled(answer *fetch.Page, err error, at string) error {
	if answer == nil || errors.Is(err, scraper.ErrBlocked) {
		return err
	}
	target := answer.URL
	if to := answer.Header.Get("Location"); to != "" && answer.Status >= 300 && answer.Status < 400 {
		target = to
	}
	if !loginPath(target) {
		return err
	}
	return &scraper.PageError{
		URL: at, Status: answer.Status, Reason: "the board sends visitors to its login page" + advice,
		Err: scraper.ErrBlocked,
	}
}

// loginPath reports whether a URL is where the board asks who one is.
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

// wall says which login wall or challenge a page is; empty if it is none. It is asked only of pages
// that are neither a list nor a posting, and goes by their markup and scripts: an advert's words
// can be about walls, too.
func wall(root *html.Node) string {
	const (
		login   = "the board shows a login wall"
		check   = "the board asks for a security check"
		captcha = "the board asks for a captcha"
	)
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
			continue
		case n.DataAtom == atom.Title:
			if name, _, _ := strings.Cut(lead.CleanLine(htmltree.Text(n)), " | "); strings.EqualFold(
				name, "Security Verification",
			) {
				return check
			}
		case n.DataAtom == atom.Script:
			if strings.Contains(htmltree.Text(n), "/authwall") {
				return login
			}
		}
		names := strings.ToLower(htmltree.Attr(n, "id") + " " + htmltree.Attr(n, "class") + " " +
			htmltree.Attr(n, "data-tracking-control-name"))
		switch {
		case strings.Contains(names, "authwall"), strings.Contains(htmltree.Attr(n, "content"), "auth_wall"):
			return login
		case strings.Contains(names, "captcha"):
			return captcha
		case strings.Contains(htmltree.Attr(n, "action"), "/checkpoint/"):
			return check
		}
	}
	return ""
}
