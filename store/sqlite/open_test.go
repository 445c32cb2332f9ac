package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

func leadOf(id string) lead.Lead {
	return lead.Lead{
		Source: "example", ExternalID: id, Title: "Engineer", URL: "https://jobs.example.com/" + id,
	}
}

// plain opens the file without the adapter.
func plain(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path}).String())
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

func TestOpenFindsWhatWasStored(t *testing.T) {
	t.Parallel()
	path := file(t)
	db, err := sqlite.Open(t.Context(), path, nil)
	require.NoError(t, err)
	require.NoError(t, db.Migrate(t.Context()))
	require.NoError(t, db.Migrate(t.Context()), "a repeat changes nothing")
	refs, err := db.ForUser("ada").Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.NoError(t, err)
	require.Len(t, refs, 1)
	require.NoError(t, db.Close())
	require.Equal(t, path, db.Path())

	entries, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	require.Equal(t, []string{path}, entries, "the log is folded into the file")
	db = open(t, path, nil)
	refs, err = db.ForUser("ada").Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.NoError(t, err)
	require.Empty(t, refs)
}

func TestOpenTakesPathsWithStrangeCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"with space.db", "50%.db", "what?mode=ro.db", "a#b.db", "ünï.db", "a&b;c.db", ":memory:x",
	} {
		path := filepath.Join(t.TempDir(), name)
		db := open(t, path, nil)
		_, err := db.ForUser("ada").Sync(t.Context(), []lead.Lead{leadOf("1")})
		require.NoError(t, err)
		info, err := os.Stat(path)
		require.NoError(t, err, name)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

func TestOpenNamesAFileThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	require.NoError(t, os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 1000)), 0o600))
	for _, c := range []struct{ path, message string }{
		{garbage, "sqlite: open " + garbage + ": the file is not a SQLite database"},
		{dir, "sqlite: open " + dir + ": is a directory"},
		{filepath.Join(dir, "missing", "forge.db"), "forge.db: no such file or directory"},
		{"", `sqlite: path: empty: give the path of a file, or ":memory:"`},
	} {
		_, err := sqlite.Open(t.Context(), c.path, nil)
		require.ErrorContains(t, err, c.message)
	}
	kept, err := os.ReadFile(garbage)
	require.NoError(t, err)
	require.Len(t, kept, 15000, "a file that is not ours is left alone")
}

func TestOpenNamesOptionsOutOfRange(t *testing.T) {
	t.Parallel()
	_, err := sqlite.Open(t.Context(), ":memory:", &sqlite.Options{RecheckAfter: -1})
	require.ErrorContains(t, err, "Options.RecheckAfter: negative")
	_, err = sqlite.Open(t.Context(), ":memory:", &sqlite.Options{BusyTimeout: -1})
	require.ErrorContains(t, err, "Options.BusyTimeout: negative")
}

func TestMigrateIsNeededAndLeavesANewerSchemaAlone(t *testing.T) {
	t.Parallel()
	path := file(t)
	db, err := sqlite.Open(t.Context(), path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	ada := db.ForUser("ada")
	_, err = ada.Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.ErrorContains(t, err, "sqlite: sync: the database has no forge tables: call Migrate first")
	_, _, err = ada.List(t.Context(), store.Filter{})
	require.ErrorContains(t, err, "call Migrate first")

	require.NoError(t, db.Migrate(t.Context()), "an error is not remembered")
	_, err = ada.Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.NoError(t, err)

	_, err = plain(t,
		path).ExecContext(t.Context(), `INSERT INTO forge_db_version (version_id, is_applied) VALUES (99, 1)`)
	require.NoError(t, err)
	newer, err := sqlite.Open(t.Context(), path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, newer.Close()) })
	require.ErrorContains(t, newer.Migrate(t.Context()), "but this library supports versions up to")
	_, err = newer.ForUser("ada").Claim(t.Context(), 1, time.Minute)
	require.ErrorContains(t, err, "upgrade the library")
}

// versionIn reads the version from the name of a migration.
func versionIn(t *testing.T, file string) int {
	t.Helper()
	number, _, _ := strings.Cut(filepath.Base(file), "_")
	version, err := strconv.Atoi(number)
	require.NoError(t, err)
	return version
}

