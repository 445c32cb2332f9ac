package ats

import (
	"io"
	"net/url"
	"time"

	"github.com/agent-forge/forge/lead"
)

// Teamtailor publishes a JSON Feed with a JobPosting in each item.
// https://www.jsonfeed.org/version/1.1
var teamtailor = provider{
	name:      "teamtailor",
	hosts:     []string{"teamtailor.com"},
	pace:      time.Second,
	inHost:    true,
	companyOf: func(u *url.URL) string { return subdomain(u, "teamtailor.com") },
	list:      func(company string, _ int) []request { return get(company+".teamtailor.com", "jobs.json") },
	read: func(r io.Reader, l *list) error {
		return jobs(r, l, "items", map[string]any{"title": &l.name}, func(t *teamtailorJob) *job {
			return t.job()
		})
	},
	advert: func(company string, l lead.Lead) request { return samePath(company+".teamtailor.com", l.URL) },
}

type teamtailorJob struct {
	ID        text
	Title     string
	URL       string
	Published text `json:"date_published"`
	HTML      text `json:"content_html"`
	Posting   struct {
		Description  text
		Organization struct{ Name text }                        `json:"hiringOrganization"`
		Type         text                                       `json:"employmentType"`
		Remote       text                                       `json:"jobLocationType"`
		Closes       text                                       `json:"validThrough"`
		Posted       text                                       `json:"datePosted"`
		Locations    oneOrMore[struct{ Address schemaAddress }] `json:"jobLocation"`
		Applicants   oneOrMore[struct{ Name text }]             `json:"applicantLocationRequirements"`
		Salary       struct {
			Currency text
			Value    struct {
				Value, Min, Max number
				MinValue        number
				MaxValue        number
				Unit            text `json:"unitText"`
			}
		} `json:"baseSalary"`
	} `json:"_jobposting"`
}

type schemaAddress struct {
	Town    text  `json:"addressLocality"`
	Region  text  `json:"addressRegion"`
	Country label `json:"addressCountry"`
}

func (t *teamtailorJob) job() *job {
	p := &t.Posting
	j := &job{id: string(t.ID), title: t.Title, company: string(p.Organization.Name), url: webAddress(t.URL)}
	j.setWorkplace(string(p.Remote))
	for _, place := range p.Locations {
		a := place.Address
		j.addAddress(string(a.Town), string(a.Region), string(a.Country))
	}
	for _, a := range p.Applicants {
		if a.Name != "" {
			j.applicants = append(j.applicants, string(a.Name))
			j.show(string(a.Name))
		}
	}
	j.setDate(first(t.Published, p.Posted))
	j.setTypes(string(p.Type))
	j.setDeadline(p.Closes)
	v := p.Salary.Value
	j.setPay(wage{
		min: float64(either(v.MinValue, v.Value)), max: float64(either(v.MaxValue, v.Value)),
		currency: string(p.Salary.Currency), period: string(v.Unit),
	})
	j.setText(part{markup: first(t.HTML, p.Description)})
	return j
}
