package naukri

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/agent-forge/forge/internal/board"
	"github.com/agent-forge/forge/internal/dates"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
)

// A listing is a page of a search.
type listing struct {
	cards []board.Card
	none  bool // the page says that nothing was found
	total int  // jobs that the board says there are; 0: it does not say
	last  bool // the page shows that no other follows
	cut   bool // the page breaks off
}

// maxCards is more than any page holds.
const maxCards = 1000

// readListing reads an answer to a search, whatever it is: JSON, JSON as a browser shows it, or a
// page.
func readListing(body []byte, base *url.URL, now time.Time) (listing, error) {
	if text, ok := jsonIn(body); ok {
		return listJSON(text, base, now)
	}
	return listHTML(body, base, now)
}

// A listedJob is what a card says.
type listedJob struct {
	id, title, company, place, experience string
	addresses                             []string // the likeliest first
	created, age                          string
}

// card makes a card of what is listed. The address is the job's own on this board, without session
// and position; if there is none, it is made from the id.
func (j listedJob) card(base *url.URL, now time.Time) board.Card {
	id, address := j.id, ""
	for _, a := range j.addresses {
		u, err := base.Parse(strings.TrimSpace(a))
		if err != nil || !fetch.Allowed([]string{domain, base.Hostname()}, u) {
			continue
		}
		listed := idIn(u.Path)
		if listed == "" {
			continue
		}
		if !isID(id) || strings.TrimLeft(listed, "0") == id { // a number loses the zeros that it begins with
			id = listed
		}
		u.RawQuery, u.Fragment, u.User = "", "", nil
		address = u.String()
		break
	}
	if !isID(id) {
		return board.Card{Reason: "no id"}
	}
	if address == "" {
		address = base.String() + jobPath + id
	}
	l := lead.Lead{
		Source: Source, ExternalID: id, Title: lead.CleanLine(j.title), Company: facts.Value(j.company),
		Location: facts.Place(j.place), URL: address, PostedAt: posted(j.created, j.age, now),
	}
	if err := l.Validate(); err != nil {
		return board.Card{Reason: err.Error()}
	}
	return board.Card{Lead: l, Experience: j.experience}
}

// india is the zone of the board's days.
var india = time.FixedZone("IST", 5*3600+1800)

// posted returns when a job was created, or the day that its age names. Labels such as "HOT JOB"
// are no ages, and dates from before the board began are placeholders.
func posted(created, age string, now time.Time) time.Time {
	if t, _ := dates.Parse(created, dates.UnknownOrder); t.Year() >= firstYear &&
		t.Before(now.AddDate(1, 0, 0)) {
		return t
	}
	t, _ := dates.Ago(age, now.In(india))
	return t
}

const firstYear = 1997

// jobPath begins the path of every job, which ends with its id.
const jobPath = "/job-listings-"

// isID reports whether s is a job's id: digits, twelve of them everywhere so far.
func isID(s string) bool {
	return len(s) >= 4 && len(s) <= 24 && strings.Trim(s, "0123456789") == ""
}

// idIn returns the id at the end of a job's path; empty if it is no job's.
func idIn(path string) string {
	path = strings.TrimRight(path, "/")
	id := path[strings.LastIndexByte(path, '-')+1:]
	if !isID(id) || !strings.Contains(path, strings.Trim(jobPath, "/-")) {
		return ""
	}
	return id
}

// idInURL returns the id at the end of a job's address; empty if it is no job's.
func idInURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return idIn(u.Path)
}

var (
	escape    = regexp.MustCompile(`&(?:amp|quot|apos|nbsp|lt|gt|#\d{1,5}|#x[0-9A-Fa-f]{1,4});`)
	inlineTag = regexp.MustCompile(`(?i)</?(?:b|i|u|em|strong|br|span|font|p)\s*/?>`)
)

// plainTitle returns the title of a JSON answer without HTML. Escapes and inline tags are undone
// only if nothing is left that could be the title's own words.
func plainTitle(s string) string {
	t := s
	if escape.MatchString(t) {
		t = html.UnescapeString(t)
	}
	if t = strings.TrimSpace(inlineTag.ReplaceAllString(t, " ")); strings.ContainsAny(t, "<>") {
		return s
	}
	return t
}
