package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// watcher returns the store as a forge.Watcher, and skips the case if it is none, or records nothing.
func (k *kit) watcher(user string) forge.Watcher {
	k.Helper()
	w := ability[forge.Watcher](k, user)
	if _, err := w.ListChanges(k.Context(), 0, 1); errors.Is(err, errors.ErrUnsupported) {
		k.Skip("the store was opened without Env.Events")
	}
	return w
}

// changes returns what happened after a cursor.
func (k *kit) changes(user string, after int64, kinds ...store.ChangeKind) []store.Change {
	k.Helper()
	list, err := k.watcher(user).ListChanges(k.Context(), after, store.MaxChanges, kinds...)
	k.must(err, "list changes")
	return list
}

// kinds returns "NEW 1, MATCHED 1" for changes, with the jobs numbered as they come.
func kinds(list []store.Change) string {
	text, number := "", map[int64]int{}
	for i, c := range list {
		if number[c.JobID] == 0 {
			number[c.JobID] = len(number) + 1
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %d", c.Kind, number[c.JobID])
	}
	return text
}

// changedScore returns the score of a change that is a decision.
func (k *kit) changedScore(c store.Change) int {
	k.Helper()
	if c.Detail.Score == nil {
		k.Fatalf("the change %s of job %d has no score", c.Kind, c.JobID)
	}
	return *c.Detail.Score
}

func (k *kit) last(user string) int64 {
	k.Helper()
	list := k.changes(user, 0)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].ID
}

