package ats

import (
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/lead"
)

// A provider is what one applicant-tracking system has of its own: its addresses, and the form of
// its answers.
type provider struct {
	name  string
	hosts []string      // the only domains that are asked
	pace  time.Duration // between two requests

	// perCompany gives each company's host a pace of its own.
	perCompany bool
	// inHost says that the company is a part of the host name.
	inHost bool
	// hasSite says that the company is a tenant and a site: "acme.wd5/Careers".
	hasSite bool
	// localIDs says that ids count the jobs of one company, so that a key needs its name.
	localIDs bool
	// paged says that the list has several pages.
	paged bool
	// cards says that the list has no texts.
	cards bool
	// limit is how many jobs the provider lists at most. If zero, it lists all.
	limit int
	// counts says that every list says how many jobs there are. Without that it is not complete.
	counts bool
	// doubtful says that an unknown company is answered by an empty list.
	doubtful bool

	// companyOf reads the company from a URL of the provider; empty if it names none.
	companyOf func(u *url.URL) string
	// list returns the request for the page of the list that begins after start jobs. If it is
	// several, the next one is asked where the one before it knows no such company.
	list func(company string, start int) []request
	// read reads a page of the list.
	read func(r io.Reader, l *list) error
	// advert returns the request for one job. If its URL is empty, the job has no address of its
	// own that can be derived.
	advert func(company string, l lead.Lead) request
	// readAdvert reads the answer to it. If nil, the answer is a page with JSON-LD.
	readAdvert func(body []byte, l *list) (*job, error)
}

// A request is what is sent for a list or a job.
type request struct {
	url  string
	post string // the JSON of a POST; empty: a GET
}

// providers are all providers, in the order in which [Providers] names them.
var providers = []*provider{
	&greenhouse, &lever, &ashby, &smartrecruiters, &workable, &recruitee, &personio, &teamtailor,
	&pinpoint, &bamboohr, &rippling, &workday,
}

func providerOf(name string) *provider {
	for _, p := range providers {
		if p.name == name {
			return p
		}
	}
	return nil
}

// valid reports whether a company can be asked for.
func (p *provider) valid(company string) bool {
	const longest = 200
	switch {
	case company == "", len(company) > longest, lead.CleanLine(company) != company:
		return false
	case p.hasSite:
		tenant, site, ok := strings.Cut(company, "/")
		return ok && site != "" && strings.Contains(tenant, ".") && hosts.Valid(tenant)
	case p.inHost:
		return hosts.Valid(company) && !strings.Contains(company, "_")
	}
	return !strings.Contains(company, "/") && company != "." && company != ".."
}

// key returns the external id of a job. Ids that count the jobs of one company get its name.
func (p *provider) key(company, id string) string {
	if !p.localIDs {
		return id
	}
	return tenantOf(strings.ToLower(company)) + "/" + id
}

func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return hosts.Name(u)
}

// get is the request for an address that is made of parts, which are escaped.
func get(host string, path ...string) []request {
	return []request{{url: address(host, path...)}}
}

func address(host string, path ...string) string {
	var b strings.Builder
	b.WriteString("https://" + strings.ToLower(host))
	for _, p := range path {
		b.WriteString("/" + url.PathEscape(p))
	}
	return b.String()
}

// nameOf makes a name for people of a company's name in URLs.
func nameOf(company string) string {
	if company != strings.ToLower(company) {
		return company
	}
	words := strings.FieldsFunc(company, func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
