package console

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	require.Equal(t, "Excluded unread by \"unpaid\": \"Unpaid Intern\"\n", p.Notes())
	p.Verbose = false
	for _, title := range []string{"a", "b", "b", "c"} {
		p.Observe(forge.Event{Kind: forge.EventBlacklisted, Err: &lead.ExcludedError{
			Lead: lead.Lead{Title: title}, Pattern: "unpaid",
		}})
	}
	require.Contains(t, p.Notes(), "and 1 more (-v names all)")
}

func TestASummaryAddsUpAndLeavesNothingOut(t *testing.T) {
	t.Parallel()
	p := newProgress(io.Discard, false, time.Now)
	p.Observe(forge.Event{Kind: forge.EventSkipped, Key: lead.Key{Source: "board", ExternalID: "1"}})
	p.Observe(forge.Event{Kind: forge.EventSkipped, Source: "board"}) // a card that was not found
	require.Equal(t, "Found 31: 20 new · 8 known · 2 excluded unread · 1 unusable\n"+
		"Due 23: 8 matched · 10 rejected · 2 closed · 1 postponed · 2 failed", p.Summary(forge.Report{
		Found: 31, New: 20, Expired: 3, Blacklisted: 2,
		Matched: 8, Rejected: 10, Closed: 2, Retried: 1, Failed: 2,
	}))
	require.Equal(t, "Found 0\nDue 0", newProgress(io.Discard, false, time.Now).Summary(forge.Report{}))
	require.Equal(t, "2 matches, 3 rejections, 1 waiting, 4 applied, 1 offer made", Statuses(store.Stats{
		ByStatus: map[lead.Status]int{
			lead.Matched: 2, lead.AutoRejected: 3, lead.Discovered: 1, lead.Applied: 4, "OFFER_MADE": 1,
		},
	}))
}

func TestWhatABoardCannotFilterIsSaidOnce(t *testing.T) {
	t.Parallel()
	p := newProgress(io.Discard, true, time.Now)
	for range 2 {
		p.Observe(forge.Event{Kind: forge.EventUnfiltered, Source: "ats", Err: errors.New("no place")})
	}
	require.Equal(t, "ats: the results are wider than the search: no place\n", p.Notes())
}

func TestWaitingAndFailedJobsSayWhyAndWhen(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.Local)
	entries := []store.Entry{
		{Lead: lead.Lead{Title: "Quiet"}, Status: lead.Discovered},
		{
			Lead: lead.Lead{Title: "Later"}, Status: lead.Discovered, DueAt: at.Add(time.Hour), Attempts: 1,
			Cause: "c",
		},
		{Lead: lead.Lead{Title: "Baker"}, Status: lead.Discovered, DueAt: at, Attempts: 2, Cause: "away"},
		{Lead: lead.Lead{Title: "Smith"}, Status: lead.Failed, Attempts: 3, Cause: "no text"},
		{Lead: lead.Lead{Title: "Nurse"}, Status: lead.Failed, Attempts: 3, Cause: "no text"},
	}
	var out bytes.Buffer
	Waiting(&out, entries, false)
	require.Equal(t, "Failed: Smith, after 3 tries: no text\nFailed: Nurse, after 3 tries: no text\n"+
		"Waits until Mon 09:30: Baker, after 2 tries: away\n1 more job waits or failed.\n", out.String())
	out.Reset()
	Waiting(&out, entries, true)
	require.Contains(t, out.String(), "Later, after 1 try")
	require.NotContains(t, out.String(), "Quiet")
}

func TestScoresOfAnotherResumeSaySo(t *testing.T) {
	t.Parallel()
	mine, other := enrich.NewBasis("a", "s", 30), enrich.NewBasis("b", "s", 30)
	scored := &enrich.Assessment{Score: 80}
	for _, c := range []struct {
		entry store.Entry
		says  bool
	}{
		{store.Entry{Assessment: scored, Basis: mine}, false},
		{store.Entry{Assessment: scored, Basis: other}, true},
		{store.Entry{Assessment: scored}, true},
		{store.Entry{}, false},
	} {
		for _, width := range []int{80, 120} {
			out := strings.Fields(ansi.Strip(List{Width: width, Basis: mine}.render([]store.Entry{c.entry})))
			require.Equal(t, c.says, strings.Contains(strings.Join(out, " "), "score of another résumé"))
		}
		require.False(t, List{}.OtherResume(c.entry))
	}
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

func TestProseIsBrokenBetweenWords(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	_, err := fmt.Fprintln(prose{&out, 30}, "Boards:  demo boards on this machine, read by four adapters")
	require.NoError(t, err)
	require.Equal(t, "Boards:  demo boards on this\nmachine, read by four adapters\n", out.String())
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
