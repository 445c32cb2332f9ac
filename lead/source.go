package lead

import (
	"net/url"
	"slices"
	"strings"
)

// A site says where the adverts of a board are.
type site struct {
	domains []string // whose hosts are the board's
	// elsewhere says that adverts can also be on other hosts, such as those of the companies.
	elsewhere bool
}

// sites are the boards with hosts of their own. It is never written.
var sites = map[string]site{
	"linkedin":        {domains: []string{"linkedin.com"}},
	"naukri":          {domains: []string{"naukri.com"}},
	"greenhouse":      {domains: []string{"greenhouse.io"}, elsewhere: true},
	"lever":           {domains: []string{"lever.co"}},
	"ashby":           {domains: []string{"ashbyhq.com"}},
	"smartrecruiters": {domains: []string{"smartrecruiters.com"}},
	"workable":        {domains: []string{"workable.com"}},
	"recruitee":       {domains: []string{"recruitee.com"}, elsewhere: true},
	"personio":        {domains: []string{"jobs.personio.de", "jobs.personio.com"}},
	"teamtailor":      {domains: []string{"teamtailor.com"}, elsewhere: true},
	"pinpoint":        {domains: []string{"pinpointhq.com"}, elsewhere: true},
	"bamboohr":        {domains: []string{"bamboohr.com"}},
	"rippling":        {domains: []string{"rippling.com"}},
	"workday":         {domains: []string{"myworkdayjobs.com", "myworkdaysite.com"}},
}

// OwnDomains returns the domains on whose hosts all adverts of a board are: "linkedin.com" for
// "linkedin". It returns nil if the board is not known, or has adverts anywhere.
func OwnDomains(source string) []string {
	if s := sites[source]; !s.elsewhere {
		return slices.Clone(s.domains)
	}
	return nil
}

// SourceOf returns the board on whose own host a URL is, and "" if the host belongs to no board
// that is known.
func SourceOf(rawURL string) string {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	for source, s := range sites {
		for _, domain := range s.domains {
			if host == domain || strings.HasSuffix(host, "."+domain) {
				return source
			}
		}
	}
	return ""
}
