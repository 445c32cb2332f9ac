package webhook

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A message is the body of a request. It never holds text of a posting or of a résumé.
type message struct {
	Type string    `json:"type"` // "job.matched" and so on, or "changes.pruned"
	At   time.Time `json:"timestamp"`
	Data any       `json:"data"`
}

// A change is what happened to a job.
type change struct {
	ID     int64       `json:"id"`
	User   string      `json:"user"`
	JobID  int64       `json:"job_id"`
	Score  *int        `json:"match_score,omitempty"`
	Status lead.Status `json:"status,omitempty"`
	Cause  string      `json:"error,omitempty"`
	lead.Lead
}

// A gap tells a receiver that changes up to an id were pruned before it had them.
type gap struct {
	User    string `json:"user"`
	Through int64  `json:"through"`
}

// changed returns the id and the body of the request for a change. The id is the same in every repeat.
// It holds the time of the change, because a catalogue that is restored from a backup gives out the
// numbers again.
func changed(user string, c store.Change) (id string, body []byte, err error) {
	body, err = json.Marshal(message{
		Type: "job." + strings.ToLower(string(c.Kind)), At: c.At.UTC(),
		Data: change{c.ID, user, c.JobID, c.Detail.Score, c.Detail.Status, c.Detail.Cause, c.Lead},
	})
	return fmt.Sprintf("forge_%d_%d", c.ID, c.At.UnixMicro()), body, err
}

// pruned returns the id and the body of the request for a gap.
func pruned(user string, through int64, now time.Time) (id string, body []byte, err error) {
	body, err = json.Marshal(message{"changes.pruned", now.UTC(), gap{user, through}})
	return fmt.Sprintf("forge_pruned_%d", through), body, err
}
