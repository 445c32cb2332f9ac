package scrapertest

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/agent-forge/forge/enrich"
)

// An oddity is an answer to the request for one advert that says nothing of the board's others.
type oddity struct {
	name  string
	reply func(k *kit, p enrich.Posting) reply
}

// oddities are what real adverts answered. Each made a board stop for good, before it was told
// apart from a board that cannot be read.
func oddities() []oddity {
	body := func(b []byte) reply { return reply{Answer: Answer{Body: b}} }
	page := func(name, html string) oddity {
		return oddity{name, func(*kit, enrich.Posting) reply { return body([]byte(html)) }}
	}
	redirect := func(name, to string, target func(k *kit) []byte) oddity {
		return oddity{name, func(k *kit, _ enrich.Posting) reply {
			return reply{Answer: Answer{Header: http.Header{"Location": {to}}, Body: target(k)}}
		}}
	}
	welcome := func(*kit) []byte {
		return html("<h1>Welcome</h1><p>Find your next job. " + pageWord + "</p>")
	}
	return []oddity{
		{"a posting without a text", func(k *kit, p enrich.Posting) reply {
			p.Data.Description = " \n "
			return body(k.web.site.Job(p))
		}},
		{
			"a list instead of the posting",
			func(k *kit, _ enrich.Posting) reply { return body(k.web.site.List(k.web.page(0))) },
		},
		{"a page without end", func(k *kit, p enrich.Posting) reply {
			return reply{Answer: Answer{Body: k.web.site.Job(p)}, endless: true}
		}},
		{
			"the first half of the page",
			func(k *kit, p enrich.Posting) reply { return body(half(k.web.site.Job(p))) },
		},
		redirect(
			"a redirect to the list", boardURL+"/all-jobs",
			func(k *kit) []byte { return k.web.site.List(k.web.page(0)) },
		),
		redirect("a redirect to the front page", boardURL+"/start", welcome),
		redirect("a redirect to another host", "http://elsewhere.test/jobs", welcome),
		page(
			"words that say closed",
			"<html><body><h1>Engineer</h1><p>This position is closed and no longer accepting "+
				"applications.</p></body></html>",
		),
		page(
			"words about walls",
			"<html><head><title>Captcha Engineer</title></head><body><p>You will build login walls and "+
				"captchas, deny access, and look for unusual activity.</p><a href=\"/login\">Sign "+
				"in</a></body></html>",
		),
		page("JSON that is cut", `{"id":"1","title":"Engineer","text":"We bui`),
		page("markup that never ends", "<html><body><div><p><b>We build <i>bridges<table><tr><td>"),
	}
}

func advertCases() []testCase {
	cases := []testCase{
		{name: "another posting's page does not give its text", run: func(k *kit) {
			l := k.offer(1)
			asked, other := postingOf(1), postingOf(2)
			same := other
			same.Data = asked.Data
			if bytes.Equal(k.web.site.Job(asked), k.web.site.Job(same)) {
				return // the board's pages do not say which job they are about
			}
			k.fail(always, reply{Answer: Answer{Body: k.web.site.Job(other)}})
			d, err := k.detail(k.Context(), l)
			if err == nil {
				k.Errorf(
					"detail of job %s: got the text of job %s: %.60q; compare what the page says it is about",
					l.ExternalID, other.Lead.ExternalID, d.Description,
				)
				return
			}
			k.discreet(err, "detail")
		}},
		{name: "a posting that breaks off anywhere gives its whole text or an error", run: func(k *kit) {
			l := k.offer(1)
			page := k.web.site.Job(postingOf(1))
			const parts = 16
			for i := 1; i < parts; i++ {
				what := fmt.Sprintf("%d/%d of the page", i, parts)
				k.fail(always, reply{Answer: Answer{Body: page[:len(page)*i/parts]}})
				d, err := k.detail(k.Context(), l)
				if err != nil {
					k.unreadable(err, what)
					continue
				}
				k.reads(d.Description, postingOf(1).Data.Description)
			}
		}},
		readsAlthough("a posting that speaks of walls and of closed jobs is read",
			"We build captchas and login walls: recaptcha required, access denied, unusual activity.",
			"You explain why a job is closed, and why it is no longer accepting applications.",
			"Security verification and authwall pages are your daily work.",
		),
	}
	for _, o := range oddities() {
		cases = append(
			cases,
			testCase{name: o.name + " costs no other posting and no search", run: func(k *kit) {
				k.serve(leadsOf(1, 12), 10)
				odd, good := k.offer(1), k.offer(2)
				r := o.reply(k, postingOf(1))
				k.fail(func(c call) bool { return c.job == odd.ExternalID }, r)
				for range 2 {
					d, err := k.detail(k.Context(), odd)
					if err == nil {
						k.reads(
							d.Description, postingOf(1).Data.Description,
						) // half a page can hold all of it
					} else {
						k.unreadable(err, o.name)
					}
					d, err = k.detail(k.Context(), good)
					if err != nil {
						k.Fatalf("detail of another job after %s: %v", o.name, err)
					}
					k.reads(d.Description, postingOf(2).Data.Description)
				}
				k.find(query(), leadsOf(1, 12))
			}},
		)
	}
	return cases
}
