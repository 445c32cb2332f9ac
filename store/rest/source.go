package rest

import (
	"net/url"
	"strings"
)

// sourceOf returns the board whose page a URL is, so that a request may leave the board's name out; blank where the host does
// not say. The names are those of the boards' own packages.
func sourceOf(rawURL string) string {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	for _, board := range []struct{ domain, source string }{
		{"linkedin.com", "linkedin"},
		{"naukri.com", "naukri"},
	} {
		if host == board.domain || strings.HasSuffix(host, "."+board.domain) {
			return board.source
		}
	}
	return ""
}
