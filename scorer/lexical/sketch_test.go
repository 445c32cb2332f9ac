package lexical_test

import (
	"bytes"
	"cmp"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
)

var (
	_ scorer.Sketcher = (*lexical.Scorer)(nil)

	nurse = advertOf("Staff Nurse", "You will work on a ward.\n\nRequirements:\n- wound care\n"+
		"- medication administration\n- 3 years of experience")
)

func advertOf(title, description string) enrich.Posting {
	return enrich.Posting{Lead: lead.Lead{Title: title}, Data: enrich.Data{Description: description}}
}

// corpus returns many postings, invented ones and, where they are there, those of the shared folder.
func corpus(tb testing.TB) []enrich.Posting {
	tb.Helper()
	var all []enrich.Posting
	seen := map[string]bool{}
	add := func(p enrich.Posting) {
		if !seen[p.Data.Description] {
			seen[p.Data.Description] = true
			all = append(all, p)
		}
	}
	for _, p := range slices.Concat(sample(tb), romanian(tb)) {
		add(p.posting)
	}
	for _, tr := range trades(tb) {
		add(tr.posting)
	}
	return all
}

// romanian returns the labelled pairs of the shared folder, none where it is missing.
func romanian(tb testing.TB) []samplePair {
	tb.Helper()
	const dir = "../../../shared/labelled/romanian/"
	read := func(folder string) (texts []string) {
		files, err := filepath.Glob(dir + folder + "/*.txt")
		require.NoError(tb, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(tb, err)
			texts = append(texts, string(text))
		}
		return texts
	}
	var pairs []samplePair
	resumes := read("resumes")
	for _, text := range read("postings") {
		title, rest, _ := strings.Cut(text, "\n")
		for _, resume := range resumes {
			pairs = append(pairs, samplePair{resume: resume, posting: advertOf(title, rest)})
		}
	}
	return pairs
}

func TestSketchRanksAsTheTextsDo(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, set := range []struct {
		name  string
		pairs []samplePair
	}{{"sample", sample(t)}, {"romanian", romanian(t)}} {
		t.Run(set.name, func(t *testing.T) {
			t.Parallel()
			if len(set.pairs) == 0 {
				t.Skip("the labelled pairs are not here")
			}
			var full, sketched []float64
			var sizes []int
			type judges struct {
				ofTexts    scorer.Scorer
				ofSketches scorer.SketchScorer
			}
			read := map[string]judges{}
			for _, p := range set.pairs {
				judge, known := read[p.resume]
				if !known {
					var err error
					judge.ofTexts, err = s.ForResume(p.resume)
					require.NoError(t, err)
					judge.ofSketches, err = s.ForSketches(p.resume)
					require.NoError(t, err)
					read[p.resume] = judge
				}
				a, err := judge.ofTexts.Score(t.Context(), "", p.posting)
				require.NoError(t, err)
				sketch := s.Sketch(p.posting)
				score, _, err := judge.ofSketches.ScoreSketch(p.posting.Lead, sketch)
				require.NoError(t, err)
				full, sketched = append(full, float64(a.Score)), append(sketched, float64(score))
				sizes = append(sizes, len(sketch))
			}
			slices.Sort(sizes)
			rho := spearman(full, sketched)
			t.Logf("%d pairs: Spearman %.3f; bytes: median %d, largest %d",
				len(full), rho, sizes[len(sizes)/2], sizes[len(sizes)-1])
			require.GreaterOrEqual(t, rho, 0.9)
		})
	}
}

// spearman returns the correlation of ranks,
// https://en.wikipedia.org/wiki/Spearman's_rank_correlation_coefficient.
func spearman(a, b []float64) float64 {
	x, y := ranks(a), ranks(b)
	mean := float64(len(a)-1) / 2
	var xy, xx, yy float64
	for i := range x {
		xy += (x[i] - mean) * (y[i] - mean)
		xx += (x[i] - mean) * (x[i] - mean)
		yy += (y[i] - mean) * (y[i] - mean)
	}
	return xy / math.Sqrt(xx*yy)
}

// ranks gives equal values the mean of their ranks.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	r := make([]float64, len(values))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			r[i] = float64(from+to-1) / 2
		}
		from = to
	}
	return r
}

