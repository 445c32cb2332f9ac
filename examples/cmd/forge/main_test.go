package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

func TestEveryCommandIsListedAndExplainsItself(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		require.Contains(t, help(), "  "+c.name+" ")
		if c.name == "doctor" { // is quickstart's
			continue
		}
		require.Contains(t, helpOf(t.Context(), c.run, []string{"-h"}), "\n  ", c.name)
	}
}

func TestCompletionKnowsCommandsFlagsAndWhatWantsAValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		words  []string
		has    string
		hasNot string
	}{
		{"commands", nil, "quickstart", "-db"},
		{"flags", []string{"quickstart"}, "-search", "quickstart"},
		{"flags after a switch", []string{"agent", "-live"}, "-token-file", "migrate"},
		{"commands of fleet", []string{"fleet"}, "migrate", "-user"},
		{"flags of a command of fleet", []string{"fleet", "add"}, "-every", "migrate"},
		{"shells", []string{"completion"}, "zsh", "-db"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			found := follow(t.Context(), c.words)
			require.Contains(t, found, c.has)
			require.NotContains(t, found, c.hasNot)
		})
	}
	require.Empty(t, follow(t.Context(), []string{"quickstart", "-resume"}), "the shell names files")
	require.Empty(t, follow(t.Context(), []string{"nothing"}))
}

func TestTheScriptForBashCompletes(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	require.NoError(t, err)
	dir := t.TempDir()
	fake := "#!/bin/sh\n[ \"$1 $2 $3\" = 'completion words fleet' ] && echo 'migrate move add'\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "forge"), []byte(fake), 0o700))
	cmd := exec.CommandContext(t.Context(), bash, "-c", scripts["bash"]+
		`COMP_WORDS=(forge fleet m); COMP_CWORD=2; _forge; echo "${COMPREPLY[@]}"`)
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "migrate move\n", string(out))
}

func TestAnUnknownCommandIsAMistake(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), []string{"sideways"}, os.Stdout, os.Stderr)
	require.ErrorAs(t, err, new(*commandline.UsageError))
	require.ErrorContains(t, err, "forge -h")
	for _, shell := range []string{"bash", "fish", "zsh"} {
		require.Contains(t, scripts[shell], "forge completion words")
	}
}
