// Package scrapertest is the suite that every forge.Scraper must pass. A test of yours says how to
// open the board and how its pages look; the suite then serves invented jobs in such pages, with
// every fault that real boards showed:
//
//	func TestBoard(t *testing.T) {
//		scrapertest.Run(t, func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
//			board, err := acme.New(&acme.Options{Client: env.Client, BaseURL: env.URL})
//			if err != nil {
//				tb.Fatal(err)
//			}
//			return board, scrapertest.Site{
//				Start: scrapertest.FormInt("offset"),    // /search?q=gopher&offset=20
//				JobID: scrapertest.PathAfter("/jobs/"),  // /jobs/210300000001
//				List: func(l scrapertest.List) []byte {
//					return encode(searchAnswer{Total: l.Total, Jobs: cards(l.Cards)})
//				},
//				Job:   func(p enrich.Posting) []byte { return encode(jobAnswer{Text: p.Data.Description}) },
//			}
//		})
//	}
//
// The render functions return HTML, JSON or whatever else the board speaks. They escape what they
// are given, as the board does: titles hold quotes, angle brackets and other scripts.
//
// Nothing is fetched: env.Client answers from memory, and most cases run in a bubble of
// testing/synctest, where time is virtual. So a board may pace itself and wait without making the
// suite slow, a goroutine that a search leaves behind fails its case, and the board must
// reach the network through env.Client alone. The suite uses package testing only: no
// assertion library comes with it.
//
// What it cannot know are the board's real pages: test those with saved ones.
package scrapertest

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/suite"
	"github.com/agent-forge/forge/lead"
)

// Env is what the board under test must use.
type Env struct {
	Client *http.Client // the only way out; it refuses every host but URL's
	URL    string       // where the board is: a scheme and a host, without a final slash
}

// Open returns the board under test and how its pages look. It fails tb if it cannot.
type Open func(tb testing.TB, env Env) (forge.Scraper, Site)

// A Site says how a board's pages look. Start, JobID, List and Job are required. Its functions are
// called from many goroutines.
type Site struct {
	// Start reads from a search request where its page begins: how many cards come before it. For
	// boards that count pages, see ByPage. For boards with cursors, List renders [List.Next] as the
	// cursor, and Start reads it back.
	Start func(r *http.Request) int
	// ByPage makes Start the number of pages that come before, not of cards.
	ByPage bool
	// OnePage says that the board lists all jobs on one page, so that there is no second page to
	// request and none that can fail.
	OnePage bool
	// JobID reads the job's external id from a request for one posting, and returns "" for every
	// other request.
	JobID func(r *http.Request) string
	// List renders a page of results. A list whose Total is 0 is the board's way to say that
	// nothing was found.
	List func(l List) []byte
	// Job renders a posting.
	Job func(p enrich.Posting) []byte

	// Closed renders a posting that takes no more applications; nil: the board has no such page,
	// only 404 and 410.
	Closed func(p enrich.Posting) []byte
	// Blocked are the answers by which this board refuses a client, beside HTTP 403 and 999: a
	// login wall, a challenge.
	Blocked []Answer
	// NoEasyApply says that no advert of the board tells whether one can apply on the board itself, so
	// that Job renders no IsEasyApply.
	NoEasyApply bool
	// FiltersItself says that the board compares the query with what its pages say, after they were
	// read. The suite's pages say too little to be compared with, so that it checks no filters.
	FiltersItself bool
	// ContentType is the header of the pages; "": "text/html; charset=utf-8".
	ContentType string
}

// List is a page of results.
type List struct {
	Cards []lead.Lead // of this page; a lead without a title is a card without one; ids have 12 digits
	Start int         // cards before this page
	Total int         // cards of all pages
	Next  int         // what Start must return for the page after this one; 0: this is the last
}

// Answer is what the board's server sends. With a Location header it is a redirect (status 302 if
// Status is 0), and Body is the page that is found there.
type Answer struct {
	Status int // 0: 200
	Header http.Header
	Body   []byte
}

// FormInt is a [Site.Start] that reads the number in a field of the request's form, 0 where there
// is none.
func FormInt(field string) func(r *http.Request) int {
	return func(r *http.Request) int {
		n, err := strconv.Atoi(r.FormValue(field))
		if err != nil {
			return 0
		}
		return n
	}
}

