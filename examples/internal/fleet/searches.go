package fleet

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	queries "github.com/agent-forge/forge/examples/internal/search"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

// A search is what one user looks for on one board, again and again.
type search struct {
	ID       int64      `db:"id"`
	User     string     `db:"user_id"`
	Board    string     `db:"board"`
	Keywords string     `db:"keywords"`
	Location string     `db:"location"`
	Remote   bool       `db:"remote"`
	Filters  string     `db:"filters"` // the other filters, as a -search writes them
	Most     int        `db:"most"`
	Every    int        `db:"every_seconds"`
	Last     *time.Time `db:"last_at"` // when the last run was due; nil if it never ran
	Paused   bool       `db:"paused"`

	Exclude   []string `db:"exclude"`   // patterns of a lead.Blacklist
	Threshold *int     `db:"threshold"` // the gate of all the user's searches; nil: the default
}

const searchColumns = `id, user_id, board, keywords, location, remote, filters, most, every_seconds, last_at,
	paused, exclude, threshold`

// query returns what the board is asked. It returns an error if the search has a filter that this
// program does not know.
func (s search) query() (lead.Query, error) {
	q, err := queries.Parse(";"+s.Filters, lead.Query{Remote: s.Remote, Limit: s.Most})
	q.Keywords, q.Location = s.Keywords, s.Location
	return q, err
}

// filters describes all filters to a person.
func (s search) filters() string {
	var all []string
	if s.Remote {
		all = append(all, "remote")
	}
	if s.Filters != "" {
		all = append(all, s.Filters)
	}
	return strings.Join(all, "; ")
}

func (s search) every() time.Duration { return time.Duration(s.Every) * time.Second }

// addSearch stores a search. A search that is stored already gets the new schedule and limit, is no
// longer paused, and its next run counts from its last one. A user whose name can be mistaken for
// another's is refused. Several processes may add at once: the lock makes each see the others' users.
func addSearch(ctx context.Context, pool *pgxpool.Pool, s search) (id int64, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		const lock = `SELECT pg_advisory_xact_lock(hashtextextended('fleet add ' || current_schema(), 0))`
		if _, err := tx.Exec(ctx, lock); err != nil {
			return err
		}
		// CollectRows returns its error
		rows, _ := tx.Query(ctx, `SELECT DISTINCT user_id FROM fleet_searches`)
		users, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if err := checkUnlike(s.User, users); err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `
WITH released AS (DELETE FROM fleet_holds WHERE user_id = $1)
INSERT INTO fleet_searches (user_id, board, keywords, location, remote, most, every_seconds,
	exclude, filters, threshold)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, (SELECT max(threshold) FROM fleet_searches WHERE user_id = $1))
ON CONFLICT (user_id, board, keywords, location, remote, filters)
DO UPDATE SET most = excluded.most, every_seconds = excluded.every_seconds, paused = false,
	exclude = excluded.exclude
RETURNING id`, s.User, s.Board, s.Keywords, s.Location, s.Remote, s.Most, s.Every,
			append([]string{}, s.Exclude...), s.Filters).Scan(&id)
		if err != nil || s.Threshold == nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE fleet_searches SET threshold = $2 WHERE user_id = $1`,
			s.User, *s.Threshold)
		return err
	})
	return id, explain("add a search", err)
}

// gateOf returns the user's gate.
func gateOf(ctx context.Context, pool *pgxpool.Pool, user string) (gate.Gate, error) {
	threshold := gate.Default
	err := pool.QueryRow(ctx, `SELECT coalesce(max(threshold), $2) FROM fleet_searches WHERE user_id = $1`,
		user, threshold).Scan(&threshold)
	if err != nil {
		return gate.Gate{}, explain("find a user's gate", err)
	}
	return gate.New(threshold)
}

// findSearch reports false for a search that was removed or paused since its job was made.
func findSearch(ctx context.Context, pool *pgxpool.Pool, id int64) (search, bool, error) {
	rows, _ := pool.Query(ctx, // CollectExactlyOneRow returns its error
		`SELECT `+searchColumns+` FROM fleet_searches WHERE id = $1 AND NOT paused`, id)
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[search])
	if errors.Is(err, pgx.ErrNoRows) {
		return search{}, false, nil
	}
	return found, err == nil, explain("find a search", err)
}

// hasSearches reports whether the user has a search that is not paused.
func hasSearches(ctx context.Context, pool *pgxpool.Pool, user string) (found bool, err error) {
	err = pool.QueryRow(ctx,
		`SELECT EXISTS (SELECT FROM fleet_searches WHERE user_id = $1 AND NOT paused)`, user).Scan(&found)
	return found, explain("find a user's searches", err)
}

// A listed search also says what keeps the fleet from working for its user.
type listed struct {
	search
	Until   *time.Time `db:"until"` // nil if nothing does
	Problem *string    `db:"problem"`
}

// isText reports whether the database can store s, and a terminal show it.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }

func listSearches(ctx context.Context, pool *pgxpool.Pool) ([]listed, error) {
	rows, _ := pool.Query(ctx, `
SELECT `+searchColumns+`, until, problem FROM fleet_searches LEFT JOIN fleet_holds USING (user_id)
ORDER BY user_id, id`) // CollectRows returns its error
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[listed])
	return list, explain("list searches", err)
}

// A selection names one search, or all searches of a user.
type selection struct {
	id   int64
	user string
}

// change runs a statement on the selected searches, and returns how many there are. Their users need
// not wait any longer.
func (s selection) change(ctx context.Context, pool *pgxpool.Pool, operation, statement string) (int, error) {
	rows, _ := pool.Query(ctx, `
WITH changed AS (`+statement+` WHERE id = $1 OR user_id = $2 RETURNING user_id),
released AS (DELETE FROM fleet_holds WHERE user_id IN (SELECT user_id FROM changed))
SELECT user_id FROM changed`, s.id, s.user) // CollectRows returns its error
	changed, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err == nil && len(changed) == 0 {
		err = errors.New("there is no such search: fleet list shows all")
	}
	return len(changed), explain(operation, err)
}

// searchAnew makes a search due again, as if its last run had not been.
func searchAnew(ctx context.Context, pool *pgxpool.Pool, id int64) error {
	_, err := pool.Exec(ctx, `UPDATE fleet_searches SET last_at = NULL WHERE id = $1`, id)
	return explain("make a search due again", err)
}
