package commandline_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

func flags() (*flag.FlagSet, *commandline.Repeated) {
	f, words := flag.NewFlagSet("try", flag.ContinueOnError), &commandline.Repeated{}
	f.Var(words, "word", "a `WORD`; may be repeated")
	return f, words
}

func TestAFlagRepeats(t *testing.T) {
	t.Parallel()
	f, words := flags()
	require.NoError(t, commandline.Parse(f, "", []string{"-word", "a", "-word=b"}, io.Discard))
	require.Equal(t, commandline.Repeated{"a", "b"}, *words)
}

func TestMistakesSayHowToGetHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-nope"}, {"stray"}, {"-word"}} {
		f, _ := flags()
		err := commandline.Parse(f, "", args, io.Discard)
		require.ErrorAs(t, err, new(*commandline.UsageError))
		require.ErrorContains(t, err, "-h lists the flags")
	}
	var out bytes.Buffer
	f, _ := flags()
	require.ErrorIs(t, commandline.Parse(f, "Usage: try\n", []string{"-h"}, &out), flag.ErrHelp)
	require.Contains(t, out.String(), "Usage: try\n")
	require.Contains(t, out.String(), "-word WORD")
}

func TestExitCodesTellMistakesFailuresAndInterruptsApart(t *testing.T) {
	t.Parallel()
	ended, end := context.WithCancel(t.Context())
	end()
	bad := errors.New("bad")
	const interrupted = "try: interrupted; nothing is lost, and running it again goes on from here\n"
	for _, c := range []struct {
		ctx  context.Context
		err  error
		code int
		says string
	}{
		{t.Context(), nil, 0, ""},
		{t.Context(), flag.ErrHelp, 0, ""},
		{t.Context(), commandline.Usage("-x", bad), 2, "try: -x: bad\n"},
		{t.Context(), bad, 1, "try: bad\n"},
		{t.Context(), errors.Join(bad, errors.New("worse")), 1, "try: bad\ntry: worse\n"},
		{ended, fmt.Errorf("search: %w", context.Canceled), 130, interrupted},
		{ended, bad, 130, "try: bad\n" + interrupted},
	} {
		var out bytes.Buffer
		require.Equal(t, c.code, commandline.Code(c.ctx, &out, "try", c.err))
		require.Equal(t, c.says, out.String())
	}
	require.NoError(t, commandline.Usage("-x", nil))
}

func TestLinesOfAFileHaveTheirNumbersAndNoComments(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	text := "\ufeff# who\n\n  first \r\n#second\n" + long + "\nlast"
	var numbers []int
	var lines []string
	for n, line := range commandline.Lines([]byte(text)) {
		numbers, lines = append(numbers, n), append(lines, line)
	}
	require.Equal(t, []int{3, 5, 6}, numbers)
	require.Equal(t, []string{"first", long, "last"}, lines)
	for n := range commandline.Lines([]byte(text)) {
		require.Equal(t, 3, n)
		break
	}
}
