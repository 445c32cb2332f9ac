package naukri

import (
	"encoding/json"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scraper"
)

// A jobAnswer is what /jobapi/v4/job/{id} gives.
type jobAnswer struct {
	Job     *job   `json:"jobDetails"`
	Message scalar `json:"message"`
}

type job struct {
	JobID   scalar `json:"jobId"`
	Title   scalar `json:"title"`
	Company struct {
		Name scalar `json:"name"`
	} `json:"companyDetail"`
	Description scalar  `json:"description"`
	Experience  scalar  `json:"experienceText"`
	Minimum     scalar  `json:"minimumExperience"`
	Maximum     scalar  `json:"maximumExperience"`
	Locations   []label `json:"locations"`
	KeySkills   struct {
		Other     []label `json:"other"`
		Preferred []label `json:"preferred"`
	} `json:"keySkills"`
	Education struct {
		UG  []scalar `json:"ug"`
		PG  []scalar `json:"pg"`
		PPG []scalar `json:"ppg"`
	} `json:"education"`
	Salary struct {
		Minimum  scalar `json:"minimumSalary"`
		Maximum  scalar `json:"maximumSalary"`
		Currency scalar `json:"currency"`
		Hide     scalar `json:"hideSalary"`
		Label    scalar `json:"label"`
	} `json:"salaryDetail"`
	EmploymentType scalar          `json:"employmentType"`
	RoleCategory   scalar          `json:"roleCategory"`
	Role           scalar          `json:"jobRole"`
	Function       scalar          `json:"functionalArea"`
	Industry       scalar          `json:"industry"`
	WFHType        scalar          `json:"wfhType"`
	WFHLabel       scalar          `json:"wfhLabel"`
	Vacancy        scalar          `json:"vacancy"`
	Mode           scalar          `json:"mode"`
	ApplyURL       scalar          `json:"applyRedirectUrl"`
	WalkIn         json.RawMessage `json:"walkIn"`
}

type label struct {
	Label scalar `json:"label"`
}

func readJob(text []byte) (posting, error) {
	var a jobAnswer
	err := unmarshal(text, &a)
	switch {
	case err != nil:
		return posting{}, &refusal{scraper.ErrPosting, "the job's JSON has another form"}
	case a.Job == nil && asksForCaptcha(string(a.Message)):
		return posting{}, &refusal{scraper.ErrBlocked, wantsRecaptcha}
	case a.Job == nil && closedPattern.MatchString(string(a.Message)):
		return posting{closed: true}, nil
	case a.Job == nil:
		return posting{}, &refusal{scraper.ErrPosting, "JSON without a job"}
	}
	return a.Job.posting(), nil
}

func (j *job) posting() posting {
	out := posting{id: string(j.JobID), title: plainTitle(string(j.Title)), company: string(j.Company.Name)}
	b := builder{attributes: map[string]string{}}
	experience := string(j.Experience)
	if experience == "" && j.Maximum != "" {
		experience = strings.TrimPrefix(
			string(j.Minimum)+"-"+string(j.Maximum), string(j.Maximum)+"-",
		) + " years"
	}
	b.set(enrich.AttrExperience, experience)
	if j.Salary.Hide != "true" { // where it is hidden the figures are there nevertheless, and not for us
		b.payOf(string(j.Salary.Label), j.Salary.Minimum.number(), j.Salary.Maximum.number(),
			string(j.Salary.Currency))
	}
	for _, l := range limitedTo(j.KeySkills.Other) {
		b.skill(string(l.Label))
	}
	for _, l := range limitedTo(j.KeySkills.Preferred) {
		b.skill(string(l.Label))
	}
	for _, level := range []struct {
		name    string
		courses []scalar
	}{{"UG", j.Education.UG}, {"PG", j.Education.PG}, {"PPG", j.Education.PPG}} {
		for _, c := range limitedTo(level.courses) {
			if c != "" {
				b.education = append(b.education, level.name+": "+string(c))
			}
		}
	}
	b.set(enrich.AttrEmploymentType, string(j.EmploymentType))
	b.set(AttrRole, string(j.Role))
	b.set(AttrRoleCategory, string(j.RoleCategory))
	b.set(enrich.AttrFunction, string(j.Function))
	b.set(enrich.AttrIndustries, string(j.Industry))
	if n := j.Vacancy.int(); n > 0 {
		b.set(enrich.AttrOpenings, string(j.Vacancy))
	}
	switch j.WFHType {
	case "0":
		b.set(enrich.AttrWorkplace, "on-site")
	case "2":
		b.set(enrich.AttrWorkplace, "remote")
	case "3":
		b.set(enrich.AttrWorkplace, "hybrid")
	}
	b.workplace(string(j.WFHLabel))
	b.walkIn(j.WalkIn)
	out.data = b.data(advert.TextFromHTML(string(j.Description)), out.title)
	switch {
	case j.ApplyURL != "", j.Mode == "crawled":
		out.data.IsEasyApply = new(bool)
	case j.Mode == "jp":
		easy := true
		out.data.IsEasyApply = &easy
	}
	return out
}

func limitedTo[T any](s []T) []T { return s[:min(len(s), maxFacts)] }
