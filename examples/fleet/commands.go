package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"riverqueue.com/riverui"

	"github.com/agent-forge/forge/examples/internal/boards"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/resumes"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/polite"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

const dsnHelp = "the `DSN` of the database; with several hosts, as in\n" +
	"\"host=a,b target_session_attrs=read-write\", the fleet survives the loss of one"

func problem(flag, what string) error {
	return commandline.Usage("", &lead.FieldError{Field: flag, Problem: what})
}

func runMigrate(ctx context.Context, args []string, stdout, stderr *os.File) error {
	f := flag.NewFlagSet("migrate", flag.ContinueOnError)
	dsn := f.String("postgres", "", dsnHelp)
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return err
	}
	if *dsn == "" {
		return problem("-postgres", "missing")
	}
	if err := migrate(ctx, *dsn); err != nil {
		return err
	}
	_, err := fmt.Fprintln(stdout, "The tables of forge, of River and of the fleet are up to date.")
	return err
}

// migrate makes the tables of forge, of River and of the fleet.
func migrate(ctx context.Context, dsn string) error {
	jobs, err := postgres.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	defer func() { _ = jobs.Close() }()
	if err := jobs.Migrate(ctx); err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return fmt.Errorf("fleet: connect: %w", err)
	}
	defer pool.Close()
	quiet := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), quiet)
	if err != nil {
		return fmt.Errorf("fleet: migrate River: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("fleet: migrate River: %w", err)
	}
	db, err := openFleet(dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return migrateFleet(ctx, db)
}

func runAdd(ctx context.Context, args []string, stdout, stderr *os.File) error {
	f := flag.NewFlagSet("add", flag.ContinueOnError)
	var s search
	dsn := f.String("postgres", "", dsnHelp)
	f.StringVar(&s.User, "user", "", "whose search: `NAME`; workers look for the résumé NAME.*")
	f.StringVar(&s.Board, "board", "linkedin", "where to search: `linkedin|naukri`")
	f.StringVar(&s.Keywords, "keywords", "", "what to search for")
	f.StringVar(&s.Location, "location", "", "where, as you would type it")
	f.BoolVar(&s.Remote, "remote", false, "remote jobs only")
	f.IntVar(&s.Most, "limit", 100, "leads of one search at most; 0: all")
	every := f.Duration("every", 6*time.Hour, "how often; a minute or more")
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return err
	}
	switch {
	case *dsn == "":
		return problem("-postgres", "missing")
	case !slices.Contains(boards.Names(), s.Board):
		return problem(
			"-board", fmt.Sprintf("%q is not one of %s", s.Board, strings.Join(boards.Names(), ", ")),
		)
	case *every < time.Minute:
		return problem("-every", "want a minute or more")
	}
	if err := errors.Join(store.CheckUser(s.User), s.query().Validate()); err != nil {
		return commandline.Usage("", err)
	}
	s.Every = int(every.Seconds())
	db, err := openFleet(*dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	id, err := addSearch(ctx, db, s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(
		stdout, "Search %d: %s on %s for %q, every %v. A worker takes it up within %v.\n", id, s.User,
		s.Board, s.Keywords, *every, refreshEvery,
	)
	return err
}

func runWork(ctx context.Context, args []string, stdout, stderr *os.File) error {
	f := flag.NewFlagSet("work", flag.ContinueOnError)
	var o workerOptions
	var picked scorers.Options
	host, _ := os.Hostname()
	f.StringVar(&o.dsn, "postgres", "", dsnHelp)
	folder := f.String("resumes", "", "`DIR` with a résumé for each user: ada.md, bob.pdf")
	f.StringVar(&o.address, "address", host,
		"what boards see this machine as, such as its public `IP`; workers with one address share their pace")
	f.DurationVar(&o.interval, "pace", polite.DefaultInterval,
		"time between two requests of the whole fleet to one board from one address")
	f.IntVar(&o.searches, "searches", 2, "searches run at once")
	f.IntVar(&o.enrichs, "users", 4, "users worked for at once")
	f.IntVar(&o.scores, "scores", 1, "jobs of one user scored at once")
	f.BoolVar(&o.polite.IgnoreRobots, "ignore-robots", false, "read pages that a board's robots.txt forbids")
	picked.Flags(f)
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return err
	}
	switch {
	case o.dsn == "":
		return problem("-postgres", "missing")
	case *folder == "":
		return problem("-resumes", "missing: nothing can be judged without a résumé")
	case o.interval <= 0 || o.searches < 1 || o.enrichs < 1 || o.scores < 1:
		return problem("-pace, -searches, -users, -scores", "want more than 0")
	}
	judge, err := scorers.Pick(ctx, picked, gate.Gate{})
	if err != nil {
		return err
	}
	o.log = slog.New(slog.NewJSONHandler(stdout, nil))
	o.scorer, o.resume, o.boards = judge.Scorer, fromFolder(*folder, o.log), boards.Live()
	o.turn, o.sweep, o.lease, o.timeout = time.Minute, 5*time.Second, time.Minute, 15*time.Minute
	w, err := newWorker(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	o.log.Info("worker started", "address", o.address, "pace", o.interval.String(), "scorer", judge.What)
	return w.work(ctx, 30*time.Second)
}

// fromFolder reads the file of the folder that is named after the user, whatever its type.
func fromFolder(folder string, log *slog.Logger) func(ctx context.Context, user string) (string, error) {
	return func(ctx context.Context, user string) (string, error) {
		if user != filepath.Base(user) || strings.ContainsAny(user, `*?[\`) {
			return "", errors.New("the user's name is no file's name")
		}
		found, err := filepath.Glob(filepath.Join(folder, user+".*"))
		if err != nil || len(found) == 0 {
			return "", errors.Join(err, fmt.Errorf("no file %s.* in -resumes", user))
		}
		return resumes.Read(ctx, found[0], func(warning error) {
			log.WarnContext(ctx, "résumé read", "user", user, "warning", warning.Error())
		})
	}
}

func runUI(ctx context.Context, args []string, stdout, stderr *os.File) error {
	f := flag.NewFlagSet("ui", flag.ContinueOnError)
	dsn := f.String("postgres", "", dsnHelp)
	listen := f.String("listen", "127.0.0.1:8090",
		"`ADDRESS` to serve on; the page has no sign-in, so keep it on this machine")
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return err
	}
	if *dsn == "" {
		return problem("-postgres", "missing")
	}
	pool, err := pgxpool.New(ctx, *dsn)
	if err != nil {
		return fmt.Errorf("fleet: connect: %w", err)
	}
	defer pool.Close()
	quiet := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: quiet})
	if err != nil {
		return err
	}
	endpoints := riverui.NewEndpoints(client, nil)
	page, err := riverui.NewHandler(&riverui.HandlerOpts{Endpoints: endpoints, Logger: quiet})
	if err != nil {
		return err
	}
	if err := page.Start(ctx); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return commandline.Usage("-listen", err)
	}
	server := &http.Server{Handler: page, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	fmt.Fprintf(stdout, "What runs: http://%s/ (Ctrl-C ends)\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
