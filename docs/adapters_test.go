package docs_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scorer/scorertest"
	"github.com/agent-forge/forge/scraper/scrapertest"
	"github.com/agent-forge/forge/store/storetest"
)

var update = flag.Bool("update", false, "rewrite the list of cases in writing-adapters.md")

const (
	adapters = "writing-adapters.md"
	example  = root + "/examples/customadapter"
)

// Somebody who types every block of a section has the example's file, to the last line.
func TestAdaptersAreShownWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ section, file, test string }{
		{"## A board in ten steps", "board.go", "board_test.go"},
		{"## A scorer in five steps", "scorer.go", "scorer_test.go"},
		{"## A store in twelve steps", "store.go", "store_test.go"},
	} {
		var typed []string
		section := ""
		text, err := os.ReadFile(adapters)
		require.NoError(t, err)
		lines := strings.Split(string(text), "\n")
		for _, b := range blocks(t) {
			if b.file != adapters || b.kind != "go" {
				continue
			}
			for _, line := range lines[:b.line] {
				if strings.HasPrefix(line, "## ") {
					section = line
				}
			}
			if section == c.section {
				typed = append(typed, b.lines...)
			}
		}
		code, err := os.ReadFile(filepath.Join(example, c.file))
		require.NoError(t, err)
		test, err := os.ReadFile(filepath.Join(example, c.test))
		require.NoError(t, err)
		require.Equal(t, flat(strings.Split(string(code)+string(test), "\n")), flat(typed), c.section)
	}
}

func TestAdaptersOfTheExampleAreShort(t *testing.T) {
	t.Parallel()
	lines := func(file string) int {
		source, err := os.ReadFile(filepath.Join(example, file))
		require.NoError(t, err)
		_, code, found := strings.Cut(string(source), "\n)\n") // the imports
		require.True(t, found)
		n := 0
		for line := range strings.Lines(code) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
				n++
			}
		}
		return n
	}
	require.LessOrEqual(t, lines("board.go")+lines("scorer.go"), 100, "README.md says a hundred lines")
	require.LessOrEqual(t, lines("store.go"), 270, "README.md says 270 lines")
}

// The list of cases is that of the suites, in their order.
func TestAdaptersListEveryCaseOfTheSuites(t *testing.T) {
	t.Parallel()
	var names []string
	none := func(name string) bool { names = append(names, name); return false }
	var list strings.Builder
	for _, s := range []struct {
		title string
		read  func()
	}{
		{"A board: `scrapertest`", func() { scrapertest.Failures(t, nil, none) }},
		{"A scorer: `scorertest`", func() { scorertest.Failures(t, nil, none) }},
		{"A store: `storetest`", func() { storetest.Failures(t, nil, none) }},
	} {
		names = nil
		s.read()
		fmt.Fprintf(&list, "\n### %s, %d cases\n", s.title, len(names))
		last := ""
		for _, name := range names {
			topic, rule, _ := strings.Cut(name, "/")
			if topic != last {
				fmt.Fprintf(&list, "\n**%s**\n\n", topic)
				last = topic
			}
			fmt.Fprintf(&list, "- %s\n", rule)
		}
	}
	const mark = "<!-- cases -->\n"
	text, err := os.ReadFile(adapters)
	require.NoError(t, err)
	before, listed, found := strings.Cut(string(text), mark)
	require.True(t, found)
	if *update {
		require.NoError(t, os.WriteFile(adapters, []byte(before+mark+list.String()), 0o600))
		return
	}
	require.Equal(t, list.String(), listed, "run: go test ./docs -run ListEveryCase -update")
}
