package resume_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scorer/resume"
)

// figures compares a text with what a reader should get.
type figures struct {
	words int // that a reader should get
	lost  int // of these, how many are missing
	split int // of the missing, how many are there in pieces
	pairs int // neighbouring words that a reader should get
	apart int // of these, how many are not neighbours
}

func compare(want, got string) figures {
	wantWords, gotWords := tokens(want), tokens(got)
	have, neighbours, pieces := map[string]int{}, map[[2]string]int{}, map[string]bool{}
	for i, w := range gotWords {
		have[w]++
		if i > 0 {
			neighbours[[2]string{gotWords[i-1], w}]++
		}
		for _, next := range gotWords[i+1 : min(i+12, len(gotWords))] {
			w += next
			pieces[w] = true
		}
	}
	f := figures{words: len(wantWords), pairs: len(wantWords) - 1}
	for i, w := range wantWords {
		if have[w]--; have[w] < 0 {
			f.lost++
			if pieces[w] {
				f.split++
			}
		}
		if i > 0 {
			pair := [2]string{wantWords[i-1], w}
			if neighbours[pair]--; neighbours[pair] < 0 {
				f.apart++
			}
		}
	}
	return f
}

func tokens(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// known returns the words of a text that another one has too.
func known(text, other string) string {
	have := map[string]int{}
	for _, w := range tokens(other) {
		have[w]++
	}
	var out []string
	for _, w := range tokens(text) {
		if have[w]--; have[w] >= 0 {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(whole) }

// testdata/producers holds files of many programs, the text that each program was given, and what pdftotext reads.
func TestPDFProducersKeepTheirWordsAndTheirOrder(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/producers/*.pdf")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(names), 30)
	files := make([][]byte, len(names))
	for i, name := range names {
		files[i], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	var all, theirs figures
	t.Logf("%-22s %5s | %6s %7s %7s | pdftotext: %6s %7s %7s", "file", "words", "lost %", "split %", "order %", "lost %", "split %", "order %")
	for i, text := range resume.TextsOfPDFs(t, files) {
		name := strings.TrimSuffix(filepath.Base(names[i]), ".pdf")
		want, err := os.ReadFile(filepath.Join("testdata/producers", name+".txt"))
		require.NoError(t, err)
		other, err := os.ReadFile(filepath.Join("testdata/producers", name+".pdftotext.txt"))
		require.NoError(t, err)
		ours, pdftotext := compare(string(want), text), compare(string(want), string(other))
		t.Logf("%-22s %5d | %6.2f %7.2f %7.1f | %17.2f %7.2f %7.1f", name, ours.words,
			percent(ours.lost, ours.words), percent(ours.split, ours.words), 100-percent(ours.apart, ours.pairs),
			percent(pdftotext.lost, ours.words), percent(pdftotext.split, ours.words), 100-percent(pdftotext.apart, ours.pairs))
		require.LessOrEqual(t, percent(ours.lost, ours.words), 1.0, "%s: words lost", name)
		require.LessOrEqual(t, percent(ours.apart, ours.pairs), 5.0, "%s: neighbouring words that are apart", name)
		beside := compare(known(string(other), string(want)), text)
		require.LessOrEqual(t, percent(beside.lost, beside.words), 1.0, "%s: words lost that pdftotext has", name)
		all, theirs = all.plus(ours), theirs.plus(pdftotext)
	}
	t.Logf("%-22s %5d | %6.2f %7.2f %7.1f | %17.2f %7.2f %7.1f", "all", all.words,
		percent(all.lost, all.words), percent(all.split, all.words), 100-percent(all.apart, all.pairs),
		percent(theirs.lost, all.words), percent(theirs.split, all.words), 100-percent(theirs.apart, all.pairs))
	require.LessOrEqual(t, percent(all.split, all.words), 0.2, "words in pieces")
}

func (f figures) plus(g figures) figures {
	return figures{f.words + g.words, f.lost + g.lost, f.split + g.split, f.pairs + g.pairs, f.apart + g.apart}
}
