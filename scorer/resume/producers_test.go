package resume_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/measure"
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
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
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

// testdata/producers holds files of many programs, the text that each program was given, and what
// pdftotext reads.
func TestPDFProducersKeepTheirWordsAndTheirOrder(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/producers/*.pdf")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(names), 30)
	switch {
	case measure.RaceDetector: // it makes reading take ten times as long, and finds no more in each file
		names = names[:2]
	case os.Getenv("FORGE_SOAK") == "": // every third, since the files of one producer follow one another
		for i := range len(names) / 3 {
			names[i] = names[3*i]
		}
		names = names[:len(names)/3]
	}
	files := make([][]byte, len(names))
	for i, name := range names {
		files[i], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	var all, theirs figures
	t.Log("file, words: lost %, split %, order % | the same of pdftotext")
	for i, text := range resume.TextsOfPDFs(t, files) {
		name := strings.TrimSuffix(filepath.Base(names[i]), ".pdf")
		want, err := os.ReadFile(filepath.Join("testdata/producers", name+".txt"))
		require.NoError(t, err)
		other, err := os.ReadFile(filepath.Join("testdata/producers", name+".pdftotext.txt"))
		require.NoError(t, err)
		ours, pdftotext := compare(string(want), text), compare(string(want), string(other))
		t.Logf("%-22s %4d: %v | %v", name, ours.words, ours, pdftotext)
		require.LessOrEqual(t, percent(ours.lost, ours.words), 1.0, "%s: words lost", name)
		require.LessOrEqual(t, percent(ours.apart, ours.pairs), 5.0, "%s: neighbours that are apart", name)
		both := compare(known(string(other), string(want)), text)
		require.LessOrEqual(t, percent(both.lost, both.words), 1.0, "%s: words of pdftotext lost", name)
		all, theirs = all.plus(ours), theirs.plus(pdftotext)
	}
	t.Logf("%-22s %4d: %v | %v", "all", all.words, all, theirs)
	require.LessOrEqual(t, percent(all.split, all.words), 0.2, "words in pieces")
}

func (f figures) String() string {
	return fmt.Sprintf("%5.2f %5.2f %6.1f",
		percent(f.lost, f.words), percent(f.split, f.words), 100-percent(f.apart, f.pairs))
}

func (f figures) plus(g figures) figures {
	return figures{
		words: f.words + g.words, lost: f.lost + g.lost, split: f.split + g.split,
		pairs: f.pairs + g.pairs, apart: f.apart + g.apart,
	}
}
