package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A mutation is a mistake that an author could make, seeded into one of the adapters, the case of
// the suite that catches it, and what the case says.
type mutation[O any] struct {
	mistake string
	open    O
	caught  string // "Topic/case", or the beginning of it
	says    string
}

// sample is how many mutations stand for one that is tried without FORGE_SOAK=1.
const sample = 8

// catches runs the case of each mutation, and requires its message. A correct adapter fails none.
// With -v it prints the table: mistake, case, message.
func catches[O any](t *testing.T, all []mutation[O], good O,
	failures func(t *testing.T, open O, want func(name string) bool) map[string]string,
) {
	t.Helper()
	for i, m := range all {
		if i%sample != 0 && os.Getenv("FORGE_SOAK") != "1" {
			continue
		}
		t.Run(m.mistake, func(t *testing.T) {
			t.Parallel()
			named := func(name string) bool { return strings.HasPrefix(name, m.caught) }
			require.Empty(t, failures(t, good, named), "the adapter without the mistake")
			said := failures(t, m.open, named)
			require.NotEmpty(t, said, "not caught by %q", m.caught)
			text := ""
			for name, line := range said {
				text += name + ": " + line + "\n"
			}
			require.Contains(t, text, m.says)
			t.Log(text)
		})
	}
}
