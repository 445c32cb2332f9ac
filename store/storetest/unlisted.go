package storetest

import (
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// listOf is a complete list of an invented company with the leads of these numbers.
func listOf(numbers ...int) lead.List {
	l := lead.List{Source: "example", Name: "acme"}
	for _, n := range numbers {
		job := leadOf(n)
		l.Jobs = append(l.Jobs, lead.Listed{ExternalID: job.ExternalID, Title: job.Title})
	}
	return l
}

// unlisted passes a complete list on, and returns the keys that it closed or made due.
func (k *kit) unlisted(user string, l lead.List) []store.Ref {
	k.Helper()
	refs, err := ability[forge.ListCloser](k, user).CloseUnlisted(k.Context(), l)
	k.must(err, "close unlisted")
	return refs
}

// lacks passes two lists on that are an hour apart, and returns what the second one closed.
func (k *kit) lacks(user string, l lead.List) []store.Ref {
	k.Helper()
	k.equal(len(k.unlisted(user, l)), 0, "jobs that one list closed")
	k.advance(time.Hour)
	return k.unlisted(user, l)
}

// closedRef is what CloseUnlisted says of a job that it closed.
func closedRef(n int, id int64) []store.Ref {
	return []store.Ref{{ID: id, Key: leadOf(n).Key(), State: store.Closed}}
}

var unlistedCases = []testCase{
	{"two lists an hour apart close what both lack", func(k *kit) {
		gone, stays := k.decide(ada, 1, match(80, "Text.")).ID, k.decide(ada, 2, match(80, "Text.")).ID
		k.equal(len(k.unlisted(ada, listOf(1, 2))), 0, "jobs closed by a list that has all")
		k.advance(time.Hour)
		k.equal(len(k.unlisted(ada, listOf(2))), 0, "jobs closed by one list")
		k.status(ada, gone, lead.Matched)
		k.advance(time.Hour - time.Second)
		k.equal(len(k.unlisted(ada, listOf(2))), 0, "jobs closed after less than an hour")
		k.advance(time.Second)
		k.equal(k.unlisted(ada, listOf(2)), closedRef(1, gone), "closed")
		k.status(ada, gone, lead.Closed)
		k.equal(k.entry(ada, gone).Closed, true, "the job is closed")
		k.equal(k.data(k.entry(ada, gone).Data).Description, "Text.", "text of a closed job")
		k.status(ada, stays, lead.Matched)
		k.idle(ada, "after the lists")
		k.equal(len(k.unlisted(ada, listOf(2))), 0, "jobs closed twice")
	}},
	{"an old list counts from when the board confirmed it", func(k *kit) {
		gone := k.decide(ada, 1, match(80, "Text.")).ID
		k.unlisted(ada, listOf(1, 2))
		old := listOf(2)
		k.advance(time.Hour)
		k.unlisted(ada, old)
		k.advance(time.Hour)
		old.Age = time.Minute
		k.equal(len(k.unlisted(ada, old)), 0, "jobs closed by a list of 59 minutes later")
		k.advance(time.Minute)
		k.equal(k.unlisted(ada, old), closedRef(1, gone), "closed")
	}},
	{"a job that is listed in between stays open", func(k *kit) {
		id := k.decide(ada, 1, match(80, "Text.")).ID
		for range 3 {
			k.unlisted(ada, listOf(1, 2))
			k.advance(time.Hour)
			k.equal(len(k.unlisted(ada, listOf(2))), 0, "jobs closed")
			k.advance(time.Hour)
		}
		k.status(ada, id, lead.Matched)
	}},
	{"a job that no complete list had is closed by none", func(k *kit) {
		id := k.decide(ada, 1, match(80, "Text.")).ID
		other := listOf(1, 2)
		other.Name = "borealis"
		k.unlisted(ada, other)
		k.unlisted(ada, listOf(2))
		k.advance(time.Hour)
		k.equal(len(k.lacks(ada, listOf(2))), 0, "jobs closed")
		k.status(ada, id, lead.Matched)
	}},
	{"a job that another list has stays open", func(k *kit) {
		id := k.decide(ada, 1, match(80, "Text.")).ID
		second := listOf(1, 3)
		second.Name = "acme students"
		k.unlisted(ada, second)
		k.unlisted(ada, listOf(1, 2))
		k.equal(len(k.lacks(ada, listOf(2))), 0, "jobs closed while another list has it")
		second.Jobs = second.Jobs[1:]
		k.equal(k.lacks(ada, second), closedRef(1, id), "closed by the last list that had it")
	}},
	{"a list of another company closes nothing before the re-check age", func(k *kit) {
		id := k.decide(ada, 1, match(80, "Text.")).ID
		k.unlisted(ada, listOf(1, 2))
		strange := listOf(7, 8)
		for range 5 {
			k.advance(time.Hour)
			k.equal(len(k.unlisted(ada, strange)), 0, "jobs closed by a list that has none of the old ones")
		}
		sameIDs := listOf(2)
		sameIDs.Jobs[0].Title = "Another company's job"
		for range 5 {
			k.advance(time.Hour)
			k.equal(len(k.unlisted(ada, sameIDs)), 0, "jobs closed by a list with the same ids")
		}
		k.unlisted(ada, listOf(1, 2))
		k.unlisted(ada, strange)
		k.advance(recheck - time.Second)
		k.equal(len(k.lacks(ada, strange)), 0, "jobs closed by the first list that is believed again")
		k.advance(time.Hour)
		k.equal(len(k.unlisted(ada, strange)), 1, "jobs closed by the second one")
		k.status(ada, id, lead.Closed)
	}},
	{"an empty list is believed", func(k *kit) {
		id := k.decide(ada, 1, match(80, "Text.")).ID
		k.unlisted(ada, listOf(1))
		k.equal(k.lacks(ada, listOf()), closedRef(1, id), "closed")
	}},
	{"statuses of the application stay, and the job is known to be closed", func(k *kit) {
		applied, rejected := k.decide(ada, 1, match(80, "Text.")).ID, k.decide(ada, 2, reject(5)).ID
		k.mark(ada, applied, lead.Applied)
		k.unlisted(ada, listOf(1, 2, 3))
		k.equal(len(k.lacks(ada, listOf(3))), 0, "jobs whose status changed")
		k.status(ada, applied, lead.Applied)
		k.status(ada, rejected, lead.AutoRejected)
		k.equal(k.entry(ada, applied).Closed, true, "the applied job is closed")
		k.unlisted(ada, listOf(1, 2, 3))
		k.equal(k.entry(ada, applied).Closed, false, "the applied job is closed while it is listed again")
		k.status(ada, applied, lead.Applied)
	}},
	{"a job that nobody scored yet is closed, and one that is worked on is not", func(k *kit) {
		k.sync(ada, leadOf(1))
		held := k.take(ada)
		k.sync(ada, leadOf(2))
		k.unlisted(ada, listOf(1, 2, 3))
		k.unlisted(ada, listOf(3))
		k.advance(time.Hour)
		k.must(k.as(ada).Renew(k.Context(), held.Lease, lease), "renew")
		refs := k.unlisted(ada, listOf(3))
		k.equal(len(refs), 1, "jobs closed")
		k.status(ada, nth(k, refs, 0).ID, lead.Closed)
		k.record(ada, held.Lease, match(80, "Text."))
		k.idle(ada, "the closed job")
		k.equal(k.unlisted(ada, listOf(3)), closedRef(1, held.ID), "closed when its claim has ended")
	}},
	{"a claim of a job that was closed has ended", func(k *kit) {
		k.sync(ada, leadOf(1))
		held := k.take(ada)
		k.unlisted(ada, listOf(1, 2))
		k.equal(k.lacks(ada, listOf(2)), closedRef(1, held.ID), "closed, since its lease has ended")
		k.fails(k.as(ada).Decide(k.Context(), held.Lease, match(80, "Text.")), store.ErrLeaseLost, "decide")
	}},
	{"a job that is listed again is due", func(k *kit) {
		id := k.decide(ada, 1, match(80, "Text.")).ID
		k.unlisted(ada, listOf(1, 2))
		k.lacks(ada, listOf(2))
		k.equal(k.unlisted(ada, listOf(1, 2)),
			[]store.Ref{{ID: id, Key: leadOf(1).Key(), State: store.Expired}}, "due")
		k.equal(k.entry(ada, id).Closed, false, "the job is closed")
		k.equal(len(k.unlisted(ada, listOf(1, 2))), 0, "jobs made due twice")
		j := k.take(ada)
		k.record(ada, j.Lease, match(90, ""))
		k.status(ada, id, lead.Matched)
	}},
	{"a job whose own page says that it is gone is not opened by its list", func(k *kit) {
		k.sync(ada, leadOf(1))
		k.unlisted(ada, listOf(1, 2))
		k.release(ada, k.take(ada).Lease, store.Outcome{Status: lead.Closed})
		k.equal(len(k.unlisted(ada, listOf(1, 2))), 0, "jobs made due")
		k.equal(len(k.lacks(ada, listOf(2))), 0, "jobs closed twice")
		k.equal(len(k.unlisted(ada, listOf(1, 2))), 0, "jobs made due after it was missing")
	}},
	{"no list changes another user's rows", func(k *kit) {
		id := k.decide(ada, 1, match(80, "Text.")).ID
		k.decide(bob, 1, match(80, ""))
		for _, user := range []string{ada, bob} {
			k.unlisted(user, listOf(1, 2))
		}
		k.lacks(bob, listOf())
		k.status(bob, id, lead.Closed)
		k.status(ada, id, lead.Matched)
		k.equal(k.entry(ada, id).Closed, false, "closed for ada, by bob alone")
		k.equal(len(k.unlisted(ada, listOf(1, 2))), 0, "jobs of ada")
		k.equal(len(k.lacks(cyd, listOf())), 0, "jobs of a user who has none")
		k.lacks(ada, listOf(2))
		k.equal(k.entry(ada, id).Closed, true, "closed for ada")
	}},
	{"a long list closes one job", func(k *kit) {
		id := k.decide(ada, 1, match(80, "Text.")).ID
		numbers := make([]int, 3000)
		for n := range numbers {
			numbers[n] = n + 1
		}
		k.unlisted(ada, listOf(numbers...))
		k.equal(k.lacks(ada, listOf(numbers[1:]...)), closedRef(1, id), "closed")
	}},
	{"what breaks the contract is refused", func(k *kit) {
		c := ability[forge.ListCloser](k, ada)
		for _, l := range []lead.List{
			{Name: "acme"},
			{Source: "example"},
			{Source: "example", Name: "a\x00b"},
			{Source: "example", Name: string(make([]byte, lead.MaxListNameBytes+1))},
			{Source: "example", Name: "acme", Age: -1},
			{Source: "example", Name: "acme", Jobs: []lead.Listed{{}}},
			{Source: "example", Name: "acme", Jobs: make([]lead.Listed, lead.MaxListed+1)},
		} {
			_, err := c.CloseUnlisted(k.Context(), l)
			k.fails(err, store.ErrInvalid, "close unlisted")
		}
	}},
}
