package postgres_test

import (
	"context"
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

func TestOpenSaysWhatIsWrongWithADSN(t *testing.T) {
	t.Parallel()
	good := server.DSN(t)
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp",
		"127.0.0.1:0") // takes connections and never answers
	require.NoError(t, err)
	defer func() { require.NoError(t, silent.Close()) }()
	_, port, err := net.SplitHostPort(silent.Addr().String())
	require.NoError(t, err)
	for _, c := range []struct{ name, dsn, message string }{
		{
			"no sslmode", "host=localhost password=hunter2",
			"postgres: dsn: sslmode is not set: add sslmode=verify-full, or sslmode=disable for a " +
				"socket or the loopback",
		},
		{
			"no sslmode in a URL", "postgres://forge:hunter2@localhost/forge?x=sslmode",
			"postgres: dsn: sslmode is not set",
		},
		{
			"a password that breaks the URL", "postgres://forge:hunter2/@localhost/forge?sslmode=disable",
			"postgres: dsn: not a URL: in its password, write",
		},
		{
			"another scheme", "mysql://forge:hunter2@localhost/forge?sslmode=disable",
			"postgres: dsn: want a URL that begins with postgres://",
		},
		{
			"a password with a space", "sslmode=disable password=x hunter2 host=localhost",
			"postgres: dsn: neither a URL nor key=value pairs: put",
		},
		{
			"an open quote", "sslmode=disable password='hunter2", "postgres: dsn: neither a URL nor " +
				"key=value pairs",
		},
		{"a bad port", "sslmode=disable password=hunter2 port=x", "postgres: dsn: "},
		{"an unknown sslmode", "host=localhost sslmode=full password=hunter2", `"full" is not supported`},
		{"an unknown host", "host=forge.invalid sslmode=disable password=hunter2", "postgres: connect: "},
		{"no server", "host=127.0.0.1 port=1 sslmode=disable password=hunter2", "connection refused"},
		{
			"no such database",
			pgtest.With(pgtest.With(good, "dbname", "no_such_database"), "password", "hunter2"),
			`database "no_such_database" does not exist`,
		},
		{
			"no such role", pgtest.With(pgtest.With(good, "user", "no_such_role"), "password", "hunter2"),
			`role "no_such_role" does not exist`,
		},
		{
			"a silent host", "host=127.0.0.1 port=" + port + " sslmode=disable connect_timeout=1 " +
				"password=hunter2",
			"postgres: connect: ",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), c.dsn, nil)
			require.ErrorContains(t, err, c.message)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestOpenNamesOptionsOutOfRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field string
		o     postgres.Options
	}{
		{"Options.RecheckAfter", postgres.Options{RecheckAfter: -1}},
		{"Options.MaxOpenConns", postgres.Options{MaxOpenConns: -1}},
		{"Options.RetryFor", postgres.Options{RetryFor: -2}},
	} {
		t.Run(c.field, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), "sslmode=disable", &c.o)
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.field, wrong.Field)
		})
	}
}

// objects lists what is in the schema of a DSN.
func objects(t *testing.T, tables *sql.DB) string {
	t.Helper()
	return one[string](
		t,
		tables,
		`SELECT COALESCE(string_agg(relname, ', ' ORDER BY relname), '') FROM pg_class WHERE relnamespace `+
			`= current_schema()::regnamespace`,
	)
}

func TestCallsBeforeMigrateSaySoAndChangeNothing(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	tables := raw(t, dsn)
	db, err := postgres.Open(t.Context(), dsn, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	for _, c := range everyCall(t.Context(), db.ForUser("ada")) {
		require.EqualError(
			t,
			c.err,
			"postgres: "+c.name+": the database has no forge tables: call Migrate first, or set the "+
				"search_path",
		)
	}
	require.Empty(t, objects(t, tables))

	require.NoError(t, db.Migrate(t.Context()), "an error is not remembered")
	require.NoError(t, db.Migrate(t.Context()), "a repeat changes nothing")
	_, err = db.ForUser("ada").Sync(t.Context(), leadsOf(1, 1))
	require.NoError(t, err)
}

func TestMigrateRefusesADatabaseOfAnotherEncoding(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"LATIN1", "EUC_JP"} {
		t.Run(encoding, func(t *testing.T) {
			t.Parallel()
			dsn := server.DSN(t)
			name := "forge_" + strings.ToLower(encoding)
			_, err := raw(
				t,
				dsn,
			).ExecContext(t.Context(), "CREATE DATABASE "+name+" ENCODING '"+encoding+"' TEMPLATE template0")
			require.NoError(t, err)
			t.Cleanup(func() {
				_, err := raw(
					t,
					dsn,
				).ExecContext(context.WithoutCancel(t.Context()), "DROP DATABASE "+name+" WITH (FORCE)")
				require.NoError(t, err)
			})
			db, err := postgres.Open(t.Context(), pgtest.With(dsn, "dbname", name), nil)
			require.NoError(t, err)
			defer func() { require.NoError(t, db.Close()) }()
			want := "the database's encoding is " + encoding + ", which cannot hold every posting: " +
				"create a database with " +
				"CREATE DATABASE forge ENCODING 'UTF8' TEMPLATE template0, and name it in the DSN"
			require.EqualError(t, db.Migrate(t.Context()), "postgres: migrate: "+want)
			_, err = db.ForUser("ada").Stats(t.Context())
			require.EqualError(t, err, "postgres: stats: "+want)
		})
	}
}

