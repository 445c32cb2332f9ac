package naukri

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// A card is one job of a search page.
type card struct {
	lead       lead.Lead
	experience string // "5-8 Yrs"; "": the card does not say
	reason     string // why it could not be read; "": it could
}

// A listing is a page of a search.
type listing struct {
	cards []card
	none  bool // the page says that nothing was found
	total int  // jobs that the board says there are; 0: it does not say
	last  bool // the page shows that no other follows
	cut   bool // the page breaks off
}

// A refusal is an answer that is no page of a search, or of a job.
type refusal struct {
	cause  error // a sentinel of package scraper
	reason string
}

func (r *refusal) Error() string { return r.reason }
func (r *refusal) Unwrap() error { return r.cause }

// What answers turn out to be, and what helps.
const (
	useBrowser     = "give Options.Client the browser transport (package scraper/browser), which draws pages as a browser does"
	unknownPage    = "a page without job cards, and without a notice that nothing was found"
	unknownJSON    = "JSON without jobs"
	emptyShell     = "an empty shell: naukri draws its jobs by script; " + useBrowser
	skeleton       = "the page was taken before its jobs were drawn; have the browser transport wait for naukri.WaitFor"
	wantsRecaptcha = "naukri asks for a captcha, because the request lacks the token that its own script makes; " + useBrowser
)

// listing reads an answer to a search, whatever it is: JSON, JSON as a browser shows it, or a page.
func (p *parser) listing(body []byte, base *url.URL, now time.Time) (listing, error) {
	if text, ok := jsonIn(body); ok {
		return listJSON(text, base, now)
	}
	return p.listHTML(body, base, now)
}

// jsonIn returns the JSON that a body is, or that a browser wrapped into a page to show it.
func jsonIn(body []byte) ([]byte, bool) {
	text := bytes.TrimSpace(body)
	if len(text) > 0 && text[0] == '<' && len(text) < maxJSONPage {
		start := bytes.Index(text, []byte("<pre"))
		if start < 0 {
			return nil, false
		}
		if before := text[:start]; bytes.Contains(before, []byte("<div")) || bytes.Contains(before, []byte("<script")) {
			return nil, false // a page for people that shows code
		}
		return shownJSON(text[start:])
	}
	return text, len(text) > 0 && (text[0] == '{' || text[0] == '[') && json.Valid(text)
}

// A searchAnswer is what /jobapi/v3/search gives.
type searchAnswer struct {
	NoOfJobs   *scalar           `json:"noOfJobs"`
	JobDetails []json.RawMessage `json:"jobDetails"`
	Message    scalar            `json:"message"`
}

type jobItem struct {
	Title        scalar `json:"title"`
	JobID        scalar `json:"jobId"`
	CompanyName  scalar `json:"companyName"`
	URL          scalar `json:"jdURL"`
	StaticURL    scalar `json:"staticUrl"`
	CreatedDate  scalar `json:"createdDate"` // milliseconds; 0 for internships
	Age          scalar `json:"footerPlaceholderLabel"`
	Experience   scalar `json:"experienceText"`
	Minimum      scalar `json:"minimumExperience"`
	Maximum      scalar `json:"maximumExperience"`
	Location     scalar `json:"location"`
	Placeholders []struct {
		Type  scalar `json:"type"`
		Label scalar `json:"label"`
	} `json:"placeholders"`
}

func listJSON(text []byte, base *url.URL, now time.Time) (listing, error) {
	var a searchAnswer
	if text[0] == '[' {
		if err := json.Unmarshal(text, &a.JobDetails); err != nil || len(a.JobDetails) == 0 {
			return listing{}, &refusal{scraper.ErrMarkup, unknownJSON}
		}
	} else if err := unmarshal(text, &a); err != nil {
		return listing{}, &refusal{scraper.ErrMarkup, unknownJSON}
	}
	if asksForCaptcha(string(a.Message)) && len(a.JobDetails) == 0 {
		return listing{}, &refusal{scraper.ErrBlocked, wantsRecaptcha}
	}
	if len(a.JobDetails) > maxCards {
		return listing{}, &refusal{scraper.ErrMarkup, fmt.Sprintf("JSON with more than %d jobs", maxCards)}
	}
	var l listing
	if a.NoOfJobs != nil {
		l.total = a.NoOfJobs.int()
		l.none = l.total == 0 && len(a.JobDetails) == 0
	}
	for _, raw := range a.JobDetails {
		l.cards = append(l.cards, readItem(raw, base, now))
	}
	if len(l.cards) == 0 && a.NoOfJobs == nil && a.JobDetails == nil {
		return listing{}, &refusal{scraper.ErrMarkup, unknownJSON}
	}
	return l, nil
}

// maxCards is more than any page holds.
const maxCards = 1000

func readItem(raw json.RawMessage, base *url.URL, now time.Time) card {
	var it jobItem
	if err := unmarshal(raw, &it); err != nil || raw[0] != '{' {
		return card{reason: "its JSON has another form"}
	}
	c := card{experience: string(it.Experience)}
	place := string(it.Location)
	for _, p := range it.Placeholders {
		switch p.Type {
		case "location":
			place = string(p.Label)
		case "experience":
			if c.experience == "" {
				c.experience = string(p.Label)
			}
		}
	}
	if c.experience == "" && it.Maximum != "" {
		c.experience = string(it.Minimum) + "-" + string(it.Maximum) + " Yrs"
	}
	posted := postedAt(string(it.Age), now)
	if ms, err := strconv.ParseInt(string(it.CreatedDate), 10, 64); err == nil && ms > 0 {
		posted = time.UnixMilli(ms).UTC()
	}
	address := string(it.URL)
	if address == "" {
		address = string(it.StaticURL)
	}
	c.lead, c.reason = newLead(string(it.JobID), string(it.Title), string(it.CompanyName), place, address, posted, base)
	return c
}

// newLead makes a lead of what a card says, or a reason why not.
func newLead(id, title, company, place, address string, posted time.Time, base *url.URL) (l lead.Lead, reason string) {
	u, err := base.Parse(strings.TrimSpace(address))
	if err != nil || address == "" {
		return l, "no address"
	}
	u.RawQuery, u.Fragment, u.User = "", "", nil // session and position
	if !isID(id) {
		if id = idIn(u.Path); id == "" {
			return l, "no id"
		}
	}
	if y := posted.Year(); y < 2000 || y > 2200 { // a clock or a number that is off
		posted = time.Time{}
	}
	l = lead.Lead{Source: Source, ExternalID: id, Title: title, Company: company, Location: place, URL: u.String(), PostedAt: posted}.Clean()
	if err := l.Validate(); err != nil {
		fe, _ := errors.AsType[*lead.FieldError](err)
		return lead.Lead{}, fe.Error()
	}
	return l, ""
}

// isID reports whether s is a job's id: digits, twelve of them everywhere so far.
func isID(s string) bool {
	return len(s) >= 4 && len(s) <= 24 && strings.Trim(s, "0123456789") == ""
}

// idIn returns the id at the end of a job's path, or "".
func idIn(path string) string {
	path = strings.TrimRight(path, "/")
	id := path[strings.LastIndexByte(path, '-')+1:]
	if !isID(id) || !strings.Contains(path, "job-listings") {
		return ""
	}
	return id
}

// idInURL returns the id at the end of a job's address, or "".
func idInURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return idIn(u.Path)
}

func asksForCaptcha(message string) bool {
	return strings.Contains(strings.ToLower(message), "captcha")
}