// No four letters in a row of a text are in its sketch, as bytes of any case. There cannot be in
// ASCII, because every byte has its high bit set.
func TestSketchHoldsNoWordsOfTheText(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	sketches := 0
	for _, p := range corpus(t) {
		sketch := s.Sketch(p)
		for _, b := range sketch {
			require.GreaterOrEqual(t, b, byte(0x80))
		}
		text := p.Lead.Title + "\n" + p.Data.Description + "\n" + p.Data.Requirements
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
			letters := []rune(word)
			for i := 0; i+4 <= len(letters); i++ {
				four := string(letters[i : i+4])
				require.False(t, bytes.Contains(sketch, []byte(four)))
				require.False(t, bytes.Contains(sketch, []byte(strings.ToLower(four))))
			}
		}
		require.LessOrEqual(t, len(sketch), enrich.MaxSketchBytes)
		sketches++
	}
	require.Greater(t, sketches, 80)
}

func TestSketchesOfTextsThatAreUnderstoodAlikeAreEqual(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	want := s.Sketch(nurse)
	require.NotEmpty(t, want)
	for _, c := range []struct {
		name string
		same enrich.Posting
	}{
		{
			"lines in another order",
			advertOf("Staff Nurse", "Requirements:\n- 3 years of experience\n- medication administration\n"+
				"- wound care\n\nResponsibilities:\n- you will work on a ward"),
		},
		{
			"capitals and signs",
			advertOf("STAFF NURSE", "You will work on a WARD!\n\nREQUIREMENTS\n* Wound Care;\n"+
				"* Medication Administration.\n* 3 YEARS OF EXPERIENCE"),
		},
		{
			"plurals and grammar",
			advertOf("Staff Nurses", "And so you will be on the wards.\n\nRequirements:\n- the wound care\n"+
				"- medication administration\n- at 3 years of your experience"),
		},
		{
			"other names of the same skills",
			advertOf("Staff Nurse", "You will work on a ward.\n\nRequirements:\n- wound dressing\n"+
				"- administering medication\n- three years of experience"),
		},
		{
			"a company's name and a place",
			func() enrich.Posting {
				p := advertOf("Staff Nurse", nurse.Data.Description+"\n- Pemberwick Thornholt")
				p.Lead.Company, p.Lead.Location = "Pemberwick", "Thornholt"
				return p
			}(),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, s.Sketch(c.same))
		})
	}
	require.NotEqual(t, want, s.Sketch(advertOf("Welder", "Requirements:\n- MIG welding")))
}

// Where the lists know a posting, a word that they do not know leaves nothing but that it was there.
func TestSketchOfAKnownTradeKeepsNothingOfOtherWords(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	with := func(word string) enrich.Sketch {
		return s.Sketch(advertOf("Staff Nurse", nurse.Data.Description+"\n- "+word))
	}
	want := with("quorvex")
	for _, word := range []string{"blintharp", "zworklet", "mavenduil", "trispandel"} {
		require.Equal(t, want, with(word), word)
	}
}

// Elsewhere it leaves a bucket that it shares with many others.
func TestSketchTellsUnknownWordsApartByBucketsAlone(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	const words = 8000
	seen := map[string]int{}
	for n := range words {
		seen[string(s.Sketch(advertOf("Quorvex", "Blintharp "+invented(n))))]++
	}
	require.LessOrEqual(t, len(seen), 2048, "different sketches of as many different words")
	most := 0
	for _, n := range seen {
		most = max(most, n)
	}
	require.Less(t, most, 10*words/len(seen), "words in the fullest bucket")
}

// invented returns a word of six syllables that no list knows.
func invented(n int) string {
	var b strings.Builder
	for range 6 {
		b.WriteString([]string{"zu", "qa", "vo", "xi", "ky", "wo", "je"}[n%7])
		n /= 7
	}
	return b.String() + "q"
}

func TestSketchIsNoneOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, text := range []string{"", " ", "求职者需要三年的护理经验和良好的沟通能力"} {
		require.Nil(t, s.Sketch(advertOf("Nurse", text)))
	}
	_, err := s.ForSketches(" ")
	require.ErrorIs(t, err, scorer.ErrUnavailable)
}

