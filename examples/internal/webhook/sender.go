package webhook

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/agent-forge/forge/examples/internal/outbox"
	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/store"
)

// tables are the sender's own.
const tables = `
CREATE TABLE IF NOT EXISTS webhook_cursors (
	user_id text NOT NULL,
	url text NOT NULL,
	change_id bigint NOT NULL, -- the last change that the receiver has
	gone boolean NOT NULL DEFAULT false, -- it answered with 410
	PRIMARY KEY (user_id, url)
)`

// A sender posts what happens to the receivers.
type sender struct {
	db      *outbox.Database
	kinds   []store.ChangeKind
	client  *http.Client
	retries backoff.Doubling
	log     *slog.Logger
}

// retries are repeated for ever, because a change that a receiver lacks can be a job that its user
// never sees. After store.KeepChanges at the latest, the change is pruned.
var retries = backoff.Doubling{First: 2 * time.Second, Longest: 10 * time.Minute}

const (
	timeout   = 20 * time.Second // of one request, from connecting to the last byte
	maxAnswer = 64 << 10         // bytes that are read of an answer, so that its connection can be used again
)

// newClient returns a client that follows no redirect: a body with a signature is for one URL.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       timeout,
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// errGone means that the receiver wants nothing any more.
var errGone = errors.New("the receiver answered 410 Gone")

// follow sends one user's changes to one receiver until ctx ends or the receiver is gone.
func (s *sender) follow(ctx context.Context, to receiver) {
	for retry := 1; ; retry++ {
		began := time.Now()
		err := s.send(ctx, to)
		if err == nil || time.Since(began) > s.retries.Longest {
			retry = 0
		}
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			continue
		case errors.Is(err, errGone):
			s.log.Warn("receiver is gone: nothing is sent to it any more", "host", to.host)
			return
		}
		s.log.Error("cannot read changes", "host", to.host, "error", err)
		if backoff.Sleep(ctx, s.retries.Delay(retry)) != nil {
			return
		}
	}
}

// send sends what comes after the cursor. It returns what keeps it from going on, and nil after a gap.
func (s *sender) send(ctx context.Context, to receiver) error {
	after, err := s.cursor(ctx, to)
	if err != nil {
		return err
	}
	for c, err := range s.db.ForUser(to.user).Changes(ctx, after, s.kinds...) {
		var id string
		var body []byte
		if lost, ok := errors.AsType[*store.PrunedError](err); ok {
			s.log.Error("changes were pruned before they were sent", "host", to.host, "through", lost.After)
			c.ID = lost.After
			id, body, err = pruned(to.user, lost.After, time.Now())
		} else if err == nil {
			id, body, err = changed(to.user, c)
		}
		if err == nil {
			err = s.deliver(ctx, to, id, body)
		}
		// What became of it is noted, also if ctx has ended meanwhile.
		switch {
		case errors.Is(err, errGone):
			return errors.Join(err, s.note(context.WithoutCancel(ctx), to, c.ID-1, true))
		case err == nil:
			err = s.note(context.WithoutCancel(ctx), to, c.ID, false)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// deliver posts one request until the receiver has it, is gone, or ctx ends.
func (s *sender) deliver(ctx context.Context, to receiver, id string, body []byte) error {
	for retry := 1; ; retry++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait, err := s.post(context.WithoutCancel(ctx), to, id, body) // it ends within the client's timeout
		if err == nil || errors.Is(err, errGone) {
			return err
		}
		wait = max(wait, s.retries.Delay(retry))
		s.log.Warn("not delivered; it is repeated", "host", to.host, "id", id, "retry", retry, "delay", wait,
			"error", err)
		if err := backoff.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// post makes one attempt. wait is what the receiver asks for.
func (s *sender) post(
	ctx context.Context, to receiver, id string, body []byte,
) (wait time.Duration, err error) {
	now := time.Now()
	signature, err := to.sign.Sign(id, now, body)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("not a URL that can be posted to")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "forge-webhook")
	request.Header.Set(standardwebhooks.HeaderWebhookID, id)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	answer, err := s.client.Do(request)
	if err != nil {
		return 0, errors.Unwrap(err) // without the URL
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer)
	switch {
	case answer.StatusCode/100 == 2:
		return 0, nil
	case answer.StatusCode == http.StatusGone:
		return 0, errGone
	case answer.StatusCode/100 == 3:
		return 0, fmt.Errorf("the answer is %s: redirects are refused; correct the URL", answer.Status)
	}
	wait, _ = backoff.FromHeader(answer.Header, time.Now())
	return wait, fmt.Errorf("the answer is %s", answer.Status)
}

// cursor returns the last change that a receiver has.
func (s *sender) cursor(ctx context.Context, to receiver) (int64, error) {
	var at struct {
		ChangeID int64 `db:"change_id"`
		Gone     bool  `db:"gone"`
	}
	err := s.db.GetContext(ctx, &at, s.db.Rebind(
		`SELECT change_id, gone FROM webhook_cursors WHERE user_id = ? AND url = ?`), to.user, to.url)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil
	case err == nil && at.Gone:
		return 0, errGone
	}
	return at.ChangeID, err
}

// note stores the cursor of a receiver.
func (s *sender) note(ctx context.Context, to receiver, id int64, gone bool) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := s.db.ExecContext(ctx, s.db.Rebind(`
INSERT INTO webhook_cursors (user_id, url, change_id, gone) VALUES (?, ?, ?, ?)
ON CONFLICT (user_id, url) DO UPDATE SET change_id = excluded.change_id, gone = excluded.gone`),
		to.user, to.url, id, gone)
	return err
}
