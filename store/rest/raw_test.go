package rest_test

import (
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver "postgres"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/postgres"
	"github.com/agent-forge/forge/store/sqlite"
)

// A catalogue is a database whose tables a test can read, behind a server.
type catalogue struct {
	testing.TB
	address string
	db      *sql.DB
	forUser func(user string) forge.Store
}

// catalogues are the databases that have tables. If now is nil, the database's clock is used.
var catalogues = []struct {
	name string
	open func(tb testing.TB, now func() time.Time) *catalogue
}{{"sqlite", sqliteCatalogue}, {"postgres", postgresCatalogue}}

func sqliteCatalogue(tb testing.TB, now func() time.Time) *catalogue {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "forge.db")
	db, err := sqlite.Open(tb.Context(), path, &sqlite.Options{Now: now})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	require.NoError(tb, db.Migrate(tb.Context()))
	return newCatalogue(tb, "sqlite", path, func(user string) forge.Store { return db.ForUser(user) })
}

func postgresCatalogue(tb testing.TB, now func() time.Time) *catalogue {
	tb.Helper()
	dsn := server.DSN(tb)
	db, err := postgres.Open(tb.Context(), dsn, &postgres.Options{Now: now})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	require.NoError(tb, db.Migrate(tb.Context()))
	return newCatalogue(tb, "postgres", dsn, func(user string) forge.Store { return db.ForUser(user) })
}

func newCatalogue(tb testing.TB, driver, dsn string, forUser func(user string) forge.Store) *catalogue {
	tb.Helper()
	c := &catalogue{TB: tb, forUser: forUser, address: serve(tb, forUser)}
	var err error
	c.db, err = sql.Open(driver, dsn)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, c.db.Close()) })
	return c
}

// rows returns the rows of a query, one text each.
func (c *catalogue) rows(query string) []string {
	c.Helper()
	rows, err := c.db.QueryContext(c.Context(), query)
	require.NoError(c, err)
	defer func() { require.NoError(c, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(c, err)
	var all []string
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(c, rows.Scan(into...))
		var texts []string
		for _, v := range values {
			if v.Valid {
				texts = append(texts, v.String)
			} else {
				texts = append(texts, "NULL")
			}
		}
		all = append(all, strings.Join(texts, "|"))
	}
	require.NoError(c, rows.Err())
	return all
}

// everything returns every row of the four tables, for comparing before and after.
func (c *catalogue) everything() []string {
	c.Helper()
	all := c.rows(`SELECT * FROM jobs ORDER BY id`)
	all = append(all, c.rows(`SELECT * FROM user_job_map ORDER BY user_id, job_id`)...)
	all = append(all, c.rows(`SELECT * FROM job_match_analysis ORDER BY user_id, job_id`)...)
	all = append(all, c.rows(`SELECT * FROM job_extras ORDER BY user_id, job_id, key`)...)
	return append(all, c.rows(`SELECT * FROM job_labels ORDER BY user_id, job_id`)...)
}

// An answer is an answer over HTTP.
type answer struct {
	status int
	header http.Header
	body   string
}

// send makes one request with a body of raw bytes.
func (c *catalogue) send(token, method, path, body string) answer {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), method, c.address+path, strings.NewReader(body))
	require.NoError(c, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(c, err)
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	require.NoError(c, err)
	return answer{response.StatusCode, response.Header, string(data)}
}

// ok makes a request that must succeed, and reads its answer.
func (c *catalogue) ok(token, path, body string) map[string]any {
	c.Helper()
	a := c.send(token, http.MethodPost, path, body)
	require.Less(c, a.status, 300, a.body)
	var into map[string]any
	if a.body != "" {
		require.NoError(c, json.Unmarshal([]byte(a.body), &into))
	}
	return into
}

// refused makes a request that must be refused, and returns the problem.
func (c *catalogue) refused(status int, token, method, path, body string) (field, detail string) {
	c.Helper()
	a := c.send(token, method, path, body)
	require.Equal(c, status, a.status, "%s %s %.200s: %.500s", method, path, body, a.body)
	require.Equal(c, "application/problem+json", a.header.Get("Content-Type"))
	var p struct{ Field, Detail string }
	require.NoError(c, json.Unmarshal([]byte(a.body), &p))
	return p.Field, p.Detail
}
