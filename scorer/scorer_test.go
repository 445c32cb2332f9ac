package scorer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/scorer"
)

// The two interfaces are one method set: what this package's combinators return goes into a forge.Config, and back.
var (
	_ forge.Scorer  = scorer.Scorer(nil)
	_ scorer.Scorer = forge.Scorer(nil)
)

func TestTheErrorsAreThreeThings(t *testing.T) {
	t.Parallel()
	all := []error{scorer.ErrUnavailable, scorer.ErrReply, scorer.ErrTooLong}
	for i, err := range all {
		require.Contains(t, err.Error(), "scorer: ")
		for j, other := range all {
			require.Equal(t, i == j, err == other) //nolint:errorlint // identity is what is asked
		}
	}
}
