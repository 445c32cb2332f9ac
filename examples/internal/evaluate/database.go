package evaluate

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/examples/internal/resumes"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

// A database is a SQLite file whose labels are measured, in place of a file of pairs.
type database struct {
	file, user, resume string
}

// pairs returns the jobs of the database that the user marked, and whose text is there, as pairs
// with the résumé. Rejected jobs have no text, so that the labels of an audit are not among them.
func (d database) pairs(ctx context.Context, warn func(error)) (pairs []pair, err error) {
	if d.resume == "" {
		return nil, errors.New("-resume is missing: the database holds no résumé")
	}
	resume, err := resumes.Read(ctx, d.resume, warn)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(d.file); err != nil {
		return nil, err // opening it would create it
	}
	db, err := sqlite.Open(ctx, d.file, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s := db.ForUser(d.user)
	ev, err := s.Evidence(ctx)
	if err != nil {
		return nil, err
	}
	worth := map[int64]bool{}
	statuses := map[lead.Status]bool{lead.Matched: true}
	for _, l := range ev.Labels {
		worth[l.JobID] = l.Worth
	}
	stats, err := s.Stats(ctx)
	if err != nil {
		return nil, err
	}
	f := store.Filter{Limit: store.MaxPage}
	for status := range stats.ByStatus {
		statuses[status] = statuses[status] || status.Application()
	}
	for status := range statuses {
		f.Statuses = append(f.Statuses, status)
	}
	for more := true; more; more = f.Cursor != "" {
		var entries []store.Entry
		if entries, f.Cursor, err = s.List(ctx, f); err != nil {
			return nil, err
		}
		for _, e := range entries {
			good, labelled := worth[e.ID]
			if !labelled || e.Data == nil || e.Data.Description == "" {
				continue
			}
			p := pair{Line: len(pairs) + 1, Resume: resume}
			p.Posting = enrich.Posting{Lead: e.Lead, Data: *e.Data}
			if good {
				p.Label = 1
			}
			pairs = append(pairs, p)
		}
	}
	if len(pairs) == 0 {
		return nil, fmt.Errorf("user %q marked no job whose text is there", d.user)
	}
	return pairs, nil
}
