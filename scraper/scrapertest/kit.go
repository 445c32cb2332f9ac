package scrapertest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/internal/suite"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// Words that no error may repeat: of the page, which is not trusted, and of the user, which are
// nobody's business.
const (
	pageWord = "zanzibarite"
	userWord = "quetzalcoatlus"
)

// A kit is one case's board and the network that it is on.
type kit struct {
	*suite.TB
	board forge.Scraper
	web   *web

	mu         sync.Mutex
	unfiltered []string // fields that the last searches could not apply
}

func newKit(t *suite.TB, open Open) *kit {
	t.Helper()
	w := &web{t: t, sizes: []int{10}, jobs: make(map[string]enrich.Posting)}
	env := Env{URL: boardURL, Client: &http.Client{Transport: w}}
	board, site := open(t, env)
	if board == nil {
		t.Fatal("Open returned no board")
	}
	if site.Start == nil || site.JobID == nil || site.List == nil || site.Job == nil {
		t.Fatal("Site: Start, JobID, List and Job are required")
	}
	w.site = site
	return &kit{TB: t, board: board, web: w}
}

// run runs the case, and checks what every case must leave behind: nothing.
func (k *kit) run(c testCase) {
	k.Helper()
	if c.twoPages && k.web.site.OnePage {
		k.Skip("the board lists all jobs on one page")
	}
	c.run(k)
	k.web.mu.Lock()
	defer k.web.mu.Unlock()
	if k.web.open != 0 {
		k.Errorf("%d response bodies were not closed: their connections are lost", k.web.open)
	}
}

// jobID returns the n-th invented id: twelve digits, because some boards take no other.
func jobID(n int) string { return fmt.Sprintf("2103%08d", n) }

// leadOf returns the n-th job as a card shows it.
func leadOf(n int) lead.Lead {
	id := jobID(n)
	return lead.Lead{
		ExternalID: id,
		Title:      fmt.Sprintf("Engineer %d %s", n, pageWord),
		Company:    fmt.Sprintf("Company %d", n),
		Location:   "Lisbon",
		URL:        boardURL + "/jobs/" + id,
		PostedAt:   time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -3),
	}
}

func leadsOf(from, n int) []lead.Lead {
	leads := make([]lead.Lead, n)
	for i := range leads {
		leads[i] = leadOf(from + i)
	}
	return leads
}

// requirement is what postings ask for, below a heading.
const requirement = "Five years of practice with steel and with people."

// postingOf returns the n-th job as its own page shows it.
func postingOf(n int) enrich.Posting {
	return enrich.Posting{Lead: leadOf(n), Data: enrich.Data{
		Description: lines(
			fmt.Sprintf("We build bridges for %s and look for engineer number %d.", pageWord, n),
			"You will plan them, draw them and see them built.", "Requirements",
			requirement,
		),
	}}
}

// serve makes the board list these cards, and know their postings.
func (k *kit) serve(cards []lead.Lead, sizes ...int) {
	k.web.mu.Lock()
	defer k.web.mu.Unlock()
	k.web.cards = cards
	if k.web.site.OnePage {
		sizes = []int{max(len(cards), 1)}
	}
	if len(sizes) > 0 {
		k.web.sizes = sizes
	}
}

// offer makes the board know the n-th posting, and returns its lead as the board itself would have
// listed it.
func (k *kit) offer(n int) lead.Lead {
	p := postingOf(n)
	k.web.mu.Lock()
	k.web.jobs[p.Lead.ExternalID] = p
	k.web.mu.Unlock()
	p.Lead.Source = k.board.Source()
	return p.Lead
}

// fail makes the site answer calls for which when is true with r.
func (k *kit) fail(when func(c call) bool, r reply) {
	k.web.mu.Lock()
	defer k.web.mu.Unlock()
	k.web.fault = func(c call) *reply {
		if !when(c) {
			return nil
		}
		return &r
	}
}

func always(call) bool { return true }

