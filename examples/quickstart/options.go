package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/agent-forge/forge/examples/internal/boards"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

// options are the command line.
type options struct {
	boards                                 boards.Options
	scorer                                 scorers.Options
	resume, keywords, location, db, reopen string
	threshold, limit                       int
	exclude                                commandline.Repeated
	json                                   bool
}

const help = `Usage: go run ./examples/quickstart [flags]

Finds jobs, scores them against a résumé on this machine, and keeps the matches in a SQLite file. Without flags: a job
board that comes with it, and a sample résumé.

`

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	f.StringVar(&o.resume, "resume", "", "your résumé, plain text, Markdown, PDF or DOCX: `FILE` (default: a sample)")
	f.StringVar(&o.keywords, "keywords", "", "what to search for (default: \"engineer\" on the demo board)")
	f.StringVar(&o.location, "location", "", "where, as you would type it")
	f.IntVar(&o.threshold, "threshold", gate.Default, "lowest score that is kept, 0 to 100")
	f.IntVar(&o.limit, "limit", 0, "leads to read from each board at most; 0: all (100 with -live)")
	f.Var(&o.exclude, "exclude", "drop titles and companies that match `REGEX`, unseen; may be repeated")
	f.StringVar(&o.db, "db", "quickstart.db", "the database: `FILE`")
	f.StringVar(&o.reopen, "reopen", "", "first reopen the jobs that `SCORER` rejected, such as lexical")
	o.boards.Flags(f)
	o.scorer.Flags(f)
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return o, err
	}
	return o, commandline.Usage("", o.check())
}

func (o *options) check() error {
	if err := errors.Join(o.boards.Check(), o.scorer.Check()); err != nil {
		return err
	}
	if o.limit < 0 {
		return fmt.Errorf("-limit: %d is negative; 0 means all", o.limit)
	}
	if o.boards.Live {
		if o.keywords == "" {
			return errors.New("-live needs -keywords: say what to search for")
		}
		if o.limit == 0 {
			o.limit = 100 // a first look at a real board is a small one
		}
	}
	if o.boards.Demo() {
		if o.keywords == "" {
			o.keywords = "engineer"
		}
		if o.exclude == nil {
			o.exclude = commandline.Repeated{"unpaid"}
		}
	}
	return nil
}

func (o options) query() lead.Query {
	return lead.Query{Keywords: o.keywords, Location: o.location, Limit: o.limit}
}
