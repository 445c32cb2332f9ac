package storetest

import (
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

var decideCases = []testCase{
	{"a rejection is remembered with its assessment and without text", func(k *kit) {
		r := reject(12)
		r.Assessment.MissingSkills = []string{"Rust", "C"}
		j := k.decide(ada, 1, r)
		e := k.entry(ada, j.ID)
		k.equal(e.Status, lead.AutoRejected, "status")
		k.equal(k.assessed(e), r.Assessment, "assessment")
		if e.Data != nil {
			k.Error("a rejected job has text")
		}
		k.advance(100 * lease)
		k.idle(ada, "the job is decided")
	}},
	{"a match keeps its assessment and its text", func(k *kit) {
		easy := false
		r := enrich.Decision{
			Assessment: enrich.Assessment{
				Score: 80, Reasoning: "Fits.", MissingSkills: []string{"Rust", "C"},
				SkillGapRecommendations: []string{"Read."}, By: "judge/1",
			},
			Status: lead.Matched,
			Data: &enrich.Data{
				Description: "Line 1\n\nLine 2", Requirements: "Go", IsEasyApply: &easy,
				Attributes: map[string]string{enrich.AttrSalary: "1", enrich.AttrSkills: "Go"},
			},
		}
		j := k.decide(ada, 1, r)
		e := k.entry(ada, j.ID)
		k.equal(e.Status, lead.Matched, "status")
		k.equal(k.assessed(e), r.Assessment, "assessment")
		k.equal(k.data(e.Data), *r.Data, "text")
		k.equal(e.UpdatedAt, k.Now(), "updated at")
		k.equal(e.Closed, false, "closed")
		k.advance(100 * lease)
		k.idle(ada, "the job is decided")
	}},
	{"an unverified assessment comes back unverified, until a verified one replaces it", func(k *kit) {
		d := match(4, "Text.")
		d.Assessment.Unverified = true
		j := k.decide(ada, 1, d)
		k.equal(k.entry(ada, j.ID).Assessment, &d.Assessment, "assessment")
		k.status(ada, j.ID, lead.Matched)
		k.record(ada, store.Lease{ID: j.ID}, reject(4))
		k.equal(k.assessed(k.entry(ada, j.ID)).Unverified, false, "unverified")
		k.record(ada, store.Lease{ID: j.ID}, match(80, "Text."))
		k.equal(k.assessed(k.entry(ada, j.ID)).Unverified, false, "unverified")
	}},
	{"lists that are empty come back as none", func(k *kit) {
		r := match(80, "Text.")
		r.Assessment.MissingSkills, r.Data.Attributes = []string{}, map[string]string{}
		e := k.entry(ada, k.decide(ada, 1, r).ID)
		k.equal(k.assessed(e).MissingSkills, []string(nil), "missing skills")
		k.equal(k.data(e.Data).Attributes, map[string]string(nil), "attributes")
	}},
	{"the ends of the scale are stored", func(k *kit) {
		k.equal(k.assessed(k.entry(ada, k.decide(ada, 1, match(100, "Text.")).ID)).Score, 100, "score")
		k.equal(k.assessed(k.entry(ada, k.decide(ada, 2, reject(0)).ID)).Score, 0, "score")
	}},
	{"a repeat with the same token succeeds and changes nothing", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		before := k.entry(ada, j.ID)
		k.advance(time.Second)
		k.record(ada, j.Lease, match(80, "Text."))
		k.record(ada, j.Lease, reject(3)) // the first decision stands
		k.equal(k.entry(ada, j.ID), before, "entry")
	}},
	{"a stale token is refused and no row is changed", func(k *kit) {
		k.sync(ada, leadOf(1))
		stale := k.take(ada)
		k.advance(lease)
		j := k.take(ada)
		before := k.entry(ada, j.ID)
		k.fails(k.as(ada).Decide(k.Context(), stale.Lease, match(80, "Late text.")), store.ErrLeaseLost,
			"a late match")
		k.fails(k.as(ada).Decide(k.Context(), stale.Lease, reject(5)), store.ErrLeaseLost, "a late rejection")
		k.equal(k.entry(ada, j.ID), before, "entry")
		k.equal(k.text(1), "", "text")
		k.record(ada, j.Lease, match(60, "Text."))
		k.fails(k.as(ada).Decide(k.Context(), stale.Lease, reject(5)), store.ErrLeaseLost,
			"a rejection after the decision")
		k.status(ada, j.ID, lead.Matched)
	}},
	{"a lease that ran out decides while nobody took the job", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.advance(5 * lease)
		k.record(ada, j.Lease, match(80, "Text."))
		k.idle(ada, "the job is decided")
	}},
	{"tokens that were never given are refused", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		for _, token := range []int64{-1, j.Token - 2, j.Token + 1, 1 << 60} {
			if token == 0 {
				continue
			}
			k.fails(k.as(ada).Decide(k.Context(), store.Lease{ID: j.ID, Token: token}, reject(1)),
				store.ErrLeaseLost, "decide")
		}
		k.record(ada, j.Lease, reject(1))
	}},
	{"a decision without a claim is applied where nobody holds the job", func(k *kit) {
		ref := k.syncOne(ada, leadOf(1))
		k.record(ada, store.Lease{ID: ref.ID}, match(80, "Text."))
		k.status(ada, ref.ID, lead.Matched)
		k.idle(ada, "the job is decided")
		k.record(ada, store.Lease{ID: ref.ID}, reject(10))
		k.status(ada, ref.ID, lead.AutoRejected)
	}},
	{"a decision without a claim is refused under a live lease", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.fails(k.as(ada).Decide(k.Context(), store.Lease{ID: j.ID}, reject(10)), store.ErrLeaseLost,
			"decide")
		k.status(ada, j.ID, lead.Discovered)
		k.record(ada, j.Lease, match(80, "Text."))
	}},
	{"a decision without a claim ends a lease that ran out", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.advance(lease)
		k.record(ada, store.Lease{ID: j.ID}, reject(10))
		k.fails(k.as(ada).Decide(k.Context(), j.Lease, match(80, "Text.")), store.ErrLeaseLost,
			"the old claim")
		k.fails(k.as(ada).Renew(k.Context(), j.Lease, lease), store.ErrLeaseLost, "the old claim's renewal")
		k.status(ada, j.ID, lead.AutoRejected)
	}},
	{"a job that does not exist is not found", func(k *kit) {
		k.fails(k.as(ada).Decide(k.Context(), store.Lease{ID: 1 << 40, Token: 1}, reject(1)),
			store.ErrNotFound, "decide")
		k.fails(k.as(ada).Decide(k.Context(), store.Lease{ID: -1}, reject(1)), store.ErrNotFound, "decide")
		k.fails(k.as(ada).Decide(k.Context(), store.Lease{}, reject(1)), store.ErrNotFound, "decide")
	}},
	{"a match without text is refused where there is none", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.fails(k.as(ada).Decide(k.Context(), j.Lease, match(80, "")), store.ErrInvalid, "decide")
		k.status(ada, j.ID, lead.Discovered)
		k.record(ada, j.Lease, match(80, "Text.")) // the claim still holds
	}},
	{"a match without text is stored where there is some", func(k *kit) {
		k.decide(ada, 1, match(80, "Text."))
		j := k.decide(bob, 1, match(70, ""))
		e := k.entry(bob, j.ID)
		k.equal(e.Status, lead.Matched, "status")
		k.equal(k.data(e.Data).Description, "Text.", "text")
		k.equal(k.assessed(e).Score, 70, "score")
	}},
	{"results that break the contract are refused and the claim goes on", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		text := "We build tools that help small farms plan their harvest together."
		for _, c := range []struct {
			name  string
			spoil func(d *enrich.Decision)
		}{
			{"score 101", func(d *enrich.Decision) { d.Assessment.Score = 101 }},
			{"score -1", func(d *enrich.Decision) { d.Assessment.Score = -1 }},
			{"no status", func(d *enrich.Decision) { d.Status = "" }},
			{"an application status", func(d *enrich.Decision) { d.Status = lead.Applied }},
			{"FAILED", func(d *enrich.Decision) { d.Status = lead.Failed }},
			{"a rejection with text", func(d *enrich.Decision) { d.Status = lead.AutoRejected }},
			{"an unverified rejection", func(d *enrich.Decision) {
				d.Status, d.Data, d.Assessment.Unverified = lead.AutoRejected, nil, true
			}},
			{"blank text", func(d *enrich.Decision) { d.Data.Description = " \n\x00" }},
			{
				"a large text",
				func(d *enrich.Decision) { d.Data.Description = strings.Repeat("x", enrich.MaxTextBytes+1) },
			},
			{
				"a text of 10 MB", func(d *enrich.Decision) {
					d.Data.Description = strings.Repeat("x", 10<<20)
				},
			},
			{
				"long reasoning",
				func(d *enrich.Decision) {
					d.Assessment.Reasoning = strings.Repeat("x", enrich.MaxReasoningRunes+1)
				},
			},
			{"quoting reasoning", func(d *enrich.Decision) { d.Assessment.Reasoning = "They say: " + text }},
			{
				"many skills",
				func(d *enrich.Decision) {
					d.Assessment.MissingSkills = slices.Repeat([]string{"skill"}, 200)
				},
			},
		} {
			k.each(c.name, func(k *kit) {
				d := match(80, text)
				c.spoil(&d)
				k.fails(k.as(ada).Decide(k.Context(), j.Lease, d), store.ErrInvalid, "decide")
			})
		}
		k.status(ada, j.ID, lead.Discovered)
		k.record(ada, j.Lease, match(80, text))
	}},
	{"statuses of the application stay and the assessment is replaced", func(k *kit) {
		for n, s := range []lead.Status{lead.Applied, lead.Saved, lead.Dismissed, "OFFER_ACCEPTED"} {
			j := k.decide(ada, n, match(80, "Text."))
			k.mark(ada, j.ID, s)
			k.record(ada, store.Lease{ID: j.ID}, reject(7))
			e := k.entryIn(ada, j.ID, store.Filter{Statuses: []lead.Status{s}})
			k.equal(e.Status, s, "status")
			k.equal(k.assessed(e).Score, 7, "score")
			k.record(ada, store.Lease{ID: j.ID}, match(90, "More text."))
			e = k.entryIn(ada, j.ID, store.Filter{Statuses: []lead.Status{s}})
			k.equal(e.Status, s, "status")
			k.equal(k.assessed(e).Score, 90, "score")
		}
	}},
	{"a new decision replaces each of the pipeline's statuses", func(k *kit) {
		for n, o := range []lead.Status{lead.Failed, lead.Closed} {
			k.sync(ada, leadOf(n))
			j := k.take(ada)
			k.release(ada, j.Lease, store.Outcome{Status: o})
			k.status(ada, j.ID, o)
			k.record(ada, store.Lease{ID: j.ID}, match(80, "Text."))
			k.status(ada, j.ID, lead.Matched)
			k.record(ada, store.Lease{ID: j.ID}, reject(8))
			k.status(ada, j.ID, lead.AutoRejected)
			k.record(ada, store.Lease{ID: j.ID}, match(80, ""))
			k.status(ada, j.ID, lead.Matched)
		}
	}},
}
