// Package quickstart is the program of examples/quickstart: one run over boards and a SQLite file.
package quickstart

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/console"
	"github.com/agent-forge/forge/examples/internal/resumes"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/examples/internal/search"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

const user = "me" // the database is one person's

// Run searches once. If the run ends early, what was found until then is shown beside the error.
func Run(ctx context.Context, args []string, stdout, stderr *os.File) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.Scorer.Doctor {
		return examine(ctx, o, stdout)
	}
	opened, err := search.Open(ctx, &o.Options, stderr)
	if err != nil {
		return err
	}
	defer func() { _ = opened.Boards.Close() }()
	db, err := sqlite.Open(ctx, o.db, nil)
	if err != nil {
		return fmt.Errorf("-db: %w", err)
	}
	defer func() { _ = db.Close() }() // every decision is already on the disk
	if err := db.Migrate(ctx); err != nil {
		return fmt.Errorf("-db: %w", err)
	}
	mine := db.ForUser(user)

	progress := console.NewProgress(stderr)
	progress.Verbose = o.verbose
	end := sync.OnceFunc(progress.End)
	defer end()
	config := opened.Config
	config.Store, config.Observe = mine, progress.Observe
	pipeline, err := forge.New(config)
	if err != nil {
		return err
	}
	if !o.json {
		introduce(console.Prose(stdout), o, opened)
	}
	r := &result{Database: o.db, basis: pipeline.Basis(ctx)}
	if o.reopen != "" {
		which := store.Selection{ScoredBy: o.reopen, Statuses: []lead.Status{lead.AutoRejected}}
		if r.Reopened, err = mine.Reopen(ctx, which); err != nil {
			return fmt.Errorf("-reopen: %w", err)
		}
	}
	if r.Review, err = o.Review(ctx, pipeline); err != nil {
		return err
	}
	if lines := r.Lines(); len(lines) > 0 && !o.json {
		fmt.Fprintln(console.Prose(stdout), strings.Join(lines, "\n")+"\n")
	}
	var runErr error
	r.Report, runErr = pipeline.Run(ctx, o.Queries()...)
	end()
	err = r.load(context.WithoutCancel(ctx), mine, o.top)
	if err == nil && o.Boards.Demo() && !o.json {
		err = r.stayHere(o.db)
	}
	switch {
	case err != nil:
	case o.json:
		err = r.writeJSON(stdout)
	default:
		err = r.print(stdout, o, opened.Scorer, progress)
	}
	return errors.Join(runErr, err)
}

// examine counts the jobs that are due if there is a database already.
func examine(ctx context.Context, o options, stdout io.Writer) error {
	if _, err := os.Stat(o.db); err != nil {
		return scorers.Examine(ctx, stdout, o.Scorer, nil)
	}
	db, err := sqlite.Open(ctx, o.db, nil)
	if err != nil {
		return fmt.Errorf("-db: %w", err)
	}
	defer func() { _ = db.Close() }() // it was only read
	return scorers.Examine(ctx, stdout, o.Scorer, db.ForUser(user))
}

// introduce says which boards, scorer and résumé are used.
func introduce(w io.Writer, o options, opened *search.Opened) {
	fmt.Fprintf(w, "Boards:  %s\nScorer:  %s\nRésumé:  %s\n",
		opened.Boards.What, opened.Scorer.What, resumes.Name(o.Resume))
	if len(o.Exclude) > 0 {
		fmt.Fprintf(w, "Exclude: %q\n", o.Exclude)
	}
	fmt.Fprintln(w)
}
