package ats

import (
	"io"
	"net/url"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Pinpoint lists everything at once, with requirements in a field of their own and pay in figures.
var pinpoint = provider{
	name:      "pinpoint",
	hosts:     []string{"pinpointhq.com"},
	pace:      time.Second,
	inHost:    true,
	companyOf: func(u *url.URL) string { return subdomain(u, "pinpointhq.com") },
	list: func(company string, _ int) []request {
		return get(company+".pinpointhq.com", "postings.json")
	},
	read: func(r io.Reader, l *list) error {
		return jobs(r, l, "data", nil, func(p *pinpointJob) *job { return p.job(l) })
	},
	advert: func(company string, l lead.Lead) request { return samePath(company+".pinpointhq.com", l.URL) },
}

type pinpointJob struct {
	ID    text
	Title string
	URL   string
	Path  string

	Type          text   `json:"employment_type_text"`
	TypeCode      text   `json:"employment_type"`
	Workplace     text   `json:"workplace_type"`
	Deadline      text   `json:"deadline_at"`
	Published     text   `json:"published_at"`
	Pay           text   `json:"compensation"`
	PayMin        number `json:"compensation_minimum"`
	PayMax        number `json:"compensation_maximum"`
	PayCurrency   text   `json:"compensation_currency"`
	PayFrequency  text   `json:"compensation_frequency"`
	PayVisible    *flag  `json:"compensation_visible"`
	Duties        text   `json:"key_responsibilities"`
	DutiesHeader  text   `json:"key_responsibilities_header"`
	Skills        text   `json:"skills_knowledge_expertise"`
	SkillsHeader  text   `json:"skills_knowledge_expertise_header"`
	BenefitHeader text   `json:"benefits_header"`
	Benefits      text
	Description   text
	Job           struct {
		Requisition text `json:"requisition_id"`
		Department  label
		Division    label
	}
	Location struct{ City, Name, Province, Country text }
}

func (p *pinpointJob) job(l *list) *job {
	j := &job{
		id: string(p.ID), title: p.Title, url: webAddress(p.URL, address(l.host)+p.Path),
	}
	where := p.Location
	if j.addAddress(string(where.City), string(where.Province), string(where.Country)); where.City == "" {
		j.shown, j.places = nil, nil
		j.addPlace(string(where.Name))
	}
	j.setWorkplace(string(p.Workplace))
	j.setDate(string(p.Published))
	j.setTypes(first(p.Type, p.TypeCode))
	j.set(enrich.AttrDepartment, string(p.Job.Department))
	j.set(attrDivision, string(p.Job.Division))
	j.set(attrRequisition, string(p.Job.Requisition))
	j.setDeadline(p.Deadline)
	if p.PayVisible == nil || bool(*p.PayVisible) {
		j.setPay(wage{
			min: float64(p.PayMin), max: float64(p.PayMax), currency: string(p.PayCurrency),
			period: string(p.PayFrequency), words: string(p.Pay),
		})
	}
	j.setText(part{markup: string(p.Description)}, part{string(p.DutiesHeader), string(p.Duties), false},
		part{string(p.SkillsHeader), string(p.Skills), true},
		part{string(p.BenefitHeader), string(p.Benefits), false})
	return j
}
