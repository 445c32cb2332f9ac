package quickstart

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/console"
	"github.com/agent-forge/forge/examples/internal/demoboard"
	"github.com/agent-forge/forge/examples/internal/notes"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/examples/internal/search"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

// A result is what a run did and what the database holds now. -json prints it.
type result struct {
	Report   forge.Report `json:"report"`
	Reopened int          `json:"reopened"`
	search.Review
	Total    store.Stats `json:"total"`
	Database string      `json:"database"`
	Matches  []jobView   `json:"matches"`

	basis   enrich.Basis // of the pipeline
	entries []store.Entry
	notes   map[int64][]string // of entries, by id
	more    bool               // the database holds more matches than entries
	waiting []store.Entry      // jobs that wait or failed
}

// A jobView is a match as -json prints it.
type jobView struct {
	lead.Lead
	ID            int64       `json:"id"`
	Status        lead.Status `json:"status"`
	Score         int         `json:"score"`
	Unverified    bool        `json:"unverified"`
	Reasoning     string      `json:"reasoning"`
	MissingSkills []string    `json:"missing_skills"`
	ScoredBy      string      `json:"scored_by"`
	OtherResume   bool        `json:"other_resume"` // the score is of another résumé
	EasyApply     *bool       `json:"is_easy_apply"`
	Closed        bool        `json:"closed"`
	Notes         []string    `json:"notes,omitempty"` // on its age, and on where else the advert stands
	UpdatedAt     time.Time   `json:"updated_at"`
}

// load adds what the database holds.
func (r *result) load(ctx context.Context, mine *sqlite.Store, top int) error {
	entries, next, err := mine.List(ctx, store.Filter{Limit: top})
	total, statsErr := mine.Stats(ctx)
	r.more, r.Total = next != "", total
	var waitingErr error
	r.waiting, _, waitingErr = mine.List(ctx, store.Filter{
		Statuses: []lead.Status{lead.Discovered, lead.Failed}, Limit: store.MaxPage, WithoutText: true,
	})
	cards, also, cardsErr := forge.Cards(ctx, mine, entries)
	r.entries, r.notes = cards, make(map[int64][]string)
	for _, e := range cards {
		r.notes[e.ID] = notes.Of(e, also[e.ID], time.Now())
	}
	return errors.Join(err, statsErr, waitingErr, cardsErr)
}

// stayHere makes the matches of the demo lead to a page of this machine, beside the database:
// nothing of the demo is on the boards that it imitates.
func (r *result) stayHere(db string) error {
	link, err := demoboard.Adverts(strings.TrimSuffix(db, filepath.Ext(db)) + "-demo.html")
	if err != nil {
		return err
	}
	for i, e := range r.entries {
		if here := link(e.Lead.Key()); here != "" {
			r.entries[i].Lead.URL = here
		}
	}
	return nil
}

func (r *result) writeJSON(w io.Writer) error {
	r.Matches = make([]jobView, len(r.entries))
	list := console.List{Basis: r.basis}
	for i, e := range r.entries {
		v := jobView{
			Lead: e.Lead, ID: e.ID, Status: e.Status, Closed: e.Closed, UpdatedAt: e.UpdatedAt,
			OtherResume: list.OtherResume(e), Notes: r.notes[e.ID],
		}
		if a := e.Assessment; a != nil {
			v.Score, v.Unverified, v.Reasoning = a.Score, a.Unverified, a.Reasoning
			v.MissingSkills, v.ScoredBy = a.MissingSkills, a.By
		}
		if e.Data != nil {
			v.EasyApply = e.Data.IsEasyApply
		}
		r.Matches[i] = v
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// print shows the matches as a table, and below it what the run did and what to do next.
func (r *result) print(f *os.File, o options, s scorers.Picked, progress *console.Progress) error {
	if len(r.entries) > 0 {
		list := console.ListFor(f)
		list.URLs, list.Basis, list.Notes = o.urls, r.basis, r.notes
		if err := list.Write(f, r.entries); err != nil {
			return err
		}
	}
	w := console.Prose(f)
	if r.more {
		fmt.Fprintf(w, "These are the best %d. The database holds more: -top N shows them.\n", o.top)
	}
	fmt.Fprintln(w, progress.Summary(r.Report))
	switch rep := r.Report; {
	case rep.Matched+rep.Rejected+rep.Closed+rep.Failed > 0:
		if rep.JunkBytes > 0 {
			fmt.Fprintf(w, "Not stored: %s of text of %s\n", humanize.Bytes(uint64(rep.JunkBytes)),
				console.Count(rep.Rejected, "rejected job", "rejected jobs"))
		}
	case rep.Found > 0 && rep.Retried == 0:
		fmt.Fprintln(
			w, "Nothing was read or scored, because every job that was found had been decided before.",
		)
	}
	if o.Boards.Replay != "" && r.Report.Closed > 0 {
		fmt.Fprintf(w, "Closed: %s whose advert is not among the saved pages, or says that it is closed\n",
			console.Count(r.Report.Closed, "job", "jobs"))
	}
	fmt.Fprint(w, progress.Notes())
	console.Waiting(w, r.waiting, o.verbose)
	rejected := r.Total.ByStatus[lead.AutoRejected]
	fmt.Fprintf(w, "Database: %s (%s)\n", o.db, console.Statuses(r.Total))
	if rejected > 0 && s.Offline {
		fmt.Fprintf(w, "The offline scorer has no model. To let one judge what was rejected again:\n"+
			"  %s -db %s -reopen lexical -scorer ollama\n", commandline.Called("quickstart"), o.db)
	}
	if o.Boards.Demo() {
		fmt.Fprintf(w, "This was a demo: its adverts are invented. To search for yourself:\n"+
			"  %s -live -resume cv.pdf -search \"golang @ Berlin\"\n", commandline.Called("quickstart"))
	}
	return nil
}
