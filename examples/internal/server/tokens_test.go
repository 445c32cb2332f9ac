package server

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/store/rest"
)

// What a token is allowed after the file has changed.
const (
	works   = "works"
	looks   = "can look"
	refused = "is refused"
	waits   = "is told to wait"
)

// A tokenCase changes the token file of a running server, on which ada and bob are signed in.
type tokenCase struct {
	name     string
	change   func(s *site)
	ada, bob string // what becomes of their tokens
	out      string // whose session ends: "", "ada", "both"
	readyz   string // a part of the answer; if empty, "ready"
}

// content changes the file's content.
func content(text string) func(s *site) { return func(s *site) { s.setTokens(text) } }

// swapped changes the file by a function of its path.
func swapped(f func(path string) error) func(s *site) {
	return func(s *site) {
		require.NoError(s, f(s.tokenFile))
		s.look()
	}
}

var (
	adaLine = tokenLine(adaToken, "agent ada")
	bobLine = tokenLine(bobToken, "agent bob")
)

func windows(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
func tabbed(s string) string  { return strings.ReplaceAll(s, " ", "\t ") }
func utf16(s string) string   { return strings.Join(strings.Split(s, ""), "\x00") }

var tokenCases = []tokenCase{
	{"nothing changes", func(s *site) { s.look() }, works, works, "", ""},
	{"a line is removed", content(bobLine), refused, works, "ada", ""},
	{"every line is removed", content(""), refused, refused, "both", ""},
	{"only comments are left", content("# " + adaLine + "#" + bobLine), refused, refused, "both", ""},
	{"the last newline is missing", content(adaLine + strings.TrimSpace(bobLine)), works, works, "", ""},
	{"lines end as on Windows", content(windows(adaLine + bobLine)), works, works, "", ""},
	{"the file begins with a byte order mark", content("\ufeff" + adaLine + bobLine), works, works, "", ""},
	{"fields are separated by tabs", content(tabbed(adaLine + bobLine)), works, works, "", ""},
	{
		"digits are upper case",
		content(strings.ToUpper(adaLine[:64]) + adaLine[64:] + bobLine), works, works, "", "",
	},
	{"lines are indented", content("\n  " + adaLine + "\n\n \t \n" + bobLine + "\n"), works, works, "", ""},
	{"a line is not valid", content("oops\n" + adaLine + bobLine), works, works, "", "line 1"},
	{
		"a scope is not valid",
		content(tokenLine(adaToken, "admin ada") + bobLine), refused, works, "ada", "line 1",
	},
	{"a scope is missing", content(tokenLine(adaToken, "ada") + bobLine), refused, works, "ada", "line 1"},
	{"a user is missing", content(tokenLine(adaToken, "agent ") + bobLine), refused, works, "ada", "line 1"},
	{
		"a user has control characters",
		content(tokenLine(adaToken, "agent a\x1bda") + bobLine), refused, works, "ada", "line 1",
	},
	{"a digit is missing", content(adaLine[1:] + bobLine), refused, works, "ada", "line 1"},
	{"a digit is wrong", content("x" + adaLine[1:] + bobLine), refused, works, "ada", "line 1"},
	{"a token is not hashed", content(adaToken + " agent ada\n" + bobLine), refused, works, "ada", "line 1"},
	{
		"two lines are joined", content(strings.TrimSpace(adaLine) + bobLine), refused, refused, "both",
		"line 1",
	},
	{"a line is cut", content(bobLine + adaLine[:40]), refused, works, "ada", "line 2"},
	{
		"a token is given to two users",
		content(adaLine + bobLine + tokenLine(adaToken, "agent eve")), refused, works, "ada", "line 3",
	},
	{
		"a token has two scopes",
		content(adaLine + bobLine + tokenLine(adaToken, "view ada")), refused, works, "ada", "line 3",
	},
	{"a line is there twice", content(adaLine + bobLine + adaLine), works, works, "", ""},
	{"no token is listed", content(tokenLine("", "view x") + adaLine + bobLine), works, works, "", "line 1"},
	{"a token may only look", content(tokenLine(adaToken, "view ada") + bobLine), looks, works, "", ""},
	{
		"a token is another user's", content(tokenLine(adaToken, "agent eve") + bobLine), works, works, "ada",
		"",
	},
	{"a token is revoked and listed again", func(s *site) {
		s.setTokens(bobLine)
		s.setTokens(adaLine + bobLine)
	}, works, works, "", ""},
	{"bytes are lost", content("\x00\x00\x00\x00" + adaLine[4:] + bobLine), refused, works, "ada", "line 1"},
	{"the file is UTF-16", content("\xff\xfe" + utf16(adaLine+bobLine)), refused, refused, "both", "line 1"},
	{"the file is deleted", swapped(os.Remove), waits, waits, "", "cannot be read"},
	{"the file is deleted and created again", func(s *site) {
		require.NoError(s, os.Remove(s.tokenFile))
		s.look()
		s.setTokens(adaLine + bobLine)
	}, works, works, "", ""},
	{"the file is replaced by one of the same size and time", swapped(func(path string) error {
		info, err := os.Stat(path)
		text := strings.Replace(tokenLines(), adaLine[:64], strings.Repeat("0", 64), 1)
		next := path + ".new"
		return errors.Join(err, os.WriteFile(next, []byte(text), 0o600),
			os.Chtimes(next, info.ModTime(), info.ModTime()), os.Rename(next, path))
	}), refused, works, "ada", ""},
	{"the file is rewritten with the same content", content(tokenLines()), works, works, "", ""},
	{"the file is a link that leads elsewhere", swapped(func(path string) error {
		return errors.Join(os.Remove(path), os.WriteFile(path+".2", []byte(bobLine), 0o600),
			os.Symlink(path+".2", path))
	}), refused, works, "ada", ""},
	{"the file is a link that leads nowhere", swapped(func(path string) error {
		return errors.Join(os.Remove(path), os.Symlink(path+".none", path))
	}), waits, waits, "", "cannot be read"},
	{"the file is a folder", swapped(func(path string) error {
		return errors.Join(os.Remove(path), os.Mkdir(path, 0o700))
	}), waits, waits, "", "cannot be read"},
	{"the file is a pipe", swapped(func(path string) error {
		return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600))
	}), waits, waits, "", "cannot be read"},
	{
		"the file is too large", content(tokenLines() + strings.Repeat("#\n", maxTokenFile/2)), waits, waits,
		"",
		"cannot be read",
	},
}

