package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

const workers = 16

// together runs f in many goroutines at once.
func (k *kit) together(n int, f func(worker int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for w := range n {
		k.Go(&all, func() {
			<-start
			f(w)
		})
	}
	close(start)
	all.Wait()
}

var concurrencyCases = []testCase{
	{"sixteen workers claim every job once", func(k *kit) {
		const jobs = 200
		k.sync(ada, leadsOf(1, jobs)...)
		var mu sync.Mutex
		taken := make(map[int64]int)
		again := k.atMost(workers*(jobs+1), "claims, although no job may be claimed twice under a lease")
		k.together(workers, func(int) {
			for {
				again()
				claimed, err := k.as(ada).Claim(k.Context(), 7, lease)
				if err != nil {
					k.Errorf("claim: %v", err)
					return
				}
				if len(claimed) == 0 {
					return
				}
				mu.Lock()
				for _, id := range ids(claimed) {
					taken[id]++
				}
				mu.Unlock()
			}
		})
		// A store may answer with nothing while others are claiming.
		for _, id := range ids(k.claim(ada, 100)) {
			taken[id]++
		}
		k.equal(len(taken), jobs, "jobs that were claimed")
		for id, n := range taken {
			if n != 1 {
				k.Errorf("job %d was claimed %d times", id, n)
			}
		}
	}},
	{"batches that overlap are synced at once, and each job is NEW once", func(k *kit) {
		var mu sync.Mutex
		answered := make(map[lead.Key]int)
		k.together(workers, func(w int) {
			for n := range 10 {
				leads := leadsOf(n*10, 25)
				for i := range leads { // each worker in an order of its own
					o := (i*7 + w) % len(leads)
					leads[i], leads[o] = leads[o], leads[i]
				}
				refs, err := k.as(ada).Sync(k.Context(), leads)
				if err != nil {
					k.Errorf("sync: %v", err)
					return
				}
				mu.Lock()
				for _, r := range refs {
					answered[r.Key]++
				}
				mu.Unlock()
			}
		})
		k.equal(len(answered), 115, "jobs")
		for key, n := range answered {
			if n != 1 {
				k.Errorf("%v was answered NEW %d times", key, n)
			}
		}
	}},
	{"users sync the same leads at once and see the same ids", func(k *kit) {
		var mu sync.Mutex
		known := make(map[lead.Key]int64)
		k.together(workers, func(w int) {
			refs, err := k.as(fmt.Sprint("user ", w)).Sync(k.Context(), leadsOf(1, 25))
			if err != nil || len(refs) != 25 {
				k.Errorf("sync: %d refs, %v", len(refs), err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, r := range refs {
				if id, ok := known[r.Key]; ok && id != r.ID {
					k.Errorf("%v is job %d and job %d", r.Key, id, r.ID)
				}
				known[r.Key] = r.ID
			}
		})
		k.equal(len(known), 25, "jobs")
	}},
	{"an expired job is answered EXPIRED once", func(k *kit) {
		k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck)
		var answers atomic.Int64
		k.together(workers, func(int) {
			refs, err := k.as(ada).Sync(k.Context(), leadsOf(1, 1))
			if err != nil {
				k.Errorf("sync: %v", err)
			}
			answers.Add(int64(len(refs)))
		})
		k.equal(answers.Load(), int64(1), "answers")
	}},
	{"decisions with one token at once: all succeed and one counts", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.together(workers, func(w int) {
			if err := k.as(ada).
				Decide(k.Context(), j.Lease, match(50+w, fmt.Sprint("Text ", w))); err != nil {
				k.Errorf("decide: %v", err)
			}
		})
		e := k.entry(ada, j.ID)
		k.equal(k.data(e.Data).Description, fmt.Sprint("Text ", k.assessed(e).Score-50),
			"score and text of one decision")
	}},
	{"a late worker and a new one: one of them decides", func(k *kit) {
		for n := range 20 {
			k.sync(ada, leadOf(n))
			old := k.take(ada)
			k.advance(lease)
			var lateErr, newErr error
			var claimed []store.Job
			k.together(2, func(w int) {
				if w == 0 {
					lateErr = k.as(ada).Decide(k.Context(), old.Lease, match(41, "Late."))
					return
				}
				if claimed, newErr = k.as(ada).
					Claim(k.Context(), 1, lease); newErr == nil &&
					len(claimed) == 1 {
					newErr = k.as(ada).Decide(k.Context(), claimed[0].Lease, match(42, "New."))
				}
			})
			want := 41
			if len(claimed) == 1 {
				want = 42
				k.fails(lateErr, store.ErrLeaseLost, "the late worker")
			} else {
				k.must(lateErr, "the late worker")
			}
			k.must(newErr, "the new worker")
			k.equal(k.assessed(k.entry(ada, old.ID)).Score, want, "score")
		}
	}},
	{"claims, decisions, releases, marks and listings at once lose nothing", func(k *kit) {
		const jobs = 60
		k.sync(ada, leadsOf(1, jobs)...)
		var decided atomic.Int64
		again := k.atMost(8*3*jobs, "claims, although every job that was claimed is decided soon")
		k.together(8, func(w int) {
			s := k.as(ada)
			for {
				again()
				claimed, err := s.Claim(k.Context(), 3, lease)
				if err != nil {
					k.Errorf("claim: %v", err)
					return
				}
				if len(claimed) == 0 {
					return
				}
				for i, j := range claimed {
					var err error
					switch {
					case i == 2 && j.Attempts == 0:
						err = s.Release(k.Context(), j.Lease, store.Outcome{Counts: true})
					case j.ID%2 == 0:
						err = s.Decide(k.Context(), j.Lease, reject(10))
						decided.Add(1)
					default:
						err = errors.Join(s.Renew(k.Context(), j.Lease, lease),
							s.Decide(k.Context(), j.Lease, match(70, "Text.")))
						decided.Add(1)
					}
					if err != nil {
						k.Errorf("job %d: %v", j.ID, err)
					}
				}
			}
		})
		for { // a store may answer with nothing while others are claiming
			again()
			rest := k.claim(ada, 100)
			if len(rest) == 0 {
				break
			}
			for _, j := range rest {
				k.record(ada, j.Lease, reject(1))
				decided.Add(1)
			}
		}
		k.equal(decided.Load(), int64(jobs), "decisions")
		entries, _ := k.list(ada, every())
		k.equal(len(entries), jobs, "entries")
	}},
}
