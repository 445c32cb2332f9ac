package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/store/rest"
)

const (
	lookEvery    = time.Second // at the token file
	maxTokenFile = 1 << 20     // bytes
)

// errTokenFile means that the token file cannot be read, so that nobody can be identified.
var errTokenFile = fmt.Errorf("%w: the token file cannot be read", rest.ErrUnavailable)

// tokens are the tokens that the server accepts. They are those of a file, which is read again and
// again, so that a token is added or revoked without a restart.
//
// A changed file counts once two looks, a second apart, have found the same content, so that a file
// that is being rewritten revokes nothing. A file that is gone or cannot be read grants nothing: a
// token that is no longer listed must not stay valid because the list cannot be seen.
type tokens struct {
	path string // empty if there is no file
	log  *slog.Logger

	now  atomic.Pointer[tokenState]
	seen fileState // at the last look, used by look alone
}

// A tokenState is what the server made of a content of the file.
type tokenState struct {
	file  fileState
	known map[hash]rest.Identity
	err   error // for an operator: the file cannot be read, or has lines that are not valid
}

// A fileState is what a look found.
type fileState struct {
	text []byte
	err  error
}

func (f fileState) equal(g fileState) bool {
	return bytes.Equal(f.text, g.text) && fmt.Sprint(f.err) == fmt.Sprint(g.err)
}

// openTokens reads the token file. If there is none, it makes one token that is valid until the
// server stops, and returns it. Unlike a later change, a file that is not valid in every line is an
// error.
func openTokens(o options, log *slog.Logger) (t *tokens, fresh string, err error) {
	t = &tokens{path: o.tokens, log: log}
	if o.tokens == "" {
		fresh = newToken()
		t.now.Store(&tokenState{known: map[hash]rest.Identity{
			sha256.Sum256([]byte(fresh)): {User: o.user},
		}})
		return t, fresh, nil
	}
	t.seen = readTokenFile(t.path)
	state := t.seen.state()
	if state.err != nil {
		return nil, "", commandline.Usage("-tokens", fmt.Errorf("%s: %w", t.path, state.err))
	}
	t.now.Store(state)
	if len(state.known) == 0 {
		log.Warn("the token file lists no token, so nobody can sign in; -new-token adds one", "file", t.path)
	}
	return t, "", nil
}

// watch looks at the file until ctx ends.
func (t *tokens) watch(ctx context.Context) {
	if t.path == "" {
		return
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			t.look()
		}
	}
}

// look reads the file, and takes a changed content over that the look before found, too.
func (t *tokens) look() {
	found := readTokenFile(t.path)
	settled := found.equal(t.seen)
	t.seen = found
	if !settled || found.equal(t.now.Load().file) {
		return
	}
	state := found.state()
	t.now.Store(state)
	if state.err != nil {
		t.log.Error("the token file has changed and is not valid", "file", t.path, "error", state.err,
			"tokens", len(state.known))
		return
	}
	t.log.Info("the token file has changed", "file", t.path, "tokens", len(state.known))
}

func (f fileState) state() *tokenState {
	if f.err != nil {
		return &tokenState{file: f, err: f.err}
	}
	known, err := parseTokens(f.text)
	return &tokenState{file: f, known: known, err: err}
}

// readTokenFile reads a regular file: a pipe would block, and a device has no end.
func readTokenFile(path string) (s fileState) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fileState{err: err}
	case !info.Mode().IsRegular():
		return fileState{err: errors.New("not a regular file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return fileState{err: err}
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxTokenFile+1))
	if err == nil && len(text) > maxTokenFile {
		text, err = nil, fmt.Errorf("larger than %d bytes", maxTokenFile)
	}
	return fileState{text: text, err: err}
}

// identify returns the user of the token with this hash. It returns rest.ErrUnauthorized if the
// token is unknown, and errTokenFile if the file cannot be read.
func (t *tokens) identify(sum hash) (rest.Identity, error) {
	state := t.now.Load()
	who, ok := state.known[sum]
	switch {
	case state.file.err != nil:
		return who, errTokenFile
	case !ok:
		return who, rest.ErrUnauthorized
	}
	return who, nil
}

// problem returns what is wrong with the token file, without its path, or nil.
func (t *tokens) problem() error {
	state := t.now.Load()
	switch {
	case state.file.err != nil:
		return errors.New("the token file cannot be read, so every token is refused; the log says why")
	case state.err != nil:
		return fmt.Errorf("the token file has lines that are not valid:\n%w", state.err)
	}
	return nil
}

// writeNewToken adds a token to the file and prints it. The token is stored nowhere else.
func writeNewToken(o options, stdout io.Writer) error {
	user, scope, ok := cutLast(o.newToken, ":")
	if !ok {
		user, scope = o.newToken, scopeAgent
	}
	user = strings.TrimSpace(user)
	if _, err := identityOf(scope, user); err != nil {
		return commandline.Usage("-new-token", fmt.Errorf("want USER:SCOPE, such as ada:agent: %w", err))
	}
	content := readTokenFile(o.tokens)
	if errors.Is(content.err, os.ErrNotExist) {
		content.err = nil // it is created
	}
	if err := content.state().err; err != nil {
		return commandline.Usage("-tokens", fmt.Errorf("%s: %w", o.tokens, err))
	}
	secret := newToken()
	sum := sha256.Sum256([]byte(secret))
	line := fmt.Sprintf("%s %s %s\n", hex.EncodeToString(sum[:]), scope, user)
	if n := len(content.text); n > 0 && content.text[n-1] != '\n' {
		line = "\n" + line // or it would be a part of the last line
	}
	if err := appendTo(o.tokens, line); err != nil {
		return commandline.Usage("-tokens", err)
	}
	_, err := fmt.Fprintln(stdout, secret)
	return err
}

// appendTo adds text to a file that only its owner can read, in one write, so that two commands at
// the same time do not mix their lines.
func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}
