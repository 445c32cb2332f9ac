package linkedin

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
)

var filtered = []string{
	"Keywords", "Location", "Remote", "PostedWithin", "JobTypes", "Experience", "EasyApply",
}

const searchPath = "/jobs-guest/jobs/api/seeMoreJobPostings/search"

// searchURL is the page of a search that begins after start cards. The parameters are those of the
// board's own filters.
func (s *Scraper) searchURL(q lead.Query, start int) string {
	v := url.Values{"start": {strconv.Itoa(start)}}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("keywords", strings.TrimSpace(q.Keywords))
	set("location", strings.TrimSpace(q.Location))
	set("f_JT", codes(q.JobTypes, jobTypeCodes))
	set("f_E", codes(q.Experience, experienceCodes))
	if q.Remote {
		v.Set("f_WT", "2") // 1 on-site, 3 hybrid
	}
	if q.PostedWithin > 0 {
		seconds := (q.PostedWithin + time.Second - 1) / time.Second
		v.Set("f_TPR", "r"+strconv.FormatInt(int64(seconds), 10))
	}
	if q.EasyApply {
		v.Set("f_AL", "true")
	}
	u := *s.site.Base
	u.Path += searchPath
	u.RawQuery = v.Encode()
	return u.String()
}

// codes joins the board's codes for the values of a query, which are all known.
func codes(values []string, known map[string]string) string {
	var out []string
	for _, v := range values {
		out = append(out, known[v])
	}
	return strings.Join(out, ",")
}

var jobTypeCodes = map[string]string{
	lead.FullTime: "F", lead.PartTime: "P", lead.Contract: "C", lead.Temporary: "T", lead.Internship: "I",
	lead.Volunteer: "V",
}

var experienceCodes = map[string]string{
	lead.ExperienceIntern: "1", lead.ExperienceEntry: "2", lead.ExperienceAssociate: "3",
	lead.ExperienceMidSenior: "4", lead.ExperienceDirector: "5", lead.ExperienceExecutive: "6",
}
