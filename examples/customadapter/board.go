package main

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

// A guild is a board with a JSON API. GET /jobs?q=WORDS&from=N lists jobs, GET /jobs/ID is one
// advert.
type guild struct {
	client *http.Client // a polite one
	url    string
}

func (guild) Source() string { return "guild" }

func (g guild) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		if err := scraper.Unfiltered("guild", q, "Keywords"); err != nil && !yield(lead.Lead{}, err) {
			return
		}
		seen := map[string]bool{}
		for from, total := 0, 1; from < total; {
			at := g.url + "/jobs?" + url.Values{"q": {q.Keywords}, "from": {strconv.Itoa(from)}}.Encode()
			answer, err := fetch.Getter{Client: g.client}.Get(ctx, at, nil)
			if err != nil { // fetch has classified it for the pipeline
				yield(lead.Lead{}, err)
				return
			}
			var page struct {
				Total *int
				Jobs  []struct{ ID, Title, Firm, Place, URL string }
			}
			if json.Unmarshal(answer.Body, &page) != nil || page.Total == nil {
				yield(lead.Lead{}, &scraper.PageError{URL: at, Reason: "not a list", Err: scraper.ErrMarkup})
				return
			}
			for i, j := range page.Jobs {
				l := lead.Lead{
					Source: "guild", ExternalID: j.ID, Title: j.Title, Company: j.Firm, Location: j.Place,
					URL: j.URL,
				}
				var err error
				switch {
				case j.ID == "" || j.Title == "":
					l, err = lead.Lead{}, &scraper.CardError{URL: at, Index: i, Reason: "no id or no title"}
				case seen[j.ID]:
					continue
				default:
					seen[j.ID] = true
				}
				if !yield(l, err) || len(seen) == q.Limit && err == nil {
					return
				}
			}
			if len(seen) == 0 && *page.Total > 0 {
				yield(lead.Lead{}, &scraper.PageError{URL: at, Reason: "no jobs", Err: scraper.ErrMarkup})
				return
			}
			if len(page.Jobs) == 0 {
				return
			}
			from, total = from+len(page.Jobs), *page.Total
		}
	}
}

func (g guild) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	at := g.url + "/jobs/" + url.PathEscape(l.ExternalID)
	same := func(u *url.URL) bool { return strings.HasSuffix(u.Path, "/jobs/"+l.ExternalID) }
	page, err := fetch.Getter{Client: g.client}.Advert(ctx, at, nil, same)
	if err != nil {
		return enrich.Data{}, err
	}
	var job struct {
		ID, Text string
		Direct   *bool
	}
	if json.Unmarshal(page.Body, &job) != nil || job.ID != l.ExternalID || strings.TrimSpace(job.Text) == "" {
		return enrich.Data{}, &scraper.PageError{URL: at, Reason: "no text", Err: scraper.ErrPosting}
	}
	return enrich.Data{
		Description: job.Text, Requirements: advert.RequirementsOf(job.Text), IsEasyApply: job.Direct,
	}, nil
}
