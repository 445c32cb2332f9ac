package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/agent-forge/forge/internal/sqlstore"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Options change a database's defaults. The zero value is ready to use.
type Options struct {
	// RecheckAfter is the age at which text is old. Default: store.RecheckAfter, 14 days.
	RecheckAfter time.Duration
	// Now is the clock. Default: the server's.
	Now func() time.Time
	// MaxOpenConns bounds the connections to the server; further calls wait for one, until their context ends. Those that
	// are not used for five minutes are closed. Migrate opens two of its own. Default: 10.
	MaxOpenConns int
	// RetryFor bounds how long one call repeats what failed for a passing reason: a restart, a lost connection, a deadlock,
	// a full server. Negative: nothing is repeated. Default: 30 seconds.
	RetryFor time.Duration
}

// Defaults of [Options].
const (
	defaultMaxOpenConns = 10
	defaultRetryFor     = 30 * time.Second
)

const (
	idleTime       = 5 * time.Minute  // how long an unused connection is kept
	connectTimeout = 10 * time.Second // where the DSN has no connect_timeout
)

// A DB is a catalogue in PostgreSQL. It is safe for concurrent use.
type DB struct {
	db        *sqlx.DB
	connector *pq.Connector
	opts      Options
	checked   atomic.Bool   // the schema's version was seen to be ours
	claims    atomic.Uint64 // for [Store.tidy]
}

// Open connects to a server and returns the catalogue in it, which [DB.Migrate] prepares. It tries once: a server that
// cannot be reached is an error. Nil options are the defaults.
func Open(ctx context.Context, dsn string, opts *Options) (*DB, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	switch {
	case o.RecheckAfter < 0:
		return nil, wrong("Options.RecheckAfter", "negative; leave it 0 for 14 days")
	case o.MaxOpenConns < 0:
		return nil, wrong("Options.MaxOpenConns", "negative; leave it 0 for 10")
	}
	if o.RecheckAfter == 0 {
		o.RecheckAfter = store.RecheckAfter
	}
	if o.MaxOpenConns == 0 {
		o.MaxOpenConns = defaultMaxOpenConns
	}
	if o.RetryFor == 0 {
		o.RetryFor = defaultRetryFor
	}
	connector, err := connect(dsn)
	if err != nil {
		return nil, wrong("dsn", err.Error())
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetMaxOpenConns(o.MaxOpenConns)
	db.SetMaxIdleConns(o.MaxOpenConns)
	db.SetConnMaxIdleTime(idleTime)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("postgres: connect: %w", sqlstore.Ended(ctx, err)), db.Close())
	}
	return &DB{db: db, connector: connector, opts: o}, nil
}

func wrong(field, problem string) error {
	return fmt.Errorf("postgres: %w", &lead.FieldError{Field: field, Problem: problem})
}

var (
	// sslmodeKey finds the key in a DSN of key=value pairs.
	sslmodeKey = regexp.MustCompile(`(^|\s)sslmode\s*=`)
	// pairs is what such a DSN looks like.
	pairs = regexp.MustCompile(`^\s*(\w+\s*=\s*('(\\.|[^'\\])*'|(\\.|[^\s'\\])*)(\s+|$))*$`)
)

// connect reads a DSN. What does not parse is not shown: it may be a password's.
func connect(dsn string) (*pq.Connector, error) {
	explicit := false
	if strings.Contains(dsn, "://") {
		u, err := url.Parse(dsn)
		if err != nil {
			return nil, errors.New("not a URL: in its password, write what is no letter or digit as %40 and so on")
		}
		if u.Scheme != "postgres" && u.Scheme != "postgresql" {
			return nil, errors.New("want a URL that begins with postgres://")
		}
		explicit = u.Query().Has("sslmode")
	} else if !pairs.MatchString(dsn) {
		return nil, errors.New("neither a URL nor key=value pairs: put a value that holds spaces in single quotes")
	} else {
		explicit = sslmodeKey.MatchString(dsn)
	}
	if !explicit {
		return nil, errors.New("sslmode is not set: add sslmode=verify-full, or sslmode=disable for a socket or the loopback")
	}
	config, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.BinaryParameters = true // one round trip a statement, and none is prepared: PgBouncer may switch servers between
	if config.ApplicationName == "" {
		config.ApplicationName = cmp.Or(config.FallbackApplicationName, "forge")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout // lib/pq would wait for a host that is silent until the context ends
	}
	return pq.NewConnectorConfig(config)
}

// ForUser returns one user's view. It does no I/O; a name that [store.CheckUser] refuses makes every call fail with
// store.ErrInvalid.
func (d *DB) ForUser(user string) *Store { return &Store{db: d, user: user} }

// Close closes the connections. Calls under way fail.
func (d *DB) Close() error { return d.db.Close() }

// now returns the instant as a statement's parameter: NULL stands for the server's clock.
func (d *DB) now() sql.NullTime {
	if d.opts.Now == nil {
		return sql.NullTime{}
	}
	return sql.NullTime{Time: d.opts.Now().UTC().Truncate(time.Microsecond), Valid: true}
}

// interval returns a duration as a statement's parameter.
func interval(d time.Duration) string { return fmt.Sprintf("%d microseconds", d.Microseconds()) }
