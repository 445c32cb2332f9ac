package ats

import (
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Lever lists everything at once. The advert's lists have headings, of which those that are about
// something else are no requirements. https://github.com/lever/postings-api
var lever = provider{
	name:  "lever",
	hosts: []string{"lever.co"},
	pace:  time.Second, // Crawl-delay of robots.txt
	companyOf: func(u *url.URL) string {
		if site := after(u, "v0", "postings"); site != "" {
			return site
		}
		if first := after(u); first != "v0" {
			return first
		}
		return ""
	},
	list: func(company string, _ int) []request {
		return []request{
			{url: address("api.lever.co", "v0", "postings", company) + "?mode=json"},
			{url: address("api.eu.lever.co", "v0", "postings", company) + "?mode=json"},
		}
	},
	read: func(r io.Reader, l *list) error {
		return jobs(r, l, "", nil, func(p *leverJob) *job { return p.job(l) })
	},
	advert: func(company string, l lead.Lead) request {
		host := "api.lever.co"
		if strings.HasSuffix(hostOf(l.URL), ".eu.lever.co") {
			host = "api.eu.lever.co"
		}
		return request{url: address(host, "v0", "postings", company, l.ExternalID)}
	},
	readAdvert: func(body []byte, l *list) (*job, error) {
		return one(body, func(p *leverJob) *job { return p.job(l) })
	},
}

type leverJob struct {
	ID         text
	Title      string `json:"text"`
	URL        string `json:"hostedUrl"`
	CreatedAt  number
	Country    text
	Workplace  text `json:"workplaceType"`
	Categories struct {
		Commitment, Department, Team, Location text
		All                                    []text `json:"allLocations"`
	}
	Description, DescriptionPlain text
	Additional, AdditionalPlain   text
	SalaryDescription             text
	Lists                         []struct{ Text, Content text }
	Salary                        struct {
		Min, Max           number
		Currency, Interval text
	} `json:"salaryRange"`
}

func (p *leverJob) job(l *list) *job {
	c := &p.Categories
	j := &job{
		id: string(p.ID), title: p.Title, posted: millis(p.CreatedAt),
		url: webAddress(p.URL, address("jobs.lever.co", l.company, string(p.ID))),
	}
	j.addPlace(string(c.Location))
	for _, place := range c.All {
		j.addPlace(string(place))
	}
	if len(j.shown) == 0 {
		j.addAddress("", "", string(p.Country))
	}
	j.setWorkplace(string(p.Workplace))
	j.setTypes(string(c.Commitment))
	j.set(enrich.AttrDepartment, string(c.Department))
	j.set(attrTeam, string(c.Team))
	j.setPay(wage{
		min: float64(p.Salary.Min), max: float64(p.Salary.Max), currency: string(p.Salary.Currency),
		period: periodIn(string(p.Salary.Interval)),
	})
	parts := []part{{markup: first(p.Description, p.DescriptionPlain)}}
	for _, s := range p.Lists {
		kind := kindOf(string(s.Text))
		asks := kind != advert.SectionResponsibilities && kind != advert.SectionBenefits &&
			kind != advert.SectionCompany && kind != advert.SectionLegal
		parts = append(parts, part{string(s.Text), string(s.Content), asks})
	}
	j.setText(append(parts,
		part{markup: first(p.Additional, p.AdditionalPlain)}, part{markup: string(p.SalaryDescription)})...)
	return j
}
