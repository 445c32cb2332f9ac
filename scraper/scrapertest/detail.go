package scrapertest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/agent-forge/forge/scraper"
)

func detailCases() []testCase {
	return []testCase{
		{name: "a posting's text arrives whole and in order", run: func(k *kit) {
			l := k.offer(1)
			d, err := k.detail(k.Context(), l)
			if err != nil {
				k.Fatalf("detail: %v", err)
			}
			if err := d.Clean().Validate(); err != nil {
				k.Errorf("detail: %v", err)
			}
			text := postingOf(1).Data.Description
			k.reads(d.Description, text)
			if got, want := linesOf(d.Description), linesOf(text); len(got) < len(want) {
				k.Errorf("the description has %d lines, want %d: keep the line breaks of the advert",
					len(got), len(want))
			}
			if !strings.Contains(d.Requirements, requirement) {
				k.Errorf("the requirements are %q, want what stands below the heading of that name, %q: "+
					"see advert.RequirementsOf", d.Requirements, requirement)
			}
			k.equal(k.web.requests() >= 1, true, "the posting was requested")
		}},
		{name: "text is plain text: what looks like markup is kept as text", run: func(k *kit) {
			l := k.offer(1)
			p := postingOf(1)
			p.Data.Description = lines(
				"If a < b && c > d then call std::vector<int>.", `Say "hello" & 'goodbye'.`,
				"日本語 and emoji 🚀 stay.",
			)
			k.web.jobs[l.ExternalID] = p
			d, err := k.detail(k.Context(), l)
			if err != nil {
				k.Fatalf("detail: %v", err)
			}
			k.reads(d.Description, p.Data.Description)
		}},
		{name: "easy apply arrives as the advert says it, and is nil if it does not say", run: func(k *kit) {
			if k.web.site.NoEasyApply {
				k.Skip("no advert of the board says it")
			}
			yes, no := true, false
			pages := map[string]bool{}
			for _, easy := range []*bool{&yes, &no, nil} {
				l := k.offer(1)
				p := postingOf(1)
				p.Data.IsEasyApply = easy
				k.web.jobs[l.ExternalID] = p
				pages[string(k.web.site.Job(p))] = true
				d, err := k.detail(k.Context(), l)
				if err != nil {
					k.Fatalf("detail: %v", err)
				}
				if got, want := stated(d.IsEasyApply), stated(easy); got != want {
					k.Errorf("detail: IsEasyApply is %s, want %s: unknown is neither yes nor no", got, want)
				}
			}
			if len(pages) != 3 {
				k.Errorf("Site.Job renders %d pages for IsEasyApply yes, no and nil, want 3: render "+
					"it, or set Site.NoEasyApply if no advert of the board says it", len(pages))
			}
		}},
		{name: "a lead found by a search can be read", run: func(k *kit) {
			k.serve(leadsOf(1, 3))
			k.offer(1)
			k.offer(2)
			k.offer(3)
			for _, l := range k.find(query(), leadsOf(1, 3)) {
				if _, err := k.detail(k.Context(), l); err != nil {
					k.Errorf("detail of %s: %v", l.Key(), err)
				}
			}
		}},
		{name: "two calls say the same", run: func(k *kit) {
			l := k.offer(1)
			first, err := k.detail(k.Context(), l)
			if err != nil {
				k.Fatalf("detail: %v", err)
			}
			second, err := k.detail(k.Context(), l)
			if err != nil {
				k.Fatalf("detail again: %v", err)
			}
			k.equal(second, first, "data")
		}},
		{name: "a posting without text is an error, never empty data", run: func(k *kit) {
			for _, text := range []string{"", " ", "\n\t\n"} {
				l := k.offer(1)
				p := postingOf(1)
				p.Data.Description = text
				k.web.jobs[l.ExternalID] = p
				_, err := k.detail(k.Context(), l)
				k.unread(err, fmt.Sprintf("description %q", text))
			}
		}},
		{name: "a lead whose URL leads elsewhere brings no text from there", run: func(k *kit) {
			l := k.offer(1)
			l.URL = "http://elsewhere.test/jobs/" + l.ExternalID
			d, err := k.detail(k.Context(), l)
			if err == nil { // the board derives the address from the id
				k.reads(d.Description, postingOf(1).Data.Description)
			}
		}},
	}
}

