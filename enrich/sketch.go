package enrich

import (
	"fmt"

	"github.com/agent-forge/forge/lead"
)

// MaxSketchBytes is the length of the longest [Sketch].
const MaxSketchBytes = 256

// A Sketch is what a scorer understood of a posting that was rejected, so that the job can be judged
// against another résumé after its text was dropped. It holds numbers of skills, roles and words of
// work on the scorer's own lists, and none of the posting's words. Only the scorer that made it reads
// it. A nil Sketch is none.
type Sketch []byte

// Validate reports a sketch that is longer than [MaxSketchBytes] as a [*lead.FieldError].
func (s Sketch) Validate() error {
	if len(s) > MaxSketchBytes {
		return &lead.FieldError{
			Field: "sketch", Problem: fmt.Sprintf("%d bytes, at most %d are allowed", len(s), MaxSketchBytes),
		}
	}
	return nil
}