func TestTokenFilesThatChange(t *testing.T) {
	t.Parallel()
	var held atomic.Int32
	t.Cleanup(func() { t.Logf("tried %d, held %d", len(tokenCases), held.Load()) })
	for _, c := range tokenCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log safeBuffer
			s := newSite(t, &log)
			ada, bob := s.surfer(adaToken), s.surfer(bobToken)
			c.change(s)
			require.Equal(t, c.ada, s.allowed(adaToken), "ada's token")
			require.Equal(t, c.bob, s.allowed(bobToken), "bob's token")
			require.Equal(t, refused, s.allowed(""), "no token")
			status, body := fetch(t, s.URL+"/readyz")
			if c.readyz == "" {
				require.Equal(t, http.StatusOK, status, body)
			} else {
				require.Equal(t, http.StatusServiceUnavailable, status)
				require.Contains(t, body, c.readyz)
				require.Contains(t, log.String(), "level=ERROR")
			}
			for _, shown := range []string{body, log.String()} {
				require.NotContains(t, shown, adaToken)
				require.NotContains(t, shown, adaLine[:64])
			}
			if c.ada == waits { // sessions have not ended, and go on when the file can be read
				status, _, _ := ada.get("/")
				require.Equal(t, http.StatusServiceUnavailable, status)
				s.restore()
			}
			require.Equal(t, c.out == "", ada.isIn(), "ada's session")
			require.Equal(t, c.out != "both", bob.isIn(), "bob's session")
			held.Add(1)
		})
	}
}

// While a file is rewritten in place, only a part of it can be read. Such a part must neither sign
// anybody out nor give a token to a user whose name is the beginning of another's.
func TestTokenFilesThatAreBeingRewritten(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	ada, bob := s.surfer(adaToken), s.surfer(bobToken)
	for _, part := range []string{"", adaLine[:50], adaLine[:len(adaLine)-2], adaLine + bobLine[:50]} {
		require.NoError(t, os.WriteFile(s.tokenFile, []byte(part), 0o600))
		s.parts.tokens.look()
		for _, token := range []string{adaToken, bobToken} {
			require.Equal(t, works, s.allowed(token))
		}
		require.True(t, ada.isIn() && bob.isIn())
	}
	s.setTokens(adaLine)
	require.True(t, ada.isIn())
	require.False(t, bob.isIn(), "this content has settled")
}

