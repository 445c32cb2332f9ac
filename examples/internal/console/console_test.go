package console

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

func events() []forge.Event {
	key := lead.Key{Source: "board", ExternalID: "1"}
	return []forge.Event{
		{Kind: forge.EventFound, Source: "board", N: 3},
		{Kind: forge.EventBlacklisted, Source: "board", Key: key},
		{Kind: forge.EventSynced, Source: "board", N: 2},
		{Kind: forge.EventScraped, Source: "board", Key: key, N: 500},
		{Kind: forge.EventMatched, Source: "board", Key: key, N: 71},
		{Kind: forge.EventRejected, Source: "board", Key: key, N: 12},
		{Kind: forge.EventResting, Source: "board", Err: errors.New("blocked")},
	}
}

func TestAPipeGetsOneLineAnEventWithoutEscapes(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out, false, time.Now)
	for _, e := range events() {
		p.Observe(e)
	}
	p.End()
	require.Equal(t, strings.Join([]string{
		"board: a batch is stored, 2 of its jobs due",
		"board:1: matched, score 71",
		"board:1: rejected, score 12, text dropped",
		"board: paused for the rest of the run: blocked",
		"",
	}, "\n"), out.String())
}

func TestATerminalGetsOneLineThatCountsAndFits(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	p := newProgress(&out, true, func() time.Time { now = now.Add(time.Second); return now })
	p.width = 60
	for _, e := range events() {
		p.Observe(e)
	}
	frames := strings.Split(out.String(), clearLine)
	last := frames[len(frames)-1]
	require.Contains(t, last, "3 found · 1 excluded · 2 new")
	require.Contains(t, out.String(), "paused for the rest of the run: blocked\n",
		"what keeps a run from being complete stays on the screen")
	for _, f := range frames {
		require.Less(t, lipgloss.Width(strings.TrimSuffix(f, "\n")), p.width+1)
	}
	out.Reset()
	p.End()
	require.Equal(t, clearLine, out.String())
}

func TestALiveLineIsNotRedrawnForEveryEvent(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	p := newProgress(&out, true, func() time.Time { return now })
	for range 1000 {
		p.Observe(forge.Event{Kind: forge.EventScraped})
	}
	require.LessOrEqual(t, strings.Count(out.String(), clearLine), 1)
}

func TestMatchesFitTheWidth(t *testing.T) {
	t.Parallel()
	entries := []store.Entry{
		{
			Lead: lead.Lead{
				Title: "Engineer of very long titles, in several parts and places", Company: "Acme",
				Location: "Berlin",
			},
			Assessment: &enrich.Assessment{
				Score: 82, Reasoning: strings.Repeat("Reason. ", 30),
				MissingSkills: []string{"a", "b", "c", "d", "e", "f", "g"},
			},
		},
		{Lead: lead.Lead{Title: "工程师 · 数据库"}, Closed: true},
	}
	for _, width := range []int{50, 79, 80, 120} {
		var out bytes.Buffer
		require.NoError(t, Matches(&out, entries, width))
		require.LessOrEqual(t, lipgloss.Width(out.String()), width)
		require.Contains(t, out.String(), "82")
		require.Contains(t, out.String(), "closed by the board")
		require.Equal(t, width >= narrow, strings.Contains(out.String(), "and 2 more"))
	}
}
