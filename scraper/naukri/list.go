package naukri

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/internal/board"
	"github.com/agent-forge/forge/scraper"
)

// jsonIn returns the JSON that a body is, or that a browser wrapped into a page to show it.
func jsonIn(body []byte) ([]byte, bool) {
	text := bytes.TrimSpace(body)
	if len(text) > 0 && text[0] == '<' && len(text) < maxJSONPage {
		start := bytes.Index(text, []byte("<pre"))
		if start < 0 {
			return nil, false
		}
		if before := text[:start]; bytes.Contains(before, []byte("<div")) ||
			bytes.Contains(before, []byte("<script")) {
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
	switch n := len(a.JobDetails); {
	case n == 0 && asksForCaptcha(string(a.Message)):
		return listing{}, &refusal{scraper.ErrBlocked, wantsRecaptcha}
	case n == 0 && a.NoOfJobs == nil && a.JobDetails == nil:
		return listing{}, &refusal{scraper.ErrMarkup, unknownJSON}
	case n > maxCards:
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
	return l, nil
}

func readItem(raw json.RawMessage, base *url.URL, now time.Time) board.Card {
	var it jobItem
	if err := unmarshal(raw, &it); err != nil || raw[0] != '{' {
		return board.Card{Reason: "its JSON has another form"}
	}
	experience, place := it.Experience, it.Location
	for _, p := range it.Placeholders {
		switch p.Type {
		case "location":
			place = cmp.Or(p.Label, place)
		case "experience":
			experience = cmp.Or(experience, p.Label)
		}
	}
	if experience == "" && it.Maximum != "" {
		experience = it.Minimum + "-" + it.Maximum + " Yrs"
	}
	return listedJob{
		id: string(it.JobID), title: plainTitle(string(it.Title)), company: string(it.CompanyName),
		place: string(place), experience: string(experience),
		addresses: []string{string(it.URL), string(it.StaticURL)},
		created:   string(it.CreatedDate), age: string(it.Age),
	}.card(base, now)
}

func asksForCaptcha(message string) bool {
	return strings.Contains(strings.ToLower(message), "captcha")
}
