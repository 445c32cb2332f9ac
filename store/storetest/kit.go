package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/suite"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

const (
	ada = "ada"
	bob = "bob"
	cyd = "cyd"

	recheck = 10 * 24 * time.Hour
	lease   = time.Minute
)

// A clock is one that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A kit is one case's catalogue with a clock, and the calls that must succeed.
type kit struct {
	*suite.TB
	*clock
	as      func(user string) forge.Store
	readers *int // users made by text
}

func newKit(tb *suite.TB, open Open, events bool) *kit {
	tb.Helper()
	k := &kit{TB: tb, clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, readers: new(int)}
	view := open(tb, Env{Now: k.Now, RecheckAfter: recheck, Events: events})
	if view == nil {
		tb.Fatal("Open returned no function: return one that makes a user's view")
	}
	k.as = func(user string) forge.Store {
		s := view(user)
		if s == nil || reflect.ValueOf(s).Kind() == reflect.Pointer && reflect.ValueOf(s).IsNil() {
			tb.Fatalf("the view of user %q is nil: make one for every name; its calls refuse a bad one",
				user)
		}
		return s
	}
	return k
}

// each runs one row of a case's table. The rows share the catalogue, and run one after the other.
func (k *kit) each(name string, run func(k *kit)) {
	k.Helper()
	k.Row(name, func(tb *suite.TB) {
		row := *k
		row.TB = tb
		run(&row)
	})
}

// nth returns an item of an answer. It ends the case if the answer is too short to have it.
func nth[T any](k *kit, list []T, n int) T {
	k.Helper()
	if n >= len(list) {
		k.Fatalf("the answer has %d items, want at least %d", len(list), n+1)
	}
	return list[n]
}

// atMost returns a function that ends the case when it is called more than n times. It stands in
// loops that only an answer of the store ends.
func (k *kit) atMost(n int, what string) func() {
	var calls atomic.Int64
	return func() {
		k.Helper()
		if calls.Add(1) > int64(n) {
			k.Fatalf("more than %d %s", n, what)
		}
	}
}

// assessed returns the assessment of an entry, which must have one.
func (k *kit) assessed(e store.Entry) enrich.Assessment {
	k.Helper()
	if e.Assessment == nil {
		k.Fatalf("job %d is decided and is listed without its assessment", e.ID)
	}
	return *e.Assessment
}

// data returns data that must be there.
func (k *kit) data(d *enrich.Data) enrich.Data {
	k.Helper()
	if d == nil {
		k.Fatalf("there is no text, want the one that a match brought")
	}
	return *d
}

// leadOf returns the n-th lead of an invented board.
func leadOf(n int) lead.Lead {
	id := fmt.Sprintf("%06d", n)
	return lead.Lead{
		Source: "example", ExternalID: id, Title: "Engineer " + id, Company: "Company " + id,
		Location: "Remote", URL: "https://jobs.example.com/view/" + id,
		PostedAt: time.Date(2026, 2, 3, 4, 5, 6, 7000, time.UTC),
	}
}

func leadsOf(from, n int) []lead.Lead {
	leads := make([]lead.Lead, n)
	for i := range leads {
		leads[i] = leadOf(from + i)
	}
	return leads
}

// match is a decision that keeps the job. If text is empty, it brings none.
func match(score int, text string) enrich.Decision {
	d := enrich.Decision{
		Assessment: enrich.Assessment{Score: score, Reasoning: "Fits.", By: "judge/1"}, Status: lead.Matched,
	}
	if text != "" {
		d.Data = &enrich.Data{Description: text}
	}
	return d
}

func reject(score int) enrich.Decision {
	return enrich.Decision{
		Assessment: enrich.Assessment{Score: score, Reasoning: "Another trade.", By: "judge/1"},
		Status:     lead.AutoRejected,
	}
}

func (k *kit) must(err error, what string) {
	k.Helper()
	if err != nil {
		k.Fatalf("%s: %v", what, err)
	}
}

func (k *kit) fails(err, want error, what string) {
	k.Helper()
	if !errors.Is(err, want) {
		k.Errorf("%s: got error %v, want one that wraps %q", what, err, want)
	}
}

