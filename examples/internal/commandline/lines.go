package commandline

import (
	"iter"
	"strings"
)

// Lines returns the lines of a file that a person writes, with their numbers from 1: without white
// space around them, and without blank lines and those that begin with #.
func Lines(text []byte) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		n := 0
		for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
			n++
			line = strings.TrimSpace(line)
			if line != "" && !strings.HasPrefix(line, "#") && !yield(n, line) {
				return
			}
		}
	}
}
