package forge_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The README's program is the one that Example runs, but for what an Example cannot use: the board
// itself, and a file in the reader's folder.
func TestTheProgramInTheREADMEIsTheExample(t *testing.T) {
	t.Parallel()
	between := func(file, begin, end string) string {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		_, after, found := strings.Cut(string(b), begin)
		require.True(t, found, "%s: %q is missing", file, begin)
		text, _, found := strings.Cut(after, end)
		require.True(t, found, "%s: %q is missing", file, end)
		return text
	}
	program := between("example_test.go", "resume string) error {\n",
		"\t// What follows is not in the README.\n")
	program = strings.ReplaceAll(strings.TrimPrefix(program, "\t"), "\n\t", "\n")
	program = strings.NewReplacer("linkedin.New(options)", "linkedin.New(nil)", "sqlite.Open(ctx, path, nil)",
		`sqlite.Open(ctx, "forge.db", nil)`).Replace(program)
	_, use, found := strings.Cut(between("README.md", "\n## Use it\n", "\n## "), "```go\n")
	require.True(t, found)
	shown, _, found := strings.Cut(use, "```")
	require.True(t, found)
	require.Equal(t, shown, program)
}
