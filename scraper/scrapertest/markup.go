package scrapertest

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// A namedPage is a page with a name for messages.
type namedPage struct {
	name string
	body []byte
}

// strangers are pages that no board's adapter knows, all with status 200.
func strangers() []namedPage {
	return []namedPage{
		{"a new design", html(`<main class="v9"><div class="x1"><span>` + pageWord + `</span></div></main>`)},
		{"a page of text", []byte("We will be right back. " + pageWord)},
		{"an empty object", []byte(`{}`)},
		{"an unknown object", []byte(`{"v":9,"payload":{"items":[{"name":"` + pageWord + `"}]}}`)},
		{"an empty array", []byte(`[]`)},
		{"null", []byte(`null`)},
		{"nothing", nil},
		{"white space", []byte(" \n\t ")},
		{"bytes of no text", []byte{0, 1, 2, 0xff, 0xfe, 0x1f, 0x8b, 8, 0}},
		{"half a tag", []byte(`<div class="`)},
		{"half an object", []byte(`{"jobs":[{"title":"`)},
		{"an error in a page", html("<h1>Something went wrong</h1><p>" + pageWord + "</p>")},
	}
}

func markupCases() []testCase {
	return []testCase{
		{
			name: "an unknown page instead of the first one is ErrMarkup, never an empty result",
			run: func(k *kit) {
				none := k.web.site.List(List{})
				for _, page := range strangers() {
					if bytes.Equal(page.body, none) {
						continue // it is how this board says that there are none
					}
					k.fail(always, reply{Answer: Answer{Body: page.body}})
					leads, _, err := k.search(k.Context(), query())
					k.lists(leads, nil)
					k.refused(err, scraper.ErrMarkup, page.name)
				}
			},
		},
		{
			name:     "an unknown page instead of the second one is ErrMarkup, and the first one's jobs stay",
			twoPages: true,
			run: func(k *kit) {
				for _, page := range strangers() {
					if !bytes.Contains(page.body, []byte(pageWord)) {
						continue // an empty answer can be the end of the list
					}
					k.web.forget()
					k.serve(leadsOf(1, 30), 10)
					k.fail(secondPage, reply{Answer: Answer{Body: page.body}})
					leads, _, err := k.search(k.Context(), query())
					k.lists(leads, leadsOf(1, 10))
					k.refused(err, scraper.ErrMarkup, page.name)
				}
			},
		},
		{name: "an unknown page instead of an advert is ErrPosting", run: func(k *kit) {
			l := k.offer(1)
			for _, page := range strangers() {
				k.fail(always, reply{Answer: Answer{Body: page.body}})
				_, err := k.detail(k.Context(), l)
				k.unreadable(err, page.name)
			}
		}},
		{name: "half a page loses no job in silence", run: func(k *kit) {
			k.serve(leadsOf(1, 30), 10)
			k.fail(firstPage, reply{Answer: Answer{Body: half(k.web.site.List(k.web.page(0)))}})
			leads, _, err := k.search(k.Context(), query())
			if err == nil {
				k.lists(leads, leadsOf(1, 30))
			} else {
				k.discreet(err, "search")
			}
		}},
	}
}

// pageTime is what the worst page may cost. It is long, because the rest of the suite runs at the
// same time.
const pageTime = 20 * time.Second

// hostile are pages made to break a parser, a few of them around a good page.
func hostile(good []byte) []namedPage {
	const n = 100_000
	repeat := func(s string) []byte { return []byte(strings.Repeat(s, n)) }
	return []namedPage{
		{"nested tags", repeat("<div>")},
		{"nested spans", append(repeat("<span><b>"), good...)},
		{"unclosed tags", repeat("<")},
		{"closing tags", repeat("</div>")},
		{"nested arrays", repeat("[")},
		{"nested objects", repeat(`{"a":`)},
		{"one long attribute", fmt.Appendf(nil, `<html><body><a href="%s">x</a></body></html>`, repeat("x"))},
		{"many attributes", fmt.Appendf(nil, `<html><body><a %s>x</a></body></html>`, repeat("a=1 "))},
		{"comments", append(repeat("<!-- -->"), good...)},
		{"nested tables", repeat("<table><tr><td>")},
		{"nested lists", repeat("<ul><li>")},
		{"formatting elements", repeat("<a><b><i>")},
		{"entities", repeat("&lt;&#x41;&nosuch;")},
		{"bytes that are not UTF-8", append(repeat("\xff\xfe\x80"), good...)},
		{"NUL", bytes.ReplaceAll(good, []byte(" "), []byte("\x00"))},
		{"a huge number", fmt.Appendf(nil, `{"total":%s}`, repeat("9"))},
		{"a script", append([]byte("<script>"+strings.Repeat("'</div>'", n)), good...)},
	}
}

func hostileCases() []testCase {
	return []testCase{
		{
			name: "a page made to break the parser ends in good time: an error, or jobs that the " +
				"board has",
			realTime: true,
			run: func(k *kit) {
				k.serve(leadsOf(1, 10), 10)
				good := k.web.site.List(k.web.page(0))
				for _, page := range hostile(good) {
					what := page.name
					k.web.forget()
					k.fail(firstPage, reply{Answer: Answer{Body: page.body}})
					k.within(pageTime, what, func() {
						leads, _, err := k.search(k.Context(), query())
						if err == nil && len(leads) == 0 {
							k.Errorf("%s: an empty result and no error", what)
						}
						k.discreet(err, what)
						for _, l := range leads {
							k.known(l, what)
						}
					})
				}
			},
		},
		{name: "a posting made to break the parser ends in good time", realTime: true, run: func(k *kit) {
			l := k.offer(1)
			good := k.web.site.Job(postingOf(1))
			for _, page := range hostile(good) {
				what := page.name
				k.fail(always, reply{Answer: Answer{Body: page.body}})
				k.within(pageTime, what, func() {
					d, err := k.detail(k.Context(), l)
					if err != nil {
						k.unread(err, what)
						return
					}
					if err := d.Clean().Validate(); err != nil {
						k.Errorf("%s: %v", what, err)
					}
				})
			}
		}},
	}
}

// known checks that a lead from a damaged page is one of the board's.
func (k *kit) known(l lead.Lead, what string) {
	k.Helper()
	for _, c := range k.web.cards {
		if c.ExternalID == l.ExternalID {
			return
		}
	}
	k.Errorf("%s: job %q is listed and the board does not have it", what, l.ExternalID)
}
