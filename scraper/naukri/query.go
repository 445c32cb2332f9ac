package naukri

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
)

const (
	searchJSONPath = "/jobapi/v3/search"
	jobJSONPath    = "/jobapi/v4/job/"
	pageSize       = 20 // what is asked for; the board decides what comes
)

// searchJSON is the address of a page of the JSON search, counted from 1.
func (s *Scraper) searchJSON(q lead.Query, page int) string {
	v := filters(q)
	v.Set("noOfResults", strconv.Itoa(pageSize))
	v.Set("searchType", "adv")
	v.Set("src", "jobsearchDesk")
	v.Set("pageNo", strconv.Itoa(page))
	v.Set("seoKey", strings.TrimPrefix(searchPath(q, page), "/"))
	switch {
	case q.Location == "":
		v.Set("urlType", "search_by_keyword")
	case q.Keywords == "":
		v.Set("urlType", "search_by_location")
	default:
		v.Set("urlType", "search_by_key_loc")
	}
	if q.Keywords != "" {
		v.Set("keyword", q.Keywords)
	}
	if q.Location != "" {
		v.Set("location", q.Location)
	}
	return s.site.Base.String() + searchJSONPath + "?" + v.Encode()
}

// searchPage is the address of a page of the search for people, counted from 1.
func (s *Scraper) searchPage(q lead.Query, page int) string {
	address := s.site.Base.String() + searchPath(q, page)
	if v := filters(q); len(v) > 0 {
		address += "?" + v.Encode()
	}
	return address
}

// filters are the parameters that both searches know.
func filters(q lead.Query) url.Values {
	v := url.Values{}
	if q.Keywords != "" {
		v.Set("k", q.Keywords)
	}
	if q.Location != "" {
		v.Set("l", q.Location)
	}
	if q.Remote {
		v.Set("wfhType", "2")
	}
	if q.PostedWithin > 0 {
		const day = 24 * time.Hour
		v.Set("jobAge", strconv.Itoa(int((q.PostedWithin+day-1)/day)))
	}
	return v
}

// searchPath is "/go-developer-jobs-in-pune-2".
func searchPath(q lead.Query, page int) string {
	path := "/jobs"
	keywords, place := slug(q.Keywords), slug(q.Location)
	if keywords != "" {
		path = "/" + keywords + "-jobs"
	}
	if place == "" && keywords == "" {
		place = "india"
	}
	if place != "" {
		path += "-in-" + place
	}
	if page > 1 {
		path += "-" + strconv.Itoa(page)
	}
	return path
}

// slug writes words as the board's paths do. What it loses stands in the parameters k and l.
func slug(s string) string {
	s = strings.NewReplacer(
		"c++", "c plus plus", "c#", "c sharp", ".net", "dot net",
	).Replace(strings.ToLower(s))
	return strings.Join(
		strings.FieldsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-",
	)
}

// jobJSON is the address of a job's JSON.
func (s *Scraper) jobJSON(id string) string {
	return s.site.Base.String() + jobJSONPath + url.PathEscape(id) + "?src=jobsearchDesk"
}

// jobPage is the address of a job's page: the lead's own on this board, which the slug is part of,
// or one without it.
func (s *Scraper) jobPage(l lead.Lead) string {
	u, err := url.Parse(l.URL)
	if err == nil && fetch.Allowed(s.site.Pages.Hosts, u) && idIn(u.Path) == l.ExternalID {
		return s.site.Base.String() + "/" + strings.TrimLeft(u.EscapedPath(), "/")
	}
	return s.site.Base.String() + jobPath + url.PathEscape(l.ExternalID)
}
