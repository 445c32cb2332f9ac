package jsonld

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/agent-forge/forge/internal/filter"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

// Search reads the pages in their order, then what they link to and Options.Follow matches, and
// lists the postings that q asks for. Each page is fetched when the leads before it are consumed.
//
// A posting is left out only because of something that it says. Keywords are looked for in the
// title and the whole text, as whole words: words beside one another must all be there, OR and
// commas separate alternatives, quotes make a phrase. Location is compared by town, state and
// country in the languages that people write them in; a remote job is left out only if it names
// another country. Experience is not filtered, which Search reports as scraper.ErrUnfiltered.
//
// A page that fails does not cost the others: the error of a page of the options ends the sequence,
// after their leads. No JobPosting on such a page is scraper.ErrMarkup, unless the page holds an
// ItemList that is empty, or links that are followed. So is it on the pages that continue a list.
// Any other page that was followed is one card: scraper.ErrCard if it cannot be read.
func (s *Scraper) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		err := scraper.Unfiltered(s.source, q,
			"Keywords", "Location", "Remote", "PostedWithin", "JobTypes", "EasyApply")
		if err != nil && !yield(lead.Lead{}, err) {
			return
		}
		w := &walk{
			Scraper: s, limit: q.Limit, filter: filter.New(q, s.now()), yield: yield,
			claims: map[string]*identity{}, listed: map[string]bool{}, queued: map[string]bool{},
			failures: map[string]int{},
		}
		for _, p := range s.pages {
			w.enqueue(p, false)
		}
		for n := 0; len(w.queue) > n; n++ {
			if n == s.maxPages {
				reason := fmt.Sprintf("Options.MaxPages is %d", s.maxPages)
				w.fail(&scraper.PageError{URL: w.queue[n].url, Reason: reason, Err: scraper.ErrCapped})
				break
			}
			if !w.page(ctx, w.queue[n]) {
				return
			}
		}
		if err := w.failure(); err != nil {
			yield(lead.Lead{}, err)
		}
	}
}

// A link is a page that a search reads.
type link struct {
	url string
	// it was followed, and can be one advert's page: what is wrong with it says nothing of the
	// board
	advert bool
}

// A walk is one search.
type walk struct {
	*Scraper
	limit  int
	filter *filter.Filter
	yield  func(lead.Lead, error) bool

	queue  []link
	queued map[string]bool // URLs

	claims   map[string]*identity // of every posting, by the key that it got
	listed   map[string]bool      // keys
	n        int                  // leads
	postings int                  // that could be read, whether they were asked for or not
	unread   string               // a followed page that has none

	failures map[string]int // of hosts, in a row; hostLimit: the host is asked no more
	failed   []error
	omitted  int // failures beyond those kept
}

const (
	maxFailures = 10 // that are reported
	hostLimit   = 3  // failures in a row after which a host is left alone
)

func (w *walk) fail(err error) {
	if len(w.failed) < maxFailures {
		w.failed = append(w.failed, err)
	} else {
		w.omitted++
	}
}

// unknown says that a page is not one that this board knows.
func unknown(at string, status int, reason string) error {
	return &scraper.PageError{URL: at, Status: status, Reason: reason, Err: scraper.ErrMarkup}
}

// failure is what kept the search from being complete. A cap is a fact only where nothing failed.
func (w *walk) failure() error {
	if w.postings == 0 && w.unread != "" {
		w.fail(unknown(w.unread, 0, "no page that was followed has a posting that can be read"))
	}
	if len(w.failed) == 1 {
		return w.failed[0]
	}
	var failed []error
	for _, err := range w.failed {
		if !errors.Is(err, scraper.ErrCapped) {
			failed = append(failed, err)
		}
	}
	if w.omitted > 0 {
		failed = append(failed, fmt.Errorf("jsonld: %d more pages failed", w.omitted))
	}
	return errors.Join(failed...)
}

func (w *walk) enqueue(at string, advert bool) {
	u, err := url.Parse(at)
	if err != nil {
		return
	}
	u.Fragment = ""
	if at = u.String(); !w.queued[at] {
		w.queued[at] = true
		w.queue = append(w.queue, link{at, advert})
	}
}

// skip reports a posting that cannot be read; false ends the search.
func (w *walk) skip(at link, index int, reason string) bool {
	return w.yield(lead.Lead{}, &scraper.CardError{URL: at.url, Index: index, Reason: reason})
}

// page reads one page; false ends the search.
func (w *walk) page(ctx context.Context, at link) bool {
	host := hostOf(at.url)
	if w.failures[host] >= hostLimit {
		return true
	}
	page, err := w.get.Get(ctx, at.url, nil)
	if err != nil {
		if ctx.Err() != nil {
			w.yield(lead.Lead{}, err)
			return false
		}
		return w.pageFailed(at, err)
	}
	w.failures[host] = 0
	read := jobposting.Read
	if w.follow != nil {
		read = jobposting.ReadWithLinks
	}
	d := read(page.Body, page.URL)
	links := w.enqueueLinks(d)
	switch {
	case len(d.Postings) > 0:
		return w.postingsOf(at, d)
	case links > 0 && d.Broken == 0, d.Lists > 0 && len(d.Items) == 0 && d.Broken == 0:
		return true // it leads on, or says that there are none
	}
	reason := "no JobPosting in " + d.Saw()
	if len(d.Items) > 0 {
		reason += fmt.Sprintf(", but a list of %d pages: have Options.Follow match their URLs", len(d.Items))
	}
	if at.advert {
		w.unread = at.url
		return w.skip(at, 0, reason)
	}
	w.fail(unknown(at.url, page.Status, reason))
	return true
}

