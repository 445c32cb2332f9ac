package lexical_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/scorer/lexical"
)

type fataler interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

func scoreOf(tb fataler, s *lexical.Scorer, resume string, p enrich.Posting) int {
	tb.Helper()
	m, err := s.Score(tb.Context(), resume, p)
	if err != nil {
		tb.Fatalf("score: %v", err)
	}
	return m.Score
}

// texts draws résumés and postings that are mixtures of the trades' own and of lists of skills.
type texts struct {
	paragraphs []string // of résumés
	lines      []string // of postings
	skills     []string
	titles     []string
}

func newTexts(tb testing.TB) texts {
	tb.Helper()
	x := texts{skills: lexical.SkillNames()}
	for _, tr := range trades(tb) {
		x.paragraphs = append(x.paragraphs, paragraphs(tr.resume)...)
		x.lines = append(x.lines, strings.Split(tr.posting.Data.Description, "\n")...)
		x.titles = append(x.titles, tr.posting.Lead.Title)
	}
	return x
}

func paragraphs(text string) []string { return strings.Split(strings.TrimSpace(text), "\n\n") }

func (x texts) skill(t *rapid.T) string { return rapid.SampledFrom(x.skills).Draw(t, "skill") }

func (x texts) resume(t *rapid.T) string {
	parts := rapid.SliceOfN(rapid.SampledFrom(x.paragraphs), 1, 6).Draw(t, "paragraphs")
	list := rapid.SliceOfN(rapid.SampledFrom(x.skills), 1, 12).Draw(t, "list")
	return strings.Join(append(slices.Clone(parts), "Skills\n"+strings.Join(list, ", ")), "\n\n")
}

func (x texts) posting(t *rapid.T) enrich.Posting {
	lines := rapid.SliceOfN(rapid.SampledFrom(x.lines), 3, 25).Draw(t, "lines")
	asked := rapid.SliceOfN(rapid.SampledFrom(x.skills), 1, 12).Draw(t, "asked")
	join := rapid.SampledFrom([]string{"\n- ", ", ", " or "}).Draw(t, "join")
	p := enrich.Posting{}
	p.Lead.Title = rapid.SampledFrom(x.titles).Draw(t, "title")
	p.Data.Description = "We work.\n" + strings.Join(lines, "\n") + "\n\nRequirements\n- " + strings.Join(
		asked, join,
	)
	return p
}

// foreign reports whether the two texts count as ones of different languages. With a few words, one
// more can tell another language: what the package comment says of it is no rule of skills.
func foreign(s *lexical.Scorer, resume string, p enrich.Posting) bool {
	return s.Parts(resume, p)["translated"] == 1
}

func TestAddingASkillNeverLowersTheScore(t *testing.T) {
	t.Parallel()
	s, x := lexical.New(nil), newTexts(t)
	rapid.Check(t, func(t *rapid.T) {
		resume, p := x.resume(t), x.posting(t)
		before, err := s.Score(t.Context(), resume, p)
		if err != nil {
			t.Fatalf("score: %v", err)
		}
		added := x.skill(t)
		if len(before.MissingSkills) > 0 && rapid.Bool().Draw(t, "missing") {
			added = rapid.SampledFrom(before.MissingSkills).Draw(t, "which")
		}
		lines := strings.Split(resume, "\n")
		i := rapid.IntRange(0, len(lines)).Draw(t, "line")
		for name, more := range map[string]string{
			"at the end":         resume + "\n" + added,
			"in a new list":      resume + "\n\nSkills: " + added,
			"in the list":        resume + ", " + added,
			"as a bullet":        resume + "\n- " + added,
			"as a line anywhere": strings.Join(slices.Insert(slices.Clone(lines), i, added), "\n"),
		} {
			after, err := s.Score(t.Context(), more, p)
			if err != nil {
				t.Fatalf("score: %v", err)
			}
			// what could not be judged at first is no promise
			promised := !before.Unverified && foreign(s, resume, p) == foreign(s, more, p)
			if after.Score < before.Score && promised {
				t.Fatalf("%q added %s lowers the score from %d to %d", added, name, before.Score, after.Score)
			}
		}
	})
}

func TestRemovingASkillNeverRaisesTheScore(t *testing.T) {
	t.Parallel()
	s, x := lexical.New(nil), newTexts(t)
	rapid.Check(t, func(t *rapid.T) {
		p := x.posting(t)
		head := rapid.SliceOfN(rapid.SampledFrom(x.paragraphs), 0, 5).Draw(t, "paragraphs")
		list := rapid.SliceOfNDistinct(rapid.SampledFrom(x.skills), 2, 12, rapid.ID).Draw(t, "list")
		with := func(list []string) string {
			return strings.Join(
				append(
					slices.Clone(head), "Skills: "+strings.Join(list, ", "), "- "+strings.Join(list, "\n- "),
				),
				"\n\n",
			)
		}
		before := scoreOf(t, s, with(list), p)
		i := rapid.IntRange(0, len(list)-1).Draw(t, "i")
		less := with(slices.Delete(slices.Clone(list), i, i+1))
		after, err := s.Score(t.Context(), less, p)
		if err != nil {
			t.Fatalf("score: %v", err)
		}
		if after.Score > before && !after.Unverified && foreign(s, with(list), p) == foreign(s, less, p) {
			t.Fatalf("%q removed raises the score from %d to %d", list[i], before, after.Score)
		}
	})
}

