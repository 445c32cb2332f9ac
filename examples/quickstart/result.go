package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/console"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

const mostMatches = 100 // shown; the database has them all

// A result is what -json prints.
type result struct {
	Report   forge.Report `json:"report"`
	Reopened int          `json:"reopened"`
	Total    store.Stats  `json:"total"`
	Database string       `json:"database"`
	Matches  []match      `json:"matches"`
}

type match struct {
	lead.Lead
	ID            int64       `json:"id"`
	Status        lead.Status `json:"status"`
	Score         int         `json:"score"`
	Reasoning     string      `json:"reasoning"`
	MissingSkills []string    `json:"missing_skills"`
	ScoredBy      string      `json:"scored_by"`
	EasyApply     *bool       `json:"is_easy_apply"`
	Closed        bool        `json:"closed"`
	UpdatedAt     time.Time   `json:"updated_at"`
}

// show prints what the database holds now and what this run did.
func show(ctx context.Context, w *os.File, mine *sqlite.Store, o options, s scorers.Picked, report forge.Report, reopened int) error {
	entries, next, err := mine.List(ctx, store.Filter{Limit: mostMatches})
	if err != nil {
		return err
	}
	total, err := mine.Stats(ctx)
	if err != nil {
		return err
	}
	if o.json {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result{Report: report, Reopened: reopened, Total: total, Database: o.db, Matches: matches(entries)})
	}
	if len(entries) > 0 {
		if err := console.Matches(w, entries, min(console.Width(w), 140)); err != nil {
			return err
		}
	}
	if next != "" {
		fmt.Fprintf(w, "The best %d are shown; the database holds more.\n", mostMatches)
	}
	summarise(w, o, s, report, total)
	return nil
}

func matches(entries []store.Entry) []match {
	list := make([]match, 0, len(entries))
	for _, e := range entries {
		m := match{Lead: e.Lead, ID: e.ID, Status: e.Status, Closed: e.Closed, UpdatedAt: e.UpdatedAt}
		if e.Assessment != nil {
			m.Score, m.Reasoning, m.MissingSkills, m.ScoredBy = e.Assessment.Score, e.Assessment.Reasoning, e.Assessment.MissingSkills, e.Assessment.By
		}
		if e.Data != nil {
			m.EasyApply = e.Data.IsEasyApply
		}
		list = append(list, m)
	}
	return list
}

// summarise says in sentences what the run did and what to do next.
func summarise(w io.Writer, o options, s scorers.Picked, r forge.Report, total store.Stats) {
	decided := r.Matched + r.Rejected + r.Closed + r.Failed
	parts := []string{fmt.Sprintf("%d found", r.Found), fmt.Sprintf("%d excluded unseen", r.Blacklisted), fmt.Sprintf("%d new", r.New)}
	for _, p := range []struct {
		n    int
		what string
	}{{r.Expired, "due for another look"}, {r.Matched, "matched"}, {r.Rejected, "rejected"}, {r.Closed, "closed"}, {r.Failed, "failed"}, {r.Retried, "put off"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	fmt.Fprintln(w, "This run: "+strings.Join(parts, " · "))
	switch {
	case decided > 0:
		fmt.Fprintf(w, "Not stored: %s of text of %s\n", humanize.Bytes(uint64(r.JunkBytes)), console.Count(r.Rejected, "rejected job", "rejected jobs"))
	case r.Found > 0 && r.Retried == 0:
		fmt.Fprintln(w, "Nothing was read or scored: every job that was found had been decided before.")
	}
	if o.boards.Replay != "" && r.Closed > 0 {
		fmt.Fprintf(w, "Closed: %s whose advert is not among the saved pages, or says that it is closed\n", console.Count(r.Closed, "job", "jobs"))
	}
	fmt.Fprintf(w, "Database: %s (%s, %s)\n", o.db,
		console.Count(total.ByStatus[lead.Matched], "match", "matches"), console.Count(total.ByStatus[lead.AutoRejected], "rejection", "rejections"))
	if n := total.ByStatus[lead.AutoRejected]; n > 0 && s.Offline {
		fmt.Fprintf(w, "The offline scorer decided without a model. To have a better one look again at what it rejected:\n  go run ./examples/quickstart -db %s -reopen lexical -scorer ollama\n", o.db)
	}
}
