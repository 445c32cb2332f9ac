package scrapertest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

// An htmlBoard is a small board with pages for people, which it numbers, or links by a cursor.
type htmlBoard struct{ jsonBoard }

func (b *htmlBoard) Source() string { return "html" }

func (b *htmlBoard) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		seen := make(map[string]bool)
		first := true
		if err := scraper.Unfiltered("html", q, "Keywords"); err != nil && !yield(lead.Lead{}, err) {
			return
		}
		for n, next := 0, "0"; ; n++ {
			at := b.url + "/list?" + url.Values{
				"q": {q.Keywords}, "page": {fmt.Sprint(n)}, "cursor": {next},
			}.Encode()
			doc, err := b.page(ctx, at)
			if err != nil {
				yield(lead.Lead{}, err)
				return
			}
			cards := doc.Find("ul.cards > li")
			known := doc.Find("p.none, ul.cards").Length() > 0 &&
				doc.Find("footer").Length() > 0 // the footer is the end of a whole page
			if !known || first && cards.Length() == 0 && doc.Find("p.none").Length() == 0 {
				yield(lead.Lead{}, &scraper.PageError{URL: at, Status: 200, Err: scraper.ErrMarkup})
				return
			}
			first = false
			read := 0
			for i, card := range cards.EachIter() {
				id, title := card.AttrOr("data-id", ""), strings.TrimSpace(card.Find("h3").Text())
				if id == "" || title == "" {
					if !yield(
						lead.Lead{}, &scraper.CardError{URL: at, Index: i, Reason: "no id or no title"},
					) {
						return
					}
					continue
				}
				read++
				if seen[id] {
					continue
				}
				seen[id] = true
				posted, _ := time.Parse(time.DateOnly, card.Find("time").AttrOr("datetime", ""))
				l := lead.Lead{
					Source: "html", ExternalID: id, Title: title, Company: card.Find("h4").Text(),
					URL: b.url + "/view/" + id, PostedAt: posted,
				}
				if !yield(l, nil) || q.Limit > 0 && len(seen) >= q.Limit {
					return
				}
			}
			if cards.Length() > 0 && read == 0 {
				yield(lead.Lead{}, &scraper.PageError{
					URL: at, Status: 200, Reason: "no card can be read", Err: scraper.ErrMarkup,
				})
				return
			}
			next = doc.Find("a.next").AttrOr("href", "")
			if next == "" {
				return
			}
		}
	}
}

func (b *htmlBoard) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	at := b.url + "/view/" + url.PathEscape(l.ExternalID)
	doc, err := b.page(ctx, at)
	if errors.Is(err, scraper.ErrMarkup) {
		err = &scraper.PageError{URL: at, Status: 200, Err: scraper.ErrPosting}
	}
	if err != nil {
		return enrich.Data{}, err
	}
	text := strings.TrimSpace(doc.Find("pre.text").Text())
	if text == "" || doc.Find("h1").Text() != l.Title || doc.Find("footer").Length() == 0 {
		return enrich.Data{}, &scraper.PageError{URL: at, Status: 200, Err: scraper.ErrPosting}
	}
	return enrich.Data{Description: text, Requirements: advert.RequirementsOf(text)}, nil
}

func (b *htmlBoard) page(ctx context.Context, at string) (*goquery.Document, error) {
	body, err := b.fetch(ctx, at)
	if err != nil {
		return nil, err
	}
	if bytes.Count(body, []byte("<")) > 50_000 {
		return nil, &scraper.PageError{URL: at, Status: 200, Reason: "too many tags", Err: scraper.ErrMarkup}
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return nil, &scraper.PageError{URL: at, Status: 200, Err: scraper.ErrMarkup}
	}
	if doc.Find("form.login").Length() > 0 {
		return nil, &scraper.PageError{URL: at, Status: 200, Err: scraper.ErrBlocked}
	}
	return doc, nil
}

func htmlSite(cursor bool) scrapertest.Site {
	list := template.Must(template.New("").Parse(`<html><body>{{if .Total}}<ul class="cards">{{range .Cards}}
<li data-id="{{.ExternalID}}"><h3> {{.Title}} </h3><h4>{{.Company}}</h4><time
datetime="{{.PostedAt.Format "2006-01-02"}}">lately</time></li>{{end}}</ul>
{{if .Next}}<a class="next" href="{{.Next}}">more</a>{{end}}{{else}}<p
class="none">Nothing found.</p>{{end}}<footer></footer></body></html>`))
	job := template.Must(template.New("").Parse(`<html><body><h1>{{.Lead.Title}}</h1><pre class="text">
{{.Data.Description}}</pre><footer></footer></body></html>`))
	render := func(t *template.Template, v any) []byte {
		var b bytes.Buffer
		if err := t.Execute(&b, v); err != nil {
			panic(err)
		}
		return b.Bytes()
	}
	site := scrapertest.Site{
		Start:       scrapertest.FormInt("page"),
		ByPage:      true,
		JobID:       scrapertest.PathAfter("/view/"),
		NoEasyApply: true,
		List:        func(l scrapertest.List) []byte { return render(list, l) },
		Job:         func(p enrich.Posting) []byte { return render(job, p) },
		Blocked: []scrapertest.Answer{
			{Header: http.Header{"Location": {"/login"}}, Body: []byte(`<form class="login"></form>`)},
		},
	}
	if cursor {
		site.Start, site.ByPage = scrapertest.FormInt("cursor"), false
	}
	return site
}

func TestBoardWithPagesForPeople(t *testing.T) {
	t.Parallel()
	for _, cursor := range []bool{false, true} {
		t.Run(fmt.Sprintf("cursor=%v", cursor), func(t *testing.T) {
			t.Parallel()
			scrapertest.Run(t, func(_ testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
				return &htmlBoard{jsonBoard{client: env.Client, url: env.URL}}, htmlSite(cursor)
			})
		})
	}
}

func ExampleFormInt() {
	start := scrapertest.FormInt("offset")
	r, _ := http.NewRequest(http.MethodGet, "http://board.test/search?q=gopher&offset=20", nil)
	fmt.Println(start(r))
	// Output: 20
}

func ExamplePathAfter() {
	id := scrapertest.PathAfter("/jobs/")
	posting, _ := http.NewRequest(http.MethodGet, "http://board.test/jobs/210300000001", nil)
	search, _ := http.NewRequest(http.MethodGet, "http://board.test/search", nil)
	fmt.Printf("%q %q\n", id(posting), id(search))
	// Output: "210300000001" ""
}
