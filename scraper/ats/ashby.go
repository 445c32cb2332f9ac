package ats

import (
	"io"
	"net/url"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Ashby lists everything at once, also jobs with isListed false, which are not shown. Pay has
// components, of which only those of the type Salary are salary.
// https://developers.ashbyhq.com/docs/public-job-posting-api
var ashby = provider{
	name:  "ashby",
	hosts: []string{"ashbyhq.com"},
	pace:  time.Second,
	companyOf: func(u *url.URL) string {
		if org := after(u, "posting-api", "job-board"); org != "" {
			return org
		}
		if first := after(u); first != "posting-api" {
			return first
		}
		return ""
	},
	list: func(company string, _ int) []request {
		at := address("api.ashbyhq.com", "posting-api", "job-board", company)
		return []request{{url: at + "?includeCompensation=true"}}
	},
	read: func(r io.Reader, l *list) error {
		return jobs(r, l, "jobs", nil, func(a *ashbyJob) *job { return a.job(l) })
	},
	advert: func(company string, l lead.Lead) request {
		return request{url: address("jobs.ashbyhq.com", company, l.ExternalID)}
	},
}

type ashbyJob struct {
	ID         text
	Title      string
	URL        string `json:"jobUrl"`
	Listed     *flag  `json:"isListed"`
	Remote     flag   `json:"isRemote"`
	Workplace  text   `json:"workplaceType"`
	Type       text   `json:"employmentType"`
	Published  text   `json:"publishedAt"`
	Department text
	Team       text
	Location   text
	Secondary  []struct{ Location text } `json:"secondaryLocations"`
	Address    ashbyAddress
	HTML       text `json:"descriptionHtml"`
	Plain      text `json:"descriptionPlain"`
	Pay        struct {
		Words      text `json:"scrapeableCompensationSalarySummary"`
		Components []struct {
			Type     text   `json:"compensationType"`
			Interval text   `json:"interval"`
			Currency text   `json:"currencyCode"`
			Min      number `json:"minValue"`
			Max      number `json:"maxValue"`
		} `json:"summaryComponents"`
	} `json:"compensation"`
}

type ashbyAddress struct {
	Postal struct {
		Town    text `json:"addressLocality"`
		Region  text `json:"addressRegion"`
		Country text `json:"addressCountry"`
	} `json:"postalAddress"`
}

func (a *ashbyJob) job(l *list) *job {
	j := &job{
		id: string(a.ID), title: a.Title, hidden: a.Listed != nil && !bool(*a.Listed),
		url: webAddress(a.URL, address("jobs.ashbyhq.com", l.company, string(a.ID))),
	}
	j.setWorkplace(string(a.Workplace))
	if a.Remote {
		j.setWorkplace("remote")
	}
	j.addPlace(string(a.Location))
	if len(j.shown) == 0 {
		p := &a.Address.Postal
		j.addAddress(string(p.Town), string(p.Region), string(p.Country))
	}
	for _, s := range a.Secondary {
		j.addPlace(string(s.Location))
	}
	j.setDate(string(a.Published))
	j.setTypes(string(a.Type))
	j.set(enrich.AttrDepartment, string(a.Department))
	j.set(attrTeam, string(a.Team))
	var wages []wage
	for _, c := range a.Pay.Components {
		if c.Type == "Salary" {
			wages = append(wages, wage{
				min: float64(c.Min), max: float64(c.Max), currency: string(c.Currency),
				period: periodIn(string(c.Interval)),
			})
		}
	}
	if len(wages) == 1 {
		wages[0].words = string(a.Pay.Words)
	}
	j.setPay(wages...)
	j.setText(part{markup: first(a.HTML, a.Plain)})
	return j
}
