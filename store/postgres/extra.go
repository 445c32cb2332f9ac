package postgres

import (
	"context"
	"encoding/json"

	"github.com/agent-forge/forge/store/driver"
)

// selectExtra is the column that [driver.ExtraColumn] reads, for a statement whose user_job_map is m.
const selectExtra = `(SELECT json_object_agg(e.key, e.value)::text FROM job_extras e
		WHERE e.user_id = m.user_id AND e.job_id = m.job_id) AS extra`

const putSQL = `
INSERT INTO job_extras (user_id, job_id, key, value) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, job_id, key) DO UPDATE SET value = excluded.value`

// Put keeps a value of the application's own for a job; see forge.Annotator.
func (s *Store) Put(ctx context.Context, id int64, key string, value json.RawMessage) error {
	text, err := driver.PrepareExtra(key, value)
	if err := s.valid("put", err); err != nil {
		return err
	}
	return s.inTx(ctx, "put", func(ctx context.Context, tx conn, _ int) error {
		// The lock on the user's row keeps the number of keys from growing meanwhile.
		if _, err := s.lock(ctx, tx, id, false); err != nil {
			return err
		}
		if text == "" {
			_, err := tx.ExecContext(ctx,
				`DELETE FROM job_extras WHERE user_id = $1 AND job_id = $2 AND key = $3`, s.user, id, key)
			return err
		}
		var others int
		err := tx.GetContext(ctx, &others,
			`SELECT count(*) FROM job_extras WHERE user_id = $1 AND job_id = $2 AND key <> $3`,
			s.user, id, key)
		if err != nil {
			return err
		}
		if err := driver.CheckExtras(others); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, putSQL, s.user, id, key, text)
		return err
	})
}
