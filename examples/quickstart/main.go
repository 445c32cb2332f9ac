// Quickstart does the whole job with nothing to install: it finds jobs, drops the excluded ones unseen, reads and scores the
// rest against a résumé, keeps the matches in a SQLite file, and shows them.
//
//	go run ./examples/quickstart
//
// Without flags it works on a job board that comes with it, served on this machine, and on a sample résumé. With -live it
// works on the real board, whose terms bind you.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/boards"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/console"
	"github.com/agent-forge/forge/examples/internal/resumes"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

const user = "me" // the database is one person's

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := commandline.Code(ctx, os.Stderr, "quickstart", run(ctx, os.Args[1:], os.Stdout, os.Stderr))
	stop() // which ends ctx, so not before the code is known
	os.Exit(code)
}

// run does the job. What it found so far is shown also beside an error.
func run(ctx context.Context, args []string, stdout, stderr *os.File) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	g, err := gate.New(o.threshold)
	if err != nil {
		return commandline.Usage("-threshold", err)
	}
	blacklist, err := lead.NewBlacklist(o.exclude...)
	if err != nil {
		return commandline.Usage("-exclude", err)
	}
	resume, err := resumes.Read(ctx, o.resume)
	if err != nil {
		return commandline.Usage("-resume", err)
	}
	board, err := boards.Open(ctx, o.boards)
	if err != nil {
		return err
	}
	defer func() { _ = board.Close() }()
	judge, err := scorers.Pick(ctx, o.scorer, g)
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, o.db, nil)
	if err != nil {
		return fmt.Errorf("-db: %w", err)
	}
	defer func() { _ = db.Close() }() // every decision is on the disk already
	if err := db.Migrate(ctx); err != nil {
		return fmt.Errorf("-db: %w", err)
	}
	mine := db.ForUser(user)

	progress := console.NewProgress(stderr)
	pipeline, err := forge.New(forge.Config{
		Scrapers: board.Scrapers, Scorer: judge.Scorer, Store: mine, Resume: resume,
		Gate: g, Blacklist: blacklist, Observe: progress.Observe,
	})
	if err != nil {
		return err
	}
	if !o.json {
		introduce(stdout, o, board, judge)
	}
	reopened := 0
	if o.reopen != "" {
		which := store.Selection{ScoredBy: o.reopen, Statuses: []lead.Status{lead.AutoRejected}}
		if reopened, err = mine.Reopen(ctx, which); err != nil {
			return fmt.Errorf("-reopen: %w", err)
		}
	}
	report, runErr := pipeline.Run(ctx, o.query())
	progress.End()
	return errors.Join(runErr, show(context.WithoutCancel(ctx), stdout, mine, o, judge, report, reopened))
}

// introduce says what is about to happen, and whose terms apply.
func introduce(w io.Writer, o options, b *boards.Boards, s scorers.Picked) {
	fmt.Fprintf(w, "Board:   %s\nScorer:  %s\nRésumé:  %s\n", b.What, s.What, resumes.Name(o.resume))
	if len(o.exclude) > 0 {
		fmt.Fprintf(w, "Exclude: %q\n", o.exclude)
	}
	fmt.Fprintln(w)
}
