package lead

import (
	"net/url"
	"slices"
	"strings"
)

// ownDomains are the domains of the boards whose adverts are always on hosts of their own. It is
// never written.
var ownDomains = map[string][]string{
	"linkedin": {"linkedin.com"},
	"naukri":   {"naukri.com"},
}

// OwnDomains returns the domains on whose hosts all adverts of a board are: "linkedin.com" for
// "linkedin". It returns nil if the board is not known, or has adverts anywhere.
func OwnDomains(source string) []string { return slices.Clone(ownDomains[source]) }

// SourceOf returns the board on whose own host a URL is, and "" if the host belongs to no board
// that is known.
func SourceOf(rawURL string) string {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	for source, domains := range ownDomains {
		for _, domain := range domains {
			if host == domain || strings.HasSuffix(host, "."+domain) {
				return source
			}
		}
	}
	return ""
}
