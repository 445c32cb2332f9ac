package scorer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/agent-forge/forge/lead"
)

// An Identifier is a scorer that can name all that its answers depend on besides résumé and
// posting: its algorithm, its model's digest, the version of its prompt. Two scorers with one
// identity can use one another's answers. A scorer that is told the gate names it as " gate=N", which
// an [enrich.Basis] leaves out: another gate makes no other scorer. Every scorer and combinator that
// ships with forge is one, but [Fallback], whose answers depend on what is down.
type Identifier interface {
	// Identity may ask the server that runs the model, and returns an error that wraps
	// [ErrUnavailable] if that is down.
	Identity(ctx context.Context) (string, error)
}

// identifiable reports whether s and all that it is made of can be identified.
func identifiable(s Scorer) bool {
	if c, ok := s.(interface{ parts() []Scorer }); ok {
		for _, p := range c.parts() {
			if !identifiable(p) {
				return false
			}
		}
	}
	_, ok := s.(Identifier)
	return ok
}

// errNoIdentity is what a combinator answers for a part that is no Identifier.
var errNoIdentity = errors.New("scorer: no identity: a part of this scorer has no Identity method")

// compose names a combinator by its settings and its parts.
func compose(ctx context.Context, settings string, parts ...Scorer) (string, error) {
	names := make([]string, len(parts))
	for i, p := range parts {
		id, ok := p.(Identifier)
		if !ok {
			return "", errNoIdentity
		}
		name, err := id.Identity(ctx)
		if err != nil {
			return "", err
		}
		names[i] = name
	}
	return settings + "(" + strings.Join(names, ", ") + ")", nil
}

func missing(field, fix string) error {
	return fmt.Errorf("scorer: %w", &lead.FieldError{Field: field, Problem: "missing: " + fix})
}

func outOfRange(field, want string) error {
	return fmt.Errorf("scorer: %w", &lead.FieldError{Field: field, Problem: "out of range: want " + want})
}
