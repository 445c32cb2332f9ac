package linkedin

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
)

const searchPath = "/jobs-guest/jobs/api/seeMoreJobPostings/search"

// searchURL is the page of a search that begins after start cards. The parameters are those of the board's own filters.
func (s *Scraper) searchURL(q lead.Query, start int) string {
	v := url.Values{"start": {strconv.Itoa(start)}}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("keywords", strings.TrimSpace(q.Keywords))
	set("location", strings.TrimSpace(q.Location))
	set("f_JT", codes(q.JobTypes, jobTypeCode))
	set("f_E", codes(q.Experience, experienceCode))
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
	u := *s.base
	u.Path += searchPath
	u.RawQuery = v.Encode()
	return u.String()
}

// codes joins the board's codes for the values that it knows.
func codes(values []string, code func(string) string) string {
	var known []string
	for _, v := range values {
		if c := code(v); c != "" {
			known = append(known, c)
		}
	}
	return strings.Join(known, ",")
}

func jobTypeCode(v string) string {
	switch v {
	case lead.FullTime:
		return "F"
	case lead.PartTime:
		return "P"
	case lead.Contract:
		return "C"
	case lead.Temporary:
		return "T"
	case lead.Internship:
		return "I"
	case lead.Volunteer:
		return "V"
	}
	return ""
}

func experienceCode(v string) string {
	switch v {
	case lead.ExperienceIntern:
		return "1"
	case lead.ExperienceEntry:
		return "2"
	case lead.ExperienceAssociate:
		return "3"
	case lead.ExperienceMidSenior:
		return "4"
	case lead.ExperienceDirector:
		return "5"
	case lead.ExperienceExecutive:
		return "6"
	}
	return ""
}
