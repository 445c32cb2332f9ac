package main

import (
	"path/filepath"
	"testing"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/storetest"
)

func openFile(tb testing.TB, env storetest.Env) func(user string) forge.Store {
	tb.Helper()
	f := &file{path: filepath.Join(tb.TempDir(), "jobs.json"), now: env.Now, recheck: env.RecheckAfter}
	return func(user string) forge.Store { return f.forUser(user) }
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, openFile)
}
