package driver

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/enrich/twin"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// invalid wraps a field's problem in store.ErrInvalid.
func invalid(field, problem string) error {
	return fmt.Errorf("%w: %w", store.ErrInvalid, &lead.FieldError{Field: field, Problem: problem})
}

// CheckLease refuses a lease that is not positive or longer than store.MaxLease, with
// store.ErrInvalid.
func CheckLease(lease time.Duration) error {
	if lease <= 0 || lease > store.MaxLease {
		return invalid("lease", fmt.Sprintf("want more than 0 and at most %v", store.MaxLease))
	}
	return nil
}

// CheckClaim refuses the arguments of a Claim that break the contract, with store.ErrInvalid.
func CheckClaim(n int, lease time.Duration, sources []string) error {
	if n < 1 || n > store.MaxClaim {
		return invalid("n", fmt.Sprintf("%d is out of range: want 1 to %d", n, store.MaxClaim))
	}
	for _, s := range sources {
		if err := (lead.Key{Source: s, ExternalID: "any"}).Validate(); err != nil {
			return fmt.Errorf("%w: sources: %w", store.ErrInvalid, err)
		}
	}
	return CheckLease(lease)
}

// CheckMark refuses a status that Mark cannot set, with store.ErrInvalid: a malformed one, and each
// of the pipeline's but MATCHED.
func CheckMark(s lead.Status) error {
	if s != lead.Matched && !s.Application() {
		return invalid(
			"status",
			"want a status of the application, ^[A-Z][A-Z_]{0,31}$ and none of the pipeline's, or "+
				"MATCHED to take one back",
		)
	}
	return nil
}

// CheckSelection refuses a selection that is empty, has too many ids or has a malformed status,
// with store.ErrInvalid.
func CheckSelection(s store.Selection) error {
	switch {
	case len(s.IDs) == 0 && len(s.Statuses) == 0 && s.ScoredBy == "" && s.NotBasis == "":
		return invalid("selection", "empty: name ids, statuses, a scorer or a basis")
	case len(s.IDs) > store.MaxBatch:
		return invalid("ids", fmt.Sprintf("%d, at most %d are allowed", len(s.IDs), store.MaxBatch))
	case len(s.ScoredBy) > enrich.MaxByBytes,
		!utf8.ValidString(s.ScoredBy),
		strings.ContainsRune(s.ScoredBy, 0):
		return invalid("scored_by",
			fmt.Sprintf("want at most %d bytes of valid UTF-8 without NUL", enrich.MaxByBytes))
	}
	if err := s.NotBasis.Validate(); err != nil {
		return invalid("not_basis", "want the form of a basis")
	}
	return checkStatuses(s.Statuses)
}

// Scores returns the part of a basis that a selection compares, empty if none is set.
func Scores(b enrich.Basis) string {
	if b == "" {
		return ""
	}
	return b.Scores()
}

func checkStatuses(statuses []lead.Status) error {
	if len(statuses) > 50 {
		return invalid("statuses", "more than 50")
	}
	for _, s := range statuses {
		if !s.Valid() {
			return invalid("statuses", "each must match ^[A-Z][A-Z_]{0,31}$")
		}
	}
	return nil
}

// PrepareDecision returns the decision that Decide stores, with its texts repaired and with the
// fingerprint of the text that it carries. A decision that
// cannot be stored is store.ErrInvalid, and the error names the field.
func PrepareDecision(d enrich.Decision) (enrich.Decision, error) {
	d = d.Clean()
	if err := d.Validate(); err != nil {
		return d, fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	if d.Data != nil && d.Fingerprint == 0 {
		d.Fingerprint = uint64(twin.FingerprintOf(d.Data.Description))
	}
	return d, nil
}

// PrepareOutcome returns the outcome that Release stores, with its cause on one line and as valid
// UTF-8. It refuses a status that ends no claim, a negative or senseless After, and an over-long
// cause, with store.ErrInvalid.
func PrepareOutcome(o store.Outcome) (store.Outcome, error) {
	o.Cause = lead.CleanLine(o.Cause)
	switch o.Status {
	case "":
		if o.After < 0 {
			return o, invalid("after", "negative; 0 means due at once")
		}
		if o.After > store.MaxAfter {
			return o, invalid("after", fmt.Sprintf("longer than %v; use FAILED", store.MaxAfter))
		}
	case lead.Failed, lead.Closed:
		if o.After != 0 {
			return o, invalid("after", "a job that is "+string(o.Status)+" is not due again")
		}
	default:
		return o, invalid("status", "want none, FAILED or CLOSED")
	}
	if len(o.Cause) > store.MaxCauseBytes {
		return o, invalid("cause",
			fmt.Sprintf("%d bytes, at most %d are allowed", len(o.Cause), store.MaxCauseBytes))
	}
	return o, nil
}
