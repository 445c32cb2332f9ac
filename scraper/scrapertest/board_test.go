package scrapertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

// A jsonBoard is a small board with a JSON API, right unless it has a flaw.
type jsonBoard struct {
	client *http.Client
	url    string
	flaw   string

	asked  atomic.Int64 // for flaws
	offset atomic.Int64
}

type jsonCard struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Company string `json:"company"`
	Place   string `json:"place"`
	Date    string `json:"date"`
}

type jsonList struct {
	Total *int       `json:"total"`
	Cards []jsonCard `json:"cards"`
	Next  int        `json:"next"`
}

type jsonJob struct {
	ID     string  `json:"id"`
	Easy   *bool   `json:"easy,omitempty"`
	Text   *string `json:"text"`
	Closed bool    `json:"closed"`
}

func (b *jsonBoard) Source() string {
	if b.flaw == "the source changes" {
		return fmt.Sprint("json", b.asked.Add(1))
	}
	return "json"
}

func (b *jsonBoard) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		if b.flaw == "pages are fetched ahead" {
			b.ahead(ctx, q, yield)
			return
		}
		b.search(ctx, q, yield)
	}
}

func (b *jsonBoard) ahead(ctx context.Context, q lead.Query, yield func(lead.Lead, error) bool) {
	type item struct {
		l   lead.Lead
		err error
	}
	var all []item
	b.search(ctx, q, func(l lead.Lead, err error) bool { all = append(all, item{l, err}); return true })
	for _, i := range all {
		if !yield(i.l, i.err) {
			return
		}
	}
}

func (b *jsonBoard) search(ctx context.Context, q lead.Query, yield func(lead.Lead, error) bool) {
	seen := make(map[string]bool)
	shared := &atomic.Int64{}
	if b.flaw == "searches share their place" {
		shared = &b.offset
	}
	shared.Store(0)
	if b.flaw == "it panics" {
		panic("index out of range")
	}
	source := "json"
	if b.flaw == "what is not filtered is told of another board" {
		source = "html"
	}
	unfiltered := scraper.Unfiltered(source, q, "Keywords", "Location")
	tell := unfiltered != nil && b.flaw != "a field is ignored in silence"
	if tell && b.flaw != "what is not filtered is told last" && !yield(lead.Lead{}, unfiltered) {
		return
	}
	for {
		values := url.Values{
			"q": {q.Keywords}, "place": {q.Location}, "offset": {strconv.FormatInt(shared.Load(), 10)},
		}
		if b.flaw == "the place is ignored" {
			values.Del("place")
		}
		page := b.url + "/search?" + values.Encode()
		var list jsonList
		if err := b.get(ctx, page, &list); err != nil {
			if b.flaw != "a refusal is an empty result" || !errors.Is(err, scraper.ErrBlocked) {
				yield(lead.Lead{}, err)
			}
			return
		}
		unknown := list.Total == nil || *list.Total > 0 && len(list.Cards) == 0 && shared.Load() == 0
		if b.flaw != "an unknown page is an empty result" && unknown {
			yield(lead.Lead{}, &scraper.PageError{URL: page, Status: 200, Err: scraper.ErrMarkup})
			return
		}
		if len(list.Cards) == 0 {
			return
		}
		if b.flaw == "a goroutine is left behind" {
			ch := make(chan struct{})
			go func() { ch <- struct{}{} }()
		}
		fresh, read := 0, 0
		for i, c := range list.Cards {
			l, err := b.lead(page, i, c)
			switch {
			case err != nil && b.flaw == "unreadable cards are skipped in silence":
			case err != nil && b.flaw == "a card costs its page":
				yield(lead.Lead{}, &scraper.PageError{URL: page, Err: scraper.ErrMarkup})
				return
			case err != nil:
				if !yield(lead.Lead{}, err) {
					return
				}
			case seen[c.ID] && b.flaw != "repeats are listed":
				read++
			default:
				seen[c.ID] = true
				fresh++
				read++
				if !yield(l, nil) && b.flaw != "a consumer that stops is not heard" {
					return
				}
				if q.Limit > 0 && len(seen) >= q.Limit && b.flaw != "the limit is not kept" {
					return
				}
			}
		}
		if read == 0 && shared.Load() == 0 && b.flaw != "unreadable pages are passed over" {
			yield(lead.Lead{}, &scraper.PageError{
				URL: page, Status: 200, Reason: "no card can be read", Err: scraper.ErrMarkup,
			})
			return
		}
		switch b.flaw {
		case "a page has ten cards":
			shared.Add(10)
		case "new leads are counted, not cards":
			shared.Add(int64(fresh))
		case "a page of repeats ends the list":
			if fresh == 0 {
				return
			}
			shared.Add(int64(len(list.Cards)))
		default:
			shared.Add(int64(len(list.Cards)))
		}
		if b.flaw == "a short page ends the list" && len(list.Cards) < 10 {
			return
		}
		if int(shared.Load()) >= *list.Total {
			if tell && b.flaw == "what is not filtered is told last" {
				yield(lead.Lead{}, unfiltered)
			}
			return
		}
	}
}

