package driver_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

func TestPreparePageRefusesWhatCannotBeListed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		filter store.Filter
		field  string
	}{
		{"all", store.Filter{}, ""},
		{
			"everything set",
			store.Filter{
				Statuses: []lead.Status{lead.Applied}, Text: "go", MinScore: 100, Limit: store.MaxPage,
				Cursor: "-1.7",
			},
			"",
		},
		{"a status in lower case", store.Filter{Statuses: []lead.Status{"applied"}}, "statuses"},
		{"a score of 101", store.Filter{MinScore: 101}, "min_score"},
		{"a negative score", store.Filter{MinScore: -1}, "min_score"},
		{"a large page", store.Filter{Limit: store.MaxPage + 1}, "limit"},
		{"a negative page", store.Filter{Limit: -1}, "limit"},
		{"a long text", store.Filter{Text: strings.Repeat("x", 501)}, "text"},
		{"a text with NUL", store.Filter{Text: "\x00"}, "text"},
		{"a text that is not UTF-8", store.Filter{Text: "\xff"}, "text"},
		{"an unknown order", store.Filter{Order: "best"}, "order"},
		{"pay without a currency", store.Filter{Order: store.ByPay}, "currency"},
		{"a cursor of words", store.Filter{Cursor: "next"}, "cursor"},
		{"a cursor with a score alone", store.Filter{Cursor: "1"}, "cursor"},
		{"a cursor above every score", store.Filter{Cursor: "101.1"}, "cursor"},
		{"a cursor below every score", store.Filter{Cursor: "-2.1"}, "cursor"},
		{"a cursor without an id", store.Filter{Cursor: "50."}, "cursor"},
		{"a cursor with a negative id", store.Filter{Cursor: "50.-1"}, "cursor"},
		{"a cursor with the id 0", store.Filter{Cursor: "50.0"}, "cursor"},
		{"a cursor of three parts", store.Filter{Cursor: "1.1.1"}, "cursor"},
		{"a cursor with a huge id", store.Filter{Cursor: "1.99999999999999999999"}, "cursor"},
		{"a cursor with a space", store.Filter{Cursor: " 1.1"}, "cursor"},
		{"a cursor with NUL", store.Filter{Cursor: "1.1\x00"}, "cursor"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := driver.PreparePage(c.filter)
			refuses(t, c.field, err)
		})
	}
}

func TestPreparePageBeginsAboveEveryEntry(t *testing.T) {
	t.Parallel()
	p, err := driver.PreparePage(store.Filter{})
	require.NoError(t, err)
	require.Equal(t, driver.Page{MinScore: -1, Score: 101, Rank: 101, Rows: store.DefaultPage + 1}, p)
	p, err = driver.PreparePage(store.Filter{MinScore: 40, Limit: 3})
	require.NoError(t, err)
	require.Equal(t, driver.Page{MinScore: 40, Score: 101, Rank: 101, Rows: 4}, p)
}

func FuzzPreparePage(f *testing.F) {
	for _, s := range []string{"", "85.7", "-1.1", "101.1", "1.1.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		if p, err := driver.PreparePage(store.Filter{Cursor: cursor}); err != nil {
			require.ErrorIs(t, err, store.ErrInvalid)
		} else if cursor != "" {
			require.GreaterOrEqual(t, p.Score, -1)
			require.LessOrEqual(t, p.Score, 100)
			require.Positive(t, p.ID)
		}
	})
}

func TestThePageAfterACutBeginsAtTheCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		p, err := driver.PreparePage(store.Filter{Limit: limit})
		require.NoError(t, err)
		var entries []store.Entry
		for range rapid.IntRange(0, limit+1).Draw(t, "entries") {
			e := store.Entry{ID: rapid.Int64Min(1).Draw(t, "id")}
			if rapid.Bool().Draw(t, "scored") {
				e.Assessment = &enrich.Assessment{Score: rapid.IntRange(0, 100).Draw(t, "score")}
			}
			entries = append(entries, e)
		}
		page, next := p.Cut(entries)
		if len(entries) <= limit {
			require.Equal(t, entries, page)
			require.Empty(t, next)
			return
		}
		require.Equal(t, entries[:limit], page)
		p, err = driver.PreparePage(store.Filter{Cursor: next})
		require.NoError(t, err)
		last, score := page[limit-1], -1
		if last.Assessment != nil {
			score = last.Assessment.Score
		}
		require.Equal(t, last.ID, p.ID)
		require.Equal(t, score, p.Score)
	})
}
