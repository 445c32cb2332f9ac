package evaluate

import (
	"context"
	"errors"
	"math/rand/v2"
	"regexp"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
)

// A check is a change of the résumé with what it may do to the score.
type check struct {
	Name     string
	Promise  string
	Runs     int
	Broken   int // changes that moved the score further than they may
	Mean     float64
	Worst    int // the greatest move in the wrong direction
	Unjudged int
}

// A change returns changed résumés; none if the résumé cannot be changed so.
type change struct {
	name, promise string
	of            func(resume string, p enrich.Posting, m enrich.Assessment) []string
	wrong         func(moved int) int // how far a move goes in the wrong direction
	allowed       int
}

func changes() []change {
	either := func(moved int) int { return max(moved, -moved) }
	return []change{
		{"add a missing skill", "never lower", withMissing, func(moved int) int { return -moved }, 0},
		{"remove a skill asked for", "never higher", withoutAsked, func(moved int) int { return moved }, 0},
		{"shuffle the paragraphs", "within 2", shuffled, either, 2},
		{"swap the person's name", "within 2", renamed, either, 2},
	}
}

// metamorphic runs the checks on the first n pairs that can be scored, spread over the file.
func metamorphic(ctx context.Context, s scorer.Scorer, pairs []pair, n int) ([]check, error) {
	all := changes()
	checks := make([]check, len(all))
	for i, c := range all {
		checks[i].Name, checks[i].Promise = c.name, c.promise
	}
	step := max(1, len(pairs)/n)
	for at := 0; at < len(pairs) && n > 0; at, n = at+step, n-1 {
		p := pairs[at]
		m, err := s.Score(ctx, p.Resume, p.Posting)
		if err != nil {
			if unjudged(err) {
				continue
			}
			return nil, err
		}
		for i, c := range all {
			for _, resume := range c.of(p.Resume, p.Posting, m) {
				changed, err := s.Score(ctx, resume, p.Posting)
				if err != nil {
					if unjudged(err) {
						checks[i].Unjudged++
						continue
					}
					return nil, err
				}
				checks[i].note(changed.Score-m.Score, c)
			}
		}
	}
	return checks, nil
}

func (c *check) note(moved int, by change) {
	wrong := by.wrong(moved)
	c.Mean += (float64(moved) - c.Mean) / float64(c.Runs+1)
	c.Runs++
	c.Worst = max(c.Worst, wrong)
	if wrong > by.allowed {
		c.Broken++
	}
}

func unjudged(err error) bool {
	return errors.Is(err, scorer.ErrReply) || errors.Is(err, scorer.ErrTooLong)
}

const maxVariants = 2

func withMissing(resume string, _ enrich.Posting, m enrich.Assessment) []string {
	var list []string
	for _, s := range m.MissingSkills[:min(len(m.MissingSkills), maxVariants)] {
		list = append(list, strings.TrimRight(resume, "\n")+"\n\nSkills: "+s)
	}
	return list
}

// The words of a list: what stands between commas.
var listItem = regexp.MustCompile(`[\p{L}\p{N}][\p{L}\p{N}+#./ -]{1,30}`)

// withoutAsked removes items of the résumé's lists that the posting names, too.
func withoutAsked(resume string, p enrich.Posting, _ enrich.Assessment) []string {
	asked := strings.ToLower(p.Lead.Title + "\n" + p.Data.Description)
	var list []string
	separates := func(r rune) bool { return strings.ContainsRune(",;:\n•·", r) }
	for _, part := range strings.FieldsFunc(resume, separates) {
		item := listItem.FindString(strings.Trim(part, " .-"))
		if len(item) < 3 || strings.Count(item, " ") > 2 || item != strings.Trim(part, " .-") ||
			!strings.Contains(asked, strings.ToLower(item)) {
			continue
		}
		if changed := strings.ReplaceAll(resume, item, ""); changed != resume {
			list = append(list, changed)
		}
		if len(list) == maxVariants {
			break
		}
	}
	return list
}

func shuffled(resume string, _ enrich.Posting, _ enrich.Assessment) []string {
	paragraphs := strings.Split(strings.TrimSpace(resume), "\n\n")
	if len(paragraphs) < 3 {
		return nil
	}
	rng := rand.New(rand.NewPCG(7, uint64(len(resume)))) //nolint:gosec // repeatable on purpose
	var list []string
	for range maxVariants {
		rng.Shuffle(
			len(paragraphs), func(i, j int) { paragraphs[i], paragraphs[j] = paragraphs[j], paragraphs[i] },
		)
		list = append(list, strings.Join(paragraphs, "\n\n"))
	}
	return list
}

// renamed gives the person another name, where the first line begins with one.
func renamed(resume string, _ enrich.Posting, _ enrich.Assessment) []string {
	first, rest, ok := strings.Cut(strings.TrimLeft(resume, "\n"), "\n")
	name, after := first, ""
	if i := strings.IndexAny(first, ",|·"); i >= 0 {
		name, after = first[:i], first[i:]
	}
	if n := len(strings.Fields(name)); !ok || n < 2 || n > 4 || strings.ContainsAny(name, "0123456789@") {
		return nil
	}
	list := make([]string, 0, maxVariants)
	for _, other := range []string{"Fatima Zahra El-Amrani", "John Baker"} {
		list = append(list, other+after+"\n"+rest)
	}
	return list
}
