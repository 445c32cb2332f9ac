package scorertest

import (
	"testing"
	"time"

	"github.com/agent-forge/forge/internal/suite"
)

// FailuresWithin runs one case, which may take limit, and returns what it said.
func FailuresWithin(t *testing.T, open Open, name string, limit time.Duration) string {
	t.Helper()
	return suite.Failures(t, cases(open), func(n string) bool { return n == name }, limit)[name]
}
