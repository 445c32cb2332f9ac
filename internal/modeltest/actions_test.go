package modeltest_test

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// actions are what can happen next, the more often the more times they stand here. The first does
// nothing: a failing run shrinks to it.
func (m *machine) actions() []func(*rapid.T) {
	on := func(pick func(*rapid.T) (claim, bool), act func(*rapid.T, claim)) func(*rapid.T) {
		return func(t *rapid.T) {
			if c, ok := pick(t); ok {
				act(t, c)
			}
		}
	}
	keep := func(t *rapid.T) (claim, bool) { return m.held(t, false) }
	take := func(t *rapid.T) (claim, bool) { return m.held(t, true) }
	return []func(*rapid.T){
		func(*rapid.T) {},
		m.sync, m.sync, m.claim, m.claim, m.claim,
		on(keep, m.renew),
		on(take, m.decide), on(take, m.decide), on(take, m.decide), on(take, m.release), on(take, m.release),
		on(m.ended, m.renew), on(m.ended, m.decide), on(m.ended, m.release),
		m.decideUnclaimed, m.advance, m.advance, m.crash, m.mark, m.reopen, m.list,
	}
}

func (m *machine) sync(t *rapid.T) {
	batch, who := leads().Draw(t, "leads"), user().Draw(t, "user")
	answers, err := m.do(t, step{name: "sync", user: who},
		func(v view, _ int) (any, error) { return v.Sync(m.ctx, batch) })
	require.NoError(t, err)
	want, got := answers[0].([]store.Ref), answers[1].([]store.Ref)
	require.Len(t, got, len(want), "refs: memory %v, store %v", want, got)
	for i := range want {
		require.Equal(t, want[i].Key, got[i].Key)
		require.Equal(t, want[i].State, got[i].State)
		if want[i].State == store.New {
			m.known = append(m.known, known{who, [2]int64{want[i].ID, got[i].ID}})
		}
	}
}

func (m *machine) claim(t *rapid.T) {
	agent, who := rapid.IntRange(0, agents-1).Draw(t, "agent"), user().Draw(t, "user")
	n, lease := rapid.SampledFrom([]int{1, 2, 3, 4, 5, 0}).Draw(t, "n"), lease().Draw(t, "lease")
	sources := rapid.SampledFrom(
		[][]string{nil, nil, nil, nil, {"example"}, {"other", "third"}, {"No board"}},
	).
		Draw(t, "sources")
	answers, err := m.do(t, step{name: "claim", user: who},
		func(v view, _ int) (any, error) { return v.Claim(m.ctx, n, lease, sources...) })
	if err != nil {
		return
	}
	want, got := answers[0].([]store.Job), answers[1].([]store.Job)
	require.Len(t, got, len(want))
	for i, j := range want {
		require.Equal(t, j.Lead, got[i].Lead)
		require.Equal(t, j.Token, got[i].Token)
		require.Equal(t, j.Attempts, got[i].Attempts)
		require.Equal(t, showData(j.Data), showData(got[i].Data))
		m.hands[agent] = append(m.hands[agent], claim{who, [2]store.Lease{j.Lease, got[i].Lease}})
	}
}

// held picks a job that an agent believes to hold, and takes it out of the hand if the agent is
// about to end the claim.
func (m *machine) held(t *rapid.T, ends bool) (claim, bool) {
	busy := m.busy()
	if len(busy) == 0 {
		return claim{}, false
	}
	agent := rapid.SampledFrom(busy).Draw(t, "agent")
	i := rapid.IntRange(0, len(m.hands[agent])-1).Draw(t, "job")
	c := m.hands[agent][i]
	if ends {
		m.hands[agent] = slices.Delete(m.hands[agent], i, i+1)
		m.late = append(m.late, c)
	}
	return c, true
}

// busy lists the agents that believe to hold something.
func (m *machine) busy() (busy []int) {
	for agent, hand := range m.hands {
		if len(hand) > 0 {
			busy = append(busy, agent)
		}
	}
	return busy
}

// ended picks one of the claims that ended last.
func (m *machine) ended(t *rapid.T) (claim, bool) {
	const last = 8
	if len(m.late) == 0 {
		return claim{}, false
	}
	return rapid.SampledFrom(m.late[max(0, len(m.late)-last):]).Draw(t, "claim"), true
}

func (m *machine) renew(t *rapid.T, c claim) {
	lease := lease().Draw(t, "lease")
	_, _ = m.do(t, step{name: "renew", user: c.user},
		func(v view, side int) (any, error) { return nil, v.Renew(m.ctx, c.leases[side], lease) })
}

func (m *machine) decide(t *rapid.T, c claim) { m.record(t, "decide", c, decision(t)) }

