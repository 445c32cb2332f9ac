package rest

import (
	"net/url"
	"strings"

	"github.com/agent-forge/forge/internal/hosts"
)

// sourceOf returns the board whose page a URL is, so that a request may leave the board's name out; blank where the host does
// not say. The names are those of the boards' own packages.
func sourceOf(rawURL string) string {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil {
		return ""
	}
	for _, board := range boardsByHost {
		if hosts.Covering(board.hosts, u) != "" {
			return board.source
		}
	}
	return ""
}

var boardsByHost = []struct {
	source string
	hosts  []string
}{
	{"linkedin", []string{"linkedin.com"}},
	{"naukri", []string{"naukri.com"}},
}
