package ats

import (
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// SmartRecruiters lists pages without texts, and says how many jobs there are. It answers an empty
// list for a company that it does not know.
// https://developers.smartrecruiters.com/docs/posting-api
var smartrecruiters = provider{
	name:     "smartrecruiters",
	hosts:    []string{"smartrecruiters.com"},
	pace:     350 * time.Millisecond, // 3 a second were borne after a storm of 429
	paged:    true,
	cards:    true,
	doubtful: true,
	counts:   true,
	companyOf: func(u *url.URL) string {
		if company := after(u, "v1", "companies"); company != "" {
			return company
		}
		if first := after(u); first != "v1" {
			return first
		}
		return ""
	},
	list: func(company string, start int) []request {
		at := address("api.smartrecruiters.com", "v1", "companies", company, "postings")
		return []request{{url: at + "?limit=100&offset=" + strconv.Itoa(start)}}
	},
	read: func(r io.Reader, l *list) error {
		fields := map[string]any{"totalFound": &l.total}
		return jobs(r, l, "content", fields, func(s *smartJob) *job { return s.job(l) })
	},
	advert: func(company string, l lead.Lead) request {
		return request{url: address("api.smartrecruiters.com", "v1", "companies", company, "postings",
			l.ExternalID)}
	},
	readAdvert: func(body []byte, l *list) (*job, error) {
		return one(body, func(s *smartJob) *job { return s.job(l) })
	},
}

type smartSection struct{ Title, Text text }

type smartJob struct {
	ID         text
	Name       string
	Number     text `json:"refNumber"`
	Company    struct{ Name text }
	Released   text `json:"releasedDate"`
	Active     *flag
	Location   smartPlace
	Industry   label
	Department label
	Function   label
	Type       label `json:"typeOfEmployment"`
	Level      label `json:"experienceLevel"`
	Language   struct{ Code text }
	URL        string `json:"postingUrl"`
	Ad         struct {
		Sections struct {
			Company        smartSection `json:"companyDescription"`
			Job            smartSection `json:"jobDescription"`
			Qualifications smartSection `json:"qualifications"`
			More           smartSection `json:"additionalInformation"`
		}
	} `json:"jobAd"`
}

type smartPlace struct {
	City, Region, Country text
	Full                  text `json:"fullLocation"`
	Remote, Hybrid        flag
}

func (s *smartJob) job(l *list) *job {
	j := &job{
		id: string(s.ID), title: s.Name, company: string(s.Company.Name),
		hidden: s.Active != nil && !bool(*s.Active),
		url:    webAddress(s.URL, address("jobs.smartrecruiters.com", l.company, string(s.ID))),
	}
	switch p := s.Location; {
	case p.Full != "":
		j.addPlace(string(p.Full))
	default:
		j.addAddress(string(p.City), string(p.Region), strings.ToUpper(string(p.Country))) // "gb"
	}
	if s.Location.Remote {
		j.setWorkplace("remote")
	}
	if s.Location.Hybrid {
		j.setWorkplace("hybrid")
	}
	j.setDate(string(s.Released))
	j.setTypes(string(s.Type))
	j.set(enrich.AttrDepartment, string(s.Department))
	j.set(enrich.AttrFunction, string(s.Function))
	j.set(enrich.AttrIndustries, string(s.Industry))
	j.set(enrich.AttrSeniority, string(s.Level))
	j.set(attrRequisition, string(s.Number))
	j.set(attrLanguage, string(s.Language.Code))
	t := &s.Ad.Sections
	section := func(s smartSection, asks bool) part { return part{string(s.Title), string(s.Text), asks} }
	j.setText(section(t.Company, false), section(t.Job, false), section(t.Qualifications, true),
		section(t.More, false))
	return j
}
