package lexical_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer/lexical"
)

// entry is one line of the vocabulary, as the file has it.
type entry struct {
	file, name string
	spellings  []string
	implied    []string
	role       bool
}

// readFiles reads the vocabulary's files by themselves, to hold the data to its form.
func readFiles(t *testing.T) (entries []entry, domains map[string]bool, near []string) {
	t.Helper()
	files, err := filepath.Glob("vocabulary/*.txt")
	require.NoError(t, err)
	domains = make(map[string]bool)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		list, role := false, false
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			switch {
			case line == "", strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, "domain "):
				fields := strings.Fields(line)
				domains[fields[1]] = true
				if len(fields) > 2 {
					require.Equal(t, "near", fields[2], line)
					near = append(near, fields[3:]...)
				}
			case strings.HasSuffix(line, ":"):
				list = strings.HasSuffix(line, "skills:") || line == "roles:" ||
					line == "licences and languages:"
				require.True(t, list || line == "first names:", "%s: %s", file, line)
				role = line == "roles:"
			case list:
				left, right, _ := strings.Cut(line, " > ")
				e := entry{file: file, role: role}
				for _, s := range strings.Split(left, "|") {
					e.spellings = append(e.spellings, strings.TrimSpace(s))
				}
				e.name = strings.TrimLeft(e.spellings[0], "?^")
				if right != "" {
					for _, s := range strings.Split(right, ",") {
						e.implied = append(e.implied, strings.TrimSpace(s))
					}
				}
				entries = append(entries, e)
			}
		}
	}
	return entries, domains, near
}

func TestTheVocabularyIsLargeAndWellFormed(t *testing.T) {
	t.Parallel()
	entries, domains, near := readFiles(t)
	require.Greater(t, len(entries), 1000)
	require.Greater(t, len(domains), 40)
	for _, d := range near {
		require.Contains(t, domains, d, "a field is near one that does not exist")
	}
	names := make(map[string]bool)
	for _, e := range entries {
		require.NotContains(t, names, strings.ToLower(e.name), "%s: %s stands twice", e.file, e.name)
		names[strings.ToLower(e.name)] = true
	}
	for _, e := range entries {
		for _, i := range e.implied {
			require.Contains(
				t, names, strings.ToLower(i), "%s: %s implies what does not exist", e.file, e.name,
			)
		}
		for _, s := range e.spellings {
			require.NotEmpty(t, s, "%s: %s", e.file, e.name)
		}
		require.Less(t, len(strings.Fields(e.name)), enrich.QuoteWords, e.name)
		require.LessOrEqual(t, len(e.name), enrich.MaxSkillRunes, e.name)
	}
}

// TestEverySpellingIsFound checks that no spelling is shadowed by another concept's, and that what
// the scorer calls missing counts once it is added by that name.
func TestEverySpellingIsFound(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	entries, _, _ := readFiles(t)
	var shadowed []string
	for _, e := range entries {
		for _, spelling := range e.spellings {
			text := strings.TrimLeft(spelling, "?^")
			if found := s.Found(text); !slices.Equal(found, []string{e.name}) {
				shadowed = append(
					shadowed, fmt.Sprintf("%s: %q of %s is found as %q", e.file, text, e.name, found),
				)
			}
		}
	}
	require.Empty(t, shadowed)
}

// TestNoSkillSpeaksOfYearsOrRank keeps the proof of the monotony whole: a skill that is added moves
// coverage and nothing else.
func TestNoSkillSpeaksOfYearsOrRank(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, name := range lexical.SkillNames() {
		years, rank := s.YearsAndRank(name, 2024)
		require.Equal(t, -1, years, name)
		require.Equal(t, -1, rank, name)
	}
}
