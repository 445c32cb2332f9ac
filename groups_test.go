package forge_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

// group returns a user's store with the same advert three times, all matches, and their ids.
func group(t *testing.T) (db *memory.Store, ids []int64) {
	t.Helper()
	db = memory.New(nil).ForUser("ada")
	for _, id := range []string{"1", "2", "3"} {
		refs, err := db.Sync(t.Context(), []lead.Lead{{
			Source: "one", ExternalID: id, Title: "Keeper", Company: "Kranich",
			URL: "https://one.example/" + id,
		}})
		require.NoError(t, err)
		ids = append(ids, refs[0].ID)
		require.NoError(t, db.Decide(t.Context(), store.Lease{ID: refs[0].ID}, enrich.Decision{
			Assessment: enrich.Assessment{Score: 70, By: "script"}, Status: lead.Matched,
			Data: &enrich.Data{Description: prose(1)},
		}))
	}
	return db, ids
}

func statuses(t *testing.T, db *memory.Store) map[int64]lead.Status {
	t.Helper()
	entries, _, err := db.List(t.Context(), store.Filter{Statuses: []lead.Status{
		lead.Matched, lead.Applied, lead.Saved, lead.Dismissed, lead.Discovered, lead.Closed,
	}})
	require.NoError(t, err)
	all := make(map[int64]lead.Status)
	for _, e := range entries {
		all[e.ID] = e.Status
	}
	return all
}

func TestMarkGroupMarksTwinsButNoOtherMarkOfTheUser(t *testing.T) {
	t.Parallel()
	db, ids := group(t)
	a, b, c := ids[0], ids[1], ids[2]
	require.NoError(t, db.Mark(t.Context(), c, lead.Applied))
	marked, err := forge.MarkGroup(t.Context(), db, a, lead.Matched, lead.Saved)
	require.NoError(t, err)
	require.Equal(t, []store.Marked{{ID: a, Was: lead.Matched}, {ID: b, Was: lead.Matched}}, marked)
	require.Equal(t, map[int64]lead.Status{a: lead.Saved, b: lead.Saved, c: lead.Applied}, statuses(t, db))
	marked, err = forge.MarkGroup(t.Context(), db, b, lead.Saved, lead.Dismissed)
	require.NoError(t, err)
	require.Len(t, marked, 2, "what was saved as one advert is dismissed as one")
	marked, err = forge.MarkGroup(t.Context(), db, a, lead.Dismissed, lead.Matched)
	require.NoError(t, err)
	require.Len(t, marked, 2)
	want := map[int64]lead.Status{a: lead.Matched, b: lead.Matched, c: lead.Applied}
	require.Equal(t, want, statuses(t, db))
	_, err = forge.MarkGroup(t.Context(), db, 99, lead.Matched, lead.Saved)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestUnmarkGroupKeepsTheMarkThatATwinHadOfItsOwn(t *testing.T) {
	t.Parallel()
	db, ids := group(t)
	a, b, c := ids[0], ids[1], ids[2]
	require.NoError(t, db.Mark(t.Context(), b, lead.Applied))
	require.NoError(t, db.Mark(t.Context(), c, lead.Saved))
	before := statuses(t, db)
	for _, to := range []lead.Status{lead.Applied, lead.Saved, lead.Dismissed} {
		marked, err := forge.MarkGroup(t.Context(), db, a, lead.Matched, to)
		require.NoError(t, err)
		require.Len(t, marked, 1)
		require.NoError(t, forge.UnmarkGroup(t.Context(), db, marked))
		require.Equal(t, before, statuses(t, db))
	}
	marked, err := forge.MarkGroup(t.Context(), db, c, lead.Saved, lead.Dismissed)
	require.NoError(t, err)
	require.Equal(t, []store.Marked{{ID: c, Was: lead.Saved}, {ID: a, Was: lead.Matched}}, marked)
	require.NoError(t, forge.UnmarkGroup(t.Context(), db, marked))
	require.Equal(t, before, statuses(t, db), "each job gets back what it was")
}

func TestMarkGroupTakesBackToWhatEachJobWas(t *testing.T) {
	t.Parallel()
	db, ids := group(t)
	a, b, c := ids[0], ids[1], ids[2]
	_, err := db.Reopen(t.Context(), store.Selection{IDs: []int64{c}})
	require.NoError(t, err)
	claims, err := db.Claim(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.Len(t, claims, 1)
	require.NoError(t, db.Release(t.Context(), claims[0].Lease, store.Outcome{Status: lead.Closed}))
	for _, id := range []int64{a, c} {
		require.NoError(t, db.Mark(t.Context(), id, lead.Saved))
	}
	marked, err := forge.MarkGroup(t.Context(), db, a, lead.Saved, lead.Matched)
	require.NoError(t, err)
	require.Len(t, marked, 2, "a match has no mark to take back")
	require.Equal(t, map[int64]lead.Status{a: lead.Matched, b: lead.Matched, c: lead.Closed}, statuses(t, db))
}

func TestReopenGroupReopensTwinsAndCanBeTakenBack(t *testing.T) {
	t.Parallel()
	db, ids := group(t)
	require.NoError(t, db.Mark(t.Context(), ids[2], lead.Applied))
	reopened, err := forge.ReopenGroup(t.Context(), db, ids[1])
	require.NoError(t, err)
	require.ElementsMatch(t, ids[:2], reopened, "what the user applied for is left alone")
	n, err := db.Restore(t.Context(), reopened)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	reopened, err = forge.ReopenGroup(t.Context(), db, 99)
	require.NoError(t, err)
	require.Empty(t, reopened)
}

func TestKeepGroupKeepsRejectedTwins(t *testing.T) {
	t.Parallel()
	db, ids := group(t)
	strict, err := gate.New(71)
	require.NoError(t, err)
	_, err = db.Regate(t.Context(), strict)
	require.NoError(t, err)
	require.NoError(t, db.Mark(t.Context(), ids[0], lead.Saved))
	kept, err := forge.KeepGroup(t.Context(), db, ids[1])
	require.NoError(t, err)
	require.ElementsMatch(t, ids[1:], kept)
	kept, err = forge.KeepGroup(t.Context(), db, ids[1])
	require.NoError(t, err)
	require.Empty(t, kept, "nothing is rejected any more")
}

func TestCardsShowsEachGroupOnce(t *testing.T) {
	t.Parallel()
	db, ids := group(t)
	entries, _, err := db.List(t.Context(), store.Filter{})
	require.NoError(t, err)
	cards, also, err := forge.Cards(t.Context(), db, entries)
	require.NoError(t, err)
	require.Len(t, cards, 1)
	require.Equal(t, entries[0].ID, cards[0].ID)
	require.Len(t, also, 1)
	require.Len(t, also[cards[0].ID], 2)

	require.NoError(t, db.Separate(t.Context(), ids[0], true))
	cards, also, err = forge.Cards(t.Context(), db, entries)
	require.NoError(t, err)
	require.Len(t, cards, 2)
	require.Len(t, also[cards[0].ID], 1)
	cards, also, err = forge.Cards(t.Context(), db, nil)
	require.NoError(t, err)
	require.Empty(t, cards)
	require.Empty(t, also)
}
