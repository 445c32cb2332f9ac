package fleet

import (
	"context"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgxpool"
)

// heldSQL is true for a user for whom nothing is to be done at clock.at. A hold that ends later than
// any hold can was made by a clock that was wrong.
const heldSQL = `EXISTS (SELECT FROM fleet_holds h WHERE h.user_id = s.user_id
	AND h.until > clock.at AND h.until < clock.at + interval '2 hours')`

// holdSQL makes a user wait: 10 s after the first failure, and twice as long after each that
// follows, up to an hour. Of several jobs that fail at the same time, the first counts.
const holdSQL = `
WITH clock AS (SELECT coalesce($3::timestamptz, clock_timestamp()) AS at)
INSERT INTO fleet_holds AS h (user_id, failures, until, problem)
SELECT $1, 1, clock.at + interval '10 s', $2 FROM clock
ON CONFLICT (user_id) DO UPDATE SET failures = h.failures + 1, problem = excluded.problem,
	until = excluded.until - interval '10 s' + least(3600, 10 * 2 ^ least(h.failures, 10)) * interval '1 s'
WHERE h.until <= excluded.until - interval '10 s' OR h.until > excluded.until + interval '2 hours'`

// hold makes the fleet leave a user alone for a while. Without it, each sweep would make a job that
// fails as the one before.
func (w *worker) hold(ctx context.Context, user string, problem error) error {
	const most = 300
	text := problem.Error()
	for len(text) > most {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	_, err := w.pool.Exec(ctx, holdSQL, user, text, w.at())
	w.log.WarnContext(ctx, "nothing can be done for a user; trying again later", "user", user, "problem",
		text)
	return explain("hold a user", err)
}

// release ends a hold.
func release(ctx context.Context, pool *pgxpool.Pool, user string) error {
	_, err := pool.Exec(ctx, `DELETE FROM fleet_holds WHERE user_id = $1`, user)
	return explain("release a user", err)
}