func firstPage(
	c call,
) bool {
	return c.job == "" && c.start == 0
}                            // every request for it: a board may have two addresses
func secondPage(c call) bool { return c.job == "" && c.nth == 1 }

func query() lead.Query { return lead.Query{Keywords: userWord, Location: "Lisbon"} }

// search consumes a search to its end. end is the error that ended it, nil if the list did; skipped
// are its card errors.
func (k *kit) search(ctx context.Context, q lead.Query) (leads []lead.Lead, skipped []error, end error) {
	k.Helper()
	k.each(k.board.Search(ctx, q), func(l lead.Lead, err error) bool {
		switch {
		case end != nil:
			k.Errorf("the sequence went on after %v", end)
			return false
		case err == nil:
			leads = append(leads, l)
		case errors.Is(err, scraper.ErrCard):
			skipped = append(skipped, err)
		default:
			end = err
		}
		return true
	})
	if errors.Is(end, scraper.ErrCapped) {
		end = nil
	}
	return leads, skipped, end
}

// detail asks the board for a posting. A panic is an error.
func (k *kit) detail(ctx context.Context, l lead.Lead) (d enrich.Data, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = enrich.Data{}, fmt.Errorf("the method Detail panics: %v", r)
		}
	}()
	return k.board.Detail(ctx, l)
}

// maxIgnored is how often a board can call yield after the consumer stopped before the case gives
// up.
const maxIgnored = 1000

// each is consume without what the board says that it cannot filter, which it checks.
func (k *kit) each(seq iter.Seq2[lead.Lead, error], f func(lead.Lead, error) bool) {
	k.Helper()
	yields := 0
	k.consume(seq, func(l lead.Lead, err error) bool {
		if yields++; errors.Is(err, scraper.ErrUnfiltered) {
			k.unfilteredBy(err, yields == 1)
			return true
		}
		return f(l, err)
	})
}

// consume consumes a sequence as range does. A board that goes on after the consumer stopped fails
// the case; range would end the test binary.
func (k *kit) consume(seq iter.Seq2[lead.Lead, error], f func(lead.Lead, error) bool) {
	k.Helper()
	type endless struct{}
	stopped, ignored := false, 0
	defer func() {
		if r := recover(); r != nil && r != (endless{}) {
			k.Errorf("Search panics: %v", r)
		}
		if ignored > 0 {
			k.Errorf(
				"Search called yield %d more times after it had returned false: return as soon as it does",
				ignored,
			)
		}
	}()
	if seq == nil {
		k.Fatal("Search returned no sequence: return a function that yields the error")
	}
	seq(func(l lead.Lead, err error) bool {
		if !stopped {
			stopped = !f(l, err)
			return !stopped
		}
		if ignored++; ignored == maxIgnored {
			panic(endless{})
		}
		return false
	})
}

// find is a search that must succeed and lists exactly these jobs, each once.
func (k *kit) find(q lead.Query, want []lead.Lead) []lead.Lead {
	k.Helper()
	leads, skipped, err := k.search(k.Context(), q)
	if err != nil {
		k.Errorf("search: %v", err)
	}
	for _, err := range skipped {
		k.Errorf("search: a good card was skipped: %v", err)
	}
	k.lists(leads, want)
	return leads
}

// lists checks that got are exactly the jobs of want, in any order, each once.
func (k *kit) lists(got, want []lead.Lead) {
	k.Helper()
	listed := make(map[string]int)
	for _, l := range got {
		listed[l.ExternalID]++
	}
	wanted := make(map[string]bool)
	var missing, twice []string
	for _, l := range want {
		if !wanted[l.ExternalID] && listed[l.ExternalID] == 0 {
			missing = append(missing, l.ExternalID)
		}
		wanted[l.ExternalID] = true
	}
	for id, n := range listed {
		if !wanted[id] {
			k.Errorf("job %q is listed and the board does not have it", id)
		}
		if n > 1 {
			twice = append(twice, id)
		}
	}
	slices.Sort(twice)
	if len(missing) > 0 {
		k.Errorf("%d of %d jobs are not listed, the first is %s", len(missing), len(wanted), missing[0])
	}
	if len(twice) > 0 {
		k.Errorf("%d jobs are listed more than once, the first is %s", len(twice), twice[0])
	}
}

