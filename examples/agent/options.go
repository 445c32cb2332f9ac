package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"time"

	"github.com/agent-forge/forge/examples/internal/boards"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

// options are the command line.
type options struct {
	boards                              boards.Options
	scorer                              scorers.Options
	server, token, tokenFile            string
	resume, location                    string
	keywords, exclude                   commandline.Repeated
	remote                              bool
	threshold, limit, scrapes, parallel int
	every                               time.Duration
}

const help = `Usage: go run ./examples/agent -server URL -token TOKEN -resume FILE -keywords WORDS [flags]

Searches job boards, scores what it finds against a résumé on this machine, and keeps what it decides on a server. The
résumé stays here. On a terminal it shows one live line, in a pipe it writes JSON lines.

`

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("agent", flag.ContinueOnError)
	f.StringVar(&o.server, "server", "http://127.0.0.1:8080", "the server's `URL`")
	f.StringVar(&o.token, "token", "", "your `TOKEN`; other users of this machine can see it, so prefer -token-file")
	f.StringVar(&o.tokenFile, "token-file", "", "`FILE` that holds your token")
	f.StringVar(&o.resume, "resume", "", "your résumé, plain text, Markdown, PDF or DOCX: `FILE`")
	f.Var(&o.keywords, "keywords", "what to search for; may be repeated")
	f.StringVar(&o.location, "location", "", "where, as you would type it")
	f.BoolVar(&o.remote, "remote", false, "remote jobs only")
	f.Var(&o.exclude, "exclude", "drop titles and companies that match `REGEX`, unseen; may be repeated")
	f.IntVar(&o.threshold, "threshold", gate.Default, "lowest score that is kept, 0 to 100")
	f.IntVar(&o.limit, "limit", 100, "leads of one search of one board at most; 0: all")
	f.IntVar(&o.scrapes, "scrapes", 0, "pages read at once; 0: 4")
	f.IntVar(&o.parallel, "scores", 0, "jobs scored at once; 0: 1")
	f.DurationVar(&o.every, "every", 0, "search again after this long, such as 6h; 0: once")
	o.boards.Flags(f)
	o.scorer.Flags(f)
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return o, err
	}
	return o, commandline.Usage("", o.check())
}

func (o *options) check() error {
	problem := func(flag, what string) error { return &lead.FieldError{Field: flag, Problem: what} }
	if o.tokenFile != "" {
		b, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return problem("-token-file", err.Error())
		}
		o.token = strings.TrimSpace(string(b))
	}
	switch {
	case o.token == "":
		return problem("-token", "missing: the server prints one when it starts, or give -token-file")
	case o.resume == "" && !o.boards.Demo():
		return problem("-resume", "missing: nothing can be judged without a résumé")
	case len(o.keywords) == 0 && !o.boards.Demo():
		return problem("-keywords", "missing: say what to search for")
	case o.limit < 0:
		return problem("-limit", "negative; 0 means all")
	case o.every < 0 || o.every > 0 && o.every < time.Minute:
		return problem("-every", "want a minute or more, or 0 for once")
	}
	if len(o.keywords) == 0 {
		o.keywords = commandline.Repeated{"engineer"}
	}
	return errors.Join(o.boards.Check(), o.scorer.Check())
}

func (o options) queries() []lead.Query {
	var qs []lead.Query
	for _, k := range o.keywords {
		qs = append(qs, lead.Query{Keywords: k, Location: o.location, Remote: o.remote, Limit: o.limit})
	}
	return qs
}
