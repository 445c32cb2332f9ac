package ats

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/internal/dates"
	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/lead"
)

const (
	workdayDomain = "myworkdayjobs.com"
	// workdayCap is the most that Workday says to have, and the last that it lists.
	workdayCap = 2000
)

// Workday lists pages of at most 20 jobs without texts, by POST, and never more than 2000. Ids
// count the requisitions of one company.
var workday = provider{
	name:       "workday",
	hosts:      []string{workdayDomain},
	pace:       time.Second,
	perCompany: true,
	hasSite:    true,
	localIDs:   true,
	paged:      true,
	cards:      true,
	limit:      workdayCap,
	counts:     true,
	companyOf: func(u *url.URL) string {
		tenant, ok := strings.CutSuffix(hosts.Name(u), "."+workdayDomain)
		site := after(u)
		if site == "wday" { // /wday/cxs/tenant/site/jobs
			site = ""
			if parts := pathOf(u); len(parts) > 3 && parts[1] == "cxs" {
				site = parts[3]
			}
		}
		if !ok || site == "" {
			return ""
		}
		return tenant + "/" + site
	},
	list: func(company string, start int) []request {
		const form = `{"appliedFacets":{},"limit":20,"offset":%d,"searchText":""}`
		return []request{{url: workdayAPI(company) + "/jobs", post: fmt.Sprintf(form, start)}}
	},
	read: func(r io.Reader, l *list) error {
		fields := map[string]any{"total": &l.total}
		return jobs(r, l, "jobPostings", fields, func(w *workdayCard) *job { return w.job(l) })
	},
	advert: func(company string, l lead.Lead) request {
		u, err := url.Parse(l.URL)
		if err != nil {
			return request{}
		}
		_, path, ok := strings.Cut(u.EscapedPath(), "/job/")
		if !ok {
			return request{}
		}
		return request{url: workdayAPI(company) + "/job/" + path}
	},
	readAdvert: func(body []byte, l *list) (*job, error) {
		return one(body, func(w *workdayAnswer) *job { return w.job(l) })
	},
}

// workdayAPI is the address of a company's site.
func workdayAPI(company string) string {
	tenant, site, _ := strings.Cut(company, "/")
	return address(tenant+"."+workdayDomain, "wday", "cxs", tenantOf(company), site)
}

// tenantOf returns the company's own part of "tenant.wd5/Site".
func tenantOf(company string) string {
	tenant, _, _ := strings.Cut(company, ".")
	return tenant
}

type workdayCard struct {
	Title  string
	Path   string `json:"externalPath"`
	Places text   `json:"locationsText"`
	Posted text   `json:"postedOn"`
	Fields []text `json:"bulletFields"`
}

func (w *workdayCard) job(l *list) *job {
	_, site, _ := strings.Cut(l.company, "/")
	j := &job{id: workdayID(w.Path, w.Fields), title: w.Title}
	if w.Path != "" {
		j.url = address(l.host, site) + w.Path
	}
	if strings.Trim(string(w.Places), "0123456789 ") == "Locations" { // it only counts them
		j.show(string(w.Places))
	} else {
		j.addPlace(string(w.Places))
	}
	words := strings.TrimPrefix(strings.ToLower(string(w.Posted)), "posted ")
	if day, ok := dates.Ago(words, l.now); ok {
		j.posted, j.precision = day, dates.WholeDay
	}
	return j
}

// workdayID returns the number of the requisition, with which the path of a job ends.
func workdayID(path string, fields []text) string {
	last := path[strings.LastIndexByte(path, '/')+1:]
	if len(fields) > 0 && fields[0] != "" && strings.Contains(last, "_"+string(fields[0])) {
		return string(fields[0])
	}
	return last[strings.LastIndexByte(last, '_')+1:]
}

type workdayAnswer struct {
	Info struct {
		Number      text   `json:"jobReqId"`
		Title       string `json:"title"`
		Description text   `json:"jobDescription"`
		Place       text   `json:"location"`
		Places      []text `json:"additionalLocations"`
		Type        text   `json:"timeType"`
		Remote      text   `json:"remoteType"`
		Started     text   `json:"startDate"`
		Closes      text   `json:"endDate"`
		URL         string `json:"externalUrl"`
	} `json:"jobPostingInfo"`
	Company struct{ Name text } `json:"hiringOrganization"`
}

func (w *workdayAnswer) job(*list) *job {
	i := &w.Info
	j := &job{id: string(i.Number), title: i.Title, company: string(w.Company.Name), url: webAddress(i.URL)}
	j.addPlace(string(i.Place))
	for _, place := range i.Places {
		j.addPlace(string(place))
	}
	if len(j.shown) > 1 {
		j.set(attrLocations, strings.Join(j.shown, "; "))
	}
	j.setWorkplace(string(i.Remote))
	j.setDate(string(i.Started))
	j.setTypes(string(i.Type))
	j.set(attrCompany, string(w.Company.Name))
	j.set(attrRequisition, string(i.Number))
	j.setDeadline(i.Closes)
	j.setText(part{markup: string(i.Description)})
	return j
}
