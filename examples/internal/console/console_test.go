package console

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
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
		{Kind: forge.EventBlacklisted, Source: "board", Key: key, Err: &lead.ExcludedError{
			Lead: lead.Lead{Title: "Unpaid Intern", Company: "Acme"}, Pattern: "unpaid",
		}},
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
	require.Contains(t, last, "3 found · 1 excluded · 2 due")
	require.Contains(t, out.String(), "paused for the rest of the run: blocked\n",
		"what keeps a run from being complete stays on the screen")
	for _, f := range frames {
		require.Less(t, lipgloss.Width(strings.TrimSuffix(f, "\n")), p.width+1)
	}
	out.Reset()
	p.End()
	require.Equal(t, clearLine, out.String())
}

func TestWhatIsExcludedIsNamedByItsPattern(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out, false, time.Now)
	p.Verbose = true
	p.Observe(events()[1])
	require.Equal(t, "board: excluded unread: \"Unpaid Intern\" at \"Acme\" matches \"unpaid\"\n",
		out.String())
	require.Equal(t, "Excluded unread by \"unpaid\": \"Unpaid Intern\"\n", p.Excluded())
	p.Verbose = false
	for _, title := range []string{"a", "b", "b", "c"} {
		p.Observe(forge.Event{Kind: forge.EventBlacklisted, Err: &lead.ExcludedError{
			Lead: lead.Lead{Title: title}, Pattern: "unpaid",
		}})
	}
	require.Contains(t, p.Excluded(), "and 1 more (-v names all)")
}

func TestNothingWaitsInSilence(t *testing.T) {
	t.Parallel()
	for _, live := range []bool{false, true} {
		var out bytes.Buffer
		now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		p := newProgress(&out, live, func() time.Time { return now })
		p.idle()
		require.Empty(t, out.String())
		now = now.Add(quiet)
		p.idle()
		require.Contains(t, out.String(), "0 found")
		out.Reset()
		p.idle()
		require.Empty(t, out.String(), "once in that time")
	}
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
				MissingSkills: []string{"a", "b", "c", "d", "Bookkeeping", "f", "g"},
			},
		},
		{Lead: lead.Lead{Title: "工程师 · 数据库"}, Closed: true},
	}
	for _, width := range []int{50, 79, 80, 99, 100, 120} {
		for _, last := range []bool{false, true} {
			out := ansi.Strip(List{Width: width, Last: last}.render(entries))
			require.LessOrEqual(t, lipgloss.Width(out), width)
			require.Contains(t, out, "closed by the board")
			require.Equal(t, last, strings.Index(out, "82") > strings.Index(out, "closed by the board"))
			for _, word := range append(strings.Fields(entries[0].Lead.Title), "Bookkeeping") {
				require.Contains(t, strings.Fields(out), word, "no word is cut")
			}
		}
	}
}

func TestTitlesAreLinksAndAddressesPrinted(t *testing.T) {
	t.Parallel()
	entries := []store.Entry{{Lead: lead.Lead{Title: "Baker", URL: "https://jobs.example.com/1"}}}
	for _, width := range []int{80, 120} {
		require.Contains(t, List{Width: width, Links: true}.render(entries),
			"\x1b]8;;https://jobs.example.com/1")
		require.NotContains(t, List{Width: width}.render(entries), "https:")
		require.Contains(t, List{Width: width, URLs: true}.render(entries), "https://jobs.example.com/1")
	}
}
