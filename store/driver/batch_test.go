package driver_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

func aLead(source, id, title string) lead.Lead {
	return lead.Lead{Source: source, ExternalID: id, Title: title, URL: "https://acme.example/" + id}
}

func TestPrepareSyncSortsTheBatchAndKeepsEachKeyOnce(t *testing.T) {
	t.Parallel()
	b, err := driver.PrepareSync([]lead.Lead{
		aLead("b", "1", "first"), aLead("a", "2", " two\n"), aLead("b", "1", "second"),
		aLead("a", "1", "one"),
	})
	require.NoError(t, err)
	require.Equal(t, []lead.Lead{aLead("a", "1", "one"), aLead("a", "2", "two"), aLead("b", "1", "first")},
		b.Leads)

	refs := b.InOrder([]store.Ref{
		{ID: 1, Key: lead.Key{Source: "a", ExternalID: "1"}},
		{ID: 2, Key: lead.Key{Source: "a", ExternalID: "2"}},
		{ID: 3, Key: lead.Key{Source: "b", ExternalID: "1"}},
	})
	require.Equal(t, []int64{3, 2, 1}, []int64{refs[0].ID, refs[1].ID, refs[2].ID}, "the order of the input")
}

func TestPrepareSyncNamesARefusedLeadAndKeepsTheOthers(t *testing.T) {
	t.Parallel()
	leads := []lead.Lead{
		aLead("a", "1", ""), aLead("a", "1", "one"), aLead("é"+strings.Repeat("é", 100), "2", "two"),
		aLead("a", "3", strings.Repeat("x", 10<<20)),
	}
	b, err := driver.PrepareSync(leads)
	require.Equal(t, []lead.Lead{aLead("a", "1", "one")}, b.Leads, "a later lead of the key is as good")
	partial, ok := errors.AsType[*store.PartialError](err)
	require.True(t, ok)
	require.ErrorIs(t, err, store.ErrInvalid)
	require.Len(t, partial.Rejected, 3)
	require.Equal(t, 0, partial.Rejected[0].Index)
	require.Equal(t, lead.Key{Source: "a", ExternalID: "1"}, partial.Rejected[0].Key)
	require.LessOrEqual(t, len(partial.Rejected[1].Key.Source), lead.MaxSourceBytes)
	require.True(t, utf8.ValidString(partial.Rejected[1].Key.Source))
	require.EqualError(
		t,
		err,
		"store: invalid: 3 leads refused; lead 0: title: missing; lead 2: source: 202 bytes, at most 64 "+
			"are allowed; "+
			"lead 3: title: 10485760 characters, at most 1000 are allowed",
	)

	_, err = driver.PrepareSync(slices.Repeat([]lead.Lead{{}}, 5))
	require.ErrorContains(t, err, "; and 2 more")
}

func TestPrepareSyncRefusesALargeBatchAsAWhole(t *testing.T) {
	t.Parallel()
	leads := slices.Repeat([]lead.Lead{aLead("a", "1", "one")}, store.MaxBatch+1)
	b, err := driver.PrepareSync(leads)
	refuses(t, "leads", err)
	require.Empty(t, b.Leads)
	b, err = driver.PrepareSync(leads[1:])
	require.NoError(t, err)
	require.Len(t, b.Leads, 1)
	b, err = driver.PrepareSync(nil)
	require.NoError(t, err)
	require.Empty(t, b.Leads)
}

func TestPrepareSyncKeepsOrRefusesEveryLeadThatIsNoRepeat(t *testing.T) {
	t.Parallel()
	one := rapid.Custom(func(t *rapid.T) lead.Lead {
		return aLead(rapid.SampledFrom([]string{"a", "b", "B", ""}).Draw(t, "source"),
			rapid.SampledFrom([]string{"1", "2", " 2", "\x00"}).Draw(t, "id"),
			rapid.SampledFrom([]string{"x", " "}).Draw(t, "title"))
	})
	rapid.Check(t, func(t *rapid.T) {
		leads := rapid.SliceOfN(one, 0, 30).Draw(t, "leads")
		b, err := driver.PrepareSync(leads)
		require.True(t,
			slices.IsSortedFunc(b.Leads, func(x, y lead.Lead) int { return x.Key().Compare(y.Key()) }))
		refused := map[int]bool{}
		if partial, ok := errors.AsType[*store.PartialError](err); ok {
			for _, r := range partial.Rejected {
				refused[r.Index] = true
			}
		} else {
			require.NoError(t, err)
		}
		stored := map[lead.Key]bool{}
		for _, l := range b.Leads {
			require.False(t, stored[l.Key()], "each key once")
			require.NoError(t, l.Validate())
			stored[l.Key()] = true
		}
		for i, l := range leads {
			require.NotEqual(t, refused[i], stored[l.Clean().Key()] && l.Clean().Validate() == nil, i)
		}
	})
}
