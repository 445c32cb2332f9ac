package digest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/examples/internal/outbox"
	"github.com/agent-forge/forge/store"
)

// tables are the digests. The last one of a user is the cursor of the user.
const tables = `
CREATE TABLE IF NOT EXISTS digests (
	user_id text NOT NULL,
	after_id bigint NOT NULL, -- it has the matches after this change
	through_id bigint NOT NULL, -- and up to this one
	made_at bigint NOT NULL, -- Unix seconds
	matches int NOT NULL,
	text text NOT NULL, -- empty once it is sent
	sent boolean NOT NULL DEFAULT false,
	PRIMARY KEY (user_id, after_id)
)`

// A digest is a row of digests.
type digest struct {
	User    string `db:"user_id"`
	After   int64  `db:"after_id"`
	Through int64  `db:"through_id"`
	MadeAt  int64  `db:"made_at"`
	Matches int    `db:"matches"`
	Text    string `db:"text"`
}

// messageID is the same for the same changes of the same user, and tells nothing of the user.
func (d digest) messageID(from string) string {
	_, domain, _ := strings.Cut(from, "@")
	sum := sha256.Sum256([]byte(d.User))
	return fmt.Sprintf("forge.%x.%d-%d.%d@%s", sum[:6], d.After, d.Through, d.MadeAt, domain)
}

func (d digest) subject() string {
	if d.Matches == 1 {
		return "1 job matched"
	}
	return fmt.Sprintf("%d jobs matched", d.Matches)
}

// A post makes and sends digests.
type post struct {
	db     *outbox.Database
	server server
	from   string
	now    func() time.Time
}

// send sends what a user is to be told, first what another process has left, and returns the number of
// digests.
func (p post) send(ctx context.Context, to recipient) (sent int, err error) {
	for {
		waiting, err := p.unsent(ctx, to.user)
		if err != nil {
			return sent, err
		}
		for _, d := range waiting {
			if err := p.server.send(ctx, d, p.from, to.address); err != nil {
				return sent, err
			}
			// The mail is out: that is noted even if ctx has ended.
			if err := p.note(context.WithoutCancel(ctx), d); err != nil {
				return sent, err
			}
			sent++
		}
		if more, err := p.make(ctx, to.user); err != nil || !more {
			return sent, err
		}
	}
}

func (p post) unsent(ctx context.Context, user string) (all []digest, err error) {
	err = p.db.SelectContext(ctx, &all, p.db.Rebind(`
SELECT user_id, after_id, through_id, made_at, matches, text FROM digests
WHERE user_id = ? AND NOT sent ORDER BY after_id`), user)
	return all, err
}

func (p post) note(ctx context.Context, d digest) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := p.db.ExecContext(ctx, p.db.Rebind(
		`UPDATE digests SET sent = true, text = '' WHERE user_id = ? AND after_id = ?`), d.User, d.After)
	return err
}

// make commits the next digest of a user. It reports whether there is something to send, which can
// be the digest of another process that was faster.
func (p post) make(ctx context.Context, user string) (bool, error) {
	d := digest{User: user, MadeAt: p.now().Unix()}
	err := p.db.GetContext(ctx, &d.After, p.db.Rebind(
		`SELECT COALESCE(max(through_id), 0) FROM digests WHERE user_id = ?`), user)
	if err != nil {
		return false, err
	}
	from, gap := d.After, ""
	changes, err := p.db.ForUser(user).ListChanges(ctx, from, store.MaxChanges, store.ChangeMatched)
	if lost, ok := errors.AsType[*store.PrunedError](err); ok {
		gap = "Some matches before these were not kept for long enough to be mailed. The page has them.\n\n"
		from = lost.After
		changes, err = p.db.ForUser(user).ListChanges(ctx, from, store.MaxChanges, store.ChangeMatched)
	}
	if err != nil || len(changes) == 0 {
		return false, err
	}
	d.Through = changes[len(changes)-1].ID
	d.Matches, d.Text = write(changes)
	d.Text = gap + d.Text
	_, err = p.db.NamedExecContext(ctx, `
INSERT INTO digests (user_id, after_id, through_id, made_at, matches, text)
VALUES (:user_id, :after_id, :through_id, :made_at, :matches, :text)
ON CONFLICT DO NOTHING`, d)
	return true, err
}

// write returns the text of a digest, the best match first. A job that matched twice is there once.
func write(changes []store.Change) (matches int, text string) {
	byJob := map[int64]store.Change{}
	for _, c := range changes {
		byJob[c.JobID] = c
	}
	score := func(c store.Change) int {
		if c.Detail.Score == nil {
			return 0
		}
		return *c.Detail.Score
	}
	list := slices.SortedFunc(func(yield func(store.Change) bool) {
		for _, c := range byJob {
			if !yield(c) {
				return
			}
		}
	}, func(a, b store.Change) int { return cmp.Or(score(b)-score(a), cmp.Compare(a.ID, b.ID)) })
	var b strings.Builder
	for _, c := range list {
		where := strings.Trim(c.Lead.Company+", "+c.Lead.Location, ", ")
		title := cmp.Or(c.Lead.Title, "A job that was deleted meanwhile")
		fmt.Fprintf(&b, "%3d  %s\n     %s\n     %s\n\n", score(c), title, where, c.Lead.URL)
	}
	return len(list), b.String()
}