// pageFailed decides whose failure it is that a page did not come: the page's own, or its host's.
func (w *walk) pageFailed(at link, err error) bool {
	host := hostOf(at.url)
	bad, _ := errors.AsType[*scraper.PageError](err)
	switch {
	case errors.Is(err, scraper.ErrMarkup), errors.Is(err, scraper.ErrGone):
		if at.advert {
			w.unread = at.url
			return w.skip(at, 0, why(bad))
		}
		if errors.Is(err, scraper.ErrGone) {
			err = unknown(at.url, bad.Status, "there is no such page; correct Options.Pages")
		}
	case errors.Is(err, scraper.ErrBlocked), bad.Status == http.StatusTooManyRequests, !at.advert:
		w.failures[host] = hostLimit
	default:
		if w.failures[host]++; w.failures[host] < hostLimit {
			return w.skip(at, 0, why(bad))
		}
	}
	w.fail(err)
	return true
}

func why(err *scraper.PageError) string {
	if err.Status == 0 {
		return cmp.Or(err.Reason, "no answer")
	}
	return cmp.Or(err.Reason, fmt.Sprintf("HTTP %d", err.Status))
}

// postingsOf yields what was asked for of a page's postings; false: the caller has enough.
func (w *walk) postingsOf(at link, d *jobposting.Page) bool {
	found, shared := w.identities(d)
	unreadable := 0
	for i := range found {
		page := cmp.Or(found[i].url, found[i].Page)
		if shared[found[i].own] {
			page = found[i].Page
		}
		switch l := w.lead(&found[i], page); {
		case l.Validate() != nil:
			unreadable++
			if !w.skip(at, i, l.Validate().Error()) {
				return false
			}
		case !w.wants(&found[i], l, len(found) == 1):
		default:
			if w.n++; !w.yield(l, nil) || w.n == w.limit {
				return false
			}
		}
	}
	w.postings += len(found) - unreadable
	switch {
	case d.Cut && !at.advert:
		w.fail(unknown(at.url, http.StatusOK, "the page breaks off in its JSON-LD"))
	case d.Broken > 0:
		if !w.skip(at, len(found), "a JSON-LD script is not readable") {
			return false
		}
	}
	if unreadable == len(found) {
		w.unread = at.url
		if !at.advert {
			w.fail(unknown(at.url, http.StatusOK, "no posting on the page can be read"))
		}
	}
	return true
}

// wants reports whether a posting is asked for and was not listed before.
func (w *walk) wants(i *identity, l lead.Lead, alone bool) bool {
	keys := []string{l.ExternalID}
	if alone { // a list can have named this page before
		keys = append(keys, w.key(canonicalURL(l.URL), hash("advert", canonicalURL(l.URL), i.title)))
	}
	for _, k := range keys {
		if w.listed[k] {
			return false
		}
	}
	if i.Closed(w.now()) || !w.filter.Wants(i.Job()) {
		return false
	}
	for _, k := range keys {
		w.listed[k] = true
	}
	return true
}

// identities gives each posting of a page the first of its keys that no other posting has. It also
// returns the URLs that postings with different titles share, so that they are the page of none of
// them.
func (w *walk) identities(d *jobposting.Page) (found []identity, shared map[string]bool) {
	found = make([]identity, len(d.Postings))
	first, contested := map[string]*identity{}, map[string]bool{}
	titles, shared := map[string]string{}, map[string]bool{}
	for i := range d.Postings {
		f := &found[i]
		*f = w.identify(&d.Postings[i], len(found) == 1)
		for _, k := range f.keys {
			if other := first[k]; other == nil {
				first[k] = f
			} else if f.differs(other) {
				contested[k] = true
			}
		}
		if title, known := titles[f.own]; known && title != f.title {
			shared[f.own] = true
		}
		titles[f.own] = f.title
	}
	for i := range found {
		f := &found[i]
		taken := func(key string) bool {
			owner := w.claims[key]
			return contested[key] || owner != nil && f.differs(owner)
		}
		for len(f.keys) > 0 && taken(f.keys[0]) {
			f.keys = f.keys[1:]
		}
		if len(f.keys) == 0 {
			f.keys = []string{w.textKey(f)}
		}
		if w.claims[f.keys[0]] == nil {
			claim := *f
			claim.Posting = nil // its text is not needed any more
			w.claims[f.keys[0]] = &claim
		}
	}
	return found, shared
}

func (w *walk) lead(i *identity, at string) lead.Lead {
	return lead.Lead{
		Source: w.source, ExternalID: i.keys[0], Title: i.Title, Company: i.Company, Location: i.Location,
		URL: at, PostedAt: i.PostedAt,
	}
}

// enqueueLinks returns how many pages this one leads to, those that are known already included.
func (w *walk) enqueueLinks(d *jobposting.Page) (n int) {
	if w.follow == nil {
		return 0
	}
	links := d.Links
	for _, it := range d.Items {
		links = append(links, it.URL)
	}
	for _, at := range links {
		if u, err := url.Parse(at); err == nil && w.follow.MatchString(at) && fetch.Allowed(w.hosts, u) {
			n++
			w.enqueue(at, w.isAdvert(at) && !slices.Contains(d.Next, at))
		}
	}
	return n
}

func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
