package main

import (
	"context"
	"errors"
	"html"
	"io"
	"iter"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

type (
	ctx   = context.Context
	query = lead.Query
	found = iter.Seq2[lead.Lead, error]
	yield = func(lead.Lead, error) bool
	data  = enrich.Data
)

// A badBoard is a guild with mistakes. A function that is nil makes none.
type badBoard struct {
	guild

	search func(ctx context.Context, g guild, q lead.Query) iter.Seq2[lead.Lead, error]
	detail func(ctx context.Context, g guild, l lead.Lead) (data, error)
}

func (b badBoard) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	if b.search == nil {
		return b.guild.Search(ctx, q)
	}
	return b.search(ctx, b.guild, q)
}

func (b badBoard) Detail(ctx context.Context, l lead.Lead) (data, error) {
	if b.detail == nil {
		return b.guild.Detail(ctx, l)
	}
	return b.detail(ctx, b.guild, l)
}

func (b badBoard) open(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
	tb.Helper()
	board, site := openGuild(tb, env)
	b.guild = board.(guild)
	return b, site
}

// each is a search that passes each lead and error through f; f says whether to yield it.
func each(f func(l *lead.Lead, err *error) bool) scrapertest.Open {
	return badBoard{search: func(ctx ctx, g guild, q query) found {
		return func(yield yield) {
			for l, err := range g.Search(ctx, q) {
				if f(&l, &err) && !yield(l, err) {
					return
				}
			}
		}
	}}.open
}

func search(f func(ctx ctx, g guild, q query) found) scrapertest.Open {
	return badBoard{search: f}.open
}

// leads is a search that changes each lead.
func leads(f func(l *lead.Lead)) scrapertest.Open {
	return each(func(l *lead.Lead, err *error) bool {
		if *err == nil {
			f(l)
		}
		return true
	})
}

// details changes what Detail returns.
func details(f func(l lead.Lead, d *data, err *error)) scrapertest.Open {
	return badBoard{detail: func(ctx ctx, g guild, l lead.Lead) (data, error) {
		d, err := g.Detail(ctx, l)
		f(l, &d, &err)
		return d, err
	}}.open
}

// A tripper changes requests and answers.
type tripper struct {
	http.RoundTripper

	ask    func(r *http.Request)
	answer func(r *http.Response)
}

func (t tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if t.ask != nil {
		t.ask(r)
	}
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil && t.answer != nil {
		t.answer(resp)
	}
	return resp, err
}

func trips(t tripper) scrapertest.Open {
	return func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
		tb.Helper()
		t.RoundTripper = env.Client.Transport
		env.Client = &http.Client{Transport: t}
		return openGuild(tb, env)
	}
}

// sets changes a field of each search request.
func sets(field string, value func(was string) string) scrapertest.Open {
	return trips(tripper{ask: func(r *http.Request) {
		if q := r.URL.Query(); q.Has(field) {
			q.Set(field, value(q.Get(field)))
			r.URL.RawQuery = q.Encode()
		}
	}})
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// open is a body that Close does not close.
type open struct{ io.ReadCloser }

func (open) Close() error { return nil }

func collect(seq iter.Seq2[lead.Lead, error]) (all []lead.Lead, errs []error) {
	for l, err := range seq {
		all, errs = append(all, l), append(errs, err)
	}
	return all, errs
}

// replay yields a list whatever yield says, if deaf.
func replay(all []lead.Lead, errs []error, deaf bool, yield yield) {
	for i, l := range all {
		if !yield(l, errs[i]) && !deaf {
			return
		}
	}
}

// sites is a board without a mistake, and a site with one.
func sites(f func(s *scrapertest.Site)) scrapertest.Open {
	return func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
		tb.Helper()
		board, site := openGuild(tb, env)
		f(&site)
		return board, site
	}
}

