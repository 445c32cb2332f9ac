package ats

import (
	"context"
	"iter"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/lead"
)

// SearchLists is Search, and calls whole with each list that is complete: the list of one company,
// under the company's name as its board spells it. A list is complete if it ended by itself and was
// not capped, if the jobs that it says to have are those that it has, if each of its entries has an
// id, and if no entry leads to another company. It holds all jobs that the provider lists, whether q
// asks for them or not. A list that has not changed is complete if what it repeats was. An empty list
// is complete unless the provider answers so for a company that it does not know.
//
// Where a list has several pages, its end is confirmed by one request more than Search sends.
func (s *Scraper) SearchLists(
	ctx context.Context, q lead.Query, whole func(lead.List),
) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) { s.search(ctx, q, whole, yield) }
}

// complete reports whether a list that has one page has all jobs of its company.
func (l *list) complete() bool {
	return !l.doubtful && l.nameless == 0 && (l.total == l.entries || l.total < 0 && !l.provider.counts)
}

// suspect notes a job that leads to another company.
func (l *list) suspect(j *job) {
	u, err := url.Parse(j.url)
	if err != nil || hosts.Covering(l.provider.hosts, u) == "" {
		return
	}
	if company := l.provider.companyOf(u); company != "" && !strings.EqualFold(company, l.company) {
		l.doubtful = true
	}
}

// listed returns what a list has. Entries that cannot be read are there, too: their jobs may be open.
func (l *list) listed() []lead.Listed {
	all := make([]lead.Listed, 0, len(l.jobs)+len(l.others))
	for _, j := range l.jobs {
		all = append(all, lead.Listed{ExternalID: j.key, Title: j.title})
	}
	for _, key := range l.others {
		all = append(all, lead.Listed{ExternalID: key})
	}
	return all
}

// tell passes a complete list of a board on.
func (w *walk) tell(sh *shelf, l lead.List) {
	if w.whole == nil || len(l.Jobs) > lead.MaxListed {
		return
	}
	l.Source, l.Name = w.Source(), sh.board.Company
	w.whole(l)
}

// A tally counts the pages of a list, to find out whether they are complete.
type tally struct {
	doubtful bool
	total    int // that the first page says; below 0: it does not say
	jobs     []lead.Listed
	seen     map[string]bool // keys
	hidden   int             // entries that say that they are not listed
}

// add counts a page.
func (t *tally) add(l *list, first bool) {
	if first {
		t.total, t.seen = l.total, map[string]bool{}
	}
	// Workday says the total on the first page only, and 0 on the others.
	sameTotal := first || l.total <= 0 || l.total == t.total
	t.doubtful = t.doubtful || l.doubtful || l.nameless > 0 || !sameTotal
	for _, j := range l.listed() {
		if !t.seen[j.ExternalID] {
			t.seen[j.ExternalID] = true
			t.jobs = append(t.jobs, j)
		}
	}
	t.hidden += l.hidden
}

// complete reports whether the pages that were counted are all jobs. The list has ended.
func (t *tally) complete() bool {
	return !t.doubtful && t.total == len(t.jobs)+t.hidden
}
