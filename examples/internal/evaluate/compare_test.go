package evaluate

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// madeUp returns pairs of ten résumés with scores that f gives.
func madeUp(f func(query, label int) int) []judged {
	var js []judged
	for q := range 10 {
		for label := range 4 {
			js = append(js, judged{
				pair: pair{Line: 10*q + label + 1, Query: q, Label: label}, Score: f(q, label),
				Good: label >= 2,
			})
		}
	}
	return js
}

func TestPairedBootstrapTellsABetterScorer(t *testing.T) {
	t.Parallel()
	right := madeUp(func(_, label int) int { return 20 * label })
	wrong := madeUp(func(q, label int) int { return (17*q + 31*label) % 100 })
	d := paired(right, wrong, auroc, 500, 1)
	require.Equal(t, 1.0, d.A)
	require.Greater(t, d.Low, 0.0)
	require.True(t, d.certain())
	require.False(t, paired(right, right, auroc, 500, 1).certain())
	same := paired(wrong, right, auroc, 500, 1)
	require.InDelta(t, -d.Low, same.High, 1e-9, "the other way round, the sign changes")
}

func TestOnlyPairsThatBothJudgedAreCompared(t *testing.T) {
	t.Parallel()
	all := madeUp(func(q, _ int) int { return q })
	as, bs := common(all[3:], all[:30])
	require.Len(t, as, 27)
	require.Equal(t, as, bs)
}

func TestTheHistoryComparesWithTheLastRunOnTheSamePairs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	history := filepath.Join(dir, "history.jsonl")
	args := []string{
		"-language", "ro", "-plot", dir, "-resamples", "100", "-checks", "0", "-history", history,
	}
	var out bytes.Buffer
	require.NoError(t, Run(t.Context(), args, &out, &out))
	require.NotContains(t, out.String(), "Against")
	out.Reset()
	require.NoError(t, Run(t.Context(), append(args, "-against", "lexical"), &out, &out))
	require.Equal(t, 2, strings.Count(out.String(), "Against "), "the other scorer, and the last run")
	require.Contains(t, out.String(), "no clear difference")
	out.Reset()
	other := append([]string{"-language", "it"}, args[2:]...)
	require.NoError(t, Run(t.Context(), other, &out, &out))
	require.NotContains(t, out.String(), "Against", "other pairs are no comparison")

	text, err := os.ReadFile(history)
	require.NoError(t, err)
	require.Equal(t, 3, bytes.Count(text, []byte("\n")))
	require.NotContains(t, string(text), "Sibiu", "no text is kept")
	require.NoError(t, os.WriteFile(history, []byte("{"), 0o600))
	require.ErrorContains(t, Run(t.Context(), args, &out, &out), "-history: read the history: entry 1")
}

func TestFiguresAreBrokenDownByLanguageAndTrade(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(
		t, Run(t.Context(), []string{"-plot", t.TempDir(), "-resamples", "100", "-checks", "0"}, &out, &out),
	)
	for _, part := range []string{
		"language", "cannot judge", "\nen-de ", "\npl ", "\nwelding ",
		"\nweaving ",
	} {
		require.Contains(t, out.String(), part)
	}
}
