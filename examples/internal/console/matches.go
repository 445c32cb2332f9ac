package console

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"

	"github.com/agent-forge/forge/store"
)

const (
	narrow    = 80 // characters; a narrower table leaves columns out
	maxSkills = 5
)

// Matches writes entries as a table of the given width in characters: the score, the job, what the
// résumé lacks, and the reason.
func Matches(w io.Writer, entries []store.Entry, width int) error {
	headers := []string{"SCORE", "JOB", "MISSING", "WHY"}
	if width < narrow {
		headers = headers[:2]
	}
	t := table.New().Headers(headers...).Width(width).Wrap(true).
		Border(lipgloss.NormalBorder()).BorderStyle(lipgloss.NewStyle().Faint(true)).
		BorderLeft(false).BorderRight(false).BorderTop(false).BorderColumn(false).BorderRow(true).
		StyleFunc(func(row, col int) lipgloss.Style {
			style := lipgloss.NewStyle().PaddingRight(2)
			switch {
			case row == table.HeaderRow:
				return style.Faint(true)
			case col == 0:
				return style.Width(7).Align(lipgloss.Right).Bold(true).Foreground(color(entries[row]))
			default:
				return style
			}
		})
	for _, e := range entries {
		row := []string{score(e), job(e), missing(e), why(e)}
		t.Row(row[:len(headers)]...)
	}
	_, err := lipgloss.Fprintln(w, t.Render())
	return err
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

func job(e store.Entry) string {
	lines := []string{lipgloss.NewStyle().Bold(true).Render(e.Lead.Title)}
	var place []string
	for _, s := range []string{e.Lead.Company, e.Lead.Location} {
		if s != "" {
			place = append(place, s)
		}
	}
	if len(place) > 0 {
		lines = append(lines, strings.Join(place, " · "))
	}
	if e.Closed {
		lines = append(lines, "closed by the board")
	}
	if e.Assessment != nil && e.Assessment.Unverified {
		lines = append(lines, "not verified: kept whatever the score is")
	}
	return strings.Join(lines, "\n")
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