var changeCases = []testCase{
	{"a list that closes jobs and opens one again is recorded", func(k *kit) {
		k.watcher(ada)
		first, applied := k.decide(ada, 1, match(80, "Text.")).ID, k.decide(ada, 2, match(80, "Text.")).ID
		k.mark(ada, applied, lead.Applied)
		last := k.last(ada)
		k.unlisted(ada, listOf(1, 2, 3))
		k.lacks(ada, listOf(3))
		k.unlisted(ada, listOf(1, 2, 3))
		list := k.changes(ada, last)
		k.equal(kinds(list), "CLOSED 1, CLOSED 2, EXPIRED 1", "changes")
		k.equal(nth(k, list, 0).JobID, first, "the first job that was closed")
		k.equal(nth(k, list, 0).Detail.Cause, "the complete list of its company no longer has it", "cause")
	}},
	{"each call records what it did, in its order", func(k *kit) {
		at := func(c store.Change, when time.Time) {
			k.Helper()
			k.equal(c.At, when, "time of "+string(c.Kind))
		}
		start := k.Now()
		k.sync(ada, leadsOf(1, 3)...)
		first := k.take1(ada)
		k.advance(time.Second)
		k.record(ada, first.Lease, match(80, "Text."))
		second := k.take1(ada)
		k.record(ada, second.Lease, reject(5))
		third := k.take1(ada)
		k.release(ada, third.Lease, store.Outcome{Status: lead.Failed, Counts: true, Cause: "no text"})
		k.mark(ada, first.ID, lead.Applied)
		k.reopen(ada, store.Selection{IDs: []int64{second.ID}})
		again := k.take1(ada)
		k.release(ada, again.Lease, store.Outcome{Status: lead.Closed})
		list := k.changes(ada, 0)
		k.equal(kinds(list), "NEW 1, NEW 2, NEW 3, MATCHED 1, REJECTED 2, FAILED 3, MARKED 1, REOPENED 2, "+
			"CLOSED 2", "changes")
		for i, c := range list {
			k.equal(c.User, "", "user")
			if i > 0 && c.ID <= list[i-1].ID {
				k.Errorf("id %d follows %d", c.ID, list[i-1].ID)
			}
		}
		k.equal(nth(k, list, 0).Lead, first.Lead, "lead")
		k.equal(nth(k, list, 0).JobID, first.ID, "job")
		at(nth(k, list, 0), start)
		at(nth(k, list, 3), start.Add(time.Second))
		k.equal(k.changedScore(nth(k, list, 3)), 80, "score of the match")
		k.equal(k.changedScore(nth(k, list, 4)), 5, "score of the rejection")
		k.equal(nth(k, list, 5).Detail, store.ChangeDetail{Cause: "no text"}, "detail of the failure")
		k.equal(nth(k, list, 6).Detail, store.ChangeDetail{Status: lead.Applied}, "detail of the mark")
		k.equal(nth(k, list, 8).Detail, store.ChangeDetail{}, "detail of the closing")
	}},
	{"a match that is listed again after the re-check age is EXPIRED", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck)
		after := k.last(ada)
		k.sync(ada, leadOf(1))
		list := k.changes(ada, after)
		k.equal(kinds(list), "EXPIRED 1", "changes")
		k.equal(nth(k, list, 0).JobID, j.ID, "job")
	}},
	{"a repeat that changes nothing and a call that fails record nothing", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.mark(ada, j.ID, lead.Saved)
		k.sync(ada, leadOf(2))
		held := k.take1(ada)
		after := k.last(ada)
		k.sync(ada, leadsOf(1, 2)...)
		k.record(ada, j.Lease, match(80, "Text."))
		k.mark(ada, j.ID, lead.Saved)
		k.release(ada, held.Lease, store.Outcome{Cause: "busy"})
		k.reopen(ada, store.Selection{IDs: []int64{held.ID}})
		k.fails(k.as(ada).Decide(k.Context(), held.Lease, reject(1)), store.ErrLeaseLost, "decide")
		k.fails(k.as(bob).Decide(k.Context(), j.Lease, reject(1)), store.ErrNotFound, "another user's decide")
		lost := k.as(ada).Release(k.Context(), held.Lease, store.Outcome{Status: lead.Closed})
		k.fails(lost, store.ErrLeaseLost, "release")
		k.equal(kinds(k.changes(ada, after)), "", "changes")
		k.equal(len(k.changes(bob, 0)), 0, "number of bob's")
	}},
	{"a failed re-check of a match is no change, and a closed job that was applied for is one", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.reopen(ada, store.Selection{IDs: []int64{j.ID}})
		after := k.last(ada)
		k.release(ada, k.take1(ada).Lease, store.Outcome{Status: lead.Failed})
		k.equal(kinds(k.changes(ada, after)), "", "changes of a failed re-check")
		k.mark(ada, j.ID, lead.Applied)
		k.reopen(ada, store.Selection{IDs: []int64{j.ID}})
		after = k.last(ada)
		k.release(ada, k.take1(ada).Lease, store.Outcome{Status: lead.Closed})
		k.equal(kinds(k.changes(ada, after)), "CLOSED 1", "changes of a closed application")
		k.status(ada, j.ID, lead.Applied)
	}},
	{"pages begin after a cursor and hold the kinds that are asked for", func(k *kit) {
		for n := range 4 {
			k.decide(ada, n, match(80, "Text."))
		}
		w := k.watcher(ada)
		var got []store.Change
		again := k.atMost(10, "pages: a page begins after the cursor")
		for after := int64(0); ; after = got[len(got)-1].ID {
			again()
			page, err := w.ListChanges(k.Context(), after, 3)
			k.must(err, "list changes")
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
		}
		k.equal(kinds(got), "NEW 1, MATCHED 1, NEW 2, MATCHED 2, NEW 3, MATCHED 3, NEW 4, MATCHED 4", "all")
		matches := k.changes(ada, 0, store.ChangeMatched)
		k.equal(kinds(matches), "MATCHED 1, MATCHED 2, MATCHED 3, MATCHED 4", "matches")
		both := k.changes(ada, nth(k, got, 3).ID, store.ChangeNew, store.ChangeMatched)
		k.equal(len(both), 4, "those of two kinds")
		k.equal(len(k.changes(ada, 0, store.ChangeClosed)), 0, "closed ones")
		k.equal(len(k.changes(ada, nth(k, got, 7).ID+1000)), 0, "after a cursor that is still to come")
	}},
	{"no user sees another's changes", func(k *kit) {
		k.decide(ada, 1, match(80, "Text."))
		k.decide(bob, 1, reject(5))
		k.equal(kinds(k.changes(ada, 0)), "NEW 1, MATCHED 1", "ada's")
		k.equal(kinds(k.changes(bob, 0)), "NEW 1, REJECTED 1", "bob's")
		k.equal(kinds(k.changes(cyd, 0)), "", "cyd's")
	}},
	{"arguments out of range are refused", func(k *kit) {
		w := k.watcher(ada)
		for _, c := range []struct {
			after int64
			n     int
			kind  store.ChangeKind
		}{
			{-1, 1, store.ChangeNew},
			{0, 0, store.ChangeNew},
			{0, -1, store.ChangeNew},
			{0, store.MaxChanges + 1, store.ChangeNew},
			{0, 1, "new"},
			{0, 1, ""},
		} {
			_, err := w.ListChanges(k.Context(), c.after, c.n, c.kind)
			k.fails(err, store.ErrInvalid, "list changes")
		}
		for _, err := range w.Changes(k.Context(), -1) {
			k.fails(err, store.ErrInvalid, "changes")
		}
	}},
	{"a reader gets what happened, waits for what happens, and ends with its context", func(k *kit) {
		k.sync(ada, leadOf(1))
		ctx, cancel := context.WithTimeout(k.Context(), 20*time.Second)
		defer cancel()
		var seen []store.Change
		var ended error
		for c, err := range k.watcher(ada).Changes(ctx, 0) {
			if err != nil {
				ended = err
				break
			}
			seen = append(seen, c)
			switch len(seen) {
			case 1:
				k.record(ada, k.take1(ada).Lease, match(80, "Text."))
			case 2:
				k.mark(ada, c.JobID, lead.Saved)
			case 3:
				cancel()
			}
		}
		k.equal(kinds(seen), "NEW 1, MATCHED 1, MARKED 1", "changes")
		k.fails(ended, context.Canceled, "end of the sequence")
		k.equal(seen, k.changes(ada, 0), "the same as listed")
	}},
	{"a reader of some kinds waits past the others", func(k *kit) {
		k.sync(ada, leadsOf(1, 3)...)
		ctx, cancel := context.WithTimeout(k.Context(), 20*time.Second)
		defer cancel()
		k.record(ada, k.take1(ada).Lease, match(80, "Text."))
		n := 0
		for c, err := range k.watcher(ada).Changes(ctx, 0, store.ChangeMatched) {
			k.must(err, "changes")
			k.equal(c.Kind, store.ChangeMatched, "kind")
			if n++; n == 3 {
				break
			}
			k.record(ada, k.take1(ada).Lease, match(80, "Text."))
		}
		k.equal(n, 3, "matches")
	}},
	{"a cursor older than what is kept is an error, which says where nothing is missing", func(k *kit) {
		w := k.watcher(ada)
		j := k.decide(ada, 1, match(80, "Text."))
		k.decide(bob, 1, reject(5))
		bobs := k.last(bob)
		old := k.last(ada)
		k.advance(store.KeepChanges + time.Hour)
		for n := range 100 { // pruning takes place now and then
			k.mark(ada, j.ID, []lead.Status{lead.Saved, lead.Applied}[n%2])
		}
		_, err := w.ListChanges(k.Context(), 0, 10)
		k.fails(err, store.ErrPruned, "list changes")
		pruned, ok := errors.AsType[*store.PrunedError](err)
		if !ok {
			k.Fatalf("%v is no PrunedError", err)
		}
		k.equal(pruned.After, old, "the cursor that misses nothing")
		k.equal(len(k.changes(ada, pruned.After)), 100, "changes after it")
		for _, err := range w.Changes(k.Context(), 0) {
			k.fails(err, store.ErrPruned, "changes")
		}
		k.equal(len(k.changes(ada, 0, store.ChangeMarked)), 100, "no change of this kind was pruned")
		_, err = k.watcher(bob).ListChanges(k.Context(), bobs, 10)
		k.must(err, "bob has seen all that was pruned")
	}},
	{"readers that stop and resume among writers miss nothing and see the order of commits", func(k *kit) {
		const jobs = 60
		k.sync(ada, leadsOf(1, jobs)...)
		var done atomic.Int64
		var writers sync.WaitGroup
		again := k.atMost(1000*jobs, "claims, although every due job can be claimed")
		for range 8 {
			k.Go(&writers, func() {
				for done.Load() < jobs {
					again()
					claimed, err := k.as(ada).Claim(k.Context(), 2, lease)
					if err != nil {
						k.Errorf("claim: %v", err)
						return
					}
					for _, j := range claimed {
						if err := k.as(ada).Decide(k.Context(), j.Lease, match(80, "Text.")); err != nil {
							k.Errorf("decide: %v", err)
							return
						}
						done.Add(1)
					}
				}
			})
		}
		ctx, cancel := context.WithTimeout(k.Context(), 30*time.Second)
		defer cancel()
		var seen [2][]store.Change
		var readers sync.WaitGroup
		resumed := k.atMost(4*jobs, "sequences of changes that ended without an error")
		for r := range seen {
			k.Go(&readers, func() {
				for after := int64(0); len(seen[r]) < 2*jobs; {
					resumed()
					n := 0
					for c, err := range k.watcher(ada).Changes(ctx, after) {
						if err != nil {
							k.Errorf("reader %d: %v", r, err)
							return
						}
						seen[r] = append(seen[r], c)
						after = c.ID
						if n++; n == 7+r || len(seen[r]) == 2*jobs { // stops, and resumes
							break
						}
					}
				}
			})
		}
		writers.Wait()
		late := time.AfterFunc(10*time.Second, cancel) // some changes that the readers wait for did not come
		if k.Failed() {
			cancel()
		}
		readers.Wait()
		late.Stop()
		want := k.changes(ada, 0)
		k.equal(len(want), 2*jobs, "changes")
		for r := range seen {
			k.equal(seen[r], want, fmt.Sprint("what reader ", r, " saw"))
		}
		at := map[int64]store.ChangeKind{}
		for _, c := range want {
			if c.Kind == store.ChangeMatched && at[c.JobID] != store.ChangeNew {
				k.Errorf("job %d is matched before it is new", c.JobID)
			}
			at[c.JobID] = c.Kind
		}
	}},
}

// take1 claims one of the jobs that are due.
func (k *kit) take1(user string) store.Job {
	k.Helper()
	jobs := k.claim(user, 1)
	if len(jobs) != 1 {
		k.Fatalf("claim: got %d jobs, want 1", len(jobs))
	}
	return nth(k, jobs, 0)
}
