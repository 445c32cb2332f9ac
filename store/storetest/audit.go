package storetest

import (
	"math"
	"slices"
	"sync"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// rejects rejects leads from a number on, one for each score, and returns the ids of the jobs.
func (k *kit) rejects(user string, from int, scores ...int) []int64 {
	k.Helper()
	var ids []int64
	for i, score := range scores {
		ids = append(ids, k.decide(user, from+i, reject(score)).ID)
	}
	return ids
}

func (k *kit) audit(user string, n int) []store.Entry {
	k.Helper()
	entries, err := ability[forge.Auditor](k, user).Audit(k.Context(), n)
	k.must(err, "audit")
	return entries
}

// drawn returns the ids of the jobs that an audit returns.
func (k *kit) drawn(user string, n int) []int64 {
	k.Helper()
	var ids []int64
	for _, e := range k.audit(user, n) {
		ids = append(ids, e.ID)
	}
	return ids
}

func (k *kit) judge(user string, id int64, v store.Verdict) {
	k.Helper()
	k.must(ability[forge.Auditor](k, user).Judge(k.Context(), id, v), "judge")
}

func (k *kit) evidence(user string) gate.Evidence {
	k.Helper()
	e, err := ability[forge.Auditor](k, user).Evidence(k.Context())
	k.must(err, "evidence")
	return e
}

// label returns the user's label of a job, and whether there is one.
func (k *kit) label(user string, id int64) (gate.Label, bool) {
	k.Helper()
	for _, l := range k.evidence(user).Labels {
		if l.JobID == id {
			k.must(l.Validate(), "label")
			return l, true
		}
	}
	return gate.Label{}, false
}

func (k *kit) noLabel(user string, id int64, why string) {
	k.Helper()
	if l, ok := k.label(user, id); ok {
		k.Errorf("%s: there is a label, %+v", why, l)
	}
}

var auditCases = []testCase{
	{"nothing is drawn where nothing was rejected", func(k *kit) {
		k.decide(ada, 1, match(80, "Text."))
		k.equal(len(k.audit(ada, 3)), 0, "drawn")
	}},
	{"a drawn job is an entry of its listing, without text", func(k *kit) {
		id := k.rejects(ada, 1, 12)[0]
		k.decide(bob, 1, match(80, "Text."))
		k.equal(k.audit(ada, 3), []store.Entry{k.entry(ada, id)}, "drawn")
	}},
	{"a repeat returns the same jobs until they are judged", func(k *kit) {
		k.rejects(ada, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9)
		first := k.drawn(ada, 3)
		k.equal(len(first), 3, "drawn")
		k.rejects(ada, 20, 1, 2, 3)
		k.equal(k.drawn(ada, 3), first, "drawn again")
		k.equal(k.drawn(ada, 2), first[:2], "fewer")
		k.advance(lease)
		more := k.drawn(ada, 5)
		k.equal(more[:3], first, "the first of more")
		k.equal(len(more), 5, "more")
		k.judge(ada, nth(k, first, 1), store.NotWorth)
		k.equal(k.drawn(ada, 4), slices.Concat(first[:1], first[2:], more[3:]), "those that wait")
	}},
	{"each job is drawn once, also when the user cannot say", func(k *kit) {
		ids := k.rejects(ada, 1, 5, 15, 25, 6, 16, 26)
		verdicts := []store.Verdict{store.Worth, store.NotWorth, store.Unsure}
		var seen []int64
		for {
			drawn := k.drawn(ada, 1)
			if len(drawn) == 0 {
				break
			}
			if slices.Contains(seen, nth(k, drawn, 0)) {
				k.Fatalf("job %d is drawn twice", nth(k, drawn, 0))
			}
			k.judge(ada, nth(k, drawn, 0), verdicts[len(seen)%3])
			seen = append(seen, nth(k, drawn, 0))
		}
		slices.Sort(seen)
		k.equal(seen, ids, "drawn")
	}},
	{"jobs are drawn evenly over the scores, whatever most of them have", func(k *kit) {
		scores := []int{25, 26, 15, 16}
		for range 12 {
			scores = append(scores, 3)
		}
		k.rejects(ada, 1, scores...)
		var bands [3]int
		for _, e := range k.audit(ada, 6) {
			bands[k.assessed(e).Score/10]++
		}
		k.equal(bands, [3]int{2, 2, 2}, "drawn of each band")
		for _, e := range k.audit(ada, 100) {
			k.judge(ada, e.ID, store.NotWorth)
		}
		k.rejects(ada, 50, 4, 27)
		k.equal(k.assessed(nth(k, k.audit(ada, 1), 0)).Score, 27, "the band from which fewest were drawn")
	}},
	{"users are asked about jobs in different orders", func(k *kit) {
		const jobs = 30
		for n := range jobs {
			k.decide(ada, n, reject(5))
			k.decide(bob, n, reject(5))
		}
		mine, theirs := k.drawn(ada, 10), k.drawn(bob, 10)
		slices.Sort(mine)
		slices.Sort(theirs)
		if slices.Equal(mine, theirs) {
			k.Error("two users are asked about the same jobs")
		}
		if nth(k, mine, 9) < nth(k, mine, 0)+10 {
			k.Error("the jobs that are drawn are neighbours")
		}
	}},
	{"a job that the application marked is not asked about", func(k *kit) {
		ids := k.rejects(ada, 1, 5, 5, 5)
		k.mark(ada, ids[1], lead.Applied)
		drawn := k.drawn(ada, 10)
		slices.Sort(drawn)
		k.equal(drawn, []int64{ids[0], ids[2]}, "drawn")
		k.mark(ada, ids[0], lead.Dismissed)
		k.equal(k.drawn(ada, 10), []int64{ids[2]}, "drawn after a mark")
	}},
	{"a job that was reopened is asked about only if it is rejected again", func(k *kit) {
		id := k.rejects(ada, 1, 5)[0]
		k.drawn(ada, 1)
		k.reopen(ada, store.Selection{IDs: []int64{id}})
		k.equal(len(k.drawn(ada, 1)), 0, "while it is due")
		k.record(ada, k.take(ada).Lease, reject(7))
		k.equal(k.assessed(nth(k, k.audit(ada, 1), 0)).Score, 7, "score of the job that is rejected again")
		k.record(ada, store.Lease{ID: id}, match(60, "Text."))
		k.equal(len(k.drawn(ada, 1)), 0, "once it is kept")
	}},
	{"arguments that break the contract are refused and nothing is drawn", func(k *kit) {
		id := k.rejects(ada, 1, 5)[0]
		a := ability[forge.Auditor](k, ada)
		for _, n := range []int{0, -1, store.MaxAudit + 1} {
			_, err := a.Audit(k.Context(), n)
			k.fails(err, store.ErrInvalid, "audit")
		}
		k.fails(a.Judge(k.Context(), id, store.Worth), store.ErrInvalid, "a job that was not drawn")
		k.audit(ada, 1)
		k.fails(a.Judge(k.Context(), id, "worth"), store.ErrInvalid, "an unknown verdict")
		k.fails(a.Judge(k.Context(), 1<<40, store.Worth), store.ErrNotFound, "an unknown job")
		k.noLabel(ada, id, "nothing was judged")
	}},
	{"no user judges another's job", func(k *kit) {
		id := k.rejects(ada, 1, 5)[0]
		k.drawn(ada, 1)
		b := ability[forge.Auditor](k, bob)
		k.fails(b.Judge(k.Context(), id, store.Worth), store.ErrNotFound, "judge")
		k.equal(len(k.audit(bob, 3)), 0, "drawn for bob")
		k.rejects(bob, 1, 8)
		k.fails(b.Judge(k.Context(), id, store.Worth), store.ErrInvalid, "a job that was drawn for ada alone")
		k.equal(k.evidence(bob), gate.Evidence{Counts: []gate.Count{{By: "judge/1", Score: 8, Rejected: 1}}},
			"bob's evidence")
		k.noLabel(ada, id, "ada has said nothing")
	}},
	{"two audits at once draw no more than one of them", func(k *kit) {
		k.rejects(ada, 1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
		a := ability[forge.Auditor](k, ada)
		var group sync.WaitGroup
		for range 8 {
			k.Go(&group, func() {
				if _, err := a.Audit(k.Context(), 3); err != nil {
					k.Errorf("audit: %v", err)
				}
			})
		}
		group.Wait()
		for _, id := range k.drawn(ada, 3) {
			k.judge(ada, id, store.NotWorth)
		}
		n := len(k.evidence(ada).Labels)
		k.equal(n, 3, "labels of the three that were drawn")
		for _, id := range k.drawn(ada, 100) {
			k.judge(ada, id, store.NotWorth)
		}
		k.equal(len(k.evidence(ada).Labels), 12, "labels of all")
	}},
}

var evidenceCases = []testCase{
	{"there is none of a user who decided nothing", func(k *kit) {
		k.sync(ada, leadOf(1))
		k.equal(k.evidence(ada), gate.Evidence{}, "evidence")
	}},
	{"a mark is a label, and of a job that was kept its probability is 1", func(k *kit) {
		applied := k.decide(ada, 1, match(80, "Text.")).ID
		dismissed := k.decide(ada, 2, match(40, "Text.")).ID
		k.decide(ada, 3, match(60, "Text."))
		k.mark(ada, applied, lead.Applied)
		k.mark(ada, dismissed, lead.Dismissed)
		k.equal(k.evidence(ada), gate.Evidence{
			Labels: []gate.Label{
				{JobID: applied, Score: 80, By: "judge/1", Worth: true, Origin: "APPLIED", Probability: 1},
				{JobID: dismissed, Score: 40, By: "judge/1", Origin: "DISMISSED", Probability: 1},
			},
			Counts: []gate.Count{
				{By: "judge/1", Score: 40, Kept: 1, Stratum: 4},
				{By: "judge/1", Score: 60, Kept: 1, Stratum: 6},
				{By: "judge/1", Score: 80, Kept: 1, Stratum: 8},
			},
		}, "evidence")
		k.mark(ada, applied, "INTERVIEW")
		l, _ := k.label(ada, applied)
		k.equal(l.Origin, gate.Origin("INTERVIEW"), "origin")
		k.mark(ada, applied, lead.Matched)
		k.noLabel(ada, applied, "the mark was taken back")
	}},
	{"a job that was marked and never scored has no label", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		k.mark(ada, id, lead.Saved)
		k.noLabel(ada, id, "it has no score")
	}},
	{"a verdict is a label, a later one replaces it, and an empty one takes it back", func(k *kit) {
		id := k.rejects(ada, 1, 12)[0]
		k.drawn(ada, 1)
		k.noLabel(ada, id, "it is not judged")
		want := gate.Label{
			JobID: id, Score: 12, By: "judge/1", Worth: true, Origin: gate.OriginAudit, Probability: 1,
		}
		for _, v := range []store.Verdict{store.Worth, store.Worth, store.NotWorth} {
			k.judge(ada, id, v)
			want.Worth = v == store.Worth
			l, _ := k.label(ada, id)
			k.equal(l, want, "label")
		}
		k.judge(ada, id, store.Unsure)
		k.noLabel(ada, id, "the user cannot say")
		k.judge(ada, id, "")
		k.equal(k.drawn(ada, 1), []int64{id}, "asked about again")
	}},
	{
		"labels of drawn jobs stand for all that were rejected, in every band and of every scorer",
		func(k *kit) {
			for n := range 40 {
				r := reject(n % 30)
				if n >= 30 {
					r.Assessment.By = "judge/2"
				}
				k.decide(ada, n, r)
			}
			k.decide(ada, 50, match(90, "Text."))
			for i, e := range k.audit(ada, 15) {
				switch {
				case i == 2:
					k.judge(ada, e.ID, store.Unsure)
				case i != 7:
					k.judge(ada, e.ID, store.NotWorth)
				}
			}
			e := k.evidence(ada)
			type cell struct {
				by   string
				band int
			}
			stands, rejected := map[cell]float64{}, map[cell]int{}
			for _, l := range e.Labels {
				stands[cell{l.By, l.Score / 10}] += 1 / l.Probability
			}
			for _, c := range e.Counts {
				rejected[cell{c.By, c.Score / 10}] += c.Rejected
			}
			k.equal(len(stands) > 2, true, "labels in every band")
			for c, n := range stands {
				k.equal(int(math.Round(n)), rejected[c], "rejected jobs for which the labels stand")
			}
		},
	},
	{"a status outranks a verdict while it stands", func(k *kit) {
		id := k.rejects(ada, 1, 12)[0]
		k.drawn(ada, 1)
		k.judge(ada, id, store.NotWorth)
		k.mark(ada, id, lead.Applied)
		l, _ := k.label(ada, id)
		k.equal(l, gate.Label{
			JobID: id, Score: 12, By: "judge/1", Worth: true, Origin: gate.OriginAudit, Probability: 1,
		}, "label")
		k.mark(ada, id, lead.Matched)
		l, _ = k.label(ada, id)
		k.equal(l.Worth, false, "worth after the status was taken back")
	}},
	{"a mark answers for a job that was drawn and for one whose turn comes", func(k *kit) {
		ids := k.rejects(ada, 1, 5, 5, 5, 5)
		first := nth(k, k.drawn(ada, 1), 0)
		k.mark(ada, first, lead.Saved)
		l, _ := k.label(ada, first)
		k.equal(l.Probability, 0.25, "one of four was drawn and marked")
		for _, id := range ids {
			if id != first {
				k.mark(ada, id, lead.Dismissed)
				l, _ := k.label(ada, id)
				k.equal(l.Probability, 0.0, "the user came to it in some other way")
			}
		}
		k.equal(len(k.drawn(ada, 1)), 0, "nothing is asked twice")
		for _, id := range ids {
			l, _ := k.label(ada, id)
			k.equal(l.Origin, gate.OriginAudit, "origin once its turn has come")
			k.equal(l.Probability, 1.0, "all four were drawn")
		}
	}},
	{"a job that is scored again keeps its label, with the last score", func(k *kit) {
		id := k.rejects(ada, 1, 5)[0]
		k.drawn(ada, 1)
		k.judge(ada, id, store.Worth)
		k.reopen(ada, store.Selection{IDs: []int64{id}})
		l, _ := k.label(ada, id)
		k.equal(l.Score, 5, "score while it is due")
		again := match(70, "Text.")
		again.Assessment.By = "judge/2"
		k.record(ada, k.take(ada).Lease, again)
		want := gate.Label{
			JobID: id, Score: 70, By: "judge/2", Worth: true, Origin: gate.OriginAudit, Probability: 1,
		}
		k.equal(k.evidence(ada), gate.Evidence{
			Labels: []gate.Label{want}, Counts: []gate.Count{{By: "judge/2", Score: 70, Kept: 1, Stratum: 7}},
		}, "evidence")
	}},
	{"a score that nothing backs is counted apart", func(k *kit) {
		d := match(4, "Text.")
		d.Assessment.Unverified = true
		id := k.decide(ada, 1, d).ID
		k.rejects(ada, 2, 4)
		k.mark(ada, id, lead.Saved)
		e := k.evidence(ada)
		k.equal(len(e.Counts), 2, "counts")
		k.equal(nth(k, e.Labels, 0).Unverified, true, "unverified")
		k.equal(nth(k, e.Labels, 0).Probability, 1.0, "the gate kept it")
	}},
	{"a status of the application does not hide what the gate did", func(k *kit) {
		id := k.rejects(ada, 1, 12)[0]
		kept := k.decide(ada, 2, match(12, "Text.")).ID
		k.mark(ada, id, lead.Saved)
		k.mark(ada, kept, lead.Saved)
		k.equal(k.evidence(ada).Counts,
			[]gate.Count{{By: "judge/1", Score: 12, Kept: 1, Rejected: 1, Stratum: 1}}, "counts")
	}},
}
