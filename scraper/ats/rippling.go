package ats

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Rippling lists everything at once without texts, and a job in several places once for each.
var rippling = provider{
	name:  "rippling",
	hosts: []string{"ats.rippling.com", "api.rippling.com"},
	pace:  time.Second,
	cards: true,
	companyOf: func(u *url.URL) string {
		if slug := after(u, "platform", "api", "ats", "v1", "board"); slug != "" {
			return slug
		}
		if first := after(u); first != "platform" && first != "api" {
			return first
		}
		return ""
	},
	list: func(company string, _ int) []request {
		return get("api.rippling.com", "platform", "api", "ats", "v1", "board", company, "jobs")
	},
	read: func(r io.Reader, l *list) error {
		return jobs(r, l, "", nil, func(p *ripplingJob) *job { return p.job(l) })
	},
	advert: func(company string, l lead.Lead) request {
		return get("api.rippling.com", "platform", "api", "ats", "v1", "board", company, "jobs",
			l.ExternalID)[0]
	},
	readAdvert: func(body []byte, l *list) (*job, error) {
		return one(body, func(p *ripplingJob) *job { return p.job(l) })
	},
}

type ripplingJob struct {
	UUID        text
	Name        string
	URL         string
	Company     text `json:"companyName"`
	Department  label
	Place       label                    `json:"workLocation"`
	Places      []label                  `json:"workLocations"`
	Type        struct{ Label, ID text } `json:"employmentType"`
	Created     text                     `json:"createdOn"`
	Description json.RawMessage
	Pay         []struct {
		Currency, Frequency text
		Start               number `json:"rangeStart"`
		End                 number `json:"rangeEnd"`
	} `json:"payRangeDetails"`
}

func (p *ripplingJob) job(l *list) *job {
	j := &job{
		id: string(p.UUID), title: p.Name, company: string(p.Company),
		url: webAddress(p.URL, address("ats.rippling.com", l.company, "jobs", string(p.UUID))),
	}
	for _, place := range append([]label{p.Place}, p.Places...) {
		j.addPlace(string(place))
	}
	j.setDate(string(p.Created))
	switch strings.ToUpper(string(p.Type.Label)) { // a code; the id is the words
	case "SALARIED_FT", "HOURLY_FT":
		j.setTypes("Full-time")
	case "SALARIED_PT", "HOURLY_PT":
		j.setTypes("Part-time")
	default:
		j.setTypes(first(p.Type.ID, p.Type.Label))
	}
	j.set(enrich.AttrDepartment, string(p.Department))
	var wages []wage
	for _, w := range p.Pay {
		wages = append(wages, wage{
			min: float64(w.Start), max: float64(w.End), currency: string(w.Currency),
			period: periodIn(string(w.Frequency)),
		})
	}
	j.setPay(wages...)
	var sections struct{ Company, Role text }
	var whole text
	if json.Unmarshal(p.Description, &sections) != nil {
		_ = json.Unmarshal(p.Description, &whole) // one text on some boards; else there is none
	}
	j.setText(part{markup: string(sections.Company)}, part{markup: first(sections.Role, whole)})
	return j
}
