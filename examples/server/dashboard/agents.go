package dashboard

import (
	"context"
	"time"
)

// An Agent is what a server knows of one of a user's agents.
type Agent struct {
	Name string // tells it from the user's others: a part of the hash of its token

	LastCall, LastSync, LastDecision time.Time // zero if there was none since the server started

	LastError string    // what the server refused last, empty if nothing
	Failed    time.Time // when
}

// Agents are what a server knows of a user's agents.
type Agents struct {
	Known []Agent   // those that called since then
	Since time.Time // when the server started

	// Found and Decided are when the agents last found a new job and last changed one, which the
	// database knows from before that, too. Zero means never.
	Found, Decided time.Time
}

// silence is how long an agent can be silent before the page warns.
const silence = 48 * time.Hour

// An agentsView is the panel of the agents.
type agentsView struct {
	Agents         []agentView
	Since          string // when the server started, if no agent has called
	Found, Decided string
	Silent         bool
}

type agentView struct {
	Name, Call, Search, Decision string
	Error, Failed                string
}

// agents returns the panel, nil if the server does not know its agents.
func (d *dashboard) agents(ctx context.Context, user string, now time.Time) *agentsView {
	if d.cfg.Agents == nil {
		return nil
	}
	known := d.cfg.Agents(ctx, user)
	v := &agentsView{Found: ago(now, known.Found), Decided: ago(now, known.Decided)}
	last := known.Decided
	for _, a := range known.Known {
		if a.LastCall.After(last) {
			last = a.LastCall
		}
		shown := agentView{
			Call: ago(now, a.LastCall), Search: ago(now, a.LastSync), Decision: ago(now, a.LastDecision),
			Error: a.LastError, Failed: ago(now, a.Failed),
		}
		if len(known.Known) > 1 {
			shown.Name = a.Name
		}
		v.Agents = append(v.Agents, shown)
	}
	if len(v.Agents) == 0 {
		v.Since = ago(now, known.Since)
	}
	v.Silent = !last.IsZero() && now.Sub(last) > silence
	return v
}

// ago says how long ago a time was, and nothing for the zero time.
func ago(now, then time.Time) string {
	switch d := now.Sub(then); {
	case then.IsZero():
		return ""
	case d < time.Minute:
		return "just now"
	case d < 90*time.Minute:
		return count(int(d/time.Minute), "minute") + " ago"
	case d < 36*time.Hour:
		return count(int(d/time.Hour), "hour") + " ago"
	}
	return age(now, then)
}
