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

// A kind is what a saved page is to a board.
type kind int

const (
	unknown kind = iota
	listing
	posting
	notServed
)

// kindOfFolder goes by the nearest folder whose name says what its pages are.
func kindOfFolder(dir string) kind {
	for ; dir != "." && dir != "/"; dir = path.Dir(dir) {
		switch name := path.Base(dir); {
		case name == "blocked", name == "empty", strings.HasSuffix(name, "-shell"):
			return notServed
		case strings.HasPrefix(name, "search"):
			return listing
		case strings.HasPrefix(name, "detail"), name == "closed":
			return posting
		}
	}
	return unknown
}

// listMarks stand in the cards of search pages, and on no posting and no wall.
func listMarks() []string {
	return []string{"job-search-card", "srp-jobtuple-wrapper", "cust-job-tuple", `class="jobTuple`, `"jobDetails":[`, `"jobDetails": [`}
}

func (m idMarks) kindOfPage(body []byte) kind {
	for _, mark := range listMarks() {
		if bytes.Contains(body, []byte(mark)) {
			return listing
		}
	}
	if len(m.ids(body)) > 0 {
		return posting
	}
	return notServed
}

// idMarks find where a posting says which job it is; the jobs beside it that a page also offers are not marked like this.
type idMarks []*regexp.Regexp

// newIDMarks compiles the marks, first the one that only a posting itself has.
func newIDMarks() idMarks {
	var marks idMarks
	for _, pattern := range []string{
		`id="decoratedJobPostingId"[^>]*>\s*<!--\s*"?(\d{6,20})`,
		`<link[^>]+rel="canonical"[^>]*href="[^"?]*?(\d{6,20})["?/]`,
		`<link[^>]+href="[^"?]*?(\d{6,20})"[^>]*rel="canonical"`,
		`<meta[^>]+property="og:url"[^>]*content="[^"?]*?(\d{6,20})["?/]`,
		`class="topcard__link"[^>]*href="[^"?]*?(\d{6,20})["?/]`,
		`href="[^"?]*?(\d{6,20})[^"]*"[^>]*class="topcard__link"`,
		`"(?:jobId|job_id)"\s*:\s*"?(\d{6,20})`,
		`"staticUrl"\s*:\s*"[^"?]*?(\d{6,20})["?]`,
	} {
		marks = append(marks, regexp.MustCompile(pattern))
	}
	return marks
}

// open returns the id of the job whose posting stands beside the cards of a search page, or "".
func (m idMarks) open(listing []byte) string {
	if found := m[0].FindSubmatch(listing); found != nil {
		return string(found[1])
	}
	return ""
}

// ids returns the ids of the job that a posting is about. Each mark counts once: its first place is the page's own.
func (m idMarks) ids(body []byte) []string {
	var ids []string
	for _, re := range m {
		if found := re.FindSubmatch(body); found != nil && !slices.Contains(ids, string(found[1])) {
			ids = append(ids, string(found[1]))
		}
	}
	return ids
}

var lastDigits = regexp.MustCompile(`(\d{6,})[^\d/]*$`)

// idInPath returns the job's id that a posting's path ends in, or "".
func idInPath(p string) string {
	if m := lastDigits.FindStringSubmatch(strings.TrimRight(p, "/")); m != nil {
		return m[1]
	}
	return ""
}

// contentType goes by a file's name; "" is no page.
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
