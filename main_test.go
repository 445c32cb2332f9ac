package forge_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Whatever a run met, no goroutine of it is left when it has returned.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
