package polite

import (
	"bufio"
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/lead"
)

// robotsRules are the lines of a robots.txt that apply to one agent.
type robotsRules struct {
	agent string
	rules []robotsRule
	// Crawl-delay, which RFC 9309 does not know and many sites state; 0 if the file has none
	delay time.Duration
}

// A robotsRule is a line that allows or forbids paths.
type robotsRule struct {
	allow    bool
	pattern  string
	parts    []string // of the pattern, between its asterisks
	anchored bool     // the pattern ends with $: a path must end where the pattern does
}

// parseRobots returns the rules of all groups that name the agent, or else of those that name every
// agent. A line that cannot be read costs that line and not the file.
func parseRobots(text []byte, agent string) *robotsRules {
	if len(text) >= maxRobotsBytes { // the last line can be cut, and would then forbid more than it says
		text = text[:bytes.LastIndexAny(text, "\r\n")+1]
	}
	mine, everyone := &robotsRules{agent: agent}, &robotsRules{agent: "*"}
	named := false
	var current []*robotsRules
	inAgents := false // consecutive user-agent lines begin one group
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	lines.Buffer(nil, maxRobotsBytes+1)
	lines.Split(scanAnyLine)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		key, value, ok := strings.Cut(line, ":")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		if !ok {
			continue
		}
		switch key {
		case "user-agent":
			if !inAgents {
				current, inAgents = nil, true
			}
			switch {
			case value == "*":
				current = append(current, everyone)
			case strings.EqualFold(productToken(value), agent):
				current = append(current, mine)
				named = true
			}
		case "allow", "disallow":
			inAgents = false
			for _, group := range current {
				group.add(key == "allow", value)
			}
		case "crawl-delay":
			for _, group := range current {
				group.setDelay(value)
			}
		}
	}
	if named {
		return mine
	}
	return everyone
}

// scanAnyLine ends lines at CR, LF or both, as RFC 9309 allows.
func scanAnyLine(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// maxPatternBytes is longer than any path of a board. A pattern of half a megabyte would be an
// attack.
const maxPatternBytes = 2000

func (r *robotsRules) add(allow bool, pattern string) {
	if pattern == "" || len(pattern) > maxPatternBytes { // the empty pattern forbids, or allows, nothing
		return
	}
	pattern = normalPath(pattern)
	if pattern[0] != '/' && pattern[0] != '*' {
		pattern = "/" + pattern
	}
	literal, anchored := strings.CutSuffix(pattern, "$")
	r.rules = append(r.rules, robotsRule{
		allow: allow, pattern: pattern, parts: strings.Split(literal, "*"), anchored: anchored,
	})
}

func (r *robotsRules) setDelay(seconds string) {
	if s, err := strconv.ParseFloat(seconds, 64); err == nil && s > 0 {
		r.delay = time.Duration(min(s, backoff.MaxAsked.Seconds()) * float64(time.Second))
	}
}

// forbids reports whether u must not be asked for, and the line that says so. The longest pattern
// decides, and among patterns of one length an Allow.
// https://www.rfc-editor.org/rfc/rfc9309#section-2.2.2
func (r *robotsRules) forbids(u *url.URL) (line string, forbidden bool) {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	path = normalPath(path)
	decides := &robotsRule{allow: true}
	for i := range r.rules {
		rule := &r.rules[i]
		longer := len(rule.pattern) - len(decides.pattern)
		if (longer > 0 || longer == 0 && rule.allow) && rule.matches(path) {
			decides = rule
		}
	}
	return quoted("Disallow: " + decides.pattern), !decides.allow
}

// matches reports whether the pattern describes the path from its beginning. An asterisk stands for
// any text.
func (r *robotsRule) matches(path string) bool {
	rest, ok := strings.CutPrefix(path, r.parts[0])
	if !ok {
		return false
	}
	for i, part := range r.parts[1:] {
		if r.anchored && i == len(r.parts)-2 {
			return strings.HasSuffix(rest, part)
		}
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return !r.anchored || rest == ""
}

// normalPath writes a path in one way (RFC 9309, section 2.2.2): what needs no escape has none, and
// everything beyond ASCII has one.
func normalPath(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) {
			if v, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				c, i = byte(v), i+2
				if !unreserved(c) {
					b.Write([]byte{'%', hex[c>>4], hex[c&15]})
					continue
				}
			}
		}
		if c >= 0x80 {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// unreserved reports whether c is one of the characters of RFC 3986, section 2.3.
func unreserved(c byte) bool {
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	return letter || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// quoted makes a line of a file that is not ours fit for an error.
func quoted(line string) string {
	line = lead.CleanLine(line)
	const most = 120
	if len(line) > most {
		return line[:most] + "…"
	}
	return line
}

// productToken returns the name by which robots.txt calls an agent: "agent-forge" of "agent-forge/1
// (+https://…)".
func productToken(agent string) string {
	token, _, _ := strings.Cut(agent, "/")
	token, _, _ = strings.Cut(strings.TrimSpace(token), " ")
	return strings.ToLower(token)
}
