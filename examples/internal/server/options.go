package server

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/dsn"
	"github.com/agent-forge/forge/examples/internal/telemetry"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/store"
)

// options are the command line.
type options struct {
	addr, url    string
	db           string
	postgres     dsn.Options
	dsn          string // that postgres names
	user, tokens string
	newToken     string
	rate         float64
	burst        int
	daily        int
	events       time.Duration // how long changes are kept; if zero, none are recorded
	otlp         string
	logJSON      bool
	verbose      bool // log each request
	threshold    int
	gate         gate.Gate
	now          func() time.Time // the page's clock; if nil, the machine's is used
}

const help = `Usage: go run ./examples/server [flags]

Stores what agents find and shows it on a page. Without flags it uses a SQLite file in the working
directory, serves one user, and can be reached from this machine only.

  go run ./examples/server -tokens tokens.txt -new-token ada:agent
      makes a token for ada's agents and prints it once
  go run ./examples/server -tokens tokens.txt -new-token ada:view
      makes a token that can look and change nothing
  go run ./examples/server -tokens tokens.txt -postgres-file dsn.txt -addr :8080 -url https://jobs.example
      serves several users behind a proxy

`

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("server", flag.ContinueOnError)
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "the `ADDRESS` to listen on")
	f.StringVar(&o.url, "url", "", "the `URL` by which users reach the server, if it is behind a proxy;\n"+
		"with https, cookies are Secure")
	f.StringVar(&o.db, "db", "forge-server.db", "the SQLite `FILE` that stores everything")
	o.postgres.Flags(f, "store everything in a database server instead of a file")
	f.StringVar(&o.user, "user", "me", "the `NAME` of the user whose token is printed, without -tokens")
	f.StringVar(&o.tokens, "tokens", "", "a `FILE` with a line for each token: its SHA-256, its scope\n"+
		"(agent or view) and its user. Changes take effect within seconds")
	f.StringVar(&o.newToken, "new-token", "",
		"add a token for `USER:SCOPE` to the -tokens file, print it, and exit")
	f.Float64Var(&o.rate, "rate", 50, "allow `N` requests a second with one token, to the API and to the\n"+
		"page; 0 allows any number")
	f.IntVar(&o.burst, "burst", 200, "allow `N` requests at once with one token")
	f.IntVar(&o.daily, "daily", 20_000,
		"let each user add `N` jobs a day to the catalogue, which all users\n"+
			"share; 0 allows any number")
	f.DurationVar(&o.events, "events", 0,
		"record what happens to jobs, and keep it for `DURATION`, such as\n"+
			"720h, for programs that follow it at /agent-forge/jobs/changes;\n0 records nothing")
	f.IntVar(&o.threshold, "threshold", gate.Default, "the agents' -threshold, which the page's chart shows")
	f.StringVar(&o.otlp, "otlp", "", telemetry.Flag)
	f.BoolVar(&o.logJSON, "log-json", false, "log JSON lines")
	f.BoolVar(&o.verbose, "v", false, "log a line for each request")
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return o, err
	}
	return o, commandline.Usage("", o.check())
}

func (o *options) check() error {
	problem := commandline.Problem
	var err error
	if o.gate, err = gate.New(o.threshold); err != nil {
		return problem("-threshold", "want 0 to 100")
	}
	if o.url != "" {
		u, err := commandline.URL("-url", o.url)
		if err != nil {
			return err
		}
		if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			return problem("-url", `want an address without a path, such as "https://forge.example.com"`)
		}
		o.url = u.Scheme + "://" + u.Host // url.Parse has made the scheme lower case
	}
	if o.otlp != "" {
		if _, err := commandline.URL("-otlp", o.otlp); err != nil {
			return err
		}
	}
	if err := commandline.File("-db", o.db); err != nil {
		return err
	}
	switch {
	case store.CheckUser(o.user) != nil:
		return problem("-user", "want a printable name of at most 255 bytes")
	case o.newToken != "" && o.tokens == "":
		return problem("-new-token", "needs -tokens FILE, which the token's SHA-256 is added to")
	case !(o.rate >= 0): // NaN, too
		return problem("-rate", "want 0 (any number) or more")
	case o.burst < 1:
		return problem("-burst", "want 1 or more")
	case o.daily < 0 || o.daily > 0 && o.daily < store.MaxBatch:
		return problem("-daily", fmt.Sprintf("want 0 (any number) or at least %d, the largest batch",
			store.MaxBatch))
	case o.events < 0:
		return problem("-events", "want 0 (record nothing) or more")
	case o.postgres.Given():
		o.dsn, err = o.postgres.Read()
	}
	return err
}

func (o *options) logger(w io.Writer) *slog.Logger {
	level := &slog.HandlerOptions{Level: slog.LevelInfo}
	if o.verbose {
		level.Level = slog.LevelDebug
	}
	if o.logJSON {
		return slog.New(slog.NewJSONHandler(w, level))
	}
	return slog.New(slog.NewTextHandler(w, level))
}
