package ats

import (
	"io"
	"net/url"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Recruitee lists everything at once, with requirements in a field of their own and pay in figures.
// https://docs.recruitee.com/reference/intro-to-careers-site-api
var recruitee = provider{
	name:      "recruitee",
	hosts:     []string{"recruitee.com"},
	pace:      500 * time.Millisecond, // 2 a second
	inHost:    true,
	companyOf: func(u *url.URL) string { return subdomain(u, "recruitee.com") },
	list: func(company string, _ int) []request {
		return []request{{url: address(company+".recruitee.com", "api", "offers") + "/"}}
	},
	read: func(r io.Reader, l *list) error {
		return jobs(r, l, "offers", nil, func(o *recruiteeJob) *job { return o.job(l) })
	},
	advert: func(company string, l lead.Lead) request {
		return request{url: address(company+".recruitee.com", "api", "offers", l.ExternalID)}
	},
	readAdvert: func(body []byte, l *list) (*job, error) {
		return one(body, func(o *struct{ Offer recruiteeJob }) *job { return o.Offer.job(l) })
	},
}

type recruiteeJob struct {
	ID         text
	Title      string
	URL        string `json:"careers_url"`
	Company    text   `json:"company_name"`
	Published  text   `json:"published_at"`
	Created    text   `json:"created_at"`
	Closes     text   `json:"close_at"`
	Status     text
	Department text
	Type       text `json:"employment_type_code"`
	Level      text `json:"experience_code"`
	Education  text `json:"education_code"`
	Slug       text
	Remote     flag
	Hybrid     flag
	OnSite     flag `json:"on_site"`
	City       text
	State      text `json:"state_name"`
	Country    text
	Location   text
	Locations  []struct{ Name, City, State, Country text }
	Salary     struct{ Min, Max, Period, Currency text }

	Description, Requirements text
}

func (o *recruiteeJob) job(l *list) *job {
	j := &job{
		id: string(o.ID), title: o.Title, company: string(o.Company),
		hidden: o.Status != "" && o.Status != "published",
		url:    webAddress(o.URL, address(l.company+".recruitee.com", "o", string(o.Slug))),
	}
	for _, w := range []struct {
		word string
		is   flag
	}{{"remote", o.Remote}, {"hybrid", o.Hybrid}, {"on-site", o.OnSite}} {
		if w.is {
			j.setWorkplace(w.word)
		}
	}
	for _, p := range o.Locations {
		if p.City+p.State+p.Country == "" {
			j.addPlace(string(p.Name))
		}
		j.addAddress(string(p.City), string(p.State), string(p.Country))
	}
	if len(j.shown) == 0 {
		j.addAddress(string(o.City), string(o.State), string(o.Country))
	}
	if len(j.shown) == 0 {
		j.addPlace(string(o.Location))
	}
	j.setDate(first(o.Published, o.Created))
	j.setTypes(string(o.Type))
	j.set(enrich.AttrDepartment, string(o.Department))
	j.set(enrich.AttrSeniority, spaced(o.Level))
	j.set(enrich.AttrEducation, spaced(o.Education))
	j.setDeadline(o.Closes)
	j.setPay(wage{
		min: digits(o.Salary.Min), max: digits(o.Salary.Max), currency: string(o.Salary.Currency),
		period: periodIn(string(o.Salary.Period)),
	})
	j.setText(part{markup: string(o.Description)}, part{"Requirements", string(o.Requirements), true})
	return j
}