// allowed says what the API makes of a token.
func (s *site) allowed(token string) string {
	s.Helper()
	if token == "" {
		status, _ := fetch(s.TB.(*testing.T), s.URL+"/agent-forge/jobs")
		if status == http.StatusUnauthorized || status == http.StatusServiceUnavailable {
			return refused
		}
		return http.StatusText(status)
	}
	c, err := rest.NewClient(s.URL, token, &rest.ClientOptions{RetryFor: -1})
	require.NoError(s, err)
	defer c.CloseIdleConnections()
	_, err = c.Claim(s.Context(), 1, time.Minute)
	switch {
	case err == nil:
		return works
	case errors.Is(err, rest.ErrForbidden):
		return looks
	case errors.Is(err, rest.ErrUnauthorized):
		return refused
	case errors.Is(err, rest.ErrUnavailable):
		return waits
	}
	return err.Error()
}

// restore puts the first file back.
func (s *site) restore() {
	s.Helper()
	require.NoError(s, os.RemoveAll(s.tokenFile))
	s.setTokens(tokenLines())
}

// isIn reports whether the page is shown, and not a redirect to the sign-in form.
func (b *surfer) isIn() bool {
	b.Helper()
	status, _, _ := b.get("/")
	require.Contains(b, []int{http.StatusOK, http.StatusSeeOther}, status)
	signIn, _, _ := b.get("/sign-in")
	require.Equal(b, status == http.StatusSeeOther, signIn == http.StatusOK, "one of the pages is shown")
	return status == http.StatusOK
}

// If a server does not start because of the file, the error names the line and quotes nothing.
func TestTokenFilesThatAServerDoesNotStartWith(t *testing.T) {
	t.Parallel()
	for _, c := range tokenCases {
		if c.readyz == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			c.change(s)
			err := Run(t.Context(), []string{
				"-db", filepath.Join(t.TempDir(), "x.db"), "-tokens",
				s.tokenFile,
			},
				io.Discard, io.Discard)
			require.ErrorContains(t, err, "-tokens: "+s.tokenFile)
			if strings.HasPrefix(c.readyz, "line") {
				require.ErrorContains(t, err, c.readyz)
			}
			require.NotContains(t, err.Error(), adaToken)
		})
	}
}

func TestNewTokensAreAddedOnALineOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, before, who string
		want              string // in the error; if empty, there is none
	}{
		{"to no file", "none", "eve:agent", ""},
		{"to an empty file", "", "eve", ""},
		{"after a last newline", adaLine, "eve:view", ""},
		{"after a line without one", strings.TrimSpace(adaLine), "eve: l'Ève :agent", ""},
		{"after a comment without one", adaLine + "# eve", "eve:agent", ""},
		{"after a Windows line", windows(adaLine), "eve:agent", ""},
		{"with an unknown scope", adaLine, "eve:admin", "-new-token"},
		{"for nobody", adaLine, " :agent", "-new-token"},
		{"for a user with a newline", adaLine, "eve\nmallory:agent", "-new-token"},
		{"to a file that is not valid", adaLine + "oops\n", "eve:agent", "line 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "tokens.txt")
			if c.before != "none" {
				require.NoError(t, os.WriteFile(path, []byte(c.before), 0o600))
			}
			var out bytes.Buffer
			err := Run(t.Context(), []string{"-tokens", path, "-new-token", c.who}, &out, io.Discard)
			text, readErr := os.ReadFile(path)
			require.NoError(t, readErr)
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				require.Equal(t, c.before, string(text), "nothing is written")
				return
			}
			require.NoError(t, err)
			known, err := parseTokens(text)
			require.NoError(t, err)
			secret := strings.TrimSpace(out.String())
			user, _, _ := strings.Cut(c.who, ":a")
			user, _, _ = strings.Cut(user, ":v")
			who, ok := known[hashOf(secret)]
			require.True(t, ok)
			want := rest.Identity{User: strings.TrimSpace(user), ViewOnly: strings.HasSuffix(c.who, ":view")}
			require.Equal(t, want, who)
			if strings.Contains(c.before, adaLine[:64]) {
				require.Equal(t, "ada", known[hashOf(adaToken)].User)
			}
		})
	}
}

func TestNewTokensAtTheSameTimeDoNotMix(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.TrimSpace(adaLine)), 0o600))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			args := []string{"-tokens", path, "-new-token", "eve"}
			if err := Run(t.Context(), args, io.Discard, io.Discard); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	known, err := parseTokens(text)
	require.NoError(t, err)
	require.Len(t, known, 21)
}
