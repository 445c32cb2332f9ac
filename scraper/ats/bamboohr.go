package ats

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/lead"
)

// BambooHR lists everything at once without texts. Ids count the jobs of one company. An unknown
// company is a redirect to BambooHR's own site.
var bamboohr = provider{
	name:      "bamboohr",
	hosts:     []string{"bamboohr.com"},
	pace:      350 * time.Millisecond, // 3 a second
	inHost:    true,
	cards:     true,
	localIDs:  true,
	counts:    true,
	companyOf: func(u *url.URL) string { return subdomain(u, "bamboohr.com") },
	list: func(company string, _ int) []request {
		return get(company+".bamboohr.com", "careers", "list")
	},
	read: func(r io.Reader, l *list) error {
		var meta struct{ TotalCount *int }
		err := jobs(r, l, "result", map[string]any{"meta": &meta}, func(b *bambooJob) *job {
			return b.job(l)
		})
		if meta.TotalCount != nil {
			l.total = *meta.TotalCount
		}
		return err
	},
	advert: func(company string, l lead.Lead) request {
		_, id, _ := strings.Cut(l.ExternalID, "/")
		return request{url: address(company+".bamboohr.com", "careers", id, "detail")}
	},
	readAdvert: func(body []byte, l *list) (*job, error) {
		var answer struct {
			Result struct{ JobOpening bambooJob }
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return nil, errForm
		}
		return answer.Result.JobOpening.job(l), nil
	},
}

type bambooPlace struct {
	City, State, Province, Country text
	AddressCountry                 text
}

type bambooJob struct {
	ID          text
	ShareURL    string `json:"jobOpeningShareUrl"`
	Name        string `json:"jobOpeningName"`
	Status      text   `json:"jobOpeningStatus"`
	Department  text   `json:"departmentLabel"`
	Type        text   `json:"employmentStatusLabel"`
	Location    bambooPlace
	ATSLocation bambooPlace `json:"atsLocation"`
	Remote      flag        `json:"isRemote"`
	Kind        text        `json:"locationType"` // "0": on site, "1": remote, "2": hybrid
	Posted      text        `json:"datePosted"`
	Experience  text        `json:"minimumExperience"`
	Pay         text        `json:"compensation"`
	Description text
}

func (b *bambooJob) job(l *list) *job {
	id := string(b.ID)
	if _, tail, ok := strings.Cut(b.ShareURL, "/careers/"); id == "" && ok {
		id = strings.TrimRight(tail, "/")
	}
	j := &job{
		id: id, title: b.Name, hidden: b.Status != "" && b.Status != "Open",
		url: address(l.host, "careers", id),
	}
	for _, p := range []bambooPlace{b.Location, b.ATSLocation} {
		j.addAddress(string(p.City), first(p.State, p.Province), first(p.Country, p.AddressCountry))
	}
	switch {
	case bool(b.Remote) || b.Kind == "1":
		j.setWorkplace("remote")
	case b.Kind == "2":
		j.setWorkplace("hybrid")
	case b.Kind == "0":
		j.setWorkplace("on-site")
	}
	j.setDate(string(b.Posted))
	j.setTypes(string(b.Type))
	j.set(enrich.AttrDepartment, string(b.Department))
	j.set(enrich.AttrSeniority, string(b.Experience))
	if b.Pay != "" {
		if j.facts == nil {
			j.facts = map[string]string{}
		}
		facts.SetPay(j.facts, string(b.Pay), "", "")
	}
	j.setText(part{markup: string(b.Description)})
	return j
}
