package polite

import (
	"bufio"
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/temoto/robotstxt"
)

// robotsRules are the lines of a robots.txt that apply to one agent. The matching is the library's. Around it, this package
// does what RFC 9309 asks and the library does not: a line that cannot be read costs that line and not the file, an Allow
// wins over a Disallow of the same length, a pattern begins at the path's beginning, and the rule that decided has a name.
type robotsRules struct {
	agent string
	allow []robotsRule
	deny  []robotsRule
	delay time.Duration // Crawl-delay, which RFC 9309 does not know and many sites state; 0: none
}

type robotsRule struct {
	line    string // as the file writes it, without comment
	literal string // what every path that it matches begins with
}

// parseRobots returns the rules of all groups that name the agent, or else of those that name everyone.
func parseRobots(text []byte, agent string) *robotsRules {
	mine, everyone := &robotsRules{agent: agent}, &robotsRules{agent: "*"}
	named := false
	var current []*robotsRules
	inAgents := false // consecutive user-agent lines are one group
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	lines.Buffer(make([]byte, 0, 4096), maxRobotsBytes+1)
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
				group.add(key, value)
			}
		case "crawl-delay":
			for _, group := range current {
				group.space(value)
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

// maxRuleBytes is longer than any path that a board has; a pattern of half a megabyte is an attack on who matches it.
const maxRuleBytes = 2000

func (r *robotsRules) add(key, path string) {
	if path == "" || len(path) > maxRuleBytes { // the empty path forbids, or allows, nothing
		return
	}
	path = normalPath(path)
	if !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "*") {
		path = "/" + path
	}
	literal, _, _ := strings.Cut(strings.TrimSuffix(path, "$"), "*")
	if key == "allow" {
		r.allow = append(r.allow, robotsRule{"Allow: " + path, literal})
	} else {
		r.deny = append(r.deny, robotsRule{"Disallow: " + path, literal})
	}
}

// forbids reports whether u must not be asked for, and the rule that says so.
func (r *robotsRules) forbids(u *url.URL) (rule string, forbidden bool) {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	path = normalPath(path)
	// The library takes the first of the longest rules, and its patterns may begin anywhere.
	allow, deny := candidates(r.allow, path), candidates(r.deny, path)
	if len(deny) == 0 || allows(append(allow, deny...), path) {
		return "", false
	}
	for _, d := range deny {
		if len(d) > len(rule) && !allows([]string{d}, path) {
			rule = d
		}
	}
	return quoted(rule), true
}

func (r *robotsRules) space(seconds string) {
	if s, err := strconv.ParseFloat(seconds, 64); err == nil && s > 0 {
		r.delay = time.Duration(min(s, maxRest.Seconds()) * float64(time.Second))
	}
}

func candidates(rules []robotsRule, path string) (lines []string) {
	for _, r := range rules {
		if strings.HasPrefix(path, r.literal) {
			lines = append(lines, r.line)
		}
	}
	return lines
}

// allows reports whether a file of these rules alone allows path.
func allows(rules []string, path string) bool {
	file, err := robotstxt.FromString("User-agent: *\n" + strings.Join(rules, "\n"))
	return err == nil && file.TestAgent(path, "*")
}

// normalPath writes a path in one way (RFC 9309, section 2.2.2): what needs no escape has none, and everything beyond ASCII
// has one.
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

// unreserved is RFC 3986, section 2.3.
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// productToken returns the name by which robots.txt calls an agent: "agent-forge" of "agent-forge/1 (+https://…)".
func productToken(agent string) string {
	token, _, _ := strings.Cut(agent, "/")
	token, _, _ = strings.Cut(strings.TrimSpace(token), " ")
	return strings.ToLower(token)
}
