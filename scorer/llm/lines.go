package llm

import (
	"fmt"
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
}

// number gives each line that says something a label: prefix and number.
func number(prefix, text string) numbered {
	var all []string
	for line := range strings.Lines(text) {
		for _, sentence := range splitLong(strings.TrimSpace(line)) {
			if strings.ContainsFunc(sentence, words.IsLetter) {
				all = append(all, sentence)
			}
		}
	}
	n := numbered{lines: make(map[string]string), terms: words.Terms(text)}
	each := (len(all) + maxLines - 1) / maxLines
	var b strings.Builder
	for i := 0; i < len(all); i += each {
		label := fmt.Sprintf("%s%d", prefix, len(n.labels)+1)
		line := strings.Join(all[i:min(i+each, len(all))], " · ")
		n.labels, n.lines[label] = append(n.labels, label), line
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(label + ": " + line)
	}
	n.text = b.String()
	return n
}

// splitLong cuts a line that is too long after sentences, and a sentence that is too long at a
// space.
func splitLong(line string) []string {
	if len(firstRunes(line, maxLineRunes)) == len(line) {
		return []string{line}
	}
	var parts []string
	for _, sentence := range sentences(line) {
		for sentence = strings.TrimSpace(sentence); sentence != ""; {
			part := cutBytes(sentence, len(firstRunes(sentence, maxLineRunes)))
			parts = append(parts, part)
			sentence = strings.TrimSpace(sentence[len(part):])
		}
	}
	return parts
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
