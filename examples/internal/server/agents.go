package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge/examples/server/dashboard"
	"github.com/agent-forge/forge/store/driver"
	"github.com/agent-forge/forge/store/rest"
)

// agents remember when each user's agents called, since the server started: agents say nothing of
// themselves. What they did before that is read from the database.
type agents struct {
	now   func() time.Time
	start time.Time

	mu     sync.Mutex
	byUser map[string]map[hash]*dashboard.Agent
	last   map[string]work // of users whose agents have not called
}

// A work is what the database says of a user's agents.
type work struct {
	found, decided time.Time
	asked          time.Time
}

// workEvery is how long it is not asked again: it walks through all jobs of the user.
const workEvery = time.Minute

func newAgents(now func() time.Time) *agents {
	if now == nil {
		now = time.Now
	}
	return &agents{
		now: now, start: now(), byUser: map[string]map[hash]*dashboard.Agent{}, last: map[string]work{},
	}
}

// watched notes the calls that only agents make. Only known tokens are noted, so that there are few.
func (a *agents) watched(known *tokens, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := sha256.Sum256([]byte(rest.BearerToken(r)))
		who, err := known.identify(token)
		if err != nil || who.ViewOnly || r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		answer := &recorder{ResponseWriter: w}
		defer func() { a.note(who.User, token, r.URL.Path, answer.status) }()
		next.ServeHTTP(answer, r)
	})
}

func (a *agents) note(user string, token hash, path string, status int) {
	call := path[strings.LastIndexByte(path, '/')+1:]
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byUser[user] == nil {
		a.byUser[user] = map[hash]*dashboard.Agent{}
	}
	agent := a.byUser[user][token]
	if agent == nil {
		agent = &dashboard.Agent{Name: hex.EncodeToString(token[:3])}
		a.byUser[user][token] = agent
	}
	delete(a.last, user)
	agent.LastCall = now
	switch {
	case status >= http.StatusBadRequest:
		agent.LastError, agent.Failed = fmt.Sprintf("%s: %d %s", call, status, http.StatusText(status)), now
	case call == "sync":
		agent.LastSync = now
	case call == "enrich":
		agent.LastDecision = now
	}
}

// knownAgents returns what is known of a user's agents. Only if none has called yet, the database is
// asked. If it does not answer, the page says less.
func knownAgents(ctx context.Context, a *agents, c *counts, user string) dashboard.Agents {
	known := dashboard.Agents{Known: a.of(user), Since: a.start}
	if len(known.Known) > 0 {
		return known
	}
	a.mu.Lock()
	last, asked := a.last[user]
	a.mu.Unlock()
	if !asked || a.now().Sub(last.asked) >= workEvery {
		found, decided, err := c.lastWork(ctx, user)
		if err != nil {
			return known
		}
		last = work{found, decided, a.now()}
		a.mu.Lock()
		a.last[user] = last
		a.mu.Unlock()
	}
	known.Found, known.Decided = last.found, last.decided
	return known
}

// of returns the user's agents that have called, the one that called last first.
func (a *agents) of(user string) (all []dashboard.Agent) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, agent := range a.byUser[user] {
		all = append(all, *agent)
	}
	slices.SortFunc(all, func(x, y dashboard.Agent) int {
		return cmp.Or(y.LastCall.Compare(x.LastCall), cmp.Compare(x.Name, y.Name))
	})
	return all
}

// lastWork returns when a user's agents last found a new job and last decided or released one.
func (c *counts) lastWork(ctx context.Context, user string) (found, decided time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // the page waits for it
	defer cancel()
	var last [2]driver.Time
	err = c.db.QueryRowContext(ctx, `SELECT max(discovered_at), max(updated_at) FROM user_job_map
		WHERE user_id = $1`, user).Scan(&last[0], &last[1])
	return last[0].Time, last[1].Time, err
}
