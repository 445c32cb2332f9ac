package console

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
	"golang.org/x/term"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/store"
)

const (
	narrow    = 100 // characters; below, matches are shown one under the other, not as a table
	maxWidth  = 140 // of the table, in characters
	maxSkills = 5
)

// A List shows matches.
type List struct {
	Width int  // in characters, at most
	Links bool // titles lead to the adverts when they are clicked
	URLs  bool // addresses are printed
	Last  bool // the best comes last, where a terminal shows it without scrolling

	// Basis is of the current résumé: scores of another one say so. If empty, none does.
	Basis enrich.Basis

	Notes map[int64][]string // lines below a job, by its id
}

// ListFor returns the list that f shows best: with links and the best last on a terminal, and best
// first elsewhere.
func ListFor(f *os.File) List {
	terminal := term.IsTerminal(int(f.Fd()))
	return List{Width: min(Width(f), maxWidth), Links: terminal, Last: terminal}
}

// Write writes entries, which come best first: the score, the job, what the résumé lacks, and the
// reason. No word is cut that fits in a line.
func (l List) Write(f *os.File, entries []store.Entry) error {
	_, err := lipgloss.Fprintln(f, l.render(entries))
	return err
}

func (l List) render(entries []store.Entry) string {
	if l.Last {
		entries = slices.Clone(entries)
		slices.Reverse(entries)
	}
	if l.Width < narrow {
		return l.cards(entries)
	}
	return l.table(entries)
}

func (l List) table(entries []store.Entry) string {
	skills := 22 // as wide as its longest word, which the table would cut
	for _, e := range entries {
		for word := range strings.FieldsSeq(missing(e)) {
			skills = max(skills, min(lipgloss.Width(word)+2, l.Width/3))
		}
	}
	t := table.New().Headers("SCORE", "JOB", "MISSING", "WHY").Width(l.Width).Wrap(true).
		Border(lipgloss.NormalBorder()).BorderStyle(lipgloss.NewStyle().Faint(true)).
		BorderLeft(false).BorderRight(false).BorderTop(false).BorderColumn(false).BorderRow(true).
		StyleFunc(func(row, col int) lipgloss.Style {
			style := lipgloss.NewStyle().PaddingRight(2)
			switch {
			case row == table.HeaderRow:
				return style.Faint(true)
			case col == 0:
				return style.Width(7).Align(lipgloss.Right).Bold(true).Foreground(color(entries[row]))
			case col == 2:
				return style.Width(skills)
			default:
				return style
			}
		})
	for _, e := range entries {
		t.Row(score(e), strings.Join(l.job(e), "\n"), missing(e), why(e))
	}
	return t.Render()
}

// indent is the width of the column of scores in a card.
const indent = 5

// cards shows the entries one under the other.
func (l List) cards(entries []store.Entry) string {
	number := lipgloss.NewStyle().Width(indent - 1).Align(lipgloss.Right).Bold(true)
	faint := lipgloss.NewStyle().Faint(true)
	var all []string
	for _, e := range entries {
		lines := l.job(e)
		if e.Assessment != nil && len(e.Assessment.MissingSkills) > 0 {
			lines = append(lines, faint.Render("missing: ")+missing(e))
		}
		if reason := why(e); reason != "" {
			lines = append(lines, faint.Render("why: ")+reason)
		}
		for i, line := range lines {
			lines[i] = lipgloss.Wrap(line, max(l.Width-indent, 1), "")
		}
		left := number.Foreground(color(e)).Render(score(e)) + " "
		all = append(all, lipgloss.JoinHorizontal(lipgloss.Top, left, strings.Join(lines, "\n")))
	}
	return strings.Join(all, "\n\n") + "\n"
}

func score(e store.Entry) string {
	if e.Assessment == nil {
		return "–"
	}
	return fmt.Sprint(e.Assessment.Score)
}

// color returns green for a close match, and yellow for one near the gate.
func color(e store.Entry) lipgloss.ANSIColor {
	const green, yellow = 2, 3
	if e.Assessment != nil && e.Assessment.Score >= 60 {
		return green
	}
	return yellow
}

// job describes the job in a few lines.
func (l List) job(e store.Entry) []string {
	title := lipgloss.NewStyle().Bold(true)
	if l.Links {
		title = title.Hyperlink(e.Lead.URL)
	}
	lines := []string{title.Render(e.Lead.Title)}
	var place []string
	for _, s := range []string{e.Lead.Company, e.Lead.Location} {
		if s != "" {
			place = append(place, s)
		}
	}
	if len(place) > 0 {
		lines = append(lines, strings.Join(place, " · "))
	}
	lines = append(lines, l.Notes[e.ID]...)
	if e.Closed {
		lines = append(lines, "closed by the board")
	}
	if e.Assessment != nil && e.Assessment.Unverified {
		lines = append(lines, "not verified: kept whatever the score is")
	}
	if l.OtherResume(e) {
		lines = append(lines, "score of another résumé")
	}
	if l.URLs {
		lines = append(lines, e.Lead.URL)
	}
	return lines
}

// OtherResume reports whether the entry was scored with another résumé, or one that is not known.
func (l List) OtherResume(e store.Entry) bool {
	return l.Basis != "" && e.Assessment != nil && e.Basis.Resume() != l.Basis.Resume()
}

func missing(e store.Entry) string {
	if e.Assessment == nil || len(e.Assessment.MissingSkills) == 0 {
		return "nothing"
	}
	skills := e.Assessment.MissingSkills
	if more := len(skills) - maxSkills; more > 0 {
		return strings.Join(skills[:maxSkills], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(skills, ", ")
}

func why(e store.Entry) string {
	if e.Assessment == nil {
		return ""
	}
	return e.Assessment.Reasoning
}
