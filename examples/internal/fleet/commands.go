package fleet

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/agent-forge/forge/examples/internal/boards"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/dsn"
	queries "github.com/agent-forge/forge/examples/internal/search"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

// purpose is what the fleet's database is for, in the help of every command.
const purpose = "keep searches, jobs and decisions there"

// open parses the flags, which end with those of the database, and opens the fleet.
func open(ctx context.Context, f *flag.FlagSet, args []string, stderr *os.File, check func() error) (
	*pgxpool.Pool, error,
) {
	var name dsn.Options
	name.Flags(f, purpose)
	if err := commandline.Parse(f, help(), args, stderr); err != nil {
		return nil, err
	}
	if err := check(); err != nil {
		return nil, err
	}
	dsn, err := name.Read()
	if err != nil {
		return nil, err
	}
	return openFleet(ctx, dsn)
}

func runMigrate(ctx context.Context, args []string, stdout, stderr *os.File) error {
	f := flag.NewFlagSet("migrate", flag.ContinueOnError)
	var name dsn.Options
	name.Flags(f, purpose)
	if err := commandline.Parse(f, help(), args, stderr); err != nil {
		return err
	}
	dsn, err := name.Read()
	if err != nil {
		return err
	}
	if err := migrate(ctx, dsn); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, "The tables of forge, of River and of the fleet are up to date.")
	return err
}

const (
	shortest = time.Minute // between two runs of a search
	longest  = 366 * 24 * time.Hour
	mostText = 500     // bytes of keywords and of a location
	mostSeen = 100_000 // leads of one run
)

