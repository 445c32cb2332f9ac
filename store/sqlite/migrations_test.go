package sqlite_test

import (
	"database/sql"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/sqlite"
)

// layout returns the tables with their columns, and the indexes.
func layout(t *testing.T, db *sql.DB) (text string) {
	t.Helper()
	err := db.QueryRowContext(t.Context(), `
		SELECT COALESCE(group_concat(line, char(10) ORDER BY line), '') FROM (
			SELECT m.type || ' ' || m.name || ' ' || COALESCE((
				SELECT group_concat(name || ' ' || type || ' ' || "notnull" || COALESCE(dflt_value, ''), ',')
				FROM pragma_table_xinfo(m.name)), '') AS line
			FROM sqlite_schema m WHERE m.name NOT LIKE 'sqlite%' AND m.name <> 'forge_db_version'
		)`).Scan(&text)
	require.NoError(t, err)
	return text
}

func TestMigrationsGoUpAndDownByAnyTool(t *testing.T) {
	t.Parallel()
	all, err := sqlite.Migrations()
	require.NoError(t, err)
	path := file(t)
	db := pool(t, path, settings, 1)
	layouts := []string{layout(t, db)}
	for _, m := range all {
		_, err := db.ExecContext(t.Context(), m.Up)
		require.NoError(t, err, m.Name)
		layouts = append(layouts, layout(t, db))
	}
	mine, err := sqlite.New(db, nil)
	require.NoError(t, err)
	version, err := mine.Version(t.Context())
	require.NoError(t, err)
	require.Equal(t, all[len(all)-1].Version, version)
	_, err = mine.ForUser("ada").Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.NoError(t, err)
	require.NoError(t, mine.Migrate(t.Context()), "nothing is left to do")
	require.Equal(t, layouts[len(all)], layout(t, db))
	require.NoError(t, mine.Close())

	for i := len(all) - 1; i >= 0; i-- {
		_, err := db.ExecContext(t.Context(), all[i].Down)
		require.NoError(t, err, all[i].Name)
		require.Equal(t, layouts[i], layout(t, db), "after %s went down", all[i].Name)
	}
	_, err = db.ExecContext(t.Context(), all[0].Up)
	require.NoError(t, err, "and up again")
	require.NoError(t, open(t, path, nil).Migrate(t.Context()), "Migrate goes on from there")
	require.Equal(t, layouts[len(all)], layout(t, db))
}

func TestFilesGoUpAndDownByGoose(t *testing.T) {
	t.Parallel()
	db := pool(t, file(t), settings, 1)
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, sqlite.Files(),
		goose.WithTableName("forge_db_version"), goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()))
	require.NoError(t, err)
	_, err = provider.Up(t.Context())
	require.NoError(t, err)
	mine := given(t, db, nil)
	_, err = mine.ForUser("ada").Sync(t.Context(), []lead.Lead{leadOf("1")})
	require.NoError(t, err)
	_, err = provider.DownTo(t.Context(), 0)
	require.NoError(t, err)
	require.Empty(t, layout(t, db))
}