// PathAfter is a [Site.JobID] that reads the rest of a path that begins with prefix.
func PathAfter(prefix string) func(r *http.Request) string {
	return func(r *http.Request) string {
		id, ok := strings.CutPrefix(r.URL.Path, prefix)
		if !ok {
			return ""
		}
		return id
	}
}

// Run runs the suite.
func Run(t *testing.T, open Open) {
	t.Helper()
	if said := preflight(t, open, every); len(said) > 0 {
		t.Error(said[clientName] + said[siteName])
		return
	}
	suite.Run(t, cases(open))
}

// Failures runs the cases that want accepts, by their names "Topic/case", and returns what the failed
// ones said, by name. It fails nothing, and is for tests of what the suite catches. want is asked in
// the order of the suite.
func Failures(t *testing.T, open Open, want func(name string) bool) map[string]string {
	t.Helper()
	if said := preflight(t, open, want); len(said) > 0 {
		return said
	}
	return suite.Failures(t, cases(open), want, 20*time.Second)
}

const (
	clientName = "Client/the board asks through the client that it was given"
	probeLimit = 10 * time.Second
)

// age is the wait with which a bubble begins: its clock starts in the year 2000, and a board may
// take no date for one that is from before its own first advert.
const age = 26 * 365 * 24 * time.Hour

func every(string) bool { return true }

func cases(open Open) []suite.Topic {
	var all []suite.Topic
	for _, topic := range []struct {
		name  string
		cases []testCase
	}{
		{"Source", sourceCases()},
		{"Search", searchCases()},
		{"Limit", limitCases()},
		{"Cards", cardCases()},
		{"Detail", detailCases()},
		{"Gone", goneCases()},
		{"Advert", advertCases()},
		{"Filter", filterCases()},
		{"Blocked", blockedCases()},
		{"Busy", busyCases()},
		{"Markup", markupCases()},
		{"Hostile", hostileCases()},
		{"Stop", stopCases()},
		{"Concurrency", concurrencyCases()},
	} {
		t := suite.Topic{Name: topic.name}
		for _, c := range topic.cases {
			t.Cases = append(t.Cases, suite.Case{
				Name: c.name, Bubble: !c.realTime, Run: func(tb *suite.TB) {
					if !c.realTime {
						<-time.After(age)
					}
					newKit(tb, open).run(c)
				},
			})
		}
		all = append(all, t)
	}
	return all
}

// clientTopic is the case that comes before all others: every other one would fail, or wait for a
// real network, if the board did not ask through the client that it was given.
func clientTopic(open Open) suite.Topic {
	topic, name, _ := strings.Cut(clientName, "/")
	return suite.Topic{Name: topic, Cases: []suite.Case{{Name: name, Run: func(tb *suite.TB) {
		k := newKit(tb, open)
		k.serve(leadsOf(1, 1))
		l := k.offer(1)
		k.asks("Search", func(ctx context.Context) {
			k.board.Search(ctx, query())(func(lead.Lead, error) bool { return true })
		})
		k.asks("Detail", func(ctx context.Context) { _, _ = k.board.Detail(ctx, l) })
	}}}}
}

// asks checks that a method makes a request. It says nothing of a method that panics, because the
// other cases do.
func (k *kit) asks(method string, call func(ctx context.Context)) {
	k.Helper()
	ctx, cancel := context.WithTimeout(k.Context(), probeLimit/4)
	defer cancel()
	k.web.forget()
	ended := make(chan bool, 1)
	go func() {
		panics := true
		defer func() {
			_ = recover()
			ended <- panics
		}()
		call(ctx)
		panics = false
	}()
	panics := false
	select {
	case panics = <-ended:
	case <-ctx.Done():
	}
	if k.web.requests() == 0 && !panics {
		k.Fatalf("%s asked nothing through Env.Client: it must reach the network through that client alone",
			method)
	}
}

// A testCase is one promise of forge.Scraper.
type testCase struct {
	name     string
	run      func(k *kit)
	realTime bool // what is measured is work, not waiting
	twoPages bool // it needs a second page of results
}
