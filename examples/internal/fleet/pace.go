package fleet

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

// A pace is how fast the whole fleet asks one board from one address. It lives in the database:
// each request takes the next free slot there, so that ten processes ask as slowly as one.
type pace struct {
	pool           *pgxpool.Pool
	board, address string
	interval       time.Duration // between two requests
	most           time.Duration // that the interval grows to when the board says that it is too much
	next           http.RoundTripper
}

const (
	easeAfter = 20        // good answers in a row
	blockFor  = time.Hour // after a refusal that does not say for how long
)

// RoundTrip waits for a slot, asks, and slows the fleet down if the board says so.
func (p *pace) RoundTrip(r *http.Request) (*http.Response, error) {
	wait, err := p.slot(r.Context())
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-timer.C:
	}
	resp, err := p.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		after, _ := polite.RetryAfter(resp.Header, time.Now())
		err = p.exec(r.Context(), slowSQL, p.most.Seconds()*1000, after.Seconds())
	} else if resp.StatusCode < http.StatusInternalServerError {
		err = p.exec(r.Context(), easeSQL, p.interval.Seconds()*1000, easeAfter)
	}
	if err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// slotSQL takes the next slot, or tells until when the board is left alone.
const slotSQL = `
INSERT INTO fleet_pace AS p (board, address, interval_ms, next_at)
VALUES ($1, $2, $3, clock_timestamp() + $3 * interval '1 ms')
ON CONFLICT (board, address) DO UPDATE SET
	next_at = CASE WHEN p.blocked_until > clock_timestamp() THEN p.next_at
		ELSE greatest(p.next_at, clock_timestamp()) + greatest(p.interval_ms, $3) * interval '1 ms' END
RETURNING extract(epoch FROM next_at - clock_timestamp()) * 1000 - greatest(interval_ms, $3) AS wait_ms,
	coalesce(extract(epoch FROM blocked_until - clock_timestamp()), 0) AS blocked_seconds`

// slowSQL doubles the interval, up to a cap, and keeps everyone waiting for as long as the board
// asked.
const slowSQL = `
UPDATE fleet_pace SET good = 0, interval_ms = least(interval_ms * 2, $3),
	next_at = greatest(next_at, clock_timestamp() + $4 * interval '1 s')
WHERE board = $1 AND address = $2`

// easeSQL shortens the interval again after a run of good answers, down to what is configured.
const easeSQL = `
UPDATE fleet_pace SET good = CASE WHEN good + 1 >= $4 THEN 0 ELSE good + 1 END,
	interval_ms = CASE WHEN good + 1 >= $4 THEN greatest(interval_ms * 0.75, $3) ELSE interval_ms END
WHERE board = $1 AND address = $2 AND interval_ms > $3`

const blockSQL = `
UPDATE fleet_pace SET blocked_until = greatest(blocked_until, clock_timestamp() + $3 * interval '1 s')
WHERE board = $1 AND address = $2`

func (p *pace) slot(ctx context.Context) (time.Duration, error) {
	var wait, blocked float64 // in milliseconds and in seconds
	err := p.pool.QueryRow(ctx, slotSQL, p.board, p.address, p.interval.Seconds()*1000).Scan(&wait, &blocked)
	if err != nil {
		return 0, explain("pace", err)
	}
	if blocked > 0 {
		return 0, &scraper.PageError{
			Reason: "the board refused this address, and the whole fleet leaves it alone for a while",
			Wait:   seconds(blocked), Err: scraper.ErrBlocked,
		}
	}
	return max(0, time.Duration(wait*float64(time.Millisecond))), nil
}

// block makes every process with this address leave the board alone.
func (p *pace) block(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		d = blockFor
	}
	return p.exec(ctx, blockSQL, d.Seconds())
}

// blocked returns how long the board is still to be left alone.
func (p *pace) blocked(ctx context.Context) (time.Duration, error) {
	var left float64
	err := p.pool.QueryRow(ctx,
		`SELECT greatest(0, coalesce(extract(epoch FROM blocked_until - clock_timestamp()), 0))
FROM fleet_pace WHERE board = $1 AND address = $2`, p.board, p.address).Scan(&left)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return seconds(left), explain("pace", err)
}

func (p *pace) exec(ctx context.Context, statement string, args ...any) error {
	_, err := p.pool.Exec(ctx, statement, append([]any{p.board, p.address}, args...)...)
	return explain("pace", err)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
