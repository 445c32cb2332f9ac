package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A calling is one call of a user's view, and what came of it.
type calling struct {
	name string
	err  error
}

// calls makes every call of a user's view, on job j.
func (k *kit) calls(ctx context.Context, user string, j store.Job) []calling {
	k.Helper()
	s := k.as(user)
	_, syncErr := s.Sync(ctx, leadsOf(100, 2))
	_, claimErr := s.Claim(ctx, 1, lease)
	all := []calling{
		{"sync", syncErr},
		{"claim", claimErr},
		{"renew", s.Renew(ctx, j.Lease, lease)},
		{"release", s.Release(ctx, j.Lease, store.Outcome{})},
		{"decide", s.Decide(ctx, j.Lease, match(80, "Text."))},
	}
	if l, ok := s.(forge.Lister); ok {
		_, _, err := l.List(ctx, store.Filter{})
		all = append(all, calling{"list", err})
	}
	if m, ok := s.(forge.Marker); ok {
		all = append(all, calling{"mark", m.Mark(ctx, j.ID, lead.Applied)})
	}
	if r, ok := s.(forge.Reopener); ok {
		_, err := r.Reopen(ctx, store.Selection{IDs: []int64{j.ID}})
		all = append(all, calling{"reopen", err})
	}
	if c, ok := s.(forge.Counter); ok {
		_, err := c.Stats(ctx)
		all = append(all, calling{"stats", err})
	}
	if l, ok := s.(forge.SketchLister); ok {
		_, err := l.Sketches(ctx, 0, 10)
		all = append(all, calling{"sketches", err})
	}
	if w, ok := s.(forge.Watcher); ok {
		if _, err := w.ListChanges(ctx, 0, 10); !errors.Is(err, errors.ErrUnsupported) {
			all = append(all, calling{"list changes", err})
		}
	}
	if c, ok := s.(forge.ListCloser); ok {
		_, err := c.CloseUnlisted(ctx, listOf(100))
		all = append(all, calling{"close unlisted", err})
	}
	if a, ok := s.(forge.Auditor); ok {
		_, auditErr := a.Audit(ctx, 3)
		_, evidenceErr := a.Evidence(ctx)
		all = append(all, calling{"audit", auditErr}, calling{"judge", a.Judge(ctx, j.ID, store.Worth)},
			calling{"evidence", evidenceErr})
	}
	return all
}

var userCases = []testCase{
	{"no call reaches another user's job", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		before := k.entry(ada, j.ID)
		s := k.as(bob)
		k.fails(s.Decide(k.Context(), j.Lease, match(80, "Text.")), store.ErrNotFound, "decide")
		k.fails(s.Decide(k.Context(), store.Lease{ID: j.ID}, match(80, "Text.")), store.ErrNotFound,
			"decide without a claim")
		k.fails(s.Renew(k.Context(), j.Lease, lease), store.ErrNotFound, "renew")
		k.fails(s.Release(k.Context(), j.Lease, store.Outcome{Status: lead.Closed}), store.ErrNotFound,
			"release")
		if m, ok := s.(forge.Marker); ok {
			k.fails(m.Mark(k.Context(), j.ID, lead.Applied), store.ErrNotFound, "mark")
		}
		if _, ok := s.(forge.Reopener); ok {
			k.equal(k.reopen(bob, store.Selection{IDs: []int64{j.ID}}), 0, "reopened")
		}
		k.idle(bob, "nothing is bob's")
		k.equal(k.entry(ada, j.ID), before, "ada's entry")
		k.equal(k.text(1), "", "text")
		k.record(ada, j.Lease, reject(1))
	}},
	{"two users decide one job each for themselves", func(k *kit) {
		k.sync(ada, leadOf(1))
		k.sync(bob, leadOf(1))
		mine, theirs := k.take(ada), k.take(bob)
		k.equal(mine.ID, theirs.ID, "id")
		k.record(ada, mine.Lease, reject(5))
		k.record(bob, theirs.Lease, match(80, "Text."))
		k.status(ada, mine.ID, lead.AutoRejected)
		k.status(bob, theirs.ID, lead.Matched)
		k.equal(k.assessed(k.entry(ada, mine.ID)).Score, 5, "ada's score")
		k.equal(k.assessed(k.entry(bob, mine.ID)).Score, 80, "bob's score")
		if _, ok := k.as(ada).(forge.Reopener); ok {
			k.equal(k.reopen(ada, store.Selection{ScoredBy: "judge"}), 1, "reopened")
		}
		k.status(bob, theirs.ID, lead.Matched)
		k.idle(bob, "bob reopened nothing")
	}},
	{"users differ in case, spaces and quotes", func(k *kit) {
		for _, user := range []string{"ada", "Ada", "ada ", "a'da", `a"da`, "a%", "ådä", strings.Repeat("u",
			store.MaxUserBytes)} {
			k.equal(len(k.sync(user, leadOf(1))), 1, "refs of "+user)
			k.take(user)
		}
	}},
	{"a view made twice is one user's", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.record(ada, j.Lease, match(80, "Text."))
		k.status(ada, j.ID, lead.Matched)
	}},
	{"a user that is blank, too long or not text is refused by every call", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		for _, user := range []string{
			"", " ", "\t\n", strings.Repeat("u", store.MaxUserBytes+1), "a\x00b", "a\xff",
		} {
			for _, c := range k.calls(k.Context(), user, j) {
				what := fmt.Sprintf("%s as user %.20q (see store.CheckUser)", c.name, user)
				k.fails(c.err, store.ErrInvalid, what)
			}
		}
	}},
}

var contextCases = []testCase{
	{"a context that has ended ends every call and nothing is changed", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		before := k.entry(ada, j.ID)
		for _, c := range k.calls(cancelled(k), ada, j) {
			k.fails(c.err, context.Canceled, c.name)
		}
		k.equal(k.entry(ada, j.ID), before, "entry")
		k.equal(len(k.sync(ada, leadsOf(100, 2)...)), 2, "leads of the cancelled sync are new")
		k.record(ada, j.Lease, match(80, "Text."))
	}},
	{"a call that is canceled at any moment leaves the store usable", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		start := time.Now()
		k.must(k.as(ada).Renew(k.Context(), j.Lease, lease), "renew")
		took := time.Since(start)
		const moments = 60
		for i := range moments { // from at once to longer than the call takes
			ctx, cancel := context.WithTimeout(k.Context(), took*time.Duration(2*i)/moments)
			// Whether the call comes through does not matter. What follows it does.
			_ = k.as(ada).Renew(ctx, j.Lease, lease)
			_, _ = k.as(ada).Sync(ctx, leadsOf(100+10*i, 2))
			cancel()
			err := k.as(ada).Renew(k.Context(), j.Lease, lease)
			k.must(err, fmt.Sprintf("renew after %d canceled calls", 2*i+2))
		}
		for i := range moments {
			got := len(k.sync(ada, leadsOf(100+10*i, 2)...))
			k.equal(got == 0 || got == 2, true, "the canceled sync stored all of its leads or none")
		}
		k.record(ada, j.Lease, match(80, "Text."))
	}},
}
