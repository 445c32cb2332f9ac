package scrapertest

import (
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"github.com/agent-forge/forge/scraper"
)

func (k *kit) is(err, target error) bool { return errors.Is(err, target) }

// A refusal is an answer that refuses a client.
type refusal struct {
	name   string
	answer Answer
}

// refusals are those of every board, and the site's own.
func (k *kit) refusals() []refusal {
	all := []refusal{
		{"HTTP 403", Answer{Status: http.StatusForbidden, Body: html("<h1>Forbidden</h1>" + pageWord)}},
		{"HTTP 999", Answer{Status: 999, Body: html("<script>location.href='/wall'</script>")}},
	}
	for i, a := range k.web.site.Blocked {
		all = append(all, refusal{fmt.Sprintf("Site.Blocked[%d]", i), a})
	}
	return all
}

func blockedCases() []testCase {
	// each runs f once for every answer, with a count of requests that starts anew
	each := func(name string, when func(c call) bool, f func(k *kit, what string)) testCase {
		return testCase{name: name, run: func(k *kit) {
			for _, r := range k.refusals() {
				k.web.forget()
				k.fail(when, reply{Answer: r.answer})
				f(k, r.name)
			}
		}}
	}
	cases := []testCase{
		each("a refusal on the first page", firstPage, func(k *kit, what string) {
			k.serve(leadsOf(1, 20), 10)
			leads, _, err := k.search(k.Context(), query())
			k.lists(leads, nil)
			k.refused(err, scraper.ErrBlocked, what)
		}),
		each("a refusal on the second page keeps the jobs of the first, and asks no more", secondPage,
			func(k *kit, what string) {
				k.serve(leadsOf(1, 30), 10)
				leads, _, err := k.search(k.Context(), query())
				k.lists(leads, leadsOf(1, 10))
				k.refused(err, scraper.ErrBlocked, what)
				k.equal(len(k.web.searches()), 2, "pages asked for: "+what)
			}),
		each("a refusal of a posting", always, func(k *kit, what string) {
			_, err := k.detail(k.Context(), k.offer(1))
			k.refused(err, scraper.ErrBlocked, what)
			k.notGone(err, what)
		}),
	}
	cases[1].twoPages = true
	return cases
}

func busyCases() []testCase {
	// both runs f for a search and for a posting
	both := func(name string, r reply, f func(k *kit, err error, what string)) testCase {
		return testCase{name: name, run: func(k *kit) {
			k.serve(leadsOf(1, 20), 10)
			l := k.offer(1)
			k.fail(always, r)
			leads, _, err := k.search(k.Context(), query())
			k.lists(leads, nil)
			f(k, err, "search")
			_, err = k.detail(k.Context(), l)
			f(k, err, "detail")
		}}
	}
	failing := (*kit).temporary
	cases := []testCase{
		both("HTTP 429 says how long to wait, in seconds",
			reply{Answer: Answer{Status: 429, Header: http.Header{"Retry-After": {"120"}}}},
			func(k *kit, err error, what string) {
				k.temporary(err, what)
				k.waits(err, 2*time.Minute, what)
			}),
		{name: "HTTP 429 says how long to wait, as a date", run: func(k *kit) {
			now := time.Now().UTC()
			header := http.Header{
				"Date":        {now.Format(http.TimeFormat)},
				"Retry-After": {now.Add(5 * time.Minute).Format(http.TimeFormat)},
			}
			k.fail(always, reply{Answer: Answer{Status: 429, Header: header}})
			_, _, err := k.search(k.Context(), query())
			k.temporary(err, "search")
			k.waits(err, 5*time.Minute, "search")
			_, err = k.detail(k.Context(), k.offer(1))
			k.temporary(err, "detail")
			k.waits(err, 5*time.Minute, "detail")
		}},
		both("a connection that is reset", reply{err: syscall.ECONNRESET}, failing),
		both(
			"a page that breaks off", reply{Answer: Answer{Body: html("<p>" + pageWord + "</p>")}, cut: true},
			failing,
		),
		{name: "a good page that breaks off lists no half of it in silence", run: func(k *kit) {
			k.serve(leadsOf(1, 20), 10)
			k.fail(firstPage, reply{Answer: Answer{Body: k.web.site.List(k.web.page(0))}, cut: true})
			_, _, err := k.search(k.Context(), query())
			k.temporary(err, "search")
		}},
		{name: "a busy server on page two keeps the jobs of page one", twoPages: true, run: func(k *kit) {
			k.serve(leadsOf(1, 30), 10)
			k.fail(secondPage, reply{Answer: Answer{Status: 503}})
			leads, _, err := k.search(k.Context(), query())
			k.lists(leads, leadsOf(1, 10))
			k.temporary(err, "search")
		}},
	}
	for _, status := range []int{429, 500, 502, 503, 504} {
		r := reply{Answer: Answer{Status: status, Body: html("<h1>" + pageWord + "</h1>")}}
		cases = append(cases, both(fmt.Sprintf("HTTP %d may pass", status), r, failing))
	}
	return cases
}

// waits checks how long err asks to be left alone.
func (k *kit) waits(err error, want time.Duration, what string) {
	k.Helper()
	e, ok := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err)
	if !ok {
		k.Errorf(
			"%s: got error %v, want one that says how long to wait: RetryAfter() time.Duration", what, err,
		)
		return
	}
	if got := e.RetryAfter(); got < want-2*time.Second || got > want+2*time.Second {
		k.Errorf("%s: RetryAfter() is %v, want %v", what, got, want)
	}
}
