package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/store"
)

const (
	// heartbeat is how often a stream that has nothing to say shows that it lives. The token is
	// checked as often.
	heartbeat = 15 * time.Second
	// writeTimeout bounds one write of a stream, so that a client that reads nothing holds nothing.
	writeTimeout = 30 * time.Second
	// defaultMaxStreams is for [Config.MaxStreams].
	defaultMaxStreams = 8
)

// A stream is an answer that goes on until the client leaves, its token is revoked, or the server
// stops.
type stream struct {
	media   string
	watcher forge.Watcher
	after   int64
	kinds   []store.ChangeKind
}

// A streams counts the open streams of each user.
type streams struct {
	mu   sync.Mutex
	open map[string]int
}

// enter takes one of a user's streams, and returns what gives it back.
func (s *streams) enter(user string, most int) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[user] >= most {
		return nil, false
	}
	if s.open == nil {
		s.open = map[string]int{}
	}
	s.open[user]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[user]--; s.open[user] == 0 {
			delete(s.open, user)
		}
	}, true
}

// send writes the changes of a stream as they come.
func (h *handler) send(w http.ResponseWriter, r *http.Request, user string, s stream) {
	leave, ok := h.streams.enter(user, h.cfg.MaxStreams)
	if !ok {
		h.fail(w, &Error{Wait: heartbeat, Err: ErrRateLimited})
		return
	}
	defer leave()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	headers(w, s.media)
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep what is to arrive at once
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	// A stream reads nothing. The server's own limit of reading a request would end it.
	_ = control.SetReadDeadline(time.Time{})
	out := streamWriter{w: w, control: control, media: s.media}
	if out.beat() != nil {
		return
	}
	changes := make(chan store.Change)
	go func() {
		defer close(changes)
		for c, err := range s.watcher.Changes(ctx, s.after, s.kinds...) {
			if err != nil {
				if ctx.Err() == nil {
					h.log.Error("stream of changes ended", "error", err)
				}
				return
			}
			select {
			case changes <- c:
			case <-ctx.Done():
				return
			}
		}
	}()
	ticker := time.NewTicker(h.heartbeat)
	defer ticker.Stop()
	for {
		var err error
		select {
		case c, ok := <-changes:
			if !ok {
				return
			}
			err = out.change(changeOf(c))
		case <-ticker.C:
			if !h.still(r, user) {
				return
			}
			err = out.beat()
		case <-h.cfg.Stopping:
			return
		case <-ctx.Done():
			return
		}
		if err != nil {
			return // the client went away; it resumes where it was
		}
	}
}

// still reports whether a request's token is valid. While tokens cannot be checked, it is.
func (h *handler) still(r *http.Request, user string) bool {
	who, err := h.cfg.Authenticate(r)
	if err != nil {
		return errors.Is(err, ErrUnavailable) || errors.Is(err, ErrRateLimited) || backoff.FromError(err) > 0
	}
	return who.User == user
}

// A streamWriter writes JSON lines or server-sent events.
type streamWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	media   string
}

// change writes one change.
func (o *streamWriter) change(c changeAnswer) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if o.media == serverEvents {
		return o.write(fmt.Appendf(nil, "id: %d\nevent: %s\ndata: %s\n\n", c.ID, c.Kind, data))
	}
	return o.write(append(data, '\n'))
}

// beat writes what readers skip: a comment, or a blank line.
func (o *streamWriter) beat() error {
	if o.media == serverEvents {
		return o.write([]byte(": alive\n\n"))
	}
	return o.write([]byte("\n"))
}

func (o *streamWriter) write(b []byte) error {
	// The server's own limit of one write counts from the request. A writer without one has none.
	_ = o.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := o.w.Write(b); err != nil {
		return err
	}
	return o.control.Flush()
}
