package quickstart

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/search"
	"github.com/agent-forge/forge/store"
)

// options are the command line.
type options struct {
	search.Options
	db, reopen string
	json       bool
	top        int  // matches that are shown at most
	urls       bool // their addresses are printed
	verbose    bool
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
	f.IntVar(&o.top, "top", 100, fmt.Sprintf("show the best `N` matches, 1 to %d", store.MaxPage))
	f.BoolVar(&o.urls, "urls", false, "print the addresses of matches (on a terminal, titles are links)")
	f.BoolVar(&o.verbose, "v", false, "name every job that -exclude drops, and all that wait or failed")
	o.Flags(f)
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return o, err
	}
	if o.Scorer.Doctor {
		return o, commandline.Usage("", o.Scorer.Check())
	}
	if o.top < 1 || o.top > store.MaxPage {
		return o, commandline.Problem("-top", fmt.Sprintf("want 1 to %d", store.MaxPage))
	}
	if o.Boards.Demo() && o.Exclude == nil {
		o.Exclude = commandline.Repeated{"unpaid"} // shows what -exclude does
	}
	return o, commandline.Usage("", errors.Join(commandline.File("-db", o.db), o.Check()))
}
