package enrich

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/agent-forge/forge/lead"
)

// A Basis says what a decision was made with: fingerprints of the résumé and of the scorer, and the
// threshold of the gate, as in "3f9a1c.91be7a.30". An empty Basis is not known. Scores can be compared
// if both are of one résumé and one scorer.
//
// A fingerprint is 24 bits of a SHA-256, so that it shows a change and reveals no text: of all texts
// that somebody could try, one in 16 million has the same fingerprint, and nothing tells which of
// them was meant.
type Basis string

// NewBasis returns the basis of decisions on this résumé, with a scorer of this identity (see
// scorer.Identifier) and at this threshold. Spaces and line breaks of the résumé do not matter, and
// neither does a setting gate=N of the identity: the threshold is a part of its own. If the identity
// is empty, the scorer is not known.
func NewBasis(resume, identity string, threshold int) Basis {
	scorer := ""
	if identity != "" {
		scorer = fingerprint("scorer", gateSetting.ReplaceAllString(identity, ""))
	}
	resume = strings.Join(strings.Fields(resume), " ")
	return Basis(fmt.Sprintf("%s.%s.%d", fingerprint("resume", resume), scorer, threshold))
}

// gateSetting is how scorers and combinators name the gate that they were told.
var gateSetting = regexp.MustCompile(` gate=\d+\b`)

func fingerprint(of, text string) string {
	sum := sha256.Sum256([]byte("forge " + of + "\x00" + text))
	return hex.EncodeToString(sum[:3])
}

// Resume returns the fingerprint of the résumé, empty if b is not known.
func (b Basis) Resume() string {
	resume, _, _ := strings.Cut(string(b), ".")
	return resume
}

// Scorer returns the fingerprint of the scorer, empty if it is not known.
func (b Basis) Scorer() string {
	_, rest, _ := strings.Cut(string(b), ".")
	scorer, _, _ := strings.Cut(rest, ".")
	return scorer
}

// Threshold returns the threshold of the gate. ok is false if b is not known.
func (b Basis) Threshold() (threshold int, ok bool) {
	threshold, err := strconv.Atoi(string(b[strings.LastIndex(string(b), ".")+1:]))
	return threshold, err == nil
}

// Covers reports whether scores of other can be compared with those of b: they are of the same résumé
// and, if b names a scorer, of the same scorer. Thresholds are not compared.
func (b Basis) Covers(other Basis) bool { return strings.HasPrefix(string(other), b.Scores()) }

// Scores returns the part of b that Covers compares, for stores that select by it.
func (b Basis) Scores() string {
	if b.Scorer() == "" {
		return b.Resume() + "."
	}
	return b.Resume() + "." + b.Scorer() + "."
}

var basisForm = regexp.MustCompile(`^[0-9a-f]{6}\.([0-9a-f]{6})?\.([0-9]|[1-9][0-9]|100)$`)

// Validate reports a basis of another form as a [*lead.FieldError].
func (b Basis) Validate() error {
	if b != "" && !basisForm.MatchString(string(b)) {
		return &lead.FieldError{
			Field: "basis", Problem: `want the form "3f9a1c.91be7a.30", or none if it is not known`,
		}
	}
	return nil
}
