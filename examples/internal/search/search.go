// Package search is shared by the examples that search boards for one person: the flags that say
// what to search for and how to judge it, and the opening of what they name.
package search

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/boards"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/resumes"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/lexical"
)

// Options are the command line's part of a pipeline. Fill them with [Options.Flags].
type Options struct {
	Boards    boards.Options
	Scorer    scorers.Options
	Resume    string               // the file's path; if empty, the sample is used
	Searches  commandline.Repeated // as Parse reads them
	Keywords  commandline.Repeated
	Location  string
	Remote    bool
	Limit     int // jobs that one search of one board lists; 0 lists all
	Exclude   commandline.Repeated
	Threshold int

	Rescore bool // what was scored with another résumé or scorer, see Review
	Regate  bool // apply Threshold to what is decided
}

// Flags registers the options' flags on f.
func (o *Options) Flags(f *flag.FlagSet) {
	f.StringVar(&o.Resume, "resume", "",
		"your résumé, a `FILE` of plain text, Markdown, PDF or DOCX (default: a sample)")
	f.Var(&o.Searches, "search",
		"a `SEARCH` with its own filters, such as \"golang @ Berlin; remote; 7d\"; can be repeated.\n"+
			"The filters are remote, easy-apply, an age (7d, 24h), limit=N, a type (full_time, part_time,\n"+
			"contract, temporary, internship, volunteer) and a level (entry, associate, mid_senior,\n"+
			"director, executive). -location, -remote and -limit apply where it says nothing else")
	f.Var(&o.Keywords, "keywords",
		"the `WORDS` to search for; can be repeated (default \"engineer\" on the demo boards)")
	f.StringVar(&o.Location, "location", "", "the `PLACE` to search in, as you would type it on the board")
	f.BoolVar(&o.Remote, "remote", false, "search for remote jobs only")
	f.IntVar(&o.Limit, "limit", 100, "list at most `N` jobs in one search of one board; 0 lists all")
	f.Var(&o.Exclude, "exclude",
		"drop jobs whose title or company matches `REGEX`, without reading them; can be repeated")
	f.IntVar(&o.Threshold, "threshold", gate.Default, "keep jobs that score `N` or more, 0 to 100")
	f.BoolVar(&o.Rescore, "rescore", false,
		"score again what was scored with another résumé or another scorer, the best first")
	f.BoolVar(&o.Regate, "regate", false,
		"apply -threshold to the jobs that are decided: hide matches below it, and read rejected jobs\n"+
			"again that reach it")
	o.Boards.Flags(f)
	o.Scorer.Flags(f)
}

// Check reports invalid options by the flag's name. It fills in the keywords if they are missing,
// unless real boards are searched.
func (o *Options) Check() error {
	switch {
	case len(o.Keywords) > 0, len(o.Searches) > 0:
	case o.Boards.Demo():
		o.Keywords = commandline.Repeated{"engineer"}
	case !o.Boards.Live:
		o.Keywords = commandline.Repeated{""} // every saved page
	}
	problem := commandline.Problem
	switch {
	case len(o.Keywords) == 0 && len(o.Searches) == 0:
		return problem("-keywords", "missing; say what to search for, here or with -search")
	case o.Limit < 0:
		return problem("-limit", "negative; 0 lists all jobs")
	case o.Boards.Live && o.Resume == "":
		return problem("-resume", "missing; -live needs your own résumé")
	}
	_, err := o.searches()
	return errors.Join(err, o.Boards.Check(), o.Scorer.Check())
}

// Queries returns a query for each of the keywords and of the searches, which Check has found valid.
func (o *Options) Queries() []lead.Query {
	qs, _ := o.searches()
	for _, k := range o.Keywords {
		q := o.base()
		q.Keywords = k
		qs = append(qs, q)
	}
	return qs
}

// base holds the filters that apply where a search says nothing else.
func (o *Options) base() lead.Query {
	return lead.Query{Location: o.Location, Remote: o.Remote, Limit: o.Limit}
}

func (o *Options) searches() ([]lead.Query, error) {
	var qs []lead.Query
	for _, text := range o.Searches {
		q, err := Parse(text, o.base())
		if err != nil {
			return nil, commandline.Usage("-search", err)
		}
		qs = append(qs, q)
	}
	return qs, nil
}

// Words describes to a person what is searched for.
func (o *Options) Words() string {
	return strings.Join(slices.Concat(o.Searches, o.Keywords), " · ")
}

// Opened holds the boards and the scorer, and a Config that lacks only a Store.
type Opened struct {
	Config forge.Config
	Boards *boards.Boards
	Scorer scorers.Picked
}

// Open opens what o names, and writes warnings about the résumé to stderr. The caller closes the
// boards.
func Open(ctx context.Context, o *Options, stderr io.Writer) (*Opened, error) {
	g, err := gate.New(o.Threshold)
	if err != nil {
		return nil, commandline.Usage("-threshold", err)
	}
	blacklist, err := lead.NewBlacklist(o.Exclude...)
	if err != nil {
		return nil, commandline.Usage("-exclude", err)
	}
	warn := func(w error) { fmt.Fprintln(stderr, "warning: -resume:", w) }
	resume, err := resumes.Read(ctx, o.Resume, warn)
	if err != nil {
		return nil, commandline.Usage("-resume", err)
	}
	picked, err := scorers.Pick(ctx, o.Scorer, g)
	if err != nil {
		return nil, err
	}
	b, err := boards.Open(ctx, o.Boards)
	if err != nil {
		return nil, err
	}
	config := forge.Config{
		Scrapers: b.Scrapers, Scorer: picked.Scorer, Resume: resume, Gate: g, Blacklist: blacklist,
	}
	if !picked.Offline {
		config.Sketcher = lexical.New(nil) // a model makes no sketches
	}
	return &Opened{Boards: b, Scorer: picked, Config: config}, nil
}