func runAdd(ctx context.Context, args []string, stdout, stderr *os.File) error {
	f := flag.NewFlagSet("add", flag.ContinueOnError)
	var s search
	f.StringVar(&s.User, "user", "",
		"whose search: `NAME`; workers look for the résumé NAME.md, NAME.pdf and so on")
	f.StringVar(&s.Board, "board", "linkedin", "where to search: `linkedin|naukri`")
	f.StringVar(&s.Keywords, "keywords", "", "what to search for")
	var more commandline.Repeated
	f.Var(&more, "search",
		"a `SEARCH` instead, with its own filters, such as \"golang @ Berlin; remote; 7d\"; can be repeated")
	f.Var((*commandline.Repeated)(&s.Exclude), "exclude",
		"drop jobs whose title or company matches `REGEX`, without reading them; can be repeated")
	threshold := f.Int("threshold", -1,
		"keep jobs that score `N` or more, 0 to 100, in all searches of the user (default: as it is, or 30)")
	f.StringVar(&s.Location, "location", "", "where, as you would type it")
	f.BoolVar(&s.Remote, "remote", false, "remote jobs only")
	f.IntVar(&s.Most, "limit", 100, "leads of one search at most; 0: all")
	every := f.Duration("every", 6*time.Hour, "how often; from a minute to a year")
	folder := f.String("resumes", "", "the `DIR` that workers read résumés from, to check the user's")
	var all []search
	pool, err := open(ctx, f, args, stderr, func() (err error) {
		if *threshold != -1 {
			s.Threshold = threshold
		}
		all, err = s.each(more)
		return errors.Join(err, checkAll(all, *every))
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	if *folder != "" {
		warn := slog.New(slog.NewTextHandler(stderr, nil))
		if err := checkFolder(*folder); err != nil {
			return commandline.Usage("-resumes", err)
		}
		if _, err := fromFolder(*folder, warn)(ctx, s.User); err != nil {
			return commandline.Usage("-user", fmt.Errorf("no worker could serve %q: %w", s.User, err))
		}
	}
	for _, s := range all {
		s.Every = int(every.Seconds())
		id, err := addSearch(ctx, pool, s)
		if errors.As(err, new(*lead.FieldError)) {
			return commandline.Usage("", err)
		} else if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "Search %d: %s on %s for %q, every %v. A worker runs it within %v.\n", id, s.User,
			s.Board, s.Keywords, *every, sweepEvery)
	}
	if *folder == "" {
		fmt.Fprintln(stdout,
			"Whether workers have a résumé of the user was not checked: -resumes DIR does that.")
	}
	return nil
}

// each returns a search for each of texts, or s itself if there are none.
func (s search) each(texts []string) ([]search, error) {
	if len(texts) == 0 {
		return []search{s}, nil
	}
	var all []search
	for _, text := range texts {
		base := lead.Query{Location: s.Location, Remote: s.Remote, Limit: s.Most}
		q, err := queries.Parse(text, base)
		if err != nil {
			return nil, commandline.Usage("-search", err)
		}
		one := s
		one.Keywords, one.Location, one.Remote, one.Most = q.Keywords, q.Location, q.Remote, q.Limit
		one.Filters = queries.Filters(q)
		all = append(all, one)
	}
	return all, nil
}

func checkAll(all []search, every time.Duration) error {
	var problems []error
	for _, s := range all {
		problems = append(problems, checkAdd(s, every))
	}
	return errors.Join(problems...)
}

// checkAdd refuses what no worker could run, with usage errors.
func checkAdd(s search, every time.Duration) error {
	q, err := s.query()
	if err := errors.Join(checkUser(s.User), err, q.Validate()); err != nil {
		return commandline.Usage("", err)
	}
	if _, err := lead.NewBlacklist(s.Exclude...); err != nil {
		return commandline.Usage("-exclude", err)
	}
	if s.Threshold != nil {
		if _, err := gate.New(*s.Threshold); err != nil {
			return commandline.Usage("-threshold", err)
		}
	}
	text := s.Keywords + s.Location
	switch {
	case !slices.Contains(boards.Names(), s.Board):
		return commandline.Problem("-board",
			fmt.Sprintf("%q is not one of %s", s.Board, strings.Join(boards.Names(), ", ")))
	case every < shortest || every > longest || every%time.Second != 0:
		return commandline.Problem("-every",
			fmt.Sprintf("want whole seconds, from %v to %v", shortest, longest))
	case s.Most > mostSeen:
		return commandline.Problem("-limit", fmt.Sprintf("want at most %d, or 0 for all", mostSeen))
	case len(text) > mostText || !isText(text):
		return commandline.Problem("-keywords, -location",
			fmt.Sprintf("want valid UTF-8 without control characters, at most %d bytes", mostText))
	}
	return nil
}

func runList(ctx context.Context, args []string, stdout, stderr *os.File) error {
	f := flag.NewFlagSet("list", flag.ContinueOnError)
	pool, err := open(ctx, f, args, stderr, func() error { return nil })
	if err != nil {
		return err
	}
	defer pool.Close()
	list, err := listSearches(ctx, pool)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.ReplaceAll(
		"SEARCH USER BOARD KEYWORDS LOCATION FILTERS EVERY EXCLUDED KEEPS LAST-DUE STATE", " ", "\t"))
	for _, s := range list {
		last, state := "never", "active"
		if s.Last != nil {
			last = s.Last.UTC().Format(time.RFC3339)
		}
		switch {
		case s.Paused:
			state = "paused"
		case s.Until != nil:
			state = fmt.Sprintf("waiting until %s: %q", s.Until.UTC().Format(time.RFC3339), *s.Problem)
		}
		keeps := gate.Default
		if s.Threshold != nil {
			keeps = *s.Threshold
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%q\t%q\t%q\t%v\t%q\t%d+\t%s\t%s\n", s.ID, s.User, s.Board,
			s.Keywords, s.Location, s.filters(), s.every(), s.Exclude, keeps, last, state)
	}
	return table.Flush()
}

func runPause(ctx context.Context, args []string, stdout, stderr *os.File) error {
	return runChange(ctx, "pause", `UPDATE fleet_searches SET paused = true`, args, stdout, stderr)
}

func runResume(ctx context.Context, args []string, stdout, stderr *os.File) error {
	return runChange(ctx, "resume", `UPDATE fleet_searches SET paused = false`, args, stdout, stderr)
}

func runRemove(ctx context.Context, args []string, stdout, stderr *os.File) error {
	return runChange(ctx, "remove", `DELETE FROM fleet_searches`, args, stdout, stderr)
}

// runChange runs a statement on the searches that the flags select.
func runChange(
	ctx context.Context, operation, statement string, args []string, stdout, stderr *os.File,
) error {
	f := flag.NewFlagSet(operation, flag.ContinueOnError)
	var s selection
	f.Int64Var(&s.id, "search", 0, "the `NUMBER` of one search, as list shows it")
	f.StringVar(&s.user, "user", "", "all searches of the user `NAME`")
	pool, err := open(ctx, f, args, stderr, func() error {
		if (s.id == 0) == (s.user == "") {
			return commandline.Problem("-search, -user", "want one of them")
		}
		if !isText(s.user) {
			return commandline.Problem("-user", "want valid UTF-8 without control characters")
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	n, err := s.change(ctx, pool, operation, statement)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "Searches changed by %s: %d.\n", operation, n)
	return err
}
