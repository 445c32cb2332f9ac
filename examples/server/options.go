package main

import (
	"flag"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// options are the command line.
type options struct {
	addr, url    string
	db, postgres string
	user, tokens string
	newToken     string
	rate         float64
	burst        int
	otlp         string
	logJSON      bool
	threshold    int
	gate         gate.Gate
	now          func() time.Time // the page's clock; nil: the machine's
}

const help = `Usage: go run ./examples/server [flags]

Keeps what agents find and shows it on a page. Without flags: a SQLite file here, one user, this machine only.

  go run ./examples/server -tokens tokens.txt -new-token ada:agent
      makes a token for ada's agents, and prints it once
  go run ./examples/server -tokens tokens.txt -new-token ada:view
      makes a token that can only look
  go run ./examples/server -tokens tokens.txt -postgres DSN -addr :8080 -url https://forge.example.com
      serves several people behind a proxy

`

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("server", flag.ContinueOnError)
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`ADDRESS` to listen on")
	f.StringVar(
		&o.url, "url", "",
		"the `URL` by which users reach the server, where it stands behind a proxy; https makes cookies "+
			"Secure",
	)
	f.StringVar(&o.db, "db", "forge-server.db", "SQLite `FILE` that keeps everything")
	f.StringVar(&o.postgres, "postgres", "", "`DSN` of a PostgreSQL database to use instead of a file")
	f.StringVar(&o.user, "user", "me", "`NAME` whose token is printed, where there is no -tokens")
	f.StringVar(
		&o.tokens, "tokens", "",
		"`FILE` of tokens: the SHA-256, the scope (agent or view) and the user of each; read again when "+
			"it changes",
	)
	f.StringVar(&o.newToken, "new-token", "",
		"add a token for `USER:SCOPE` to the -tokens file, print it once, and end")
	f.Float64Var(&o.rate, "rate", 50, "requests per second of one token; 0: no limit")
	f.IntVar(&o.burst, "burst", 200, "requests of one token at once")
	f.IntVar(&o.threshold, "threshold", gate.Default, "the agents' gate, drawn into the page's chart")
	f.StringVar(&o.otlp, "otlp", "",
		"`URL` of an OpenTelemetry collector that takes traces over HTTP, such as http://localhost:4318")
	f.BoolVar(&o.logJSON, "log-json", false, "log as JSON lines")
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return o, err
	}
	return o, commandline.Usage("", o.check())
}

func (o *options) check() error {
	problem := func(flag, what string) error { return &lead.FieldError{Field: flag, Problem: what} }
	var err error
	if o.gate, err = gate.New(o.threshold); err != nil {
		return problem("-threshold", "want 0 to 100")
	}
	o.url = strings.TrimRight(o.url, "/")
	u, err := url.Parse(o.url)
	if o.url != "" &&
		(err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "") {
		return problem("-url", `want an address without a path, such as "https://forge.example.com"`)
	}
	switch {
	case store.CheckUser(o.user) != nil:
		return problem("-user", "want a name that can be printed")
	case o.newToken != "" && o.tokens == "":
		return problem("-new-token", "needs -tokens FILE to keep the token's SHA-256")
	case o.rate < 0 || o.burst < 1:
		return problem("-rate", "want 0 (no limit) or more, and a -burst of 1 or more")
	}
	return nil
}

func (o *options) logger(w io.Writer) *slog.Logger {
	if o.logJSON {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}
