package quickstart

import (
	"errors"
	"flag"
	"io"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/search"
)

// options are the command line.
type options struct {
	search.Options
	db, reopen string
	json       bool
}

const help = `Usage: go run ./examples/quickstart [flags]

Finds jobs, scores them against a résumé on this machine, and keeps the matches in a SQLite file.
Without flags it searches the demo boards that come with it, with a sample résumé.

`

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	f.StringVar(&o.db, "db", "quickstart.db", "the database, a `FILE`")
	f.StringVar(&o.reopen, "reopen", "", "first reopen the jobs that `SCORER` rejected, such as lexical")
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	o.Flags(f)
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return o, err
	}
	if o.Scorer.Doctor {
		return o, commandline.Usage("", o.Scorer.Check())
	}
	if o.Boards.Demo() && o.Exclude == nil {
		o.Exclude = commandline.Repeated{"unpaid"} // shows what -exclude does
	}
	return o, commandline.Usage("", errors.Join(commandline.File("-db", o.db), o.Check()))
}