func (m *machine) decideUnclaimed(t *rapid.T) {
	k, ok := m.anyKnown(t)
	if !ok {
		return
	}
	who := k.user
	if rapid.IntRange(0, 9).Draw(t, "stranger") == 0 {
		who = user().Draw(t, "user")
	}
	m.record(t, "decide without a claim", claim{who, [2]store.Lease{{ID: k.ids[0]}, {ID: k.ids[1]}}},
		decision(t))
}

func (m *machine) record(t *rapid.T, name string, c claim, r enrich.Decision) {
	if r.Data != nil && r.Validate() == nil {
		m.texts[r.Data.Description] = true
	}
	_, _ = m.do(t, step{name: name, user: c.user, rejection: r.Status == lead.AutoRejected},
		func(v view, side int) (any, error) {
			return nil, v.Decide(m.ctx, c.leases[side], r)
		})
}

func (m *machine) release(t *rapid.T, c claim) {
	o := outcome(t)
	_, _ = m.do(t, step{name: "release", user: c.user},
		func(v view, side int) (any, error) { return nil, v.Release(m.ctx, c.leases[side], o) })
}

func (m *machine) advance(t *rapid.T) {
	d := rapid.SampledFrom([]time.Duration{
		time.Microsecond, time.Second, time.Second, time.Minute, time.Minute, time.Hour, 24 * time.Hour,
		recheck / 2, recheck,
	}).Draw(t, "by")
	m.clock.Add(d.Microseconds())
	m.tally["time passes"]++
}

// crash makes an agent forget what it holds. What it had sent may still arrive.
func (m *machine) crash(t *rapid.T) {
	busy := m.busy()
	if len(busy) == 0 {
		return
	}
	agent := rapid.SampledFrom(busy).Draw(t, "agent")
	m.late = append(m.late, m.hands[agent]...)
	m.hands[agent] = nil
	m.tally["crash"]++
}

func (m *machine) anyKnown(t *rapid.T) (known, bool) {
	if len(m.known) == 0 {
		return known{}, false
	}
	return rapid.SampledFrom(m.known).Draw(t, "job"), true
}

func (m *machine) mark(t *rapid.T) {
	k, ok := m.anyKnown(t)
	if !ok {
		return
	}
	status := rapid.SampledFrom(
		[]lead.Status{lead.Applied, lead.Saved, lead.Dismissed, lead.Matched, lead.Failed},
	).
		Draw(t, "status")
	who := user().Draw(t, "user")
	_, _ = m.do(t, step{name: "mark", user: who},
		func(v view, side int) (any, error) { return nil, v.Mark(m.ctx, k.ids[side], status) })
}

func (m *machine) reopen(t *rapid.T) {
	k, ok := m.anyKnown(t)
	if !ok {
		return
	}
	who := user().Draw(t, "user")
	which := store.Selection{
		Statuses: rapid.SampledFrom(
			[][]lead.Status{nil, {lead.AutoRejected}, {lead.Failed, lead.Closed}, {lead.Matched}},
		).
			Draw(t, "statuses"),
		ScoredBy: rapid.SampledFrom([]string{"", "", "lexical", "ollama/1"}).Draw(t, "scorer"),
	}
	byID := rapid.Bool().Draw(t, "by id")
	answers, err := m.do(t, step{name: "reopen", user: who}, func(v view, side int) (any, error) {
		selection := which
		if byID {
			selection.IDs = []int64{k.ids[side]}
		}
		return v.Reopen(m.ctx, selection)
	})
	if err == nil {
		require.Equal(t, answers[0], answers[1], "reopened")
	}
}

func (m *machine) list(t *rapid.T) {
	who := user().Draw(t, "user")
	f := store.Filter{
		Limit: rapid.IntRange(0, 5).
			Draw(t, "limit"),
		MinScore: rapid.SampledFrom([]int{0, 0, 50}).Draw(t, "least score"),
		Statuses: rapid.SampledFrom([][]lead.Status{
			nil, {lead.Discovered, lead.Matched, lead.AutoRejected}, {lead.Applied, lead.Saved},
		}).
			Draw(t, "statuses"),
		Order: rapid.SampledFrom([]store.Order{store.ByScore, store.ByScore, store.ByDate}).Draw(t, "order"),
		Where: rapid.SampledFrom([]store.Where{
			{}, {Words: []string{"e"}}, {Remote: true}, {EasyApply: true, Stated: true}, {BelowScore: 50},
		}).Draw(t, "where"),
	}
	answers, err := m.do(t, step{name: "list", user: who, readOnly: true}, func(v view, _ int) (any, error) {
		entries, next, err := v.List(m.ctx, f)
		return page{entries, next}, err
	})
	require.NoError(t, err)
	require.Equal(t, show(answers[0].(page).entries), show(answers[1].(page).entries))
}
