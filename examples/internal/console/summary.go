package console

import (
	"fmt"
	"io"
	"strings"

	"github.com/agent-forge/forge"
)

// Summary counts in one line what a run did.
func Summary(r forge.Report) string {
	parts := []string{fmt.Sprintf("%d found", r.Found), fmt.Sprintf("%d new", r.New)}
	for _, p := range []struct {
		n    int
		what string
	}{
		{r.Expired, "due again"},
		{r.Found - r.New - r.Expired - r.Blacklisted, "known"},
		{r.Blacklisted, "excluded unread"},
		{r.Matched, "matched"},
		{r.Rejected, "rejected"},
		{r.Closed, "closed"},
		{r.Failed, "failed"},
		{r.Retried, "postponed"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, " · ")
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
