package naukri

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
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
		return posting{}, &refusal{scraper.ErrMarkup, "the job's JSON has another form"}
	case a.Job == nil && asksForCaptcha(string(a.Message)):
		return posting{}, &refusal{scraper.ErrBlocked, wantsRecaptcha}
	case a.Job == nil && closedPattern.MatchString(string(a.Message)):
		return posting{closed: true}, nil
	case a.Job == nil:
		return posting{}, &refusal{scraper.ErrMarkup, "JSON without a job"}
	}
	return a.Job.posting()
}

// closedJSON reports whether an answer that has no job says that it is closed.
func closedJSON(body []byte) bool {
	text, ok := jsonIn(body)
	if !ok {
		return false
	}
	p, err := readJob(text)
	return err == nil && p.closed
}

func (j *job) posting() (posting, error) {
	out := posting{id: string(j.JobID), title: lead.CleanLine(string(j.Title)), company: lead.CleanLine(string(j.Company.Name))}
	b := builder{attributes: map[string]string{}}
	experience := string(j.Experience)
	if experience == "" && j.Maximum != "" {
		experience = strings.TrimPrefix(string(j.Minimum)+"-"+string(j.Maximum), string(j.Maximum)+"-") + " years"
	}
	b.set(enrich.AttrExperience, experience)
	if j.Salary.Hide != "true" { // where it is hidden the figures are there nevertheless, and not for us
		b.salary(salaryOf(string(j.Salary.Label), int64(j.Salary.Minimum.int()), int64(j.Salary.Maximum.int()), string(j.Salary.Currency)))
	}
	for _, l := range limitedTo(j.KeySkills.Other) {
		b.skill(string(l.Label))
	}
	for _, l := range limitedTo(j.KeySkills.Preferred) {
		b.skill(string(l.Label))
	}
	for level, courses := range map[string][]scalar{"UG": j.Education.UG, "PG": j.Education.PG, "PPG": j.Education.PPG} {
		for _, c := range limitedTo(courses) {
			if c != "" {
				b.education = append(b.education, level+": "+string(c))
			}
		}
	}
	slices.SortFunc(b.education, func(a, b string) int { return educationOrder(a) - educationOrder(b) })
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
	if out.data.Description == "" {
		return out, &refusal{scraper.ErrMarkup, noDescription}
	}
	return out, nil
}

func educationOrder(s string) int {
	level, _, _ := strings.Cut(s, ":")
	return slices.Index([]string{"UG", "PG", "PPG"}, level)
}

func limitedTo[T any](s []T) []T { return s[:min(len(s), maxFacts)] }