// asked checks that the pages were requested one after the other, none skipped and none twice. One
// more request than there are pages is allowed: some boards do not say which page is the last.
func (k *kit) asked() {
	k.Helper()
	got := k.web.searches()
	want := k.web.bounds()
	if len(k.web.cards) == 0 {
		want = []int{0, 0}
	}
	if k.web.site.ByPage {
		for i := range want {
			want[i] = i
		}
	}
	if !slices.Equal(got, want) && !slices.Equal(got, want[:len(want)-1]) {
		k.Errorf(
			"pages were requested from %v, want %v: move on by the cards seen, not by an assumed size "+
				"of a page",
			got,
			want[:len(want)-1],
		)
	}
}

func (k *kit) equal(got, want any, what string) {
	k.Helper()
	if !reflect.DeepEqual(got, want) {
		k.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// refused checks that err wraps want and keeps the rules for errors.
func (k *kit) refused(err, want error, what string) {
	k.Helper()
	if !errors.Is(err, want) {
		k.Errorf("%s: got error %v, want one that wraps %q", what, err, want)
		return
	}
	k.discreet(err, what)
}

// unreadable checks that err says that one advert cannot be read. ErrMarkup says so too: in Detail
// the pipeline treats both alike.
func (k *kit) unreadable(err error, what string) {
	k.Helper()
	if !errors.Is(err, scraper.ErrPosting) && !errors.Is(err, scraper.ErrMarkup) {
		k.Errorf("%s: got error %v, want one that wraps %q", what, err, scraper.ErrPosting)
		return
	}
	k.notGone(err, what)
	k.discreet(err, what)
}

// discreet checks that err names the page, and repeats neither the page nor the user's words.
func (k *kit) discreet(err error, what string) {
	k.Helper()
	if err == nil {
		return
	}
	text := err.Error()
	if !strings.Contains(text, boardHost) {
		k.Errorf("%s: the error does not name the page: %s", what, text)
	}
	for _, word := range []string{pageWord, userWord} {
		if strings.Contains(strings.ToLower(text), word) {
			k.Errorf("%s: the error repeats text of the page, or the user's words: %s", what, text)
		}
	}
}

// temporary checks that err is a failure of the network or of a busy server, and not one of the
// job.
func (k *kit) temporary(err error, what string) {
	k.Helper()
	if err == nil {
		k.Errorf("%s: no error", what)
		return
	}
	for _, wrong := range []error{
		scraper.ErrGone, scraper.ErrBlocked, scraper.ErrMarkup, scraper.ErrPosting, scraper.ErrCard,
	} {
		if errors.Is(err, wrong) {
			k.Errorf(
				"%s: got error %v, want none that wraps %q: the same request may succeed later", what, err,
				wrong,
			)
		}
	}
	busy, ok := errors.AsType[interface {
		error
		Temporary() bool
	}](err)
	_, network := errors.AsType[net.Error](err)
	if !network && (!ok || !busy.Temporary()) {
		k.Errorf(
			"%s: got error %v, want a net.Error or one whose Temporary() is true, such as a "+
				"*scraper.PageError with its Status",
			what,
			err,
		)
	}
	k.discreet(err, what)
}

// within fails the case if f needs more of the processor than a page may. What else this process
// does meanwhile is counted, too; what others do on a busy machine is not.
func (k *kit) within(d time.Duration, what string, f func()) {
	k.Helper()
	if took, _ := measure.Cost(f); took > d && !measure.RaceDetector {
		k.Errorf("%s took %v of the processor, want at most %v", what, took.Round(time.Millisecond), d)
	}
}
