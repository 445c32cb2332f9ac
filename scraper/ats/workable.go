package ats

import (
	"io"
	"net/url"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Workable's widget lists everything at once. A job in several places is listed once for each.
var workable = provider{
	name:  "workable",
	hosts: []string{"workable.com"},
	pace:  350 * time.Millisecond, // 3 a second
	companyOf: func(u *url.URL) string {
		if sub := subdomain(u, "workable.com"); sub != "" {
			return sub
		}
		for _, before := range [][]string{
			{"api", "v1", "widget", "accounts"},
			{"api", "v1", "accounts"},
			{"api", "v2", "accounts"},
			{"api", "v3", "accounts"},
		} {
			if company := after(u, before...); company != "" {
				return company
			}
		}
		if first := after(u); first != "j" && first != "api" { // /j/ID names no company
			return first
		}
		return ""
	},
	list: func(company string, _ int) []request {
		at := address("apply.workable.com", "api", "v1", "widget", "accounts", company)
		return []request{{url: at + "?details=true"}}
	},
	read: func(r io.Reader, l *list) error {
		return jobs(r, l, "jobs", map[string]any{"name": &l.name}, func(w *workableJob) *job {
			return w.job(l)
		})
	},
	advert: func(company string, l lead.Lead) request {
		return request{url: address("apply.workable.com", "api", "v2", "accounts", company, "jobs",
			l.ExternalID)}
	},
	readAdvert: func(body []byte, l *list) (*job, error) {
		return one(body, func(w *workableJob) *job { return w.job(l) })
	},
}

type workablePlace struct {
	City, Region, State, Country text
	Hidden                       flag
}

type workableJob struct {
	Shortcode   text
	Title       string
	URL         string
	Published   text `json:"published_on"`
	PublishedAt text `json:"published"`
	Created     text `json:"created_at"`
	State       text `json:"state"` // of the widget's job: the region
	Type        text `json:"employment_type"`
	Kind        text `json:"type"`
	Telework    flag `json:"telecommuting"`
	Remote      flag `json:"remote"`
	Department  any  `json:"department"`
	City        text
	Country     text
	Locations   []workablePlace
	Location    workablePlace
	Education   text
	Experience  text
	Function    text
	Industry    text

	Description, Requirements, Benefits text
}

func (w *workableJob) job(*list) *job {
	j := &job{
		id: string(w.Shortcode), title: w.Title,
		url: webAddress(w.URL, address("apply.workable.com", "j", string(w.Shortcode))),
	}
	if w.Telework || w.Remote {
		j.setWorkplace("remote")
	}
	for _, p := range append(w.Locations, w.Location) {
		if !p.Hidden {
			j.addAddress(string(p.City), first(p.Region, p.State), string(p.Country))
		}
	}
	if len(j.shown) == 0 {
		j.addAddress(string(w.City), string(w.State), string(w.Country))
	}
	j.setDate(first(w.Published, w.PublishedAt, w.Created))
	switch w.Kind {
	case "full", "part":
		w.Kind += "-time"
	}
	j.setTypes(first(w.Type, w.Kind))
	switch d := w.Department.(type) {
	case string:
		j.set(enrich.AttrDepartment, d)
	case []any:
		for _, name := range d {
			if s, ok := name.(string); ok {
				j.addTo(enrich.AttrDepartment, s)
			}
		}
	}
	j.set(enrich.AttrEducation, string(w.Education))
	j.set(enrich.AttrSeniority, string(w.Experience))
	j.set(enrich.AttrFunction, string(w.Function))
	j.set(enrich.AttrIndustries, string(w.Industry))
	j.setText(part{markup: string(w.Description)}, part{"Requirements", string(w.Requirements), true},
		part{"Benefits", string(w.Benefits), false})
	return j
}