// The files of testdata up to a version fill a file of that version, as a catalogue of that time.
// Migrate must bring it to the shape that a new file has, and lose no row of it.
func TestMigrateFromEveryOldVersion(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("migrations/*.sql")
	require.NoError(t, err)
	const shape = `SELECT group_concat(sql, char(10) ORDER BY name) FROM sqlite_schema`
	one := func(path, query string) (v string) {
		t.Helper()
		require.NoError(t, plain(t, path).QueryRowContext(t.Context(), query).Scan(&v))
		return v
	}
	fresh := file(t)
	open(t, fresh, nil)
	last := fmt.Sprint(versionIn(t, files[len(files)-1]))
	require.Equal(t, last, one(fresh, `SELECT max(version_id) FROM forge_db_version`),
		"the version that the code asks for is the last")
	var rows string
	for _, migration := range files {
		version := versionIn(t, migration)
		more, err := os.ReadFile(
			filepath.Join("testdata", strings.Replace(filepath.Base(migration), ".sql", "_rows.sql", 1)),
		)
		require.NoError(t, err, "a migration needs rows of its version")
		rows += string(more)
		path := file(t)
		old := plain(t, path)
		provider, err := goose.NewProvider(goose.DialectSQLite3, old, os.DirFS("migrations"),
			goose.WithTableName("forge_db_version"), goose.WithDisableGlobalRegistry(true),
			goose.WithLogger(goose.NopLogger()))
		require.NoError(t, err)
		_, err = provider.UpTo(t.Context(), int64(version))
		require.NoError(t, err)
		_, err = old.ExecContext(t.Context(), rows)
		require.NoError(t, err)
		require.NoError(t, old.Close())

		db := open(t, path, nil)
		require.Equal(t, one(fresh, shape), one(path, shape), "from version %d", version)
		ada := db.ForUser("ada")
		entries, _, err := ada.List(t.Context(), store.Filter{Statuses: []lead.Status{
			lead.Matched, lead.AutoRejected, lead.Failed, lead.Closed, lead.Discovered, lead.Applied,
		}})
		require.NoError(t, err)
		require.Len(t, entries, 6)
		require.Equal(t, lead.Matched, entries[0].Status)
		require.Equal(
			t,
			&enrich.Assessment{
				Score: 91, Reasoning: "Fits.", MissingSkills: []string{"Rust"}, Unverified: version >= 2,
				By: "judge/1",
			},
			entries[0].Assessment,
		)
		require.Equal(t, "Build tools.", entries[0].Data.Description)
		require.Equal(t, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), entries[0].Lead.PostedAt)
		jobs, err := ada.Claim(t.Context(), 10, time.Minute)
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
		evidence, err = ada.Evidence(t.Context())
		require.NoError(t, err)
		require.Len(t, evidence.Counts, 3)
		require.Equal(t, gate.Count{By: "judge/1", Score: 4, Rejected: 1}, evidence.Counts[0])
		require.Len(t, evidence.Labels, 1+min(1, version/4))
		drawn, err := ada.Audit(t.Context(), 3)
		require.NoError(t, err)
		require.Len(t, drawn, 1-min(1, version/4), "the rejected job, unless it is judged")
	}
}

func TestMigrateRunsInManyProcessesAtOnce(t *testing.T) {
	t.Parallel()
	path := file(t)
	errs := make(chan error)
	const n = 8
	for range n {
		go func() {
			db, err := sqlite.Open(context.WithoutCancel(t.Context()), path, nil)
			if err == nil {
				err = db.Migrate(context.WithoutCancel(t.Context()))
				_ = db.Close()
			}
			errs <- err
		}()
	}
	for range n {
		require.NoError(t, <-errs)
	}
}

// Two handles on one file stand for two processes: their writes wait for each other, and none
// fails.
func TestFileIsSharedByTwoHandles(t *testing.T) {
	t.Parallel()
	path := file(t)
	handles := []*sqlite.DB{open(t, path, nil), open(t, path, nil)}
	errs := make(chan error)
	for i, db := range handles {
		go func() {
			for n := range 100 {
				if _, err := db.ForUser("ada").
					Sync(
						t.Context(), []lead.Lead{leadOf(string(rune('a'+i)) + time.Duration(n).String())},
					); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range handles {
		require.NoError(t, <-errs)
	}
	stats, err := handles[0].ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 200, stats.ByStatus[lead.Discovered])
}

// A server whose file was deleted would serve, and lose, what nobody else can read.
func TestFileThatIsGoneIsAnErrorOfTheNextCall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		harm func(t *testing.T, path string)
	}{
		{"deleted", func(t *testing.T, path string) {
			t.Helper()
			require.NoError(t, os.Remove(path))
		}},
		{"moved away", func(t *testing.T, path string) {
			t.Helper()
			require.NoError(t, os.Rename(path, path+".old"))
		}},
		{"replaced", func(t *testing.T, path string) {
			t.Helper()
			other := file(t)
			open(t, other, nil)
			require.NoError(t, os.Rename(other, path))
		}},
		{"its folder deleted", func(t *testing.T, path string) {
			t.Helper()
			require.NoError(t, os.RemoveAll(filepath.Dir(path)))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "data", "forge.db")
			require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
			db, err := sqlite.Open(t.Context(), path, nil)
			require.NoError(t, err)
			defer func() { _ = db.Close() }()
			require.NoError(t, db.Migrate(t.Context()))
			ada := db.ForUser("ada")
			_, err = ada.Sync(t.Context(), []lead.Lead{leadOf("1")})
			require.NoError(t, err)
			c.harm(t, path)
			_, err = ada.Sync(t.Context(), []lead.Lead{leadOf("2")})
			require.ErrorContains(t, err,
				"sqlite: sync: the file was deleted or replaced while the database was open")
			_, _, err = ada.List(t.Context(), store.Filter{})
			require.ErrorContains(t, err, "sqlite: list: the file was deleted or replaced")
			require.ErrorContains(t, ada.Mark(t.Context(), 1, lead.Saved), "put the file back")
		})
	}
}

func TestFileThatIsLockedIsAnErrorThatSaysSo(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path, &sqlite.Options{BusyTimeout: time.Millisecond})
	tx, err := plain(t, path).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), `DELETE FROM jobs`)
	require.NoError(t, err)
	_, err = db.ForUser("ada").Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.ErrorContains(t, err, "another process kept the database locked")
	stats, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err, "reads do not wait")
	require.Empty(t, stats.ByStatus)
	require.NoError(t, tx.Rollback())
}

func TestFileIsWaitedForUntilTheContextEnds(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path, &sqlite.Options{BusyTimeout: time.Hour})
	tx, err := plain(t, path).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback()) }()
	_, err = tx.ExecContext(t.Context(), `DELETE FROM jobs`)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = db.ForUser("ada").Sync(ctx, []lead.Lead{leadOf("1")})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
