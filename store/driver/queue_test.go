package driver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// The states of a row. The last lease has token 5.
var (
	due      = driver.Row{Status: lead.Discovered, Token: 5}
	fresh    = driver.Row{Status: lead.Discovered} // nobody has claimed it yet
	leased   = driver.Row{Status: lead.Discovered, Token: 5, Leased: true, Live: true}
	expired  = driver.Row{Status: lead.Discovered, Token: 5, Leased: true}
	decided  = driver.Row{Status: lead.Matched, Token: 5, Idle: true}
	released = driver.Row{Status: lead.Discovered, Token: 6}
)

func TestRowIsDecidedByItsLeaseAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		row    driver.Row
		token  int64
		repeat bool
		err    error
	}{
		{"its lease", leased, 5, false, nil},
		{"its lease, which ran out", expired, 5, false, nil},
		{"its lease, again", decided, 5, true, nil},
		{"an older lease", leased, 4, false, store.ErrLeaseLost},
		{"a lease that was never given", leased, 6, false, store.ErrLeaseLost},
		{"a negative token", leased, -1, false, store.ErrLeaseLost},
		{"its lease after a release", released, 5, false, store.ErrLeaseLost},
		{"its lease after it was made due", due, 5, false, store.ErrLeaseLost},
		{"no lease where nobody has one", due, 0, false, nil},
		{"no lease where one is held", leased, 0, false, store.ErrLeaseLost},
		{"no lease where one ran out", expired, 0, false, nil},
		{"no lease where it is decided", decided, 0, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			repeat, err := c.row.Decide(store.Lease{Token: c.token})
			require.ErrorIs(t, err, c.err)
			require.Equal(t, c.repeat, repeat)
		})
	}
}

func TestRowKnowsItsOwnRelease(t *testing.T) {
	t.Parallel()
	require.True(t, released.Released(store.Lease{Token: 5}))
	require.False(t, leased.Released(store.Lease{Token: 5}), "it is held")
	require.False(t, released.Released(store.Lease{Token: 6}), "a later lease")
	require.False(t, released.Released(store.Lease{Token: 0}), "no lease")
	unclaimed := driver.Row{Token: 1, Idle: true} // decided without a claim
	require.False(t, unclaimed.Released(store.Lease{}), "token 0 was never given, so it released nothing")
	require.False(t, fresh.Released(store.Lease{Token: -1}))
}

func TestRowKeepsTheApplicationsStatuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, decided, failed, closed lead.Status }{
		{lead.Discovered, lead.Matched, lead.Failed, lead.Closed},
		{lead.Matched, lead.Matched, lead.Matched, lead.Closed},
		{lead.AutoRejected, lead.Matched, lead.AutoRejected, lead.AutoRejected},
		{lead.Failed, lead.Matched, lead.Failed, lead.Failed},
		{lead.Closed, lead.Matched, lead.Closed, lead.Closed},
		{lead.Applied, lead.Applied, lead.Applied, lead.Applied},
		{"OFFER", "OFFER", "OFFER", "OFFER"},
	} {
		t.Run(string(c.from), func(t *testing.T) {
			t.Parallel()
			row := driver.Row{Status: c.from}
			require.Equal(t, c.decided, row.Decided(lead.Matched))
			for _, end := range []struct{ outcome, want lead.Status }{{lead.Failed, c.failed}, {
				lead.Closed, c.closed,
			}, {"", c.from}} {
				got, moves := row.Ended(end.outcome)
				require.Equal(t, end.want, got)
				require.Equal(t, got == end.outcome && c.from != lead.Failed, moves)
			}
		})
	}
}

func TestRowTakesBackWhatTheApplicationSet(t *testing.T) {
	t.Parallel()
	for _, s := range []lead.Status{lead.Applied, lead.Dismissed, lead.Matched} {
		refuses(t, "", driver.Row{Status: s}.CheckMark(lead.Matched))
	}
	for _, s := range []lead.Status{lead.Discovered, lead.AutoRejected, lead.Closed, lead.Failed} {
		refuses(t, "status", driver.Row{Status: s}.CheckMark(lead.Matched))
		refuses(t, "", driver.Row{Status: s}.CheckMark(lead.Saved))
	}
}
