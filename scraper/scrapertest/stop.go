package scrapertest

import (
	"context"
	"errors"
	"sync"
	"testing/synctest"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// stopped checks that err is the context's own, and blames neither the board nor the job.
func (k *kit) stopped(err, want error, what string) {
	k.Helper()
	if !errors.Is(err, want) {
		k.Errorf("%s: got error %v, want one that wraps %q", what, err, want)
	}
	classes := []error{scraper.ErrGone, scraper.ErrBlocked, scraper.ErrMarkup, scraper.ErrPosting}
	for _, wrong := range classes {
		if errors.Is(err, wrong) {
			k.Errorf("%s: got error %v: who stopped was the caller", what, err)
		}
	}
}

// stall makes calls stop in mid-page, and returns a channel that is closed when one has.
func (k *kit) stall(when func(c call) bool, page []byte) <-chan struct{} {
	k.fail(when, reply{Answer: Answer{Body: page}, stall: true})
	stalled := make(chan struct{})
	k.web.mu.Lock()
	k.web.stalled = stalled
	k.web.mu.Unlock()
	return stalled
}

// cancelWhen returns a context that is cancelled when ch is closed.
func (k *kit) cancelWhen(ch <-chan struct{}) context.Context {
	ctx, cancel := context.WithCancel(k.Context())
	k.Cleanup(cancel)
	go func() {
		select {
		case <-ch:
		case <-ctx.Done():
		}
		cancel()
	}()
	return ctx
}

// stopAt consumes a search until it yields an error of this kind, and reports whether it did.
func (k *kit) stopAt(q lead.Query, kind error) (met bool) {
	k.Helper()
	k.consume(k.board.Search(k.Context(), q), func(_ lead.Lead, err error) bool {
		met = errors.Is(err, kind)
		return !met
	})
	return met
}

func stopCases() []testCase {
	return []testCase{
		{name: "a cancelled context asks for nothing", run: func(k *kit) {
			k.serve(leadsOf(1, 3))
			l := k.offer(1)
			ctx, cancel := context.WithCancel(k.Context())
			cancel()
			leads, _, err := k.search(ctx, query())
			k.lists(leads, nil)
			k.stopped(err, context.Canceled, "search")
			_, err = k.detail(ctx, l)
			k.stopped(err, context.Canceled, "detail")
			k.equal(k.web.requests(), 0, "requests")
		}},
		{name: "a cancellation in mid-page ends the search", twoPages: true, run: func(k *kit) {
			k.serve(leadsOf(1, 30), 10)
			stalled := k.stall(secondPage, k.web.site.List(k.web.page(0)))
			leads, _, err := k.search(k.cancelWhen(stalled), query())
			k.lists(leads, leadsOf(1, 10))
			k.stopped(err, context.Canceled, "search")
		}},
		{name: "a cancellation in mid-page ends the reading of a posting", run: func(k *kit) {
			l := k.offer(1)
			stalled := k.stall(always, k.web.site.Job(postingOf(1)))
			_, err := k.detail(k.cancelWhen(stalled), l)
			k.stopped(err, context.Canceled, "detail")
		}},
		{name: "a cancellation between two pages asks for no further one", run: func(k *kit) {
			k.serve(leadsOf(1, 30), 10)
			ctx, cancel := context.WithCancel(k.Context())
			defer cancel()
			var end error
			k.each(k.board.Search(ctx, query()), func(_ lead.Lead, err error) bool {
				cancel()
				if err != nil {
					end = err
				}
				return true
			})
			k.stopped(end, context.Canceled, "search")
			k.equal(k.web.requests(), 1, "requests")
		}},
		{name: "a deadline in mid-page is the deadline's error", run: func(k *kit) {
			k.serve(leadsOf(1, 30), 10)
			l := k.offer(1)
			k.stall(always, k.web.site.Job(postingOf(1)))
			ctx, cancel := context.WithTimeout(k.Context(), 10*time.Minute)
			defer cancel()
			_, err := k.detail(ctx, l)
			k.stopped(err, context.DeadlineExceeded, "detail")
			ctx, cancel = context.WithTimeout(k.Context(), 10*time.Minute)
			defer cancel()
			_, _, err = k.search(ctx, query())
			k.stopped(err, context.DeadlineExceeded, "search")
		}},
		{name: "a consumer that stops at a card that cannot be read is heard", run: func(k *kit) {
			cards := leadsOf(1, 10)
			cards[4].Title = ""
			k.serve(cards, 10)
			met := k.stopAt(query(), scraper.ErrCard)
			k.equal(met, true, "the card was reported as unreadable")
		}},
		{name: "a consumer that stops at what is not filtered is heard", run: func(k *kit) {
			k.serve(leadsOf(1, 10), 10)
			if !k.stopAt(everyField(), scraper.ErrUnfiltered) {
				k.Skip("the board filters by every field of a query")
			}
		}},
		{name: "a consumer that stops early leaves no request and no goroutine behind", run: func(k *kit) {
			for _, after := range []int{1, 9, 10, 11} {
				k.web.forget()
				k.serve(leadsOf(1, 40), 10)
				n := 0
				k.each(k.board.Search(k.Context(), query()), func(_ lead.Lead, err error) bool {
					if err != nil {
						k.Errorf("search: %v", err)
					}
					n++
					return n < after
				})
				asked := k.web.requests()
				if most := (after + 9) / 10; asked > most {
					k.Errorf("%d requests for the first %d jobs of pages of 10", asked, after)
				}
				synctest.Wait()
				k.equal(k.web.requests(), asked, "requests after the consumer stopped")
			}
		}},
	}
}

func concurrencyCases() []testCase {
	return []testCase{
		{name: "searches and postings at once do not disturb one another", run: func(k *kit) {
			const workers = 8
			want := leadsOf(1, 35)
			k.serve(want, 10)
			found := make([][]lead.Lead, workers)
			offered := make([]lead.Lead, workers)
			for w := range workers {
				offered[w] = k.offer(w + 1)
			}
			var all sync.WaitGroup
			for w := range workers {
				k.Go(&all, func() {
					k.each(k.board.Search(k.Context(), query()), func(l lead.Lead, err error) bool {
						if err != nil {
							k.Errorf("search: %v", err)
							return false
						}
						found[w] = append(found[w], l)
						return true
					})
				})
				k.Go(&all, func() {
					d, err := k.detail(k.Context(), offered[w])
					if err != nil {
						k.Errorf("detail: %v", err)
						return
					}
					k.reads(d.Description, postingOf(w+1).Data.Description)
				})
			}
			all.Wait()
			for w := range workers {
				k.lists(found[w], want)
			}
		}},
		{name: "two searches in step list their own jobs", run: func(k *kit) {
			k.serve(leadsOf(1, 25), 10)
			var a, b []lead.Lead
			k.each(k.board.Search(k.Context(), query()), func(l lead.Lead, err error) bool {
				if err != nil {
					k.Errorf("search: %v", err)
					return false
				}
				if a = append(a, l); len(a) == 5 {
					b, _, _ = k.search(k.Context(), query())
				}
				return true
			})
			k.lists(a, leadsOf(1, 25))
			k.lists(b, leadsOf(1, 25))
		}},
	}
}
