package server

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// The scopes of tokens.
const (
	scopeAgent = "agent" // every call
	scopeView  = "view"  // calls that change nothing
)

// A hash is the SHA-256 of a token. It identifies the token and cannot be used in its place.
type hash = [sha256.Size]byte

// newToken returns a token of 130 random bits. Its prefix says what it is to whoever finds it.
func newToken() string { return "forge_" + rand.Text() }

// parseTokens reads lines of the form "SHA-256 SCOPE USER". A user's name can contain spaces. Blank
// lines and lines that begin with # are skipped. A line that is not valid grants nothing and has no
// effect on the others; the error names each such line by its number and never quotes it, because
// people paste tokens into this file. Lines that give one token to different users are not valid.
func parseTokens(text []byte) (map[hash]rest.Identity, error) {
	known := map[hash]rest.Identity{}
	first := map[hash]int{} // the line that the token was on
	var problems []error
	n := 0
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))) {
		n++
		sum, who, err := parseToken(strings.TrimSpace(string(line)))
		earlier, again := first[sum]
		switch {
		case errors.Is(err, errNoToken):
		case err != nil:
			problems = append(problems, fmt.Errorf("line %d: %w", n, err))
		case again && known[sum] != who:
			delete(known, sum)
			problems = append(problems, fmt.Errorf(
				"line %d: this token is on line %d with another user or scope, so neither counts", n,
				earlier))
		case !again:
			known[sum], first[sum] = who, n
		}
	}
	return known, errors.Join(problems...)
}

// errNoToken means that a line is blank or a comment.
var errNoToken = errors.New("no token")

func parseToken(line string) (sum hash, who rest.Identity, err error) {
	if line == "" || strings.HasPrefix(line, "#") {
		return sum, who, errNoToken
	}
	digits, rest := cutField(line)
	scope, user := cutField(rest)
	raw, err := hex.DecodeString(digits)
	switch {
	case err != nil || len(raw) != sha256.Size:
		return sum, who, errors.New("want the SHA-256 of a token as 64 hexadecimal digits first")
	case hash(raw) == sha256.Sum256(nil):
		return sum, who, errors.New("this is the SHA-256 of an empty token")
	case joined.MatchString(user):
		return sum, who, errors.New("two lines are joined; start a new line before the second SHA-256")
	}
	who, err = identityOf(scope, user)
	return hash(raw), who, err
}

// joined finds a second token in what should be a user's name.
var joined = regexp.MustCompile(`[0-9A-Fa-f]{64}[ \t]`)

// cutField returns the text before the first run of spaces and tabs, and the text after it.
func cutField(s string) (field, rest string) {
	i := strings.IndexAny(s, " \t")
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeft(s[i:], " \t")
}

// identityOf checks a scope and a user. Its errors do not quote them.
func identityOf(scope, user string) (rest.Identity, error) {
	if scope != scopeAgent && scope != scopeView {
		return rest.Identity{}, fmt.Errorf("want the scope %s or %s", scopeAgent, scopeView)
	}
	if err := store.CheckUser(user); err != nil {
		return rest.Identity{}, err
	}
	return rest.Identity{User: user, ViewOnly: scope == scopeView}, nil
}
