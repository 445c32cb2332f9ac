package console

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Summary counts what a run did, in two lines that each add up: what the boards listed, and what
// became of the jobs that were due.
func (p *Progress) Summary(r forge.Report) string {
	p.mu.Lock()
	refused := p.refused
	p.mu.Unlock()
	due := r.Matched + r.Rejected + r.Closed + r.Retried + r.Failed
	return sum("Found", r.Found, []part{
		{r.New, "new"},
		{r.Found - r.New - r.Blacklisted - refused, "known"},
		{r.Blacklisted, "excluded unread"},
		{refused, "unusable"},
	}) + "\n" + sum("Due", due, []part{
		{r.Matched, "matched"},
		{r.Rejected, "rejected"},
		{r.Closed, "closed"},
		{r.Retried, "postponed"},
		{r.Failed, "failed"},
	})
}

// A part is some of what a sum counts.
type part struct {
	n    int
	what string
}

func sum(what string, total int, parts []part) string {
	var all []string
	for _, p := range parts {
		if p.n != 0 {
			all = append(all, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if len(all) == 0 {
		return fmt.Sprintf("%s %d", what, total)
	}
	return fmt.Sprintf("%s %d: %s", what, total, strings.Join(all, " · "))
}

// Statuses counts in one line all jobs that a user has, by what became of them.
func Statuses(stats store.Stats) string {
	rest := maps.Clone(stats.ByStatus)
	var all []string
	add := func(s lead.Status, one, many string) {
		if rest[s] > 0 {
			all = append(all, Count(rest[s], one, many))
		}
		delete(rest, s)
	}
	add(lead.Matched, "match", "matches")
	add(lead.AutoRejected, "rejection", "rejections")
	add(lead.Discovered, "waiting", "waiting")
	add(lead.Failed, "failed", "failed")
	add(lead.Closed, "closed", "closed")
	for _, s := range slices.Sorted(maps.Keys(rest)) {
		name := strings.ToLower(strings.ReplaceAll(string(s), "_", " "))
		add(s, name, name)
	}
	if len(all) == 0 {
		return "no jobs"
	}
	return strings.Join(all, ", ")
}

// mostWaiting is how many jobs that wait or failed are named.
const mostWaiting = 3

// Waiting writes why jobs wait or failed, after how many tries, and when they are tried again: of the
// first few, unless all is set. Entries without a cause are passed over.
func Waiting(w io.Writer, entries []store.Entry, all bool) {
	entries = slices.DeleteFunc(slices.Clone(entries), func(e store.Entry) bool { return e.Cause == "" })
	slices.SortStableFunc(entries, func(a, b store.Entry) int { return a.DueAt.Compare(b.DueAt) })
	for i, e := range entries {
		if i == mostWaiting && !all {
			fmt.Fprintf(w, "%s or failed.\n", Count(len(entries)-i, "more job waits", "more jobs wait"))
			return
		}
		what := "Failed"
		if e.Status == lead.Discovered {
			what = "Waits until " + e.DueAt.Local().Format("Mon 15:04")
		}
		tries := Count(e.Attempts, "try", "tries")
		fmt.Fprintf(w, "%s: %s, after %s: %s\n", what, e.Lead.Title, tries, e.Cause)
	}
}

// Incomplete writes what kept a run from being complete, one reason a line. It writes nothing if
// err is nil.
func Incomplete(w io.Writer, err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(w, "Not complete:")
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintln(w, "  - "+strings.TrimSuffix(line, "\n"))
	}
}

// Count returns a number with its noun: "1 job", "2 matches".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
