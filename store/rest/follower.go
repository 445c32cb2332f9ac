package rest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/store"
)

// silence is how long a client waits for a sign of life of a stream.
const silence = 3 * heartbeat

// A follower reads streams of changes, each from where the one before was cut.
type follower struct {
	client *Client
	after  int64
	kinds  []store.ChangeKind
	yield  func(store.Change, error) bool
}

// errStopped means that the caller wants no more.
var errStopped = errors.New("stopped")

// follow returns the error with which the sequence ends, nil if the caller ended it.
func (f *follower) follow(ctx context.Context) error {
	lost := time.Now() // when the last stream ended
	for retry := 1; ; retry++ {
		fail, answered := f.stream(ctx)
		switch {
		case errors.Is(fail.err, errStopped):
			return nil
		case ctx.Err() != nil:
			return ended(ctx, fail.err)
		case !fail.passing, f.client.opts.RetryFor < 0 && !answered:
			return fail.err
		}
		if answered {
			retry, lost = 1, time.Now()
		}
		pause := max(retries.Delay(retry), backoff.FromError(fail.err))
		if time.Since(lost)+pause > f.client.opts.RetryFor && !answered {
			return fmt.Errorf("gave up after %v: %w", time.Since(lost).Round(time.Millisecond), fail.err)
		}
		if backoff.Sleep(ctx, pause) != nil {
			return ended(ctx, fail.err)
		}
	}
}

// stream reads one stream until it ends. answered reports whether it began.
func (f *follower) stream(ctx context.Context) (fail *failure, answered bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	idle := time.AfterFunc(f.client.opts.Timeout, cancel)
	defer idle.Stop()
	at := f.client.base.JoinPath(prefix, "/jobs/changes")
	at.RawQuery = queryOf(f.after, f.kinds).Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return &failure{err: err}, false
	}
	request.Header.Set("Accept", jsonLines)
	f.client.authorize(request)
	response, err := f.client.http.Do(request)
	if err != nil {
		return &failure{err: transport(err), passing: true}, false
	}
	defer func() { _ = response.Body.Close() }()
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if response.StatusCode != http.StatusOK || media != jsonLines {
		data, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
		if err != nil {
			return &failure{err: transport(err), passing: true}, false
		}
		return read(response, data, nil), false
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, maxLeadBytes)
	for lines.Scan() {
		idle.Reset(silence)
		if len(lines.Bytes()) == 0 {
			continue
		}
		var a changeAnswer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			break // cut in the middle of a line
		}
		idle.Stop() // the caller may take its time
		if !f.yield(a.change(), nil) {
			return &failure{err: errStopped}, true
		}
		f.after = a.ID
		idle.Reset(silence)
	}
	return &failure{
		err: fmt.Errorf("%w: the stream was cut", ErrUnavailable), passing: true,
	}, true
}