// linesOf returns the lines of a text that are not blank.
func linesOf(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

func stated(b *bool) string {
	if b == nil {
		return "nil"
	}
	return fmt.Sprint(*b)
}

// reads checks that text holds the words of want, in order.
func (k *kit) reads(text, want string) {
	k.Helper()
	got := strings.Join(strings.Fields(text), " ")
	for _, line := range strings.Split(want, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		at := strings.Index(got, line)
		if at < 0 {
			k.Errorf(
				"the description lacks the line %q, or has it out of order; what is left of it: %q", line,
				got,
			)
			return
		}
		got = got[at+len(line):]
	}
}

// unread checks that err says that a posting could not be read, and does not close the job.
func (k *kit) unread(err error, what string) {
	k.Helper()
	if err == nil {
		k.Errorf("%s: no error", what)
		return
	}
	k.notGone(err, what)
	k.discreet(err, what)
}

func (k *kit) notGone(err error, what string) {
	k.Helper()
	if k.is(err, scraper.ErrGone) {
		k.Errorf("%s: got error %v: it closes a job that nobody said is closed", what, err)
	}
}

func goneCases() []testCase {
	status := func(n int) testCase {
		return testCase{name: fmt.Sprintf("HTTP %d closes the job", n), run: func(k *kit) {
			l := k.offer(1)
			k.fail(always, reply{Answer: Answer{Status: n, Body: html("<p>" + pageWord + "</p>")}})
			_, err := k.detail(k.Context(), l)
			k.refused(err, scraper.ErrGone, "detail")
		}}
	}
	open := func(name string, r reply) testCase {
		return testCase{name: name + " does not close the job", run: func(k *kit) {
			l := k.offer(1)
			k.fail(always, r)
			_, err := k.detail(k.Context(), l)
			k.unread(err, "detail")
		}}
	}
	return []testCase{
		status(http.StatusNotFound),
		status(http.StatusGone),
		{name: "the notice that a job is closed closes it", run: func(k *kit) {
			if k.web.site.Closed == nil {
				k.Skip("the board has no such notice")
			}
			l := k.offer(1)
			k.fail(always, reply{Answer: Answer{Body: k.web.site.Closed(postingOf(1))}})
			_, err := k.detail(k.Context(), l)
			k.refused(err, scraper.ErrGone, "detail")
		}},
		readsAlthough("an open job is not closed by what its text says",
			"We are no longer accepting applications by post.",
			"This job is no longer available to agencies.",
			"The position has been filled twice: apply to be the third.",
		),
		open("HTTP 403", reply{Answer: Answer{Status: 403}}),
		open("HTTP 429", reply{Answer: Answer{Status: 429}}),
		open("HTTP 500", reply{Answer: Answer{Status: 500}}),
		open("HTTP 503", reply{Answer: Answer{Status: 503}}),
		open("an unknown page", reply{Answer: Answer{Body: html("<h1>Welcome</h1><p>Our new site.</p>")}}),
		open("an empty page", reply{}),
		open("a redirect to the front page", reply{Answer: Answer{
			Header: http.Header{
				"Location": {boardURL + "/start"},
			},
			Body: html("<h1>Welcome</h1><p>Find your next job.</p>"),
		}}),
		{name: "a search that answers 404 is no empty result", run: func(k *kit) {
			k.fail(always, reply{Answer: Answer{Status: http.StatusNotFound}})
			leads, _, err := k.search(k.Context(), query())
			k.lists(leads, nil)
			if err == nil {
				k.Error("search: no error")
			}
			k.discreet(err, "search")
		}},
	}
}

// readsAlthough is the case of a posting whose text says what a board could take for its own words.
func readsAlthough(name string, text ...string) testCase {
	return testCase{name: name, run: func(k *kit) {
		l := k.offer(1)
		p := postingOf(1)
		p.Data.Description = lines(text...)
		k.web.jobs[l.ExternalID] = p
		d, err := k.detail(k.Context(), l)
		if err != nil {
			k.Fatalf("detail: %v", err)
		}
		k.reads(d.Description, p.Data.Description)
	}}
}