func (k *kit) equal(got, want any, what string) {
	k.Helper()
	if !reflect.DeepEqual(got, want) {
		g, w := plain(got), plain(want)
		if g == w { // they differ in what JSON leaves out
			g, w = fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want)
		}
		k.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// plain is a value as text. What can hold pointers is JSON, which shows what they lead to.
func plain(v any) string {
	t := reflect.TypeOf(v)
	for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	if t != nil && t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() {
		if text, err := json.Marshal(v); err == nil {
			return string(text)
		}
	}
	return fmt.Sprintf("%+v", v)
}

func (k *kit) sync(user string, leads ...lead.Lead) []store.Ref {
	k.Helper()
	refs, err := k.as(user).Sync(k.Context(), leads)
	k.must(err, "sync")
	return refs
}

// syncOne syncs one lead, which this must make due.
func (k *kit) syncOne(user string, l lead.Lead) store.Ref {
	k.Helper()
	refs := k.sync(user, l)
	if len(refs) != 1 {
		k.Fatalf("sync of one lead that is new to %s: got %d refs, want 1: a ref of each job that this "+
			"call made due", user, len(refs))
	}
	return refs[0]
}

// claim claims at most n due jobs under the usual lease.
func (k *kit) claim(user string, n int) []store.Job {
	k.Helper()
	jobs, err := k.as(user).Claim(k.Context(), n, lease)
	k.must(err, "claim")
	return jobs
}

// take claims the one job that is due.
func (k *kit) take(user string) store.Job {
	k.Helper()
	jobs := k.claim(user, 100)
	if len(jobs) != 1 {
		k.Fatalf("claim: got %d jobs, want 1: due is what Env.Now, now %s, is not before; does the store "+
			"use another clock?", len(jobs), k.Now().Format(time.RFC3339))
	}
	return jobs[0]
}

// idle checks that nothing is due.
func (k *kit) idle(user, why string) {
	k.Helper()
	if jobs := k.claim(user, 100); len(jobs) != 0 {
		k.Errorf("%s: %d jobs are due, want none", why, len(jobs))
	}
}

// record records a decision.
func (k *kit) record(user string, l store.Lease, d enrich.Decision) {
	k.Helper()
	k.must(k.as(user).Decide(k.Context(), l, d), "decide")
}

func (k *kit) release(user string, l store.Lease, o store.Outcome) {
	k.Helper()
	k.must(k.as(user).Release(k.Context(), l, o), "release")
}

// decide syncs lead n, claims it and records a decision.
func (k *kit) decide(user string, n int, d enrich.Decision) store.Job {
	k.Helper()
	k.sync(user, leadOf(n))
	j := k.take(user)
	k.record(user, j.Lease, d)
	return j
}

// ability returns the store as one of the optional interfaces, and skips the case if it is not one.
func ability[T any](k *kit, user string) T {
	k.Helper()
	a, ok := k.as(user).(T)
	if !ok {
		k.Skipf("the store is no %v", reflect.TypeFor[T]())
	}
	return a
}

// every is a filter of all statuses of the pipeline and the ones that the suite uses.
func every() store.Filter {
	return store.Filter{Limit: store.MaxPage, Statuses: []lead.Status{
		lead.Discovered, lead.Matched, lead.AutoRejected, lead.Failed, lead.Closed, lead.Applied,
		lead.Saved, lead.Dismissed,
	}}
}

func (k *kit) list(user string, f store.Filter) ([]store.Entry, string) {
	k.Helper()
	entries, next, err := ability[forge.Lister](k, user).List(k.Context(), f)
	k.must(err, "list")
	return entries, next
}

// entry returns the user's entry of a job.
func (k *kit) entry(user string, id int64) store.Entry {
	k.Helper()
	return k.entryIn(user, id, every())
}

// entryIn returns the user's entry of a job among those of a filter.
func (k *kit) entryIn(user string, id int64, f store.Filter) store.Entry {
	k.Helper()
	entries, _ := k.list(user, f)
	for _, e := range entries {
		if e.ID == id {
			return e
		}
	}
	k.Fatalf("job %d is not listed", id)
	return store.Entry{}
}

func (k *kit) status(user string, id int64, want lead.Status) {
	k.Helper()
	if got := k.entry(user, id).Status; got != want {
		k.Errorf("job %d is %s, want %s", id, got, want)
	}
}

func (k *kit) mark(user string, id int64, s lead.Status) {
	k.Helper()
	k.must(ability[forge.Marker](k, user).Mark(k.Context(), id, s), "mark")
}

func (k *kit) reopen(user string, which store.Selection) int {
	k.Helper()
	n, err := ability[forge.Reopener](k, user).Reopen(k.Context(), which)
	k.must(err, "reopen")
	return n
}

// text returns the text that a new user is served for lead n, empty if there is none.
func (k *kit) text(n int) string {
	k.Helper()
	*k.readers++
	user := fmt.Sprint("reader ", *k.readers)
	k.sync(user, leadOf(n))
	j := k.take(user)
	if j.Data == nil {
		return ""
	}
	return j.Data.Description
}

func cancelled(k *kit) context.Context {
	ctx, cancel := context.WithCancel(k.Context())
	cancel()
	return ctx
}
