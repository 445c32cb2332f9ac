package ats

import (
	"io"
	"net/url"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Greenhouse lists everything at once, with the text escaped once or twice. The date is
// first_published: updated_at moves with every edit. Pay has fields only in the answer for one job, and
// stands in the text of the list.
// https://developers.greenhouse.io/job-board.html
var greenhouse = provider{
	name:   "greenhouse",
	hosts:  []string{"greenhouse.io"},
	pace:   200 * time.Millisecond, // 5 a second were borne
	counts: true,
	companyOf: func(u *url.URL) string {
		if token := u.Query().Get("for"); token != "" { // embedded in the company's own page
			return token
		}
		if token := after(u, "v1", "boards"); token != "" {
			return token
		}
		if first := after(u); first != "embed" && first != "v1" {
			return first
		}
		return ""
	},
	list: func(company string, _ int) []request {
		const query = "/jobs?content=true"
		return []request{
			{url: address("boards-api.greenhouse.io", "v1", "boards", company) + query},
			{url: address("boards-api.eu.greenhouse.io", "v1", "boards", company) + query},
		}
	},
	read: func(r io.Reader, l *list) error {
		var meta struct{ Total *int }
		err := jobs(r, l, "jobs", map[string]any{"meta": &meta}, func(g *greenhouseJob) *job {
			return g.job(l)
		})
		if meta.Total != nil {
			l.total = *meta.Total
		}
		return err
	},
	advert: func(company string, l lead.Lead) request {
		at := address("boards-api.greenhouse.io", "v1", "boards", company, "jobs", l.ExternalID)
		return request{url: at + "?pay_transparency=true"}
	},
	readAdvert: func(body []byte, l *list) (*job, error) {
		return one(body, func(g *greenhouseJob) *job { return g.job(l) })
	},
}

type greenhouseJob struct {
	ID          text
	Title       string
	URL         string `json:"absolute_url"`
	Company     text   `json:"company_name"`
	Published   text   `json:"first_published"`
	Deadline    text   `json:"application_deadline"`
	Requisition text   `json:"requisition_id"`
	Language    text
	Content     text
	Location    struct{ Name text }
	Offices     []struct{ Name, Location text }
	Departments []struct{ Name text }
	Pay         []struct {
		Min      number `json:"min_cents"`
		Max      number `json:"max_cents"`
		Currency text   `json:"currency_type"`
		Title    text
	} `json:"pay_input_ranges"`
}

func (g *greenhouseJob) job(l *list) *job {
	id := string(g.ID)
	j := &job{
		id: id, title: g.Title, company: string(g.Company),
		url: webAddress(g.URL, address("job-boards.greenhouse.io", l.company, "jobs", id)),
	}
	j.addPlace(string(g.Location.Name))
	if len(j.shown) == 0 {
		for _, o := range g.Offices {
			j.addPlace(string(o.Name))
		}
	}
	for _, d := range g.Departments {
		j.addTo(enrich.AttrDepartment, string(d.Name))
	}
	j.setDate(string(g.Published))
	j.setDeadline(g.Deadline)
	j.set(attrRequisition, string(g.Requisition))
	j.set(attrLanguage, string(g.Language))
	var wages []wage
	for _, p := range g.Pay {
		wages = append(wages, wage{
			min: float64(p.Min) / 100, max: float64(p.Max) / 100, currency: string(p.Currency),
			period: periodIn(string(p.Title)),
		})
	}
	j.setPay(wages...)
	j.setText(part{markup: string(g.Content)})
	return j
}