func (b *jsonBoard) lead(page string, i int, c jsonCard) (lead.Lead, error) {
	if c.ID == "" || c.Title == "" {
		return lead.Lead{}, &scraper.CardError{URL: page, Index: i, Reason: "no title"}
	}
	posted, _ := time.Parse(time.DateOnly, c.Date)
	l := lead.Lead{
		Source: "json", ExternalID: c.ID, Title: c.Title, Company: c.Company, Location: c.Place,
		URL: b.url + "/jobs/" + c.ID, PostedAt: posted,
	}
	switch b.flaw {
	case "leads do not say their board":
		l.Source = ""
	case "titles lose their markup":
		l.Title = tags().ReplaceAllString(l.Title, "")
	}
	return l, nil
}

func tags() *regexp.Regexp { return regexp.MustCompile(`<[^>]*>`) }

func (b *jsonBoard) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	page := b.url + "/jobs/" + url.PathEscape(l.ExternalID)
	fail := func(err error) (enrich.Data, error) {
		return enrich.Data{}, &scraper.PageError{URL: page, Status: 200, Err: err}
	}
	if b.flaw == ownClientForAdverts {
		b = &jsonBoard{client: &http.Client{Transport: offline{}}, url: b.url}
	}
	var job jsonJob
	if err := b.get(ctx, page, &job); err != nil {
		if errors.Is(err, scraper.ErrMarkup) { // it is said of a page, and this is one advert's
			return fail(scraper.ErrPosting)
		}
		return enrich.Data{}, err
	}
	switch {
	case job.Closed && b.flaw != "the closed notice is not read":
		return fail(scraper.ErrGone)
	case job.Text == nil:
		return fail(scraper.ErrPosting)
	case job.ID != l.ExternalID && b.flaw != "another job's text is taken":
		return fail(scraper.ErrPosting)
	case b.flaw == "a job is closed by its words" && strings.Contains(*job.Text, "no longer accepting"):
		return fail(scraper.ErrGone)
	case strings.TrimSpace(*job.Text) == "" && b.flaw == "a blank text blames the board":
		return fail(scraper.ErrBlocked)
	case strings.TrimSpace(*job.Text) == "" && b.flaw != "empty text is data":
		return fail(scraper.ErrPosting)
	}
	text := *job.Text
	if b.flaw == "text loses what looks like markup" {
		text = tags().ReplaceAllString(text, "")
	}
	if b.flaw == "easy apply is never read" {
		job.Easy = nil
	}
	if b.flaw == "no word of easy apply is a no" && job.Easy == nil {
		job.Easy = new(bool)
	}
	return enrich.Data{
		Description: text, Requirements: advert.RequirementsOf(text), IsEasyApply: job.Easy,
	}, nil
}

func (b *jsonBoard) get(ctx context.Context, page string, v any) error {
	body, err := b.fetch(ctx, page)
	if err != nil {
		return err
	}
	fail := &scraper.PageError{URL: page, Status: http.StatusOK, Err: scraper.ErrMarkup}
	if b.flaw == "errors repeat the page" {
		fail.Reason = string(body)
	}
	if b.flaw == "a wall is told by words" && strings.Contains(string(body), "captcha") {
		fail.Err = scraper.ErrBlocked
		return fail
	}
	if strings.Contains(string(body), `"login":true`) && b.flaw != "a login wall is unknown markup" {
		fail.Err = scraper.ErrBlocked
		return fail
	}
	if err := json.Unmarshal(body, v); err != nil {
		if b.flaw == "an unknown page is an empty result" ||
			b.flaw == "a page that breaks off is read as it is" {
			return nil
		}
		return fail
	}
	return nil
}

