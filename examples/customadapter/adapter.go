package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
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
			var page struct {
				Total *int
				Jobs  []struct{ ID, Title, Firm, Place, URL string }
			}
			at := g.url + "/jobs?" + url.Values{"q": {q.Keywords}, "from": {strconv.Itoa(from)}}.Encode()
			answer, err := fetch.Getter{Client: g.client}.Get(ctx, at, nil)
			if err == nil && json.Unmarshal(answer.Body, &page) != nil {
				err = &scraper.PageError{URL: at, Reason: "not the API's JSON", Err: scraper.ErrMarkup}
			}
			if err != nil { // package fetch classifies errors for the pipeline
				yield(lead.Lead{}, err)
				return
			}
			for i, j := range page.Jobs {
				l := lead.Lead{
					Source: "guild", ExternalID: j.ID, Title: j.Title, Company: j.Firm, Location: j.Place,
					URL: j.URL,
				}
				if seen[j.ID] {
					continue
				}
				var err error
				if j.ID == "" || j.Title == "" {
					l, err = lead.Lead{}, &scraper.CardError{URL: at, Index: i, Reason: "no id or no title"}
				} else {
					seen[j.ID] = true
				}
				if !yield(l, err) || len(seen) == q.Limit && err == nil {
					return
				}
			}
			// An answer without a total was not understood, which is not the same as an empty one.
			if page.Total == nil || len(seen) == 0 && *page.Total > 0 {
				yield(lead.Lead{},
					&scraper.PageError{URL: at, Reason: "no job could be read", Err: scraper.ErrMarkup})
				return
			}
			from, total = from+max(len(page.Jobs), 1), *page.Total
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
	var job struct{ Text string }
	if json.Unmarshal(page.Body, &job) != nil || strings.TrimSpace(job.Text) == "" {
		// ErrPosting: this says nothing about other adverts.
		return enrich.Data{}, &scraper.PageError{URL: at, Reason: "no text", Err: scraper.ErrPosting}
	}
	return enrich.Data{Description: job.Text, Requirements: advert.RequirementsOf(job.Text)}, nil
}

// byWords is a forge.ScorerFunc that scores the share of the advert's words that the résumé has.
func byWords(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	words := strings.Fields(strings.ToLower(p.Data.Description))
	switch {
	case ctx.Err() != nil:
		return enrich.Assessment{}, ctx.Err()
	case strings.TrimSpace(resume) == "":
		return enrich.Assessment{}, fmt.Errorf("%w: no résumé", scorer.ErrUnavailable)
	case p.Data.Validate() != nil:
		return enrich.Assessment{}, fmt.Errorf("%w: no text to judge: %w", scorer.ErrReply, p.Data.Validate())
	}
	found, resume := 0, strings.ToLower(resume)
	for _, w := range words {
		if strings.Contains(resume, strings.Trim(w, ".,;:()")) {
			found++
		}
	}
	reason := fmt.Sprintf("%d of %d words.", found, len(words))
	return enrich.Assessment{Score: 100 * found / len(words), Reasoning: reason, By: "by-words/1"}, nil
}
