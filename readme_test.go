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
	program, err := os.ReadFile("program_test.go")
	require.NoError(t, err)
	want := strings.NewReplacer(
		"package forge_test\n\n", "", "options *linkedin.Options, path, ", "",
		"linkedin.New(options)", "linkedin.New(nil)", "Open(ctx, path, nil)", `Open(ctx, "forge.db", nil)`,
		"//nolint:errcheck // a README does not spell out the error of a Close\n", "",
	).Replace(string(program))
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, use, found := strings.Cut(string(readme), "\n## Use it\n")
	require.True(t, found)
	_, use, found = strings.Cut(use, "```go\n")
	require.True(t, found)
	shown, _, found := strings.Cut(use, "```")
	require.True(t, found)
	require.Equal(t, want, shown)
}
