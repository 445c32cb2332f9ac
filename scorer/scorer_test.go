package scorer_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/scorer"
)

var (
	_ forge.Scorer        = scorer.Scorer(nil)
	_ scorer.Identifier   = (*scorer.Cascade)(nil)
	_ scorer.Identifier   = (*scorer.NearGate)(nil)
	_ scorer.Identifier   = (*scorer.Cached)(nil)
	_ scorer.ResumeBinder = (*scorer.Cascade)(nil)
	_ scorer.ResumeBinder = (*scorer.NearGate)(nil)
	_ scorer.ResumeBinder = (*scorer.Cached)(nil)
	_ scorer.ResumeBinder = (*scorer.Fallback)(nil)
)

func TestErrorsAreToldApart(t *testing.T) {
	t.Parallel()
	wraps := map[error]error{scorer.ErrCrashed: scorer.ErrUnavailable, scorer.ErrPosting: scorer.ErrReply}
	all := []error{
		scorer.ErrUnavailable, scorer.ErrCrashed, scorer.ErrReply, scorer.ErrPosting, scorer.ErrTooLong,
	}
	for i, err := range all {
		require.Contains(t, err.Error(), "scorer: ")
		for j, other := range all {
			want := i == j || errors.Is(wraps[err], other)
			require.Equal(t, want, errors.Is(err, other), "%v is %v", err, other)
		}
	}
}
