package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

var textCases = []testCase{
	{"reject, then match: the text is there", func(k *kit) {
		k.decide(ada, 1, reject(5))
		k.equal(k.text(1), "", "text of a rejection")
		k.decide(bob, 1, match(80, "Text."))
		k.equal(k.text(1), "Text.", "text of the match")
	}},
	{"match, then reject: the text stays", func(k *kit) {
		k.decide(bob, 1, match(80, "Text."))
		k.decide(ada, 1, reject(5))
		k.equal(k.text(1), "Text.", "text")
		e := k.entry(bob, k.syncOne("cyd", leadOf(1)).ID)
		k.equal(k.data(e.Data).Description, "Text.", "text of the match")
	}},
	{"matches and rejections at once: the text stays", func(k *kit) {
		const jobs, users = 10, 8
		var all sync.WaitGroup
		for u := range users {
			user := string(rune('a'+u)) + " user"
			k.sync(user, leadsOf(1, jobs)...)
			k.Go(&all, func() {
				for _, j := range k.claim(user, jobs) {
					r := reject(5)
					if u%2 == 0 {
						r = match(80, "Text.")
					}
					if err := k.as(user).Decide(k.Context(), j.Lease, r); err != nil {
						k.Errorf("decide: %v", err)
					}
				}
			})
		}
		all.Wait()
		for n := range jobs {
			k.equal(k.text(n+1), "Text.", "text")
		}
	}},
	{"what a scrape did not bring stays as it was", func(k *kit) {
		easy := true
		r := match(80, "Text.")
		r.Data.Requirements, r.Data.IsEasyApply = "Go", &easy
		r.Data.Attributes = map[string]string{enrich.AttrSalary: "1", enrich.AttrSkills: "Go"}
		j := k.decide(ada, 1, r)
		k.record(ada, store.Lease{ID: j.ID}, match(80, "Text two."))
		want := *r.Data
		want.Description = "Text two."
		k.equal(k.data(k.entry(ada, j.ID).Data), want, "data")
	}},
	{"what a scrape did bring replaces what was there", func(k *kit) {
		yes, no := true, false
		r := match(80, "Text.")
		r.Data.Requirements, r.Data.IsEasyApply = "Go", &yes
		r.Data.Attributes = map[string]string{enrich.AttrSalary: "1", enrich.AttrSkills: "Go"}
		j := k.decide(ada, 1, r)
		r2 := match(80, "Text two.")
		r2.Data.Requirements, r2.Data.IsEasyApply = "Rust", &no
		r2.Data.Attributes = map[string]string{enrich.AttrSalary: "2"}
		k.record(ada, store.Lease{ID: j.ID}, r2)
		k.equal(k.data(k.entry(ada, j.ID).Data), *r2.Data, "data")
	}},
	{"the same text again is fresh again", func(k *kit) {
		k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck - time.Second)
		k.decide(bob, 1, match(80, "Text."))
		k.advance(recheck - time.Second)
		k.equal(k.text(1), "Text.", "text")
	}},
	{"a match that sends no text does not make it fresh", func(k *kit) {
		k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck - time.Second)
		k.decide(bob, 1, match(80, ""))
		k.advance(time.Second)
		k.equal(k.text(1), "", "text")
	}},
	{"a rejection does not touch what others see", func(k *kit) {
		j := k.decide(bob, 1, match(80, "Text."))
		before := k.entry(bob, j.ID)
		k.advance(time.Hour)
		k.decide(ada, 1, reject(5))
		k.equal(k.entry(bob, j.ID), before, "bob's entry")
	}},
	{"text for a job that was closed opens it", func(k *kit) {
		k.sync(ada, leadOf(1))
		j := k.take(ada)
		k.release(ada, j.Lease, store.Outcome{Status: lead.Closed})
		k.equal(k.entry(ada, j.ID).Closed, true, "closed")
		k.decide(bob, 1, match(80, "Text."))
		k.equal(k.entry(ada, j.ID).Closed, false, "closed, after text came")
		k.status(ada, j.ID, lead.Closed)
	}},
	{"the largest decision is kept whole, also if JSON doubles it", func(k *kit) {
		d := match(80, strings.Repeat(`"`, enrich.MaxTextBytes))
		d.Data.Requirements = strings.Repeat(`\`, enrich.MaxTextBytes)
		d.Data.Attributes = make(map[string]string, enrich.MaxAttributes)
		for n := range enrich.MaxAttributes {
			d.Data.Attributes[fmt.Sprint(strings.Repeat(`"`, enrich.MaxAttributeBytes-2),
				n+10)] = strings.Repeat(
				`"`,
				enrich.MaxAttributeBytes,
			)
		}
		d.Assessment.Reasoning = strings.Repeat(`"`, enrich.MaxReasoningRunes)
		d.Assessment.MissingSkills = slices.Repeat([]string{strings.Repeat(`"`, enrich.MaxSkillRunes)},
			enrich.MaxSkills)
		d.Assessment.SkillGapRecommendations = slices.Repeat(
			[]string{strings.Repeat(`"`, enrich.MaxRecommendationRunes)}, enrich.MaxRecommendations)
		j := k.decide(ada, 1, d)
		e := k.entry(ada, j.ID)
		k.equal(reflect.DeepEqual(e.Data, d.Data), true, "the text is the same")
		k.equal(reflect.DeepEqual(k.assessed(e), d.Assessment), true, "the assessment is the same")
	}},
	{"a large text is kept whole", func(k *kit) {
		text := make([]byte, enrich.MaxTextBytes)
		for i := range text {
			text[i] = 'a' + byte(i*7%26)
		}
		j := k.decide(ada, 1, match(80, string(text)))
		k.equal(k.data(k.entry(ada, j.ID).Data).Description == string(text), true, "the text is the same")
	}},
}