func (b *jsonBoard) fetch(ctx context.Context, page string) ([]byte, error) {
	if b.flaw == "the context is not passed on" {
		ctx = context.WithoutCancel(ctx)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, err
	}
	client := *b.client
	client.CheckRedirect = func(to *http.Request, _ []*http.Request) error {
		if to.URL.Host != req.URL.Host {
			return http.ErrUseLastResponse
		}
		return nil
	}
	resp, err := client.Do(req)
	if err != nil {
		if b.flaw == "errors repeat the query" {
			return nil, fmt.Errorf("get %s: %w", boardHostOf(page), err)
		}
		return nil, b.network(page, err)
	}
	if b.flaw != "bodies stay open" {
		defer func() { _ = resp.Body.Close() }()
	}
	fail := &scraper.PageError{URL: page, Status: resp.StatusCode}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		fail.Wait = time.Duration(s) * time.Second
	} else if t, err := http.ParseTime(resp.Header.Get("Retry-After")); err == nil {
		fail.Wait = time.Until(t)
	}
	if b.flaw == "Retry-After is not read" {
		fail.Wait = 0
	}
	switch s := resp.StatusCode; {
	case s == 403 && b.flaw == "a refusal closes the job", s == 404, s == 410:
		fail.Err = scraper.ErrGone
	case s == 403, s == 999:
		fail.Err = scraper.ErrBlocked
	case s == 429 && b.flaw == "a busy board is a blocked one":
		fail.Err = scraper.ErrBlocked
	case s >= 500 && b.flaw == "an outage is unknown markup":
		fail.Err = scraper.ErrMarkup
	case s >= 300 && s < 400 && b.flaw == "a redirect closes the job":
		fail.Err = scraper.ErrGone
	case s >= 300 && s < 400:
		fail.Err = &scraper.RedirectError{To: resp.Header.Get("Location")}
	case s != 200:
		fail.Err = errors.New("unexpected status")
	}
	if fail.Err != nil {
		return nil, fail
	}
	const limit = 5 << 20
	all := io.LimitReader(resp.Body, limit)
	if b.flaw == "a page is read without a limit" {
		all = resp.Body
	}
	body, err := io.ReadAll(all)
	if len(body) == limit {
		fail.Err = scraper.ErrMarkup
		return nil, fail
	}
	if err != nil && b.flaw != "a page that breaks off is read as it is" {
		return nil, b.network(page, err)
	}
	return body, nil
}

func (b *jsonBoard) network(page string, err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if b.flaw == "a cancellation blames the board" {
		return &scraper.PageError{URL: page, Err: fmt.Errorf("%w: %w", scraper.ErrBlocked, err)}
	}
	return &scraper.PageError{URL: page, Err: broken{err}}
}

// broken is a net.Error.
type broken struct{ error }

func (b broken) Unwrap() error { return b.error }
func (broken) Timeout() bool   { return false }
func (broken) Temporary() bool { return true }

func boardHostOf(page string) string { return page[:len("http://board.test")] }

func encode(v any) []byte {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func jsonSite() scrapertest.Site {
	return scrapertest.Site{
		Start: scrapertest.FormInt("offset"),
		JobID: scrapertest.PathAfter("/jobs/"),
		List: func(l scrapertest.List) []byte {
			cards := []jsonCard{}
			for _, c := range l.Cards {
				cards = append(cards,
					jsonCard{c.ExternalID, c.Title, c.Company, c.Location, c.PostedAt.Format(time.DateOnly)})
			}
			return encode(jsonList{&l.Total, cards, l.Next})
		},
		Job: func(p enrich.Posting) []byte {
			return encode(jsonJob{ID: p.Lead.ExternalID, Text: &p.Data.Description, Easy: p.Data.IsEasyApply})
		},
		Closed: func(p enrich.Posting) []byte { return encode(jsonJob{ID: p.Lead.ExternalID, Closed: true}) },
		Blocked: []scrapertest.Answer{
			{Body: []byte(`{"login":true}`)},
			{Header: http.Header{"Location": {"/login?next=1"}}, Body: []byte(`{"login":true}`)},
		},
		ContentType: "application/json",
	}
}

func openJSON(flaw string) scrapertest.Open {
	return func(_ testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
		b := &jsonBoard{client: env.Client, url: env.URL, flaw: flaw}
		if flaw == ownClient {
			b.client = &http.Client{Transport: offline{}}
		}
		return b, jsonSite()
	}
}

const (
	ownClient           = "it has a client of its own"
	ownClientForAdverts = "it has a client of its own for adverts"
)

// offline is the network of a board with a client of its own.
type offline struct{}

func (offline) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no such host")
}

func TestBoardWithAnAPI(t *testing.T) {
	t.Parallel()
	scrapertest.Run(t, openJSON(""))
}