// TestSkillsOfRealTextsCount adds and removes, in whole texts and in running sentences, what the
// scorer says about them.
func TestSkillsOfRealTextsCount(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	all := measure.Few(trades(t))
	rises := 0
	for _, r := range all {
		for _, p := range all {
			m, err := s.Score(t.Context(), r.resume, p.posting)
			require.NoError(t, err)
			for _, missing := range m.MissingSkills {
				more, err := s.Score(t.Context(), r.resume+"\nSkills: "+missing, p.posting)
				require.NoError(t, err)
				require.True(
					t, more.Score >= m.Score || m.Unverified, "%s for %s with %s", r.name, p.name, missing,
				)
				require.NotContains(t, more.MissingSkills, missing, "%s for %s", r.name, p.name)
				if more.Score > m.Score {
					rises++
				}
			}
			for _, name := range s.Found(r.resume) {
				word := regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `\b`)
				less := word.ReplaceAllString(r.resume, "")
				without, err := s.Score(t.Context(), less, p.posting)
				require.NoError(t, err)
				if !without.Unverified {
					require.LessOrEqual(
						t, without.Score, m.Score, "%s for %s without %s", r.name, p.name, name,
					)
				}
			}
		}
	}
	require.Positive(t, rises, "no missing skill counted at all")
}

func TestTheOrderOfParagraphsDoesNotMatter(t *testing.T) {
	t.Parallel()
	s, x := lexical.New(nil), newTexts(t)
	rapid.Check(t, func(t *rapid.T) {
		resume, p := x.resume(t), x.posting(t)
		shuffled := strings.Join(rapid.Permutation(paragraphs(resume)).Draw(t, "order"), "\n\n")
		a, errA := s.Score(t.Context(), resume, p)
		b, errB := s.Score(t.Context(), shuffled, p)
		if errA != nil || errB != nil || a.Score != b.Score || a.Reasoning != b.Reasoning {
			t.Fatalf("%d and %d, %v and %v", a.Score, b.Score, errA, errB)
		}
	})
}

// TestNamesDoNotMatter gives the person every kind of name: of other languages, of trades, of
// tools, and of the posting.
func TestNamesDoNotMatter(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	all := trades(t)
	first := []string{
		"Anna",
		"Mohammed",
		"Nguyễn",
		"Siobhán",
		"Ruby",
		"Jack",
		"Julia",
		"Grace",
		"Jean-Luc",
		"Xóchitl",
		"DeShawn",
		"O'Neil",
	}
	last := []string{
		"Müller", "Cook", "Baker", "Mason", "Jenkins", "García López", "Painter", "Al-Sayed", "Smith",
		"Price", "Taylor", "Ovella", "Gardener",
	}
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(all).Draw(t, "resume")
		p := rapid.SampledFrom(all).Draw(t, "posting")
		employer := rapid.SampledFrom(last).Draw(t, "employer")
		name := rapid.SampledFrom(first).Draw(t, "first") + " " + rapid.SampledFrom(last).Draw(t, "last")
		if rapid.IntRange(0, 3).Draw(t, "from the posting") == 0 {
			words := regexp.MustCompile(`\p{L}{5,}`).FindAllString(
				strings.ToLower(p.posting.Data.Description), -1,
			)
			capital := func(label string) string {
				w := rapid.SampledFrom(words).Draw(t, label)
				return strings.ToUpper(w[:1]) + w[1:]
			}
			a, b := capital("first word"), capital("last word")
			if s.Everyday(a) || s.Everyday(b) ||
				len(
					s.Found(a+" "+b),
				) > 0 { // nobody is called Friendly, and a skill is one whoever bears its name
				t.Skip()
			}
			name = a + " " + b
		}
		_, rest, _ := strings.Cut(r.resume, "\n")
		a, b := scoreOf(t, s, r.resume, p.posting), scoreOf(t, s, name+"\n"+rest, p.posting)
		if d := a - b; d < -2 || d > 2 {
			t.Fatalf("%s: %d becomes %d as %s", r.name, a, b, name)
		}
		swapped := p.posting
		swapped.Lead.Company = employer + " Ltd"
		if d := a - scoreOf(t, s, r.resume, swapped); d < -2 || d > 2 {
			t.Fatalf("%s: company %s moves the score by %d", r.name, employer, d)
		}
	})
}

func TestStrangersScoreBelow30AndCloseMatchesAbove60(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	all := trades(t)
	require.GreaterOrEqual(t, len(all), 8)
	for _, r := range all {
		for _, p := range all {
			m, err := s.Score(t.Context(), r.resume, p.posting)
			require.NoError(t, err)
			switch {
			case r.name == p.name:
				require.Greater(t, m.Score, 60, "%s for its own trade", r.name)
			case m.Unverified: // kept, without a claim that it fits
			default:
				require.Less(t, m.Score, 30, "%s for %s", r.name, p.name)
			}
		}
	}
}
