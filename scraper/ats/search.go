package ats

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/agent-forge/forge/internal/board"
	"github.com/agent-forge/forge/internal/filter"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

// Search reads the boards one after the other, and lists the jobs that q asks for. A job is left out
// only because of something that its provider says and that is understood. Experience is not
// filtered, which Search reports as scraper.ErrUnfiltered.
//
// Each company is a list of its own. What fails of one list does not hide the jobs of the others:
// the errors end the sequence, after all leads. A company that the provider does not know is
// [ErrCompany]; a board without jobs is no error. If another list could be read, the errors wrap
// neither scraper.ErrBlocked nor scraper.ErrMarkup, because one company's list says nothing of the
// provider. Where all companies are on one host, a refusal is the provider's, and its other boards
// are not asked.
func (s *Scraper) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return s.SearchLists(ctx, q, nil)
}

func (s *Scraper) search(
	ctx context.Context, q lead.Query, whole func(lead.List), yield func(lead.Lead, error) bool,
) {
	if err := q.Validate(); err != nil {
		yield(lead.Lead{}, fmt.Errorf("%s: search: %w", s.Source(), err))
		return
	}
	err := scraper.Unfiltered(s.Source(), q,
		"Keywords", "Location", "Remote", "PostedWithin", "JobTypes", "EasyApply")
	if err != nil && !yield(lead.Lead{}, err) {
		return
	}
	w := &walk{
		Scraper: s, limit: q.Limit, filter: filter.New(q, s.now()), yield: yield, whole: whole,
		listed: map[string]bool{},
	}
	for _, sh := range s.shelves {
		if w.board(ctx, sh); w.done {
			return
		}
		if w.refused {
			break
		}
	}
	if err := w.failure(); err != nil {
		yield(lead.Lead{}, fmt.Errorf("%s: search: %w", s.Source(), err))
	}
}

// A walk is one search.
type walk struct {
	*Scraper
	limit  int
	filter *filter.Filter
	yield  func(lead.Lead, error) bool
	whole  func(lead.List) // can be nil

	listed map[string]bool // keys
	sent   int
	done   bool // the consumer has enough

	read    int     // boards that were read to their end
	failed  []error // of the other boards
	facts   []error // that are no failures: scraper.ErrCapped
	refused bool    // the provider refuses this client
}

// failure joins what kept the search from being complete.
func (w *walk) failure() error {
	switch {
	case len(w.failed) == 0 && len(w.facts) == 0:
		return nil
	case len(w.failed) == 0:
		return errors.Join(w.facts...)
	}
	err := errors.Join(w.failed...)
	if w.read > 0 && !w.refused {
		return &boardsError{err}
	}
	return err
}

// A boardsError is what failed of some boards, while others could be read. It keeps what is meant
// for the caller and hides the sentinels on which the pipeline would pause the provider.
type boardsError struct{ err error }

func (e *boardsError) Error() string { return e.err.Error() }

// Is finds [ErrCompany].
func (e *boardsError) Is(target error) bool {
	return target == ErrCompany && errors.Is(e.err, ErrCompany)
}

// board walks the list of one board.
func (w *walk) board(ctx context.Context, sh *shelf) {
	var err error
	if w.provider.paged {
		err = w.pages(ctx, sh)
	} else {
		err = w.list(ctx, sh)
	}
	switch {
	case w.done:
	case err == nil:
		w.read++
	case errors.Is(err, scraper.ErrCapped):
		w.read++
		w.facts = append(w.facts, err)
	default:
		w.failed = append(w.failed, err)
		w.refused = ctx.Err() != nil || !w.provider.perCompany && !w.provider.inHost &&
			(errors.Is(err, scraper.ErrBlocked) || isStatus(err, http.StatusTooManyRequests))
	}
}

// A found set holds the jobs of a page that the query asks for, in the order of the page.
type found struct {
	walk *walk
	jobs []*job
	has  map[*job]bool
}

// offer is told of each job of a page.
func (f *found) offer(j *job) {
	if f.has[j] || !f.walk.filter.Wants(j.compare()) {
		return
	}
	if f.has == nil {
		f.has = map[*job]bool{}
	}
	f.has[j] = true
	f.jobs = append(f.jobs, j)
}

// send yields the jobs that were found, and then the entries that cannot be read.
func (f *found) send(ctx context.Context, at string, bad []unread) error {
	w := f.walk
	for _, j := range f.jobs {
		switch {
		case w.done:
			return nil
		case ctx.Err() != nil:
			return &scraper.PageError{URL: at, Err: context.Cause(ctx)}
		case w.listed[j.key]:
			continue
		}
		w.listed[j.key] = true
		w.sent++
		w.done = !w.yield(j.lead(w.Source()), nil) || w.sent == w.limit
	}
	for _, u := range bad {
		if w.done {
			return nil
		}
		w.done = !w.yield(lead.Lead{}, &scraper.CardError{URL: at, Index: u.index, Reason: u.reason})
	}
	return nil
}

// list reads a list that has one page.
func (w *walk) list(ctx context.Context, sh *shelf) error {
	f := &found{walk: w}
	l, at, err := w.readList(ctx, sh, "", f.offer)
	if l == nil {
		l = &list{}
	}
	if err == nil && unreadable(l, at) == nil {
		if known, complete := w.cache.list(sh, w.now()); complete {
			w.tell(sh, known)
		}
	}
	if stopped := f.send(ctx, at, l.unread); stopped != nil {
		return stopped
	}
	if err == nil && !w.done {
		err = unreadable(l, at)
	}
	return err
}

