package llm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agent-forge/forge/internal/words"
)

// Bounds of the lines that the model can point at. A longer line is cut into sentences, so that a
// paragraph is not one piece of evidence for everything; of more lines, neighbours share a label.
const (
	maxLineRunes = 240
	maxLines     = 160
)

// numbered is a text as lines that the model can point at.
type numbered struct {
	text   string            // "P1: first line\nP2: second line"
	lines  map[string]string // by label
	labels []string
	terms  map[string]bool // what all of it tells
	fields words.FieldSet  // of work, of which most of it speaks
}

// number gives each line that says something a label: prefix and number.
func number(prefix, text string) numbered {
	var all []string
	for line := range strings.Lines(text) {
		if strings.ContainsFunc(line, words.IsLetter) {
			all = append(all, strings.TrimSpace(line))
		}
	}
	n := numbered{lines: make(map[string]string), terms: words.Terms(text), fields: words.FieldsOf(text)}
	each := (len(all) + maxLines - 1) / maxLines
	var b strings.Builder
	for chunk := range slices.Chunk(all, max(each, 1)) {
		label := fmt.Sprintf("%s%d", prefix, len(n.labels)+1)
		line := strings.Join(chunk, " · ")
		n.labels, n.lines[label] = append(n.labels, label), line
		fmt.Fprintf(&b, "%s: %s\n", label, line)
	}
	n.text = strings.TrimSuffix(b.String(), "\n")
	return n
}

// splitLong cuts lines that are too long after sentences, and sentences that are too long at
// spaces.
func splitLong(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if len(firstRunes(line, maxLineRunes)) >= len(line)-1 {
			b.WriteString(line)
			continue
		}
		for _, s := range sentences(line) {
			for s = strings.TrimSpace(s); s != ""; {
				part := firstRunes(s, maxLineRunes)
				if space := strings.LastIndexByte(part, ' '); len(part) < len(s) && space > 0 {
					part = part[:space]
				}
				b.WriteString(part + "\n")
				s = strings.TrimLeft(s[len(part):], " ")
			}
		}
	}
	return b.String()
}

// firstRunes returns at most n characters of s.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return strings.TrimSpace(s[:i])
		}
		n--
	}
	return s
}

// line returns the line with a label, "" if there is none. Some models write "p3" or "P3: …".
func (n numbered) line(label string) string {
	label, _, _ = strings.Cut(strings.ToUpper(strings.TrimSpace(label)), ":")
	return n.lines[label]
}

// telling returns what the lines with these labels tell.
func (n numbered) telling(labels []string) map[string]bool {
	terms := make(map[string]bool)
	for _, label := range labels {
		for term, strong := range words.Terms(n.line(label)) {
			terms[term] = terms[term] || strong
		}
	}
	return terms
}
