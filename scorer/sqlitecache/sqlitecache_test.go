package sqlitecache_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/sqlitecache"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "forge")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()

	ctx := context.Background()
	path := filepath.Join(dir, "matches.db")
	cache, err := sqlitecache.Open(ctx, path, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = cache.Save(ctx, "key", enrich.Assessment{Score: 85, MissingSkills: []string{"Rust"}})
	fmt.Println(err, cache.Close())

	cache, err = sqlitecache.Open(ctx, path, nil) // another run of the program
	if err != nil {
		fmt.Println(err)
		return
	}
	m, ok, err := cache.Load(ctx, "key")
	fmt.Println(m.Score, m.MissingSkills, ok, err)
	fmt.Println(cache.Close())
	// Output:
	// <nil> <nil>
	// 85 [Rust] true <nil>
	// <nil>
}

func open(t *testing.T, path string, o *sqlitecache.Options) *sqlitecache.Cache {
	t.Helper()
	cache, err := sqlitecache.Open(t.Context(), path, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cache.Close()) })
	return cache
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]struct {
		path  string
		opts  *sqlitecache.Options
		field string
	}{
		"no path":       {"", nil, "path"},
		"negative size": {"x.db", &sqlitecache.Options{Matches: -1}, "Options.Matches"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sqlitecache.Open(t.Context(), wrong.path, wrong.opts)
			var field *lead.FieldError
			require.ErrorAs(t, err, &field)
			require.Equal(t, wrong.field, field.Field)
		})
	}
	_, err := sqlitecache.Open(t.Context(), filepath.Join(t.TempDir(), "missing", "x.db"), nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestAFileThatIsNoDatabaseIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(path, []byte("These are notes, long enough to be taken for a header."), 0o600))
	_, err := sqlitecache.Open(t.Context(), path, nil)
	require.ErrorContains(t, err, path)
}

func TestTheFileIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "matches.db")
	open(t, path, nil)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestTheOldestMatchesAreDropped(t *testing.T) {
	t.Parallel()
	cache := open(t, filepath.Join(t.TempDir(), "matches.db"), &sqlitecache.Options{Matches: 3})
	for i := range 5 {
		require.NoError(t, cache.Save(t.Context(), fmt.Sprint(i), enrich.Assessment{Score: i}))
	}
	require.NoError(t, cache.Save(t.Context(), "2", enrich.Assessment{Score: 22})) // saved again, so the youngest
	require.NoError(t, cache.Save(t.Context(), "5", enrich.Assessment{Score: 5}))
	for key, kept := range map[string]bool{"0": false, "1": false, "2": true, "3": false, "4": true, "5": true} {
		_, ok, err := cache.Load(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, kept, ok, "match %s", key)
	}
}

func TestARowThatCannotBeReadIsReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "matches.db")
	cache := open(t, path, nil)
	require.NoError(t, cache.Save(t.Context(), "k", enrich.Assessment{Score: 1}))
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.ExecContext(t.Context(), `UPDATE match_cache_1 SET match_json = '{'`)
	require.NoError(t, err)

	_, ok, err := cache.Load(t.Context(), "k")
	require.Error(t, err)
	require.False(t, ok)
	require.NoError(t, cache.Save(t.Context(), "k", enrich.Assessment{Score: 2}))
	m, ok, err := cache.Load(t.Context(), "k")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 2, m.Score)
}

func TestTwoHandlesOnOneFileSeeEachOther(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "matches.db")
	handles := []*sqlitecache.Cache{open(t, path, nil), open(t, path, nil)}
	var wg sync.WaitGroup
	for i, c := range handles {
		wg.Go(func() {
			for n := range 50 {
				if err := c.Save(context.WithoutCancel(t.Context()), fmt.Sprintf("%d/%d", i, n), enrich.Assessment{Score: n}); err != nil {
					t.Errorf("save: %v", err)
				}
			}
		})
	}
	wg.Wait()
	for i := range handles {
		for n := range 50 {
			m, ok, err := handles[1-i].Load(t.Context(), fmt.Sprintf("%d/%d", i, n))
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, n, m.Score)
		}
	}
}
