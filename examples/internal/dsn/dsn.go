// Package dsn reads the name of a PostgreSQL database from a command line or a file. Its errors
// never show the name, which can hold a password, not even in the parts that cannot be parsed.
package dsn

import (
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lib/pq"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

// Options hold the flags -postgres and -postgres-file.
type Options struct {
	given, file string
}

// Flags registers the flags on f. what says what the database is for.
func (o *Options) Flags(f *flag.FlagSet, what string) {
	f.StringVar(&o.given, "postgres", "", what+": the `DSN` of a PostgreSQL database.\n"+
		"Other users of this machine can see it, so leave the password out of it: set the variable\n"+
		"PGPASSWORD, or use -postgres-file. With several hosts, as in\n"+
		"\"host=a,b target_session_attrs=read-write\", the loss of one is survived")
	f.StringVar(&o.file, "postgres-file", "", "a `FILE` that holds the DSN, instead of -postgres")
}

// Given reports whether a database is named.
func (o *Options) Given() bool { return o.given != "" || o.file != "" }

// Read returns the DSN. Every error is a [commandline.UsageError].
func (o *Options) Read() (string, error) {
	switch {
	case !o.Given():
		return "", commandline.Problem("-postgres", "missing; name the database, here or with -postgres-file")
	case o.file == "":
		return o.given, commandline.Usage("-postgres", check(o.given))
	case o.given != "":
		return "", commandline.Problem("-postgres-file", "cannot be used with -postgres")
	}
	text, err := os.ReadFile(o.file)
	if err != nil {
		return "", commandline.Usage("-postgres-file", err)
	}
	name := strings.TrimSpace(string(text))
	if name == "" {
		return "", commandline.Problem("-postgres-file", "the file is empty; write the DSN into it")
	}
	return name, commandline.Usage("-postgres-file", check(name))
}

var (
	errURL   = errors.New("not a valid URL; want postgres://USER@HOST/DATABASE?sslmode=verify-full")
	errPairs = errors.New("neither a URL nor pairs; want host=HOST user=USER dbname=NAME sslmode=verify-full")
	errValue = errors.New("a value is not valid: check the port, sslmode and the timeouts")
)

// hint is added to every error.
const hint = " (in a URL's password, write characters other than letters and digits as %40 and so on; " +
	"in pairs, put it in single quotes; the DSN is not shown here, because it can hold a password)"

// setting is the name of a PostgreSQL parameter.
var setting = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// check refuses what a driver cannot parse, and what it would parse in a way that makes a part of
// the password a host, a database or a parameter, which later errors show.
func check(dsn string) error {
	if err := form(dsn); err != nil {
		return fmt.Errorf("%w%s", err, hint)
	}
	_, pqErr := pq.NewConfig(dsn) // the store's driver
	_, pgxErr := pgconn.ParseConfig(dsn)
	if pqErr != nil || pgxErr != nil {
		return fmt.Errorf("%w%s", errValue, hint)
	}
	return nil
}

func form(dsn string) error {
	if !strings.Contains(dsn, "://") {
		return pairs(dsn)
	}
	u, err := url.Parse(dsn)
	switch {
	case err != nil, u.Fragment != "", strings.ContainsAny(u.Path, "@:"):
		return errURL
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		return errURL
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errURL
	}
	for key := range query {
		if !setting.MatchString(key) {
			return errURL
		}
	}
	return nil
}

// pair is one key=value pair, whose value is quoted or has no spaces.
var pair = regexp.MustCompile(`^\s*(\w+)\s*=\s*('(?:\\.|[^'\\])*'|(?:\\.|[^\s'\\])*)(?:\s+|$)`)

func pairs(dsn string) error {
	for rest := dsn; strings.TrimSpace(rest) != ""; {
		found := pair.FindStringSubmatchIndex(rest)
		if found == nil || !setting.MatchString(rest[found[2]:found[3]]) {
			return errPairs
		}
		rest = rest[found[1]:]
	}
	return nil
}
