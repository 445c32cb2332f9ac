package storetest

import (
	"errors"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// closes has the user find lead n closed.
func (k *kit) closes(user string, n int) int64 {
	k.Helper()
	k.sync(user, leadOf(n))
	j := k.take(user)
	k.release(user, j.Lease, store.Outcome{Status: lead.Closed})
	return j.ID
}

// headline returns the title and the company that the user is served for lead n.
func (k *kit) headline(user string, id int64) string {
	k.Helper()
	l := k.entry(user, id).Lead
	return l.Title + " at " + l.Company
}

// These cases hold a store to what users of one catalogue cannot do to each other.
var tenancyCases = []testCase{
	{"a board's URL leads to the board", func(k *kit) {
		var leads []lead.Lead
		for _, board := range []struct{ source, url string }{
			{"linkedin", "https://www.linkedin.com/jobs/view/1"},
			{"linkedin", "https://evil.example/login"},
			{"linkedin", "https://linkedin.com.evil.example/jobs/view/1"},
			{"linkedin", "https://linkedin.com@evil.example/jobs/view/1"},
			{"linkedin", "https://www.naukri.com/job-listings-1"},
			{"naukri", "https://www.naukri.com/job-listings-1"},
			{"naukri", "https://evilnaukri.com/1"},
			{"example", "https://anywhere.example/1"},
		} {
			l := leadOf(len(leads))
			l.Source, l.URL = board.source, board.url
			leads = append(leads, l)
		}
		refs, err := k.as(ada).Sync(k.Context(), leads)
		k.fails(err, store.ErrInvalid, "sync")
		var refused []int
		for _, r := range k.partial(err).Rejected {
			refused = append(refused, r.Index)
			wrong, ok := errors.AsType[*lead.FieldError](r.Err)
			k.equal(ok && wrong != nil && wrong.Field == "url", true, "the URL is named")
		}
		k.equal(refused, []int{1, 2, 3, 4, 6}, "refused leads")
		k.equal(len(refs), 3, "refs")
	}},
	{"a title that another user saw twice replaces the first", func(k *kit) {
		poisoned := titled(1, "Sign in here", "Evil")
		id := k.syncOne(ada, poisoned).ID
		k.sync(bob, leadOf(1))
		k.equal(k.headline(bob, id), "Sign in here at Evil", "after one sighting")
		k.equal(len(k.sync(bob, leadOf(1))), 0, "refs of the second sighting")
		k.equal(k.headline(bob, id), "Engineer 000001 at Company 000001", "after two sightings")
		k.equal(k.take(ada).Lead, leadOf(1), "what ada is served")
	}},
	{"a company that two other users saw replaces the first", func(k *kit) {
		id := k.syncOne(ada, titled(1, "Engineer 000001", "Evil")).ID
		k.sync(bob, leadOf(1))
		k.sync(cyd, leadOf(1))
		k.equal(k.headline(cyd, id), "Engineer 000001 at Company 000001", "after two sightings")
	}},
	{"the user who listed a job does not retitle it alone", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		for range 5 {
			k.sync(ada, titled(1, "Sign in here", "Evil"))
		}
		k.equal(k.headline(ada, id), "Engineer 000001 at Company 000001", "headline")
	}},
	{"the user who listed a job does not confirm what another saw", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		k.sync(bob, titled(1, "Cook", "Blue Barn"))
		k.advance(48 * time.Hour) // so that the sighting is written down
		k.sync(ada, titled(1, "Cook", "Blue Barn"))
		k.equal(k.headline(ada, id), "Engineer 000001 at Company 000001", "after ada's")
		k.sync(bob, titled(1, "Cook", "Blue Barn"))
		k.equal(k.headline(ada, id), "Cook at Blue Barn", "after bob's second")
	}},
	{"sightings that differ from each other retitle nothing", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		for _, title := range []string{"A", "B", "A", "C"} {
			k.sync(bob, titled(1, title, "Evil"))
		}
		k.equal(k.headline(ada, id), "Engineer 000001 at Company 000001", "headline")
	}},
	{"a sighting of what is stored takes a differing one back", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		for range 3 {
			k.sync(bob, titled(1, "Sign in here", "Evil"))
			k.sync(cyd, leadOf(1))
		}
		k.equal(k.headline(ada, id), "Engineer 000001 at Company 000001", "headline")
		k.sync(bob, titled(1, "Sign in here", "Evil"))
		k.sync(ada, leadOf(1)) // says nothing: the title is ada's
		k.sync(bob, titled(1, "Sign in here", "Evil"))
		k.equal(k.headline(ada, id), "Sign in here at Evil", "headline, undisputed by others")
	}},
	{"a corrected title is the corrector's, and can be corrected again", func(k *kit) {
		id := k.syncOne(ada, titled(1, "Sign in here", "Evil")).ID
		k.sync(bob, leadOf(1))
		k.sync(bob, leadOf(1))
		k.sync(ada, titled(1, "Sign in here", "Evil"))
		k.equal(k.headline(bob, id), "Engineer 000001 at Company 000001", "after one sighting of ada's")
		k.sync(cyd, leadOf(1))
		k.sync(ada, titled(1, "Sign in here", "Evil"))
		k.equal(k.headline(bob, id), "Engineer 000001 at Company 000001", "with cyd against it")
	}},
	{"a sighting of another user moves neither URL, place nor date", func(k *kit) {
		id := k.syncOne(ada, leadOf(1)).ID
		other := titled(1, "Cook", "Blue Barn")
		other.URL, other.Location = "https://evil.example/login", "Nowhere"
		other.PostedAt = time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)
		k.sync(bob, other)
		k.sync(bob, other)
		want := titled(1, "Cook", "Blue Barn")
		k.equal(k.entry(ada, id).Lead, want, "lead")
	}},
	{"fresh text is not replaced by another user", func(k *kit) {
		easy := true
		first := match(80, "Text.")
		first.Data.Requirements, first.Data.IsEasyApply = "Go", &easy
		first.Data.Attributes = map[string]string{enrich.AttrSalary: "1"}
		j := k.decide(ada, 1, first)
		for _, text := range []string{"Send your password.", "Text."} {
			hard := false
			poison := match(90, text)
			poison.Data.Requirements, poison.Data.IsEasyApply = "A password", &hard
			poison.Data.Attributes = map[string]string{enrich.AttrSalary: "0"}
			k.sync(bob, leadOf(1))
			k.record(bob, store.Lease{ID: j.ID}, poison)
			k.equal(k.entry(ada, j.ID).Data, first.Data, "ada's text")
			e := k.entry(bob, j.ID)
			k.equal(e.Data, first.Data, "bob's text")
			k.equal(e.Status, lead.Matched, "bob's decision")
			k.equal(k.assessed(e).Score, 90, "bob's score")
		}
	}},
	{"another text does not make the stored one fresh", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.advance(recheck - time.Second)
		k.sync(bob, leadOf(1))
		k.record(bob, store.Lease{ID: j.ID}, match(80, "Another text."))
		k.advance(time.Second)
		k.equal(k.text(1), "", "fresh text")
	}},
	{"fresh text is replaced by the user who brought it", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Text."))
		k.record(ada, store.Lease{ID: j.ID}, match(80, "Text two."))
		k.equal(k.text(1), "Text two.", "text")
	}},
	{"old text is replaced by anybody, and is theirs then", func(k *kit) {
		j := k.decide(ada, 1, match(80, "Send your password."))
		k.advance(recheck)
		k.decide(bob, 1, match(80, "Text."))
		k.equal(k.text(1), "Text.", "text")
		k.record(ada, store.Lease{ID: j.ID}, match(80, "Send your password."))
		k.equal(k.text(1), "Text.", "text after ada's")
		k.record(bob, store.Lease{ID: j.ID}, match(80, "Text two."))
		k.equal(k.text(1), "Text two.", "text after bob's")
	}},
	{"a job that one user saw closed is closed for that user", func(k *kit) {
		j := k.decide(bob, 1, match(80, "Text."))
		k.closes(ada, 1)
		k.equal(k.entry(ada, j.ID).Closed, true, "closed for ada")
		e := k.entry(bob, j.ID)
		k.equal(e.Closed, false, "closed for bob")
		k.equal(e.Status, lead.Matched, "bob's status")
		k.equal(k.data(e.Data).Description, "Text.", "bob's text")
	}},
	{"one user closes a job for nobody else, however often", func(k *kit) {
		j := k.decide(bob, 1, match(80, "Text."))
		k.closes(ada, 1)
		for range 3 {
			k.advance(recheck)
			k.closes(ada, 1)
		}
		k.equal(k.entry(bob, j.ID).Closed, false, "closed for bob")
	}},
	{"a second user closes a job for all, and no status of others changes", func(k *kit) {
		j := k.decide(bob, 1, match(80, "Text."))
		k.closes(ada, 1)
		k.closes(cyd, 1)
		for _, user := range []string{ada, bob, cyd} {
			k.equal(k.entry(user, j.ID).Closed, true, "closed for "+user)
		}
		k.status(bob, j.ID, lead.Matched)
		k.advance(recheck)
		k.closes(ada, 1)
		k.equal(k.entry(bob, j.ID).Closed, true, "still closed for bob")
	}},
	{"a user who reads the advert opens the job for all", func(k *kit) {
		id := k.closes(ada, 1)
		k.closes(bob, 1)
		k.decide(cyd, 1, match(80, "Text."))
		for _, user := range []string{ada, bob, cyd} {
			k.equal(k.entry(user, id).Closed, false, "closed for "+user)
		}
		k.status(ada, id, lead.Closed)
		k.equal(k.expires(ada, 1), true, "found open")
	}},
	{"nobody else puts off when a closed job is looked at again", func(k *kit) {
		k.closes(ada, 1)
		k.advance(recheck - time.Second)
		id := k.closes(bob, 1)
		if _, ok := k.as(bob).(forge.Reopener); ok {
			k.reopen(bob, store.Selection{IDs: []int64{id}})
			k.release(bob, k.take(bob).Lease, store.Outcome{Status: lead.Closed})
		}
		k.advance(time.Second)
		k.equal(k.expires(ada, 1), true, "at the re-check age")
		k.release(ada, k.take(ada).Lease, store.Outcome{Status: lead.Closed})
		k.equal(k.expires(ada, 1), false, "closed anew")
		k.advance(recheck)
		k.equal(k.expires(ada, 1), true, "at the re-check age, again")
	}},
}
