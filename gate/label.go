package gate

import (
	"fmt"
	"math"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// An Origin says how a label came to be known: the status that the user gave the job ("APPLIED",
// "SAVED", "INTERVIEW", "DISMISSED"), or [OriginAudit].
type Origin string

// OriginAudit is the origin of a label that the user gave to a rejected job which an audit drew. A
// job that an audit drew keeps this origin whatever status it gets afterwards.
//
// A store that gives every rejected job a random rank once, by a hash of its id, and always asks
// about the lowest ranks that were not judged, has drawn a simple random sample: the judged jobs. It
// need not keep a probability, which is the number of judged jobs divided by the number of rejected
// jobs of that stratum when the labels are read.
const OriginAudit Origin = "AUDIT"

// OriginKept is the origin of a label of a rejected job that the user told the store to keep.
const OriginKept Origin = "KEPT"

// A Label is what a user said of one scored job: whether it was worth a look.
type Label struct {
	JobID int64  // the store's id of the job
	Score int    // as the gate saw it, 0 to 100
	By    string // the scorer that gave the score, see [enrich.Assessment.By]

	// Unverified reports that the score was unverified, so that the gate keeps the job whatever
	// the score is.
	Unverified bool

	// Worth reports that the job was worth a look to the user.
	Worth bool

	Origin Origin

	// Probability is that with which the job came to be seen by the user. It is 1 for a job that
	// the gate kept. For a job that an audit drew it is the share of the judged jobs among the
	// rejected jobs of its stratum (see [Count]), so that 1/Probability is the number of rejected
	// jobs for which the label stands. It is 0 if the probability is not known, as for a rejected
	// job that the user searched for, reopened and applied to.
	Probability float64
}

// Validate reports a score outside 0 to 100, an origin or a scorer's name that is not valid, or a
// probability outside 0 to 1 as a [*lead.FieldError].
func (l Label) Validate() error {
	switch {
	case l.Score < 0 || l.Score > 100:
		return &lead.FieldError{
			Field:   "score",
			Problem: fmt.Sprintf("%d is out of range: want 0 to 100", l.Score),
		}
	case len(l.By) > enrich.MaxByBytes:
		return &lead.FieldError{
			Field:   "by",
			Problem: fmt.Sprintf("%d bytes, at most %d are allowed", len(l.By), enrich.MaxByBytes),
		}
	case !lead.Status(l.Origin).Valid():
		return &lead.FieldError{
			Field: "origin", Problem: "want a status in capitals, such as APPLIED, or " + string(OriginAudit),
		}
	case math.IsNaN(l.Probability) || l.Probability < 0 || l.Probability > 1:
		return &lead.FieldError{
			Field:   "probability",
			Problem: fmt.Sprintf("%v is out of range: want 0 (not known) to 1", l.Probability),
		}
	case l.Origin == OriginAudit && l.Probability == 0:
		return &lead.FieldError{Field: "probability", Problem: "0: an audit draws with a known probability"}
	}
	return nil
}
