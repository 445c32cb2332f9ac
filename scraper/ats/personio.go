package ats

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Personio answers XML that lists everything at once, with HTML in its texts. Their headings say
// which of them states requirements. https://developer.personio.de/docs/retrieving-open-job-positions
var personio = provider{
	name:   "personio",
	hosts:  []string{"jobs.personio.de", "jobs.personio.com"},
	pace:   350 * time.Millisecond, // 3 a second
	inHost: true,
	companyOf: func(u *url.URL) string {
		if sub := subdomain(u, "jobs.personio.de"); sub != "" {
			return sub
		}
		return subdomain(u, "jobs.personio.com")
	},
	list: func(company string, _ int) []request {
		return []request{
			{url: address(company+".jobs.personio.de", "xml") + "?language=en"},
			{url: address(company+".jobs.personio.com", "xml") + "?language=en"},
		}
	},
	read: readPersonio,
	advert: func(company string, l lead.Lead) request {
		host := company + ".jobs.personio.de"
		if strings.HasSuffix(hostOf(l.URL), ".jobs.personio.com") {
			host = company + ".jobs.personio.com"
		}
		return request{url: address(host, "job", l.ExternalID)}
	},
}

type personioJob struct {
	ID         string   `xml:"id"`
	Company    string   `xml:"subcompany"`
	Office     string   `xml:"office"`
	Offices    []string `xml:"additionalOffices>office"`
	Department string   `xml:"department"`
	Category   string   `xml:"recruitingCategory"`
	Name       string   `xml:"name"`
	Type       string   `xml:"employmentType"`
	Seniority  string   `xml:"seniority"`
	Schedule   string   `xml:"schedule"`
	Years      string   `xml:"yearsOfExperience"`
	Occupation string   `xml:"occupationCategory"`
	Keywords   string   `xml:"keywords"`
	Created    string   `xml:"createdAt"`
	Texts      []struct {
		Name  string `xml:"name"`
		Value string `xml:"value"`
	} `xml:"jobDescriptions>jobDescription"`
	Pay struct {
		Min      text   `xml:"min"`
		Max      text   `xml:"max"`
		Currency string `xml:"currencyCode"`
		Type     string `xml:"type"`
	} `xml:"salaryInformation"`
}

// readPersonio reads the XML position by position.
func readPersonio(r io.Reader, l *list) error {
	dec := xml.NewDecoder(r)
	root := false
	for {
		t, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF) && root:
			return nil
		case errors.Is(err, io.EOF):
			return errForm
		case err != nil:
			return err
		}
		start, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case !root && start.Name.Local != "workzag-jobs":
			return errForm
		case !root:
			root = true
		case start.Name.Local == "position":
			var p personioJob
			if err := dec.DecodeElement(&p, &start); err != nil {
				return err
			}
			l.add(p.job(l))
		default:
			if err := dec.Skip(); err != nil {
				return err
			}
		}
	}
}

func (p *personioJob) job(l *list) *job {
	id := strings.TrimSpace(p.ID)
	j := &job{
		id: id, title: p.Name, company: p.Company, url: address(l.host, "job", id),
	}
	j.addPlace(p.Office)
	for _, office := range p.Offices {
		j.addPlace(office)
	}
	j.setDate(strings.TrimSpace(p.Created))
	j.setTypes(p.Schedule, p.Type)
	j.set(enrich.AttrDepartment, p.Department)
	j.set(enrich.AttrFunction, p.Category)
	j.set(enrich.AttrSeniority, p.Seniority)
	j.set(enrich.AttrSkills, p.Keywords)
	if years, less := strings.CutPrefix(p.Years, "lt-"); less {
		j.set(enrich.AttrExperience, "less than "+years+" years")
	} else if more, many := strings.CutPrefix(p.Years, "mt-"); many {
		j.set(enrich.AttrExperience, "more than "+more+" years")
	} else if p.Years != "" {
		j.set(enrich.AttrExperience, p.Years+" years")
	}
	j.setPay(wage{
		min: digits(p.Pay.Min), max: digits(p.Pay.Max), currency: p.Pay.Currency,
		period: periodIn(p.Pay.Type),
	})
	var parts []part
	for _, t := range p.Texts {
		parts = append(parts, part{t.Name, t.Value, asks(t.Name)})
	}
	j.setText(parts...)
	return j
}
