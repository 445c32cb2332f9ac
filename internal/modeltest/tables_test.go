package modeltest_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"strconv"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A snapshot is all rows, by their keys: the id of a job, or "user/id". A nil value is NULL.
type snapshot struct{ jobs, mine, analyses map[string]row }

type row map[string]any

func (m *machine) look(t *rapid.T) snapshot {
	return snapshot{
		jobs: rowsOf(m.ctx, t, m.tables, `SELECT id AS key, j.* FROM jobs j`),
		mine: rowsOf(m.ctx, t, m.tables, `SELECT user_id || '/' || job_id AS key, m.* FROM user_job_map m`),
		analyses: rowsOf(m.ctx, t, m.tables,
			`SELECT user_id || '/' || job_id AS key, a.* FROM job_match_analysis a`),
	}
}

func rowsOf(ctx context.Context, t *rapid.T, db *sql.DB, query string) map[string]row {
	result, err := db.QueryContext(ctx, query)
	require.NoError(t, err)
	defer func() { _ = result.Close() }()
	columns, err := result.Columns()
	require.NoError(t, err)
	found := make(map[string]row)
	for result.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, result.Scan(into...))
		r := make(row, len(columns))
		for i, c := range columns {
			if b, ok := values[i].([]byte); ok {
				values[i] = string(b)
			}
			r[c] = values[i]
		}
		found[fmt.Sprint(values[0])] = r
	}
	require.NoError(t, result.Err())
	return found
}

// check holds what a step changed in the tables to what must always hold.
func (m *machine) check(t *rapid.T, s step) {
	after := m.look(t)
	defer func() { m.before = after }()
	if s.refused || s.readOnly {
		require.Equal(t, m.before, after, "%s was refused, or only reads, and changed a row", s.name)
		return
	}
	for key, old := range m.before.jobs {
		now, ok := after.jobs[key]
		require.True(t, ok, "job %s is gone", key)
		if old["description"] != nil {
			require.NotNil(t, now["description"], "the text of job %s went from present to absent in %s", key,
				s.name)
		}
	}
	if s.rejection {
		require.Equal(t, m.before.jobs, after.jobs, "a rejection changed a job")
	}
	for key, old := range m.before.mine {
		now, ok := after.mine[key]
		require.True(t, ok, "the row %s is gone", key)
		require.GreaterOrEqual(t, number(t, now["lease_token"]), number(t, old["lease_token"]),
			"the token of %s shrank in %s", key, s.name)
	}
	others := func(rows map[string]row) map[string]row {
		kept := maps.Clone(rows)
		maps.DeleteFunc(kept, func(_ string, r row) bool { return r["user_id"] == s.user })
		return kept
	}
	require.Equal(t, others(m.before.mine), others(after.mine), "%s of %s changed another's row", s.name,
		s.user)
	require.Equal(t, others(m.before.analyses), others(after.analyses),
		"%s of %s changed another's judgement", s.name, s.user)
	for key, job := range after.jobs {
		if text := job["description"]; text != nil {
			require.True(t, m.texts[text.(string)], "job %s holds a text that nobody matched", key)
		}
	}
}

func number(t *rapid.T, v any) int64 {
	n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64)
	require.NoError(t, err)
	return n
}
