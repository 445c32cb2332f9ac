package postgres

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSchemaQualifiesForgesNamesAndNothingElse(t *testing.T) {
	t.Parallel()
	s, err := newSchema("my-app")
	require.NoError(t, err)
	for _, text := range []string{ // @ stands where the schema must
		`SELECT id FROM @jobs j WHERE j.id = $1`,
		`SELECT @jobs.id FROM @jobs`,
		`SELECT 'from jobs', "jobs", x.jobs, jobs_, my_jobs`,
		"-- It's in jobs.\nTABLE @jobs",
		`SELECT 'it''s jobs', id FROM @jobs`,
		`DO $$ BEGIN ALTER TABLE @jobs SET (fillfactor = 90); END $$`,
		`CREATE INDEX user_job_map_x ON @user_job_map (due_at)`,
		`DROP INDEX IF EXISTS @user_job_map_x`,
		`SELECT max(version_id) FROM @forge_db_version`,
	} {
		plain, want := strings.ReplaceAll(text, "@", ""), strings.ReplaceAll(text, "@", `"my-app".`)
		require.Equal(t, want, s.qualify(plain))
		require.Equal(t, want, s.qualify(plain), "the kept text")
	}
	none, err := newSchema("")
	require.NoError(t, err)
	require.Equal(t, "TABLE jobs", none.qualify("TABLE jobs"))
}
