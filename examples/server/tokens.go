package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// The scopes of tokens.
const (
	scopeAgent = "agent" // everything
	scopeView  = "view"  // look, and change nothing
)

// A token is what the server keeps of one: enough to know it again, too little to use it.
type token struct {
	sum [sha256.Size]byte
	who rest.Identity
}

// tokens are those that the server knows. A file of them is read again when it changes, so that a
// token is added or taken back without a restart.
type tokens struct {
	path string // blank: there is no file
	log  *slog.Logger

	mu      sync.Mutex
	all     []token
	looked  time.Time // at the file
	changed time.Time // when the file was, as it was read
}

// lookEvery is how soon a change of the file is seen.
const lookEvery = time.Second

// openTokens reads the file, or makes one token that lives as long as the server: fresh.
func openTokens(o options, log *slog.Logger) (t *tokens, fresh string, err error) {
	t = &tokens{path: o.tokens, log: log}
	if o.tokens == "" {
		fresh = newToken()
		t.all = []token{{sha256.Sum256([]byte(fresh)), rest.Identity{User: o.user}}}
		return t, fresh, nil
	}
	if err := t.read(); err != nil {
		return nil, "", commandline.Usage("-tokens", err)
	}
	return t, "", nil
}

// newToken returns a token that cannot be guessed: 130 random bits, with a name that tells what it
// is when it is found.
func newToken() string { return "forge_" + rand.Text() }

// identify says whose token has this SHA-256. Every token is compared, each in constant time.
func (t *tokens) identify(sum [sha256.Size]byte) (rest.Identity, bool) {
	var who rest.Identity
	found := 0
	for _, known := range t.current() {
		if subtle.ConstantTimeCompare(known.sum[:], sum[:]) == 1 {
			who, found = known.who, 1
		}
	}
	return who, found == 1
}

// current returns the tokens, from the file if it changed. A file that cannot be read leaves them
// as they are.
func (t *tokens) current() []token {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := time.Now(); t.path != "" && now.Sub(t.looked) >= lookEvery {
		t.looked = now
		if info, err := os.Stat(t.path); err != nil || !info.ModTime().Equal(t.changed) {
			if err := t.read(); err != nil {
				t.log.Error("tokens not read again; those that are known stay", "error", err)
			}
		}
	}
	return t.all
}

func (t *tokens) read() error {
	info, err := os.Stat(t.path)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(t.path)
	if err != nil {
		return err
	}
	all, err := parseTokens(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", t.path, err)
	}
	t.all, t.changed = all, info.ModTime()
	return nil
}

// parseTokens reads lines of "SHA-256 scope user"; the user's name may hold spaces. Blank lines and
// those that begin with # are passed over.
func parseTokens(r io.Reader) ([]token, error) {
	var all []token
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		sum, scopeAndUser, _ := strings.Cut(line, " ")
		scope, user, _ := strings.Cut(strings.TrimSpace(scopeAndUser), " ")
		one, err := tokenOf(scope, strings.TrimSpace(user))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		raw, err := hex.DecodeString(sum)
		if err != nil || len(raw) != sha256.Size {
			return nil, fmt.Errorf("line %d: want the SHA-256 of a token as 64 hexadecimal digits first", n)
		}
		copy(one.sum[:], raw)
		all = append(all, one)
	}
	return all, lines.Err()
}

// tokenOf returns a token of a scope and a user, without its SHA-256.
func tokenOf(scope, user string) (token, error) {
	if scope != scopeAgent && scope != scopeView {
		return token{}, fmt.Errorf("scope %q: want %s or %s", scope, scopeAgent, scopeView)
	}
	if err := store.CheckUser(user); err != nil {
		return token{}, err
	}
	return token{who: rest.Identity{User: user, ViewOnly: scope == scopeView}}, nil
}

// writeNewToken adds a token to the file and prints it. It is nowhere else.
func writeNewToken(o options, stdout io.Writer) error {
	user, scope, ok := cutLast(o.newToken, ":")
	if !ok {
		user, scope = o.newToken, scopeAgent
	}
	if _, err := tokenOf(scope, user); err != nil {
		return commandline.Usage("-new-token", fmt.Errorf("want USER:SCOPE, such as ada:agent: %w", err))
	}
	f, err := os.OpenFile(o.tokens, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return commandline.Usage("-tokens", err)
	}
	secret := newToken()
	sum := sha256.Sum256([]byte(secret))
	_, err = fmt.Fprintf(f, "%s %s %s\n", hex.EncodeToString(sum[:]), scope, user)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("-tokens: %w", err)
	}
	_, err = fmt.Fprintln(stdout, secret)
	return err
}

func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}