// deafTo is a search that goes on although yield returned false at an error of this kind.
func deafTo(kind error) scrapertest.Open {
	return search(func(ctx ctx, g guild, q query) found {
		return func(yield yield) {
			for l, err := range g.Search(ctx, q) {
				if !yield(l, err) && !errors.Is(err, kind) {
					return
				}
			}
		}
	})
}

func boardMutations() []mutation[scrapertest.Open] {
	tags := regexp.MustCompile(`<[^>]*>`)
	return []mutation[scrapertest.Open]{
		{
			"the keywords are not sent", sets("q", func(string) string { return "" }),
			"Filter/Query.Keywords changes", "changes neither the request nor the result",
		},
		{"the place is ignored without a word", each(func(_ *lead.Lead, err *error) bool {
			return !errors.Is(*err, scraper.ErrUnfiltered)
		}), "Filter/Query.Location changes", "filter by it, or yield a *scraper.UnfilteredError"},
		{"remote is said to be filtered", search(func(ctx ctx, g guild, q query) found {
			q.Remote = false
			return g.Search(ctx, q)
		}), "Filter/Query.Remote changes", "Query.Remote changes neither"},
		{"what is not filtered is said last", search(func(ctx ctx, g guild, q query) found {
			return func(yield yield) {
				all, errs := collect(g.Search(ctx, q))
				if len(all) > 1 && errors.Is(errs[0], scraper.ErrUnfiltered) {
					all, errs = append(all[1:], all[0]), append(errs[1:], errs[0])
				}
				replay(all, errs, false, yield)
			}
		}), "Filter/Query.EasyApply changes", "before the first lead"},
		{
			"easy apply is never read",
			details(func(_ lead.Lead, d *data, _ *error) { d.IsEasyApply = nil }),
			"Detail/easy apply arrives", "IsEasyApply is nil, want true",
		},
		{"no word of easy apply is taken for no", details(func(_ lead.Lead, d *data, _ *error) {
			if d.IsEasyApply == nil {
				d.IsEasyApply = new(bool)
			}
		}), "Detail/easy apply arrives", "unknown is neither yes nor no"},
		{"every job is listed twice", search(func(ctx ctx, g guild, q query) found {
			return func(yield yield) {
				for l, err := range g.Search(ctx, q) {
					if !yield(l, err) || err == nil && !yield(l, err) {
						return
					}
				}
			}
		}), "Search/one job is one lead", "listed more than once"},
		{
			"a page is taken to have ten cards",
			sets("from", func(s string) string { return strconv.Itoa((atoi(s) + 9) / 10 * 10) }),
			"Search/every job is listed once from pages of [7] cards", "not by an assumed size of a page",
		},
		{
			"the next page begins one card too early",
			sets("from", func(s string) string { return strconv.Itoa(max(atoi(s)-1, 0)) }),
			"Search/a full last page ends the search", "pages were requested from",
		},
		{"only the first page is read", search(func(ctx ctx, g guild, q query) found {
			if q.Limit == 0 {
				q.Limit = 10
			}
			return g.Search(ctx, q)
		}), "Search/a full last page ends the search", "20 of 30 jobs are not listed"},
		{"an error ends the search in silence", each(func(_ *lead.Lead, err *error) bool {
			return *err == nil || errors.Is(*err, scraper.ErrUnfiltered) || errors.Is(*err, scraper.ErrCard)
		}), "Markup/an unknown page instead of the first one is ErrMarkup", "scraper: markup"},
		{
			"a refusal is an empty result",
			each(func(_ *lead.Lead, err *error) bool { return !errors.Is(*err, scraper.ErrBlocked) }),
			"Blocked/a refusal on the first page", "want one that wraps",
		},
		{"cards that cannot be read are dropped in silence", each(func(_ *lead.Lead, err *error) bool {
			return !errors.Is(*err, scraper.ErrCard)
		}), "Cards/a card without a title costs neither", "cards that were reported as unreadable"},
		{"a card that cannot be read ends the search", each(func(_ *lead.Lead, err *error) bool {
			if errors.Is(*err, scraper.ErrCard) {
				*err = &scraper.PageError{URL: "http://board.test/jobs", Err: scraper.ErrMarkup}
			}
			return true
		}), "Cards/a card without a title costs neither", "the sequence went on after"},
		{"the limit is not kept", search(func(ctx ctx, g guild, q query) found {
			q.Limit = 0
			return g.Search(ctx, q)
		}), "Limit/11 of 30 jobs", "leads:\n got 30"},
		{"the limit stops one lead late", search(func(ctx ctx, g guild, q query) found {
			if q.Limit > 0 {
				q.Limit++
			}
			return g.Search(ctx, q)
		}), "Limit/1 of 30 jobs", "leads:\n got 2"},
		{
			"leads do not name the board", leads(func(l *lead.Lead) { l.Source = "" }),
			"Source/leads carry the name of the board", "source of a lead",
		},
		{
			"titles are unescaped once more",
			leads(func(l *lead.Lead) { l.Title = html.UnescapeString(l.Title) }),
			"Cards/titles in every script", "title of job",
		},
		{
			"titles lose what looks like markup",
			leads(func(l *lead.Lead) { l.Title = tags.ReplaceAllString(l.Title, "") }),
			"Cards/titles in every script", "title of job",
		},
		{
			"title and company are swapped",
			leads(func(l *lead.Lead) { l.Title, l.Company = l.Company, l.Title }),
			"Search/a card's fields are the lead's", "title of job",
		},
		{
			"the place is the company's", leads(func(l *lead.Lead) { l.Location = l.Company }),
			"Search/a card's fields are the lead's", "location of job",
		},
		{
			"links are relative", leads(func(l *lead.Lead) { l.URL = "/jobs/" + l.ExternalID }),
			"Search/a card's fields are the lead's", "is not absolute",
		},
		{
			"the day of the search is taken for that of the job",
			leads(func(l *lead.Lead) { l.PostedAt = time.Now() }),
			"Search/a card's fields are the lead's", "date of job",
		},
		{
			"the company is not read", leads(func(l *lead.Lead) { l.Company = "" }),
			"Search/a card's fields are the lead's", "company of job 210300000001 is blank",
		},
		{
			"the place is not read", leads(func(l *lead.Lead) { l.Location = "" }),
			"Search/a card's fields are the lead's", "location of job 210300000001 is blank",
		},
		{
			"every link is that of the list", leads(func(l *lead.Lead) { l.URL = "http://board.test/jobs" }),
			"Search/a card's fields are the lead's", "have one URL",
		},
		{
			"yield's false is not heard at a card", deafTo(scraper.ErrCard),
			"Stop/a consumer that stops at a card", "return as soon as it does",
		},
		{
			"yield's false is not heard at what is not filtered", deafTo(scraper.ErrUnfiltered),
			"Stop/a consumer that stops at what is not filtered", "return as soon as it does",
		},
		{
			"line breaks are lost", details(func(_ lead.Lead, d *data, _ *error) {
				d.Description = strings.Join(strings.Fields(d.Description), " ")
			}), "Detail/a posting's text arrives whole", "keep the line breaks",
		},
		{
			"requirements are not read",
			details(func(_ lead.Lead, d *data, _ *error) { d.Requirements = "" }),
			"Detail/a posting's text arrives whole", "see advert.RequirementsOf",
		},
		{
			"Site.Start reads another field", sites(func(s *scrapertest.Site) {
				s.Start = scrapertest.FormInt("offset")
			}), "Site/", "Site.Start returned 0 for each of 3 different requests",
		},
		{"Site.List does not say that there are more", sites(func(s *scrapertest.Site) {
			list := s.List
			s.List = func(l scrapertest.List) []byte {
				l.Total = len(l.Cards)
				return list(l)
			}
		}), "Site/", "although List.Next was 10"},
		{"Site.List renders another field", sites(func(s *scrapertest.Site) {
			list := s.List
			s.List = func(l scrapertest.List) []byte {
				return []byte(strings.ReplaceAll(string(list(l)), `"title"`, `"headline"`))
			}
		}), "Site/", "Search does not understand what Site.List rendered"},
		{"Site.JobID reads another path", sites(func(s *scrapertest.Site) {
			s.JobID = scrapertest.PathAfter("/adverts/")
		}), "Site/", `Site.JobID returned "" for http://board.test/jobs/210300000001`},
		{"Site.JobID takes a search for a posting", sites(func(s *scrapertest.Site) {
			s.JobID = scrapertest.PathAfter("/")
		}), "Site/", `Site.JobID returned "jobs" for http://board.test/jobs?`},
		{"Site.Job renders another id", sites(func(s *scrapertest.Site) {
			job := s.Job
			s.Job = func(p enrich.Posting) []byte {
				p.Lead.ExternalID = "1"
				return job(p)
			}
		}), "Site/", "Detail does not understand what Site.Job rendered for job 210300000001"},
		{"an unreadable advert is empty data", details(func(_ lead.Lead, _ *data, err *error) {
			if errors.Is(*err, scraper.ErrPosting) {
				*err = nil
			}
		}), "Detail/a posting without text is an error", "no error"},
		{"an unreadable advert blames the board", details(func(_ lead.Lead, _ *data, err *error) {
			if errors.Is(*err, scraper.ErrPosting) {
				*err = &scraper.PageError{URL: "http://board.test/jobs", Err: scraper.ErrBlocked}
			}
		}), "Markup/an unknown page instead of an advert is ErrPosting", "want one that wraps"},
		{"404 is not taken for closed", details(func(_ lead.Lead, _ *data, err *error) {
			if errors.Is(*err, scraper.ErrGone) {
				*err = &scraper.PageError{URL: "http://board.test/jobs", Err: scraper.ErrPosting}
			}
		}), "Gone/HTTP 404 closes the job", "want one that wraps"},
		{"every failure closes the job", details(func(_ lead.Lead, _ *data, err *error) {
			if *err != nil {
				*err = &scraper.PageError{URL: "http://board.test/jobs", Err: scraper.ErrGone}
			}
		}), "Gone/HTTP 503 does not close the job", "it closes a job that nobody said is closed"},
		{"words close the job", details(func(l lead.Lead, d *data, err *error) {
			if strings.Contains(d.Description, "no longer") {
				*err = &scraper.PageError{URL: l.URL, Err: scraper.ErrGone}
			}
		}), "Gone/an open job is not closed by what its text says", "detail:"},
		{"a long text is cut", details(func(_ lead.Lead, d *data, _ *error) {
			d.Description = d.Description[:min(80, len(d.Description))]
		}), "Detail/a posting's text arrives whole and in order", "the description lacks the line"},
		{"text loses what looks like markup", details(func(_ lead.Lead, d *data, _ *error) {
			d.Description = tags.ReplaceAllString(d.Description, "")
		}), "Detail/text is plain text", "the description lacks the line"},
		{
			"the text of another job is taken",
			func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
				tb.Helper()
				board, site := openGuild(tb, env)
				b := badBoard{guild: board.(guild)}
				b.detail = func(ctx ctx, g guild, l lead.Lead) (data, error) {
					d, err := g.Detail(ctx, l)
					if errors.Is(err, scraper.ErrPosting) {
						d.Description, err = "Some text.", nil
					}
					return d, err
				}
				return b, site
			}, "Advert/another posting's page does not give its text", "compare what the page says",
		},
		{"an error quotes the query", search(func(ctx ctx, g guild, q query) found {
			return func(yield yield) {
				for l, err := range g.Search(ctx, q) {
					if err != nil && !errors.Is(err, scraper.ErrUnfiltered) {
						err = errors.Join(errors.New("search for "+q.Keywords), err)
					}
					if !yield(l, err) {
						return
					}
				}
			}
		}), "Markup/an unknown page instead of the first one is ErrMarkup", "or the user's words"},
		{"an error does not name the page", each(func(_ *lead.Lead, err *error) bool {
			if errors.Is(*err, scraper.ErrMarkup) {
				*err = scraper.ErrMarkup
			}
			return true
		}), "Markup/an unknown page instead of the first one is ErrMarkup", "does not name the page"},
		{
			"bodies stay open", trips(tripper{answer: func(r *http.Response) { r.Body = open{r.Body} }}),
			"Search/one job is one lead", "response bodies were not closed",
		},
		{"a search does not end with its context", search(func(ctx ctx, g guild, q query) found {
			return g.Search(context.WithoutCancel(ctx), q)
		}), "Stop/a cancellation in mid-page ends the search", "pass the context to every request"},
		{
			"an advert does not end with its context",
			badBoard{detail: func(ctx ctx, g guild, l lead.Lead) (data, error) {
				return g.Detail(context.WithoutCancel(ctx), l)
			}}.open, "Stop/a cancellation in mid-page ends the reading", "pass the context to every request",
		},
		{"a cancellation is a broken advert", details(func(l lead.Lead, _ *data, err *error) {
			if errors.Is(*err, context.Canceled) {
				*err = &scraper.PageError{URL: l.URL, Err: scraper.ErrPosting}
			}
		}), "Stop/a cancelled context asks for nothing", "context canceled"},
		{"all pages are read before the first lead", search(func(ctx ctx, g guild, q query) found {
			return func(yield yield) {
				all, errs := collect(g.Search(ctx, q))
				replay(all, errs, false, yield)
			}
		}), "Search/pages are fetched as they are consumed", "requests for the ten jobs of the first page"},
		{"the search begins before it is consumed", search(func(ctx ctx, g guild, q query) found {
			all, errs := collect(g.Search(ctx, q))
			return func(yield yield) { replay(all, errs, false, yield) }
		}), "Search/nothing is requested before the sequence is consumed", "requests:\n got 1"},
		{"yield's false is not heard", search(func(ctx ctx, g guild, q query) found {
			return func(yield yield) {
				all, errs := collect(g.Search(ctx, q))
				replay(all, errs, true, yield)
			}
		}), "Stop/a consumer that stops early", "return as soon as it does"},
		{"a goroutine outlives the search", search(func(ctx ctx, g guild, q query) found {
			return func(yield yield) {
				go func() { <-make(chan struct{}) }()
				g.Search(ctx, q)(yield)
			}
		}), "Search/one job is one lead", "start no goroutine that outlives"},
		{
			"jobs of an earlier search are left out",
			func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
				tb.Helper()
				board, site := openGuild(tb, env)
				var mu sync.Mutex
				seen := map[string]bool{}
				return badBoard{guild: board.(guild), search: func(ctx ctx, g guild, q query) found {
					return func(yield yield) {
						for l, err := range g.Search(ctx, q) {
							mu.Lock()
							known := err == nil && seen[l.ExternalID]
							seen[l.ExternalID] = true
							mu.Unlock()
							if !known && !yield(l, err) {
								return
							}
						}
					}
				}}, site
			}, "Search/the same search lists the same jobs again", "15 of 15 jobs are not listed",
		},
		{"Retry-After is lost", details(func(l lead.Lead, _ *data, err *error) {
			if *err != nil {
				*err = &scraper.PageError{URL: l.URL, Status: 429}
			}
		}), "Busy/HTTP 429 says how long to wait, in seconds", "RetryAfter"},
		{"a busy server is a refusal", each(func(_ *lead.Lead, err *error) bool {
			if p, ok := errors.AsType[*scraper.PageError](*err); ok && p.Status == 503 {
				*err = &scraper.PageError{URL: p.URL, Status: 503, Err: scraper.ErrBlocked}
			}
			return true
		}), "Busy/HTTP 503 may pass", "the same request may succeed later"},
	}
}

func TestMutationsOfTheBoardAreCaught(t *testing.T) {
	t.Parallel()
	catches(t, boardMutations(), openGuild, scrapertest.Failures)
}