func TestSketchOfALongPostingKeepsWhatSaysMost(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, sep := range []string{"\n- ", ", "} {
		var text strings.Builder
		text.WriteString(nurse.Data.Description)
		for _, name := range lexical.SkillNames() {
			text.WriteString(sep + name)
		}
		for n := range 3000 {
			text.WriteString(sep + invented(n))
		}
		p := advertOf("Staff Nurse", text.String())
		sketch := s.Sketch(p)
		require.NotNil(t, sketch)
		require.LessOrEqual(t, len(sketch), enrich.MaxSketchBytes)
		judge, err := s.ForSketches("Staff Nurse, 2015 to 2021\nWound care, medication administration")
		require.NoError(t, err)
		_, _, err = judge.ScoreSketch(p.Lead, sketch)
		require.NoError(t, err)
	}
}

func TestSketchOfAnotherVersionIsNotGuessed(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	const resume = "Staff Nurse\nWound care, medication administration, patient care"
	judge, err := s.ForSketches(resume)
	require.NoError(t, err)
	sketch := s.Sketch(nurse)
	_, _, err = judge.ScoreSketch(nurse.Lead, sketch)
	require.NoError(t, err)
	other := lexical.New(&lexical.Options{Skills: []lexical.Skill{{Name: "Glarn weaving"}}})
	for _, c := range []struct {
		name   string
		sketch enrich.Sketch
	}{
		{"none", nil},
		{"of other lists", other.Sketch(nurse)},
		{"of another form", append(enrich.Sketch{sketch[0] ^ 0x20}, sketch[1:]...)},
		{"cut", sketch[:len(sketch)-1]},
		{"text", enrich.Sketch("a nurse with three years of experience")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := judge.ScoreSketch(nurse.Lead, c.sketch)
			require.ErrorIs(t, err, scorer.ErrSketch)
		})
	}
	again, err := lexical.New(nil).ForSketches(resume)
	require.NoError(t, err)
	_, _, err = again.ScoreSketch(nurse.Lead, sketch)
	require.NoError(t, err, "the lists of another process are the same")
}

// Whatever the bytes are, they are a sketch or an error.
func TestSketchThatIsDamagedIsReadOrRefused(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	judge, err := s.ForSketches("Staff Nurse\nWound care, medication administration, patient care")
	require.NoError(t, err)
	whole := s.Sketch(nurse)
	rapid.Check(t, func(t *rapid.T) {
		sketch := slices.Clone(whole)
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			sketch[rapid.IntRange(5, len(sketch)-1).Draw(t, "at")] = 0x80 | rapid.Byte().Draw(t, "byte")
		}
		sketch = append(sketch, rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "more")...)
		score, _, err := judge.ScoreSketch(nurse.Lead, sketch)
		if err == nil {
			require.GreaterOrEqual(t, score, 0)
			require.LessOrEqual(t, score, 100)
		} else {
			require.ErrorIs(t, err, scorer.ErrSketch)
		}
	})
}

func TestSketchReadsYearsAgainstTheYearOfThePosting(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := advertOf("Staff Nurse", strings.Replace(nurse.Data.Description, "3 years", "10 years", 1))
	judge, err := s.ForSketches("Staff Nurse, 2015 to today\nWound care, medication administration")
	require.NoError(t, err)
	at := func(year int) int {
		score, _, err := judge.ScoreSketch(lead.Lead{PostedAt: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)},
			s.Sketch(p))
		require.NoError(t, err)
		return score
	}
	require.Less(t, at(2017), at(2025))
}

func BenchmarkSketch(b *testing.B) {
	s := lexical.New(nil)
	for b.Loop() {
		s.Sketch(nurse)
	}
}

func BenchmarkScoreSketch(b *testing.B) {
	s := lexical.New(nil)
	pairs := sample(b)
	judge, err := s.ForSketches(pairs[0].resume)
	require.NoError(b, err)
	var sketches []enrich.Sketch
	for _, p := range pairs {
		sketches = append(sketches, s.Sketch(p.posting))
	}
	for i := 0; b.Loop(); i++ {
		_, _, err := judge.ScoreSketch(lead.Lead{}, sketches[i%len(sketches)])
		require.NoError(b, err)
	}
}
