package sqlite

import (
	"context"
	"encoding/json"

	"github.com/agent-forge/forge/store/driver"
)

// selectExtra is the column that [driver.ExtraColumn] reads, for a statement whose user_job_map is m.
const selectExtra = `(SELECT json_group_object(e.key, e.value) FROM job_extras e
		WHERE e.user_id = m.user_id AND e.job_id = m.job_id HAVING count(*) > 0) AS extra`

const putSQL = `
INSERT INTO job_extras (user_id, job_id, key, value) VALUES (?, ?, ?, ?)
ON CONFLICT (user_id, job_id, key) DO UPDATE SET value = excluded.value`

// Put keeps a value of the application's own for a job; see forge.Annotator.
func (s *Store) Put(ctx context.Context, id int64, key string, value json.RawMessage) error {
	text, err := driver.PrepareExtra(key, value)
	if err := s.valid("put", err); err != nil {
		return err
	}
	return s.writing(ctx, "put", func(ctx context.Context, tx *statements) error {
		if _, err := s.row(ctx, tx, id); err != nil {
			return err
		}
		if text == "" {
			_, err := tx.exec(ctx, `DELETE FROM job_extras WHERE user_id = ? AND job_id = ? AND key = ?`,
				s.user, id, key)
			return err
		}
		var others int
		err := tx.one(ctx, &others,
			`SELECT count(*) FROM job_extras WHERE user_id = ? AND job_id = ? AND key <> ?`, s.user, id, key)
		if err != nil {
			return err
		}
		if err := driver.CheckExtras(others); err != nil {
			return err
		}
		_, err = tx.exec(ctx, putSQL, s.user, id, key, text)
		return err
	})
}
