package postgres

import (
	"cmp"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/lib/pq"
)

var (
	// sslmodeKey finds the key in a DSN of key=value pairs.
	sslmodeKey = regexp.MustCompile(`(^|\s)sslmode\s*=`)
	// pairs is what such a DSN looks like.
	pairs = regexp.MustCompile(`^\s*(\w+\s*=\s*('(\\.|[^'\\])*'|(\\.|[^\s'\\])*)(\s+|$))*$`)
)

// connect reads a DSN. Its errors do not show what they could not parse, which may be a part of a
// password.
func connect(dsn string) (connector, error) {
	explicit := false
	if strings.Contains(dsn, "://") {
		u, err := url.Parse(dsn)
		if err != nil {
			return connector{}, errors.New(
				"not a URL: in its password, write characters other than letters and digits as %40 and so on",
			)
		}
		if u.Scheme != "postgres" && u.Scheme != "postgresql" {
			return connector{}, errors.New("want a URL that begins with postgres://")
		}
		explicit = u.Query().Has("sslmode")
	} else if !pairs.MatchString(dsn) {
		return connector{}, errors.New(
			"neither a URL nor key=value pairs: put a value that holds spaces in single quotes",
		)
	} else {
		explicit = sslmodeKey.MatchString(dsn)
	}
	if !explicit {
		return connector{}, errors.New(
			"sslmode is not set: add sslmode=verify-full, or sslmode=disable for a socket or the loopback",
		)
	}
	config, err := pq.NewConfig(dsn)
	if err != nil {
		return connector{}, err
	}
	// A statement then takes one round trip and is not prepared by name, which PgBouncer in
	// transaction mode needs.
	config.BinaryParameters = true
	if config.ApplicationName == "" {
		config.ApplicationName = cmp.Or(config.FallbackApplicationName, "forge")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	c, err := pq.NewConnectorConfig(config)
	if err != nil {
		return connector{}, err
	}
	c.Dialer(dialer{})
	return connector{c}, nil
}
