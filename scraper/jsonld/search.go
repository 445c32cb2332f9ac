package jsonld

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

// Search reads the pages in their order, then what they link to and Options.Follow matches, and lists the postings that q
// asks for. Each page is fetched when the leads before it are consumed.
//
// Keywords must all stand in the title, the company, the skills or the text, as whole words. Location must stand in the
// posting's places, up to q's first comma; a remote job that names no country fits every location. What a posting does not
// say does not exclude it: its date, its place, its employment type. EasyApply wants directApply. Experience is not filtered.
//
// A page that fails does not cost the others: its error ends the sequence, after their leads. No JobPosting on a page is
// scraper.ErrMarkup, unless the page holds an ItemList that is empty, or links that are followed.
func (s *Scraper) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		w := walk{Scraper: s, q: q, match: newFilter(q, s.now()), seen: map[string]bool{}, queued: map[string]bool{}, resting: map[string]bool{}}
		for _, p := range s.pages {
			w.enqueue(p)
		}
		for n := 0; len(w.queue) > 0; n++ {
			at := w.queue[0]
			w.queue = w.queue[1:]
			if n == s.maxPages {
				w.fail(&scraper.PageError{URL: at, Reason: fmt.Sprintf("Options.MaxPages is %d", s.maxPages), Err: scraper.ErrCapped})
				break
			}
			if !w.page(ctx, at, yield) {
				return
			}
		}
		if err := w.failure(); err != nil {
			yield(lead.Lead{}, err)
		}
	}
}

// A walk is one search.
type walk struct {
	*Scraper
	q       lead.Query
	match   filter
	queue   []string
	queued  map[string]bool
	seen    map[string]bool // external ids
	resting map[string]bool // hosts that refused, are busy or down
	listed  int
	failed  []error
	omitted int // failures beyond those kept
}

const maxFailures = 10

func (w *walk) fail(err error) {
	if len(w.failed) < maxFailures {
		w.failed = append(w.failed, err)
	} else {
		w.omitted++
	}
}

// failure is what kept the search from being complete. A cap is a fact only where nothing failed.
func (w *walk) failure() error {
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

func (w *walk) enqueue(at string) {
	u, err := url.Parse(at)
	if err != nil {
		return
	}
	u.Fragment = ""
	if at = u.String(); !w.queued[at] {
		w.queued[at] = true
		w.queue = append(w.queue, at)
	}
}

// page reads one page; false ends the search.
func (w *walk) page(ctx context.Context, at string, yield func(lead.Lead, error) bool) bool {
	host := hostOf(at)
	if w.resting[host] {
		return true
	}
	page, err := w.get.Get(ctx, at, nil)
	switch {
	case ctx.Err() != nil && err != nil:
		yield(lead.Lead{}, err)
		return false
	case errors.Is(err, scraper.ErrGone):
		w.fail(&scraper.PageError{URL: at, Status: page.Status, Reason: "there is no such page; correct Options.Pages", Err: scraper.ErrMarkup})
		return true
	case err != nil:
		w.fail(err)
		w.resting[host] = !errors.Is(err, scraper.ErrMarkup)
		return true
	}
	read := jobposting.Read
	if w.follow != nil {
		read = jobposting.ReadWithLinks
	}
	d := read(page.Body, page.URL)
	followed := w.enqueueLinks(d)
	if len(d.Postings) == 0 && (followed == 0 || d.Broken > 0) {
		if err := empty(d, at, page.Status); err != nil {
			w.fail(err)
		}
		return true
	}
	return w.postings(at, d, yield)
}

// postings yields what q asks for; false: the caller has enough.
func (w *walk) postings(at string, d *jobposting.Page, yield func(lead.Lead, error) bool) bool {
	unreadable := 0
	card := func(i int, reason string) bool {
		unreadable++
		return yield(lead.Lead{}, &scraper.CardError{URL: at, Index: i, Reason: reason})
	}
	for i, p := range d.Postings {
		l := w.lead(p)
		if err := l.Validate(); err != nil {
			if !card(i, err.Error()) {
				return false
			}
			continue
		}
		if w.seen[l.ExternalID] || p.Closed(w.now()) || !w.match.wants(p) {
			continue
		}
		w.seen[l.ExternalID] = true
		w.listed++
		if !yield(l, nil) || w.listed == w.q.Limit {
			return false
		}
	}
	if d.Broken > 0 && !card(len(d.Postings), "a JSON-LD script is not readable") {
		return false
	}
	if len(d.Postings) > 0 && unreadable >= len(d.Postings) {
		w.fail(&scraper.PageError{URL: at, Status: 200, Reason: "no posting on the page can be read", Err: scraper.ErrMarkup})
	}
	return true
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
	for _, u := range links {
		if !w.follow.MatchString(u) || !w.allowed(u) {
			continue
		}
		n++
		w.enqueue(u)
	}
	return n
}

// empty explains a page without postings. Nil: the page says that there are none.
func empty(d *jobposting.Page, at string, status int) error {
	if d.Lists > 0 && len(d.Items) == 0 && d.Broken == 0 {
		return nil
	}
	reason := "no JobPosting in " + d.Saw()
	if len(d.Items) > 0 {
		reason += fmt.Sprintf(", but a list of %d pages: have Options.Follow match their URLs", len(d.Items))
	}
	return &scraper.PageError{URL: at, Status: status, Reason: reason, Err: scraper.ErrMarkup}
}

// lead names a posting and its page. The page where it was found stands in for one that may not be asked.
func (s *Scraper) lead(p jobposting.Posting) lead.Lead {
	l := p.Lead(s.source)
	if !s.allowed(p.URL) {
		l.URL = p.Page
	}
	l.ExternalID = s.externalID(p)
	return l.Clean()
}

const maxIdentifier = 128 // bytes; longer ones are no numbers but texts, and are hashed

func (s *Scraper) externalID(p jobposting.Posting) string {
	id := p.ID
	if id == "" || len(id) > maxIdentifier {
		parts := []string{p.ID, canonicalURL(p.URL)}
		if !s.allowed(p.URL) { // several postings may stand on one page
			parts = []string{p.ID, canonicalURL(p.Page), strings.ToLower(p.Title), strings.ToLower(p.Location)}
		}
		sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
		id = hex.EncodeToString(sum[:16])
	}
	if len(s.hosts) > 1 {
		id = hostOf(p.Page) + "/" + id
	}
	return id
}

// canonicalURL leaves out what changes without changing the page.
func canonicalURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	q := u.Query()
	for k := range q {
		if strings.HasPrefix(k, "utm_") || k == "gclid" || k == "fbclid" {
			q.Del(k)
		}
	}
	return strings.ToLower(u.Host) + strings.TrimRight(u.Path, "/") + "?" + q.Encode()
}

func (s *Scraper) allowed(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && u.Host != "" && fetch.Allowed(s.hosts, u)
}

func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
