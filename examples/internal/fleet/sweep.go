package fleet

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// dueSearchesSQL marks the searches whose time has come as run, and returns them. A run that is late
// by less than half its period keeps to the schedule; after a longer pause a new schedule begins, so
// that two runs are never closer than that. A last run that lies ahead was written by a clock that
// was wrong.
const dueSearchesSQL = `
WITH clock AS (SELECT coalesce($1::timestamptz, clock_timestamp()) AS at),
due AS (
	SELECT s.id, s.last_at + s.every_seconds * interval '1 s' AS next, clock.at,
		s.every_seconds * interval '0.5 s' AS half
	FROM fleet_searches s, clock
	WHERE NOT s.paused AND NOT ` + heldSQL + `
		AND (s.last_at IS NULL OR s.last_at + s.every_seconds * interval '1 s' <= clock.at
			OR s.last_at > clock.at + least(s.every_seconds, 3600) * interval '1 s')
	FOR UPDATE OF s
)
UPDATE fleet_searches s
SET last_at = CASE WHEN due.next BETWEEN due.at - due.half AND due.at THEN due.next ELSE due.at END
FROM due WHERE s.id = due.id
RETURNING s.id, s.user_id, s.board, s.keywords, s.location`

// dueUsersSQL lists the users of the fleet who have jobs that are due, that nobody holds, and for
// which no job of River waits. Jobs that are due later than any lease or back-off can be, 7 days,
// count as due, as in the store.
//
// River's own uniqueness cannot say this. It has to count running jobs too, and the job of a worker
// that died counts as running until River rescues it: the user would wait for a quarter of an hour.
const dueUsersSQL = `
WITH clock AS (SELECT coalesce($1::timestamptz, clock_timestamp()) AS at)
SELECT DISTINCT s.user_id
FROM fleet_searches s, clock
WHERE NOT s.paused AND NOT ` + heldSQL + `
	AND EXISTS (SELECT FROM user_job_map m WHERE m.user_id = s.user_id
		AND (m.due_at <= clock.at OR m.due_at > clock.at + interval '7 days'))
	AND NOT EXISTS (SELECT FROM river_job j WHERE j.kind = 'enrich' AND j.args->>'user' = s.user_id
		AND j.state IN ('available', 'pending', 'retryable', 'scheduled'))`

// sweep gives every search whose time has come a job, and every user with due work. That a search
// was run and that its job exists are one transaction. Every worker sweeps; the lock lets one do it
// at a time, and the others need not wait for it.
func (w *worker) sweep(ctx context.Context) error {
	return explain("sweep", pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		var locked bool
		err := tx.QueryRow(ctx,
			`SELECT pg_try_advisory_xact_lock(hashtextextended('fleet sweep ' || current_schema(), 0))`).
			Scan(&locked)
		if err != nil || !locked {
			return err
		}
		var jobs []river.InsertManyParams
		rows, _ := tx.Query(ctx, dueSearchesSQL, w.at()) // CollectRows returns its error
		searches, err := pgx.CollectRows(rows, pgx.RowToStructByName[searchArgs])
		if err != nil {
			return err
		}
		for _, args := range searches {
			jobs = append(jobs, river.InsertManyParams{Args: args, InsertOpts: searchOpts()})
		}
		rows, _ = tx.Query(ctx, dueUsersSQL, w.at())
		users, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, user := range users {
			args := enrichArgs{User: user}
			jobs = append(jobs, river.InsertManyParams{Args: args, InsertOpts: enrichOpts()})
		}
		if len(jobs) == 0 {
			return nil
		}
		_, err = w.client.InsertManyTx(ctx, tx, jobs)
		return err
	}))
}

// searchOpts make a search wait or run once at a time, however late it is. A job that has ended does
// not count: when a search runs again is in the fleet's own table.
func searchOpts() *river.InsertOpts {
	return &river.InsertOpts{Queue: queueSearch, MaxAttempts: 5, UniqueOpts: river.UniqueOpts{
		ByArgs: true,
		ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		},
	}}
}

// enrichOpts let a job fail once: the sweep makes the next.
func enrichOpts() *river.InsertOpts { return &river.InsertOpts{Queue: queueEnrich, MaxAttempts: 1} }
