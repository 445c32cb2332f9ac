package notes_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/notes"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

func TestNotesNameOtherBoardsPlacesMarksRepostsAndAge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(source, place string) store.Twin {
		return store.Twin{Lead: lead.Lead{Source: source, Location: place}, Status: lead.Matched}
	}
	applied := at("two", "Lyon")
	applied.Status = lead.Applied
	var many []store.Twin
	for _, place := range []string{"A", "B", "C", "D", "E", "F", "G"} {
		many = append(many, at("one", place))
	}
	for _, c := range []struct {
		name   string
		posted time.Time
		twins  []store.Twin
		want   []string
	}{
		{"60 days", now.AddDate(0, 0, -60), nil, nil},
		{"61 days", now.AddDate(0, 0, -61), nil, []string{"older than 60 days: posted 61 days ago"}},
		{
			"boards and places",
			time.Time{},
			[]store.Twin{at("two", "Lyon"), at("two", "Pune"), at("one", "Lyon, France"), at("two", "")},
			[]string{"also on two, in Lyon; Pune"},
		},
		{"the same place, said in full", now, []store.Twin{at("two", "Köln, NRW")}, []string{"also on two"}},
		{"a repost", now, []store.Twin{at("one", "Köln")}, []string{"reposted"}},
		{"many places", now, many, []string{"also in A; B; C; D; E; 2 more places"}},
		{
			"a mark elsewhere", now,
			[]store.Twin{applied},
			[]string{"also on two, in Lyon", "marked applied on two, in Lyon"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := store.Entry{
				Lead:   lead.Lead{Source: "one", Location: "Köln", PostedAt: c.posted},
				Status: lead.Matched,
			}
			require.Equal(t, c.want, notes.Of(e, c.twins, now))
		})
	}
}
