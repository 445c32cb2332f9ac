package replay

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	robotsPath = "/robots.txt"
	htmlType   = "text/html; charset=utf-8"
)

// A kind says what a saved page is to a board.
type kind int

const (
	unknown kind = iota
	listing
	advert
	notServed
)

// kindOfFolder goes by the nearest folder whose name says what its pages are; unknown if none does.
func kindOfFolder(dir string) kind {
	for ; dir != "." && dir != "/"; dir = path.Dir(dir) {
		switch name := path.Base(dir); {
		case name == "blocked", name == "empty", strings.HasSuffix(name, "-shell"):
			return notServed
		case strings.HasPrefix(name, "search"):
			return listing
		case strings.HasPrefix(name, "detail"), name == "closed":
			return advert
		}
	}
	return unknown
}

// listMarks are in the cards of search pages, and on no advert and no wall.
var listMarks = []string{
	"job-search-card", "srp-jobtuple-wrapper", "cust-job-tuple", `class="jobTuple`,
	`"jobDetails":[`, `"jobDetails": [`,
}

func kindOfPage(body []byte) kind {
	for _, mark := range listMarks {
		if bytes.Contains(body, []byte(mark)) {
			return listing
		}
	}
	if len(idsOf(body)) > 0 {
		return advert
	}
	return notServed
}

// openMark is the mark of an advert that only the advert itself has, also where it is shown beside
// the cards of a search page.
var openMark = regexp.MustCompile(`id="decoratedJobPostingId"[^>]*>\s*<!--\s*"?(\d{6,20})`)

// idMarks are where an advert says which job it is. The jobs beside it that a page also offers are
// not marked so.
var idMarks = []*regexp.Regexp{
	openMark,
	regexp.MustCompile(`<link[^>]+rel="canonical"[^>]*href="[^"?]*?(\d{6,20})["?/]`),
	regexp.MustCompile(`<link[^>]+href="[^"?]*?(\d{6,20})"[^>]*rel="canonical"`),
	regexp.MustCompile(`<meta[^>]+property="og:url"[^>]*content="[^"?]*?(\d{6,20})["?/]`),
	regexp.MustCompile(`class="topcard__link"[^>]*href="[^"?]*?(\d{6,20})["?/]`),
	regexp.MustCompile(`href="[^"?]*?(\d{6,20})[^"]*"[^>]*class="topcard__link"`),
	regexp.MustCompile(`"(?:jobId|job_id)"\s*:\s*"?(\d{6,20})`),
	regexp.MustCompile(`"staticUrl"\s*:\s*"[^"?]*?(\d{6,20})["?]`),
}

// openID returns the id of the job whose advert is shown beside the cards of a search page, or "".
func openID(listing []byte) string {
	if found := openMark.FindSubmatch(listing); found != nil {
		return string(found[1])
	}
	return ""
}

// idsOf returns the ids of the job that an advert is about. Each mark counts once, where it comes
// first: that one is the page's own.
func idsOf(body []byte) []string {
	var ids []string
	for _, mark := range idMarks {
		if found := mark.FindSubmatch(body); found != nil && !slices.Contains(ids, string(found[1])) {
			ids = append(ids, string(found[1]))
		}
	}
	return ids
}

var lastDigits = regexp.MustCompile(`(\d{6,})[^\d/]*$`)

// idInPath returns the id of the job that the path of an advert ends in, or "".
func idInPath(p string) string {
	if m := lastDigits.FindStringSubmatch(strings.TrimRight(p, "/")); m != nil {
		return m[1]
	}
	return ""
}

// contentType goes by the name of a file. It returns "" if the file is not a page.
func contentType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm":
		return htmlType
	case ".json":
		return "application/json; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	default:
		return ""
	}
}
