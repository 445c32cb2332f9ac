package lead

import (
	"fmt"
	"strings"
)

// A Key identifies a job across the whole system: two boards may use the same number. It is
// comparable.
type Key struct{ Source, ExternalID string }

// String returns "source:external_id", which [ParseKey] reads back.
func (k Key) String() string { return k.Source + ":" + k.ExternalID }

// Compare orders keys by source, then by external id, byte by byte. Stores lock rows in this order,
// so that two batches that overlap cannot deadlock.
func (k Key) Compare(o Key) int {
	if c := strings.Compare(k.Source, o.Source); c != 0 {
		return c
	}
	return strings.Compare(k.ExternalID, o.ExternalID)
}

// ParseKey reads what [Key.String] wrote. The source ends at the first colon; the external id may
// hold more of them.
func ParseKey(s string) (Key, error) {
	source, id, ok := strings.Cut(s, ":")
	if !ok {
		wrong := &FieldError{Field: "key", Problem: `want "source:external_id"`}
		return Key{}, fmt.Errorf("lead: parse key: %w", wrong)
	}
	k := Key{Source: source, ExternalID: id}
	if err := k.Validate(); err != nil {
		return Key{}, fmt.Errorf("lead: parse key: %w", err)
	}
	return k, nil
}

// Validate reports the field that is missing or malformed, as a [*FieldError].
func (k Key) Validate() error {
	if problem := sourceProblem(k.Source); problem != "" {
		return &FieldError{Field: "source", Problem: problem}
	}
	switch {
	case k.ExternalID == "":
		return &FieldError{Field: "external_id", Problem: "missing"}
	case len(k.ExternalID) > MaxExternalIDBytes:
		return &FieldError{
			Field: "external_id", Problem: tooLong(len(k.ExternalID), MaxExternalIDBytes, "bytes"),
		}
	case CleanLine(k.ExternalID) != k.ExternalID:
		return &FieldError{
			Field: "external_id", Problem: "holds control characters, stray spaces or invalid UTF-8",
		}
	}
	return nil
}

// sourceProblem says what is wrong with a board's name, or "". The alphabet keeps keys printable
// and free of colons.
func sourceProblem(s string) string {
	if s == "" {
		return "missing"
	}
	if len(s) > MaxSourceBytes {
		return tooLong(len(s), MaxSourceBytes, "bytes")
	}
	for i, r := range []byte(s) {
		letter := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		if !letter && (i == 0 || !strings.ContainsRune("._-", rune(r))) {
			return "want lower-case letters, digits, '.', '_' or '-', beginning with a letter or digit"
		}
	}
	return ""
}