func TestMigrateRefusesASearchPathWithoutASchema(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(t.Context(), pgtest.With(server.DSN(t), "search_path", "nowhere"), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	const want = "the search_path names no schema that exists: create it with CREATE SCHEMA, or correct " +
		"search_path"
	require.ErrorContains(t, db.Migrate(t.Context()), "postgres: migrate: "+want)
	_, err = db.ForUser("ada").Stats(t.Context())
	require.ErrorContains(t, err, "postgres: stats: "+want)
}

func TestMigrateLeavesANewerSchemaAlone(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	tables := raw(t, dsn)
	old := open(t, dsn, nil)
	_, err := old.ForUser("ada").Sync(t.Context(), leadsOf(1, 3))
	require.NoError(t, err)
	_, err = tables.ExecContext(t.Context(),
		`INSERT INTO forge_db_version (version_id, is_applied) VALUES (99, true)`)
	require.NoError(t, err)
	const state = `SELECT string_agg(m::text, ' ' ORDER BY job_id) FROM user_job_map m`
	before, shape := one[string](t, tables, state), objects(t, tables)

	db, err := postgres.Open(t.Context(), dsn, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	const message = "the schema is at version 99, but this library supports versions up to 12: upgrade the " +
		"library"
	require.EqualError(t, db.Migrate(t.Context()), "postgres: migrate: "+message)
	for _, c := range everyCall(t.Context(), db.ForUser("ada")) {
		require.EqualError(t, c.err, "postgres: "+c.name+": "+message)
	}
	require.Equal(t, before, one[string](t, tables, state))
	require.Equal(t, shape, objects(t, tables))
}

// A calling is one call of a user's view, and what came of it.
type calling struct {
	name string
	err  error
}

// everyCall makes each call once.
func everyCall(ctx context.Context, s *postgres.Store) []calling {
	l := store.Lease{ID: 1, Token: 1}
	_, sync := s.Sync(ctx, leadsOf(1, 1))
	_, claim := s.Claim(ctx, 1, time.Minute)
	_, reopen := s.Reopen(ctx, store.Selection{IDs: []int64{1}})
	_, _, list := s.List(ctx, store.Filter{})
	_, stats := s.Stats(ctx)
	_, audit := s.Audit(ctx, 3)
	_, evidence := s.Evidence(ctx)
	_, sketches := s.Sketches(ctx, 0, 10)
	return []calling{
		{"sync", sync},
		{"claim", claim},
		{"renew", s.Renew(ctx, l, time.Minute)},
		{"release", s.Release(ctx, l, store.Outcome{})},
		{"decide", s.Decide(ctx, l, rejected("judge"))},
		{"mark", s.Mark(ctx, 1, lead.Applied)},
		{"reopen", reopen},
		{"list", list},
		{"stats", stats},
		{"audit", audit},
		{"judge", s.Judge(ctx, 1, store.Worth)},
		{"evidence", evidence},
		{"sketches", sketches},
	}
}

// The error of an argument names the call, like every other error.
func TestCallsAreNamedInErrorsOfArguments(t *testing.T) {
	t.Parallel()
	db := open(t, server.DSN(t), nil)
	for _, c := range everyCall(t.Context(), db.ForUser(" ")) {
		require.EqualError(t, c.err, "postgres: "+c.name+": store: invalid: user: blank")
	}
	_, err := db.ForUser("ada").Claim(t.Context(), 0, time.Minute)
	require.EqualError(t, err, "postgres: claim: store: invalid: n: 0 is out of range: want 1 to 100")
}

func TestMigrateRunsOnManyServersAtOnce(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	var group errgroup.Group
	for range 8 {
		group.Go(func() error {
			db, err := postgres.Open(t.Context(), dsn, &postgres.Options{RetryFor: -1})
			if err != nil {
				return err
			}
			defer func() { _ = db.Close() }()
			if err := db.Migrate(t.Context()); err != nil {
				return err
			}
			_, err = db.ForUser("ada").Sync(t.Context(), leadsOf(1, 5))
			return err
		})
	}
	require.NoError(t, group.Wait())
	require.Equal(t, 5, one[int](t, raw(t, dsn), `SELECT count(*) FROM jobs`))
}

func TestMigrateStopsWaitingWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	other, err := raw(t, dsn).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = other.ExecContext(t.Context(),
		`SELECT pg_advisory_xact_lock(hashtextextended('forge ' || current_schema(), 0))`)
	require.NoError(t, err)
	db, err := postgres.Open(t.Context(), dsn, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, db.Migrate(ctx), context.DeadlineExceeded)
	require.NoError(t, other.Rollback())
	require.NoError(t, db.Migrate(t.Context()))
}

func TestMigrateSetsCompressionAndConnectionsTheirName(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	tables := raw(t, dsn)
	db := open(t, dsn, nil)
	_, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.Positive(t,
		one[int](t, tables, `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'forge'`))
	lz4 := one[bool](t, tables,
		`SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'`)
	columns := one[string](
		t,
		tables,
		`SELECT COALESCE(string_agg(attrelid::regclass || '.' || attname, ' ' ORDER BY 1), '')
		FROM pg_attribute
		WHERE attcompression = 'l' AND attrelid IN ('jobs'::regclass, 'job_match_analysis'::regclass)`,
	)
	if lz4 {
		require.ElementsMatch(t,
			[]string{"job_match_analysis.analysis_notes", "jobs.description", "jobs.requirements"},
			strings.Fields(columns))
	} else {
		require.Empty(t, columns)
	}
}

// shape describes every column, constraint, index and setting of a schema.
const shape = `
SELECT string_agg(line, E'\n' ORDER BY line) FROM (
	SELECT format('%s %s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod),
		attnotnull, attcompression, pg_get_expr(adbin, adrelid)) AS line
	FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	WHERE attnum > 0 AND NOT attisdropped AND attrelid IN (SELECT oid FROM pg_class
	WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r')
	UNION ALL SELECT format('%s %s', conrelid::regclass,
		pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
	UNION ALL SELECT replace(indexdef, schemaname || '.', '') FROM pg_indexes
	WHERE schemaname = current_schema()
	UNION ALL SELECT format('%s %s', relname,
		reloptions) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
) AS lines (line)`

// versionIn reads the version from the name of a migration.
func versionIn(t *testing.T, file string) int {
	t.Helper()
	number, _, _ := strings.Cut(filepath.Base(file), "_")
	version, err := strconv.Atoi(number)
	require.NoError(t, err)
	return version
}

// The files of testdata up to a version fill a schema of that version, as a catalogue of that time.
// Migrate must bring it to the shape that a new schema has, and lose no row of it.
func TestMigrateFromEveryOldVersion(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	fresh := server.DSN(t)
	open(t, fresh, nil)
	last := versionIn(t, files[len(files)-1])
	require.Equal(t, last, one[int](t, raw(t, fresh), `SELECT max(version_id) FROM forge_db_version`),
		"the version that the code asks for is the last")
	want := one[string](t, raw(t, fresh), shape)
	var rows string
	for _, file := range files {
		version := versionIn(t, file)
		more, err := os.ReadFile(
			filepath.Join("testdata", strings.Replace(filepath.Base(file), ".sql", "_rows.sql", 1)),
		)
		require.NoError(t, err, "a migration needs rows of its version")
		rows += string(more)
		dsn := server.DSN(t)
		tables := raw(t, dsn)
		migrateTo(t, tables, int64(version))
		_, err = tables.ExecContext(t.Context(), rows)
		require.NoError(t, err)

		db := open(t, dsn, nil)
		require.Equal(t, want, one[string](t, tables, shape), "from version %d", version)
		entries, _, err := db.ForUser("ada").List(t.Context(), store.Filter{Statuses: []lead.Status{
			lead.Matched, lead.AutoRejected, lead.Failed, lead.Closed, lead.Discovered, lead.Applied,
		}})
		require.NoError(t, err)
		require.Len(t, entries, 6)
		require.Equal(t, lead.Matched, entries[0].Status)
		require.Equal(t, 91, entries[0].Assessment.Score)
		require.Equal(t, []string{"Rust"}, entries[0].Assessment.MissingSkills)
		require.Equal(t, version >= 2, entries[0].Assessment.Unverified)
		require.Equal(t, "Build tools.", entries[0].Data.Description)
		require.Equal(t, map[string]string{"salary": "1"}, entries[0].Data.Attributes)
		jobs, err := db.ForUser("ada").Claim(t.Context(), 10, time.Minute)
		require.NoError(t, err)
		require.Len(t, jobs, 1)
		require.Equal(t, int64(8), jobs[0].Token)
		require.Equal(t, 2, jobs[0].Attempts)
		evidence, err := db.ForUser("bob").Evidence(t.Context())
		require.NoError(t, err)
		require.Len(t, evidence.Labels, 2*min(1, version/3))
		for _, l := range evidence.Labels {
			require.Equal(t, map[gate.Origin]float64{"SAVED": 0, "APPLIED": 1}[l.Origin], l.Probability,
				l.Origin)
		}
		evidence, err = db.ForUser("ada").Evidence(t.Context())
		require.NoError(t, err)
		require.Len(t, evidence.Counts, 3)
		require.Equal(t, gate.Count{By: "judge/1", Score: 4, Rejected: 1}, evidence.Counts[0])
		require.Len(t, evidence.Labels, 1+min(1, version/4))
		drawn, err := db.ForUser("ada").Audit(t.Context(), 3)
		require.NoError(t, err)
		require.Len(t, drawn, 1-min(1, version/4), "the rejected job, unless it is judged")
	}
}
