package forge_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// Whatever a run met, no goroutine of it is left when it has returned.
func TestMain(m *testing.M) {
	if dir := os.Getenv(victimEnv); dir != "" {
		os.Exit(victim(dir))
	}
	goleak.VerifyTestMain(m)
}

// soak reports whether the long versions of tests are asked for.
func soak() bool { return os.Getenv("FORGE_SOAK") == "1" }
