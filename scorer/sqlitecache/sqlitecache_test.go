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
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/sqlitecache"
)

var _ scorer.Cache = (*sqlitecache.Cache)(nil)

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
	a, ok, err := cache.Load(ctx, "key")
	fmt.Println(a.Score, a.MissingSkills, ok, err)
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

func TestOpenNamesTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	for _, wrong := range []struct {
		name, path string
		opts       *sqlitecache.Options
		field      string
	}{
		{"no path", "", nil, "path"},
		{"a negative size", "x.db", &sqlitecache.Options{Entries: -1}, "Options.Entries"},
	} {
		t.Run(wrong.name, func(t *testing.T) {
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

func TestOpenRefusesAFileThatIsNoDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(path, []byte("Notes, long enough for a header."), 0o600))
	_, err := sqlitecache.Open(t.Context(), path, nil)
	require.ErrorContains(t, err, path)
}

func TestOpenMakesTheFileItsOwnersAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "matches.db")
	open(t, path, nil)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestSaveDropsTheOldest(t *testing.T) {
	t.Parallel()
	cache := open(t, filepath.Join(t.TempDir(), "matches.db"), &sqlitecache.Options{Entries: 3})
	for i := range 5 {
		require.NoError(t, cache.Save(t.Context(), fmt.Sprint(i), enrich.Assessment{Score: i}))
	}
	require.NoError(t, cache.Save(t.Context(), "2", enrich.Assessment{Score: 22})) // the youngest now
	require.NoError(t, cache.Save(t.Context(), "5", enrich.Assessment{Score: 5}))
	for key, kept := range []bool{false, false, true, false, true, true} {
		_, ok, err := cache.Load(t.Context(), fmt.Sprint(key))
		require.NoError(t, err)
		require.Equal(t, kept, ok, "assessment %d", key)
	}
}

func TestSaveReplacesARowThatCannotBeRead(t *testing.T) {
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
	a, ok, err := cache.Load(t.Context(), "k")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 2, a.Score)
}

func TestOpenTwiceSharesTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "matches.db")
	handles := []*sqlitecache.Cache{open(t, path, nil), open(t, path, nil)}
	ctx := context.WithoutCancel(t.Context())
	var wg sync.WaitGroup
	for i, c := range handles {
		wg.Go(func() {
			for n := range 50 {
				key := fmt.Sprintf("%d/%d", i, n)
				if err := c.Save(ctx, key, enrich.Assessment{Score: n}); err != nil {
					t.Errorf("save: %v", err)
				}
			}
		})
	}
	wg.Wait()
	for i := range handles {
		for n := range 50 {
			a, ok, err := handles[1-i].Load(t.Context(), fmt.Sprintf("%d/%d", i, n))
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, n, a.Score)
		}
	}
}
