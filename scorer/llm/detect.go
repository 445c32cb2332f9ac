package llm

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A rule finds sentences that speak to a model instead of to a candidate. Rules are one layer of
// several: what they miss still has to bring lines of both texts. A false alarm costs one sentence,
// never the posting. The pattern is tried only where one of the cues stands; most sentences hold
// none.
type rule struct {
	cues    []string // lower case
	pattern *regexp.Regexp
}

// withhold returns text without the sentences that speak to a model, and how many they were.
func withhold(text string) (kept string, flagged int) {
	var b strings.Builder
	for line := range strings.Lines(text) {
		start := b.Len()
		dropped := 0
		for _, s := range sentences(line) {
			if speaksToAModel(s) {
				dropped++
				continue
			}
			b.WriteString(s)
		}
		if dropped > 0 {
			flagged += dropped
			if b.Len() > start && strings.HasSuffix(line, "\n") && !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte('\n')
			}
		}
	}
	return strings.TrimSpace(b.String()), flagged
}

func speaksToAModel(sentence string) bool {
	low := strings.ToLower(sentence)
	for _, r := range rules() {
		for _, cue := range r.cues {
			if strings.Contains(low, cue) {
				if r.pattern.MatchString(low) {
					return true
				}
				break
			}
		}
	}
	return false
}

// sentences cuts a line after each sentence, losing nothing.
func sentences(line string) []string {
	var out []string
	start, ended := 0, false
	for i, r := range line {
		switch {
		case ended && unicode.IsSpace(r):
			end := i + utf8.RuneLen(r)
			out = append(out, line[start:end])
			start, ended = end, false
		case strings.ContainsRune("。！？", r):
			end := i + utf8.RuneLen(r)
			out = append(out, line[start:end])
			start, ended = end, false
		default:
			ended = strings.ContainsRune(".!?…", r)
		}
	}
	if start < len(line) {
		out = append(out, line[start:])
	}
	return out
}

// What the patterns call {machine} and {top}.
const (
	machine = `(?:ai|a\.i\.|llms?|(?:large )?language models?|chat ?bots?|(?:chat)?gpt(?:-?\d\w*)?|` +
		`claude|qwen|copilot|gemini|(?:ai |automated |virtual )?(?:assistants?|graders?|evaluators?|` +
		`screeners?)|(?:ai|screening|ats|recruit(?:ing|ment)) ` +
		`(?:models?|agents?|bots?|tools?|systems?|software))`
	top = `(?:100|5 ?/ ?5|10 ?/ ?10|five|maximum|max|highest|perfect|full|top)`
)

// rulesFile holds a line of cues and a line with the pattern for each rule, both lower case.
//
//go:embed detect.txt
var rulesFile string

var rules = sync.OnceValue(func() []rule {
	var all []rule
	var cues []string
	expand := strings.NewReplacer("{machine}", machine, "{top}", top)
	for line := range strings.Lines(rulesFile) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case cues == nil:
			for cue := range strings.SplitSeq(line, ",") {
				cues = append(cues, strings.TrimSpace(cue))
			}
		default:
			all, cues = append(all, rule{cues, regexp.MustCompile(expand.Replace(line))}), nil
		}
	}
	return all
})