// unreadable is the error of a page of which no entry could be read.
func unreadable(l *list, at string) error {
	if l.entries == 0 || len(l.unread) < l.entries {
		return nil
	}
	return &scraper.PageError{
		URL: at, Status: http.StatusOK, Reason: "none of the list's jobs could be read",
		Err: scraper.ErrMarkup,
	}
}

// pages walks a list that has several pages. Each page is requested when the leads before it are
// consumed. The offset moves by the entries that were seen.
func (w *walk) pages(ctx context.Context, sh *shelf) error {
	total, stale := 0, 0
	var all tally
	seen := map[string]bool{} // keys, whether they were asked for or not
	for start := 0; ; {
		if err := sh.lock(ctx); err != nil {
			at := w.provider.list(sh.board.Company, start)[0].url
			return &scraper.PageError{URL: w.address(at), Err: err}
		}
		f, before := &found{walk: w}, len(seen)
		page, l, err := w.page(ctx, sh, start, nil, func(r request) *list {
			l := w.newList(sh, r)
			l.each = func(j *job) { seen[j.key] = true; f.offer(j) }
			return l
		})
		sh.unlock()
		confirming := total > 0 && start >= total // that the list is at its end
		if l == nil || confirming && err != nil {
			if confirming {
				return nil
			}
			return err
		}
		all.add(l, start == 0)
		if stopped := f.send(ctx, page.URL, l.unread); stopped != nil {
			return stopped
		}
		if w.done || err != nil {
			return err
		}
		if start == 0 {
			if err := unreadable(l, page.URL); err != nil {
				return err
			}
		}
		start += l.entries
		total = max(total, l.total) // some pages do not say it
		if stale++; len(seen) > before {
			stale = 0
		}
		switch {
		case start == 0 && w.provider.doubtful:
			return board.Capped(page.URL, fmt.Sprintf(
				"%s lists no job of %q, and answers so for a company that it does not know",
				w.Source(), sh.board.Company))
		case w.provider.limit > 0 && total >= w.provider.limit && (start >= total || l.entries == 0):
			return board.Capped(page.URL, fmt.Sprintf("%s lists no more than %d jobs of a company",
				w.Source(), w.provider.limit))
		case l.entries == 0 && start < total:
			return board.BrokenOff(page.URL)
		case l.entries == 0:
			if all.complete() {
				w.tell(sh, lead.List{Jobs: all.jobs})
			}
			return nil
		case total > 0 && start >= total && (w.whole == nil || all.doubtful || stale > 0):
			return nil
		case stale == board.MaxStale:
			return board.Capped(page.URL, "the list repeats itself")
		}
	}
}

// newList returns a list of a board that is ready to be read.
func (s *Scraper) newList(sh *shelf, r request) *list {
	return &list{
		provider: s.provider, company: sh.board.Company, host: hostOf(r.url), now: s.now(), total: -1,
	}
}

// readList reads a list that has one page, or what is kept of it, and tells each of every job. Jobs
// before from are not kept; if from is empty, all are. The list is nil if it was not read anew.
func (s *Scraper) readList(
	ctx context.Context, sh *shelf, from string, each func(*job),
) (l *list, at string, err error) {
	at = s.address(s.provider.list(sh.board.Company, 0)[0].url)
	if err := sh.lock(ctx); err != nil {
		return nil, at, &scraper.PageError{URL: at, Err: err}
	}
	defer sh.unlock()
	if s.cache.since(sh, s.now().Add(-s.reuseFor)) && (from != "" || s.cache.replay(sh, each)) {
		return nil, at, nil
	}
	header := http.Header{}
	etag, modified := s.cache.validators(sh)
	if etag != "" {
		header.Set("If-None-Match", etag)
	} else if modified != "" {
		header.Set("If-Modified-Since", modified)
	}
	page, l, err := s.page(ctx, sh, 0, header, func(r request) *list {
		s.cache.clear(sh)
		l := s.newList(sh, r)
		l.each = each
		skipping := from != ""
		l.admit = func(j *job) bool {
			skipping = skipping && j.key != from
			return !skipping && s.cache.admit(j)
		}
		return l
	})
	switch {
	case l != nil:
		return l, page.URL, s.keep(sh, l, page, err)
	case err == nil: // it has not changed
		s.cache.touch(sh, s.now())
		if from == "" {
			s.cache.replay(sh, each)
		}
	}
	return nil, at, err
}

// keep puts a list that was read into the cache, and returns why it is not whole.
func (s *Scraper) keep(sh *shelf, l *list, page *fetch.Page, err error) error {
	if err == nil && l.total > l.entries {
		err = board.Capped(page.URL,
			fmt.Sprintf("the list has %d jobs, and says that there are %d", l.entries, l.total))
	}
	if err != nil {
		l.partial = true // its texts are kept all the same
		s.cache.put(sh, l, "", "", s.now())
		return err
	}
	s.cache.put(sh, l, page.Header.Get("ETag"), page.Header.Get("Last-Modified"), s.now())
	return nil
}
