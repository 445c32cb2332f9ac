package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/store/postgres"
)

func TestSchemaNamesThatOptionsRefuse(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"a b", `a"b`, "1a", "a.b", "a$$b", "pg_forge", "schéma",
		"a123456789012345678901234567890123456789012345678901234567890123",
	} {
		_, err := postgres.Open(t.Context(), "sslmode=disable", &postgres.Options{Schema: name})
		require.ErrorContains(t, err, "Options.Schema", name)
	}
}

// Two catalogues in one database share nothing, and Migrate makes a schema that is missing. The name
// needs quotes everywhere.
func TestSchemasSideBySide(t *testing.T) {
	t.Parallel()
	dsn := pgtest.With(server.DSN(t), "search_path", "nowhere")
	tables := raw(t, dsn)
	for _, schema := range []string{"user", "Side-by-Side"} {
		opts := &postgres.Options{Schema: schema}
		t.Cleanup(func() {
			_, err := tables.Exec(`DROP SCHEMA "` + schema + `" CASCADE`)
			require.NoError(t, err)
		})
		unmade, err := postgres.Open(t.Context(), dsn, opts)
		require.NoError(t, err)
		_, err = unmade.ForUser("ada").Stats(t.Context())
		require.ErrorContains(t, err, "the schema "+schema+" has no forge tables: call Migrate first")
		require.NoError(t, unmade.Close())

		db := open(t, dsn, opts)
		require.NoError(t, db.Migrate(t.Context()), "a second Migrate finds its tables")
		refs, err := db.ForUser("ada").Sync(t.Context(), leadsOf(1, 3))
		require.NoError(t, err)
		require.Len(t, refs, 3, "no other schema's jobs are found")
		require.Equal(t, 3, one[int](t, tables, `SELECT count(*) FROM "`+schema+`".jobs`))
	}
}
