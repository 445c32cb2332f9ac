package scrapertest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agent-forge/forge/internal/suite"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

const siteName = "Site/the board reads what the site renders, and the site reads what the board asks"

// preflight runs the cases that come before all others, and returns what the first one that fails
// said. A mistake in a Site fails most cases, and none of them can say where it is.
func preflight(t *testing.T, open Open, want func(name string) bool) map[string]string {
	t.Helper()
	for _, topic := range []suite.Topic{clientTopic(open), siteTopic(open)} {
		if said := suite.Failures(t, []suite.Topic{topic}, want, probeLimit); len(said) > 0 {
			return said
		}
	}
	return nil
}

func siteTopic(open Open) suite.Topic {
	topic, name, _ := strings.Cut(siteName, "/")
	return suite.Topic{Name: topic, Cases: []suite.Case{{Name: name, Bubble: true, Run: func(tb *suite.TB) {
		<-time.After(age)
		k := newKit(tb, open)
		k.searchesSite()
		k.web.forget()
		k.readsSite()
	}}}}
}

// searchesSite checks Site.Start, Site.List and Site.JobID by a search of three pages.
func (k *kit) searchesSite() {
	k.Helper()
	cards := leadsOf(1, 25)
	k.serve(cards, 10)
	n := 0
	var end error
	k.consume(k.board.Search(k.Context(), query()), func(_ lead.Lead, err error) bool {
		switch {
		case err == nil:
			n++
		case !errors.Is(err, scraper.ErrUnfiltered) && !errors.Is(err, scraper.ErrCard):
			end = err
		}
		return true
	})
	if n >= len(cards) {
		return
	}
	known := func(c call) bool {
		same := func(l lead.Lead) bool { return l.ExternalID == c.job }
		return c.job == "" || slices.ContainsFunc(cards, same)
	}
	calls := k.web.recorded()
	for _, c := range calls {
		if !known(c) {
			k.Fatalf("Site.JobID returned %q for %s, which Search sent: it must return \"\" for every "+
				"request but one for a posting", c.job, c.said)
		}
	}
	if len(calls) == 0 {
		return
	}
	last := calls[len(calls)-1]
	switch {
	case n == 0 && (end == nil || errors.Is(end, scraper.ErrMarkup)):
		k.Fatalf("Search does not understand what Site.List rendered for %s: %d of %d jobs are listed, "+
			"error %v", last.said, n, len(cards), end)
	case len(calls) > 1 && stuck(calls):
		k.Fatalf("Site.Start returned %d for each of %d different requests, the last one %s: it must read "+
			"where the page begins", last.start, len(calls), last.said)
	case len(calls) == 1 && end == nil && !k.web.site.OnePage:
		k.Fatalf("Search asked for one page of three and listed %d of %d jobs, although List.Next was %d: "+
			"Site.List must render it, or what else says that there are more",
			n, len(cards), k.web.page(0).Next)
	}
}

// stuck reports whether Site.Start returned one number for requests that differ.
func stuck(calls []call) bool {
	for _, c := range calls[1:] {
		if c.job != "" || c.start != calls[0].start || c.said == calls[0].said {
			return false
		}
	}
	return true
}

// readsSite checks Site.JobID and Site.Job by the reading of a posting.
func (k *kit) readsSite() {
	k.Helper()
	l := k.offer(1)
	_, err := k.detail(k.Context(), l)
	calls := k.web.recorded()
	if err == nil || len(calls) == 0 {
		return
	}
	if !slices.ContainsFunc(calls, func(c call) bool { return c.job == l.ExternalID }) {
		k.Fatalf("Site.JobID returned %q for %s, which Detail sent for job %s: it must return the job's "+
			"external id (Detail failed: %v)", calls[0].job, calls[0].said, l.ExternalID, err)
	}
	if errors.Is(err, scraper.ErrPosting) || errors.Is(err, scraper.ErrMarkup) {
		k.Fatalf("Detail does not understand what Site.Job rendered for job %s: %v", l.ExternalID, err)
	}
}

// recorded returns the requests, in order.
func (w *web) recorded() []call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}
