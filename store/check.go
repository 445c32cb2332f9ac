package store

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// CheckUser refuses a user's name that is blank, longer than [MaxUserBytes], or not printable, with ErrInvalid.
func CheckUser(user string) error {
	switch {
	case strings.TrimSpace(user) == "":
		return invalid("user", "blank")
	case len(user) > MaxUserBytes:
		return invalid("user", fmt.Sprintf("%d bytes, at most %d are allowed", len(user), MaxUserBytes))
	case !utf8.ValidString(user) || strings.ContainsFunc(user, unicode.IsControl):
		return invalid("user", "holds control characters or invalid UTF-8")
	}
	return nil
}

// CheckLease refuses a lease that is not positive or longer than [MaxLease], with ErrInvalid.
func CheckLease(lease time.Duration) error {
	if lease <= 0 || lease > MaxLease {
		return invalid("lease", fmt.Sprintf("want more than 0 and at most %v", MaxLease))
	}
	return nil
}

// CheckClaim refuses the arguments of a Claim that break the contract, with ErrInvalid.
func CheckClaim(n int, lease time.Duration, sources []string) error {
	if n < 1 || n > MaxClaim {
		return invalid("n", fmt.Sprintf("%d is out of range: want 1 to %d", n, MaxClaim))
	}
	for _, s := range sources {
		if err := (lead.Key{Source: s, ExternalID: "any"}).Validate(); err != nil {
			return fmt.Errorf("%w: sources: %w", ErrInvalid, err)
		}
	}
	return CheckLease(lease)
}

// PrepareResult returns the result that Enrich stores: repaired and checked. What cannot be stored is ErrInvalid and names
// the field.
func PrepareResult(r enrich.Decision) (enrich.Decision, error) {
	r = r.Clean()
	if err := r.Validate(); err != nil {
		return r, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return r, nil
}

// CheckMark refuses a status that Mark cannot set, with ErrInvalid: the pipeline's own but MATCHED, and malformed ones.
func CheckMark(s lead.Status) error {
	if s != lead.Matched && !s.Application() {
		return invalid("status", "want a status of the application, ^[A-Z][A-Z_]{0,31}$ and none of the pipeline's, or MATCHED to take one back")
	}
	return nil
}

// CheckMarkFrom refuses to take back a status that the application never set, with ErrInvalid: MATCHED is reached by Mark
// only from the application's own statuses and from itself.
func CheckMarkFrom(from, to lead.Status) error {
	if to == lead.Matched && from != lead.Matched && !from.Application() {
		return invalid("status", "the job is "+string(from)+": only a status of the application can be taken back to MATCHED")
	}
	return nil
}

// Validate reports, as ErrInvalid, a status that ends no claim, a negative or senseless After, or an over-long cause.
func (o Outcome) Validate() error {
	switch o.Status {
	case "":
		if o.After < 0 {
			return invalid("after", "negative; 0 means due at once")
		}
		if o.After > 10*365*24*time.Hour {
			return invalid("after", "longer than ten years; use FAILED")
		}
	case lead.Failed, lead.Closed:
		if o.After != 0 {
			return invalid("after", "a job that is "+string(o.Status)+" is not due again")
		}
	default:
		return invalid("status", "want none, FAILED or CLOSED")
	}
	if len(o.Cause) > MaxCauseBytes {
		return invalid("cause", fmt.Sprintf("%d bytes, at most %d are allowed", len(o.Cause), MaxCauseBytes))
	}
	return nil
}

// Clean returns o with its cause repaired: valid UTF-8, one line, no control characters.
func (o Outcome) Clean() Outcome {
	o.Cause = lead.CleanLine(o.Cause)
	return o
}

// Validate reports, as ErrInvalid, a malformed status, a number out of range or a cursor that no page returned.
func (f Filter) Validate() error {
	if err := checkStatuses(f.Statuses); err != nil {
		return err
	}
	switch {
	case f.MinScore < 0 || f.MinScore > 100:
		return invalid("min_score", "want 0 (any) to 100")
	case f.Limit < 0 || f.Limit > MaxPage:
		return invalid("limit", fmt.Sprintf("want 1 to %d, or 0 for %d", MaxPage, DefaultPage))
	case len(f.Text) > 500 || !utf8.ValidString(f.Text) || strings.ContainsRune(f.Text, 0):
		return invalid("text", "want at most 500 bytes of valid UTF-8 without NUL")
	}
	_, err := ParseCursor(f.Cursor)
	return err
}

// PageLimit returns how many entries a page holds: Limit, or [DefaultPage].
func (f Filter) PageLimit() int {
	if f.Limit == 0 {
		return DefaultPage
	}
	return f.Limit
}

// Validate reports, as ErrInvalid, a selection that selects nothing by being empty, has too many ids or a malformed status.
func (s Selection) Validate() error {
	switch {
	case len(s.IDs) == 0 && len(s.Statuses) == 0 && s.ScoredBy == "":
		return invalid("selection", "empty: name ids, statuses or a scorer")
	case len(s.IDs) > MaxBatch:
		return invalid("ids", fmt.Sprintf("%d, at most %d are allowed", len(s.IDs), MaxBatch))
	case len(s.ScoredBy) > enrich.MaxByBytes || !utf8.ValidString(s.ScoredBy) || strings.ContainsRune(s.ScoredBy, 0):
		return invalid("scored_by", fmt.Sprintf("want at most %d bytes of valid UTF-8 without NUL", enrich.MaxByBytes))
	}
	return checkStatuses(s.Statuses)
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
