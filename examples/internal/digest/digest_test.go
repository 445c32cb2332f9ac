package digest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

// asDigest in the environment makes this test binary the command, so that it can be killed.
const asDigest = "FORGE_TEST_AS_DIGEST"

func TestMain(m *testing.M) {
	if os.Getenv(asDigest) == "1" {
		os.Exit(commandline.Main("digest", commandline.Writing(Run)))
	}
	os.Exit(m.Run())
}

// A mailbox is a mail server that keeps what it takes.
type mailbox struct {
	mu     sync.Mutex
	mails  []string
	refuse bool
}

func (b *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return b, nil }
func (b *mailbox) Reset()                                      {}
func (b *mailbox) Logout() error                               { return nil }
func (b *mailbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (b *mailbox) Rcpt(string, *smtp.RcptOptions) error        { return nil }

func (b *mailbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err != nil:
		return err
	case b.refuse:
		return &smtp.SMTPError{Code: 451, Message: "try later"}
	}
	b.mails = append(b.mails, string(text))
	return nil
}

// take returns the mails that came since the last call.
func (b *mailbox) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	mails := b.mails
	b.mails = nil
	return mails
}

// A bench is a catalogue and a mail server.
type bench struct {
	testing.TB
	db   *sqlite.DB
	box  *mailbox
	args []string
}

func newBench(tb testing.TB, recipients string) *bench {
	tb.Helper()
	dir := tb.TempDir()
	b := &bench{TB: tb, box: &mailbox{}}
	db, err := sqlite.Open(tb.Context(), filepath.Join(dir, "forge.db"), &sqlite.Options{Events: true})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	require.NoError(tb, db.Migrate(tb.Context()))
	b.db = db
	file := filepath.Join(dir, "mail.txt")
	require.NoError(tb, os.WriteFile(file, []byte(recipients), 0o600))
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	server := smtp.NewServer(b.box)
	server.Domain = "mail.example"
	server.ErrorLog = quiet{}
	go func() { _ = server.Serve(listen) }()
	tb.Cleanup(func() { _ = server.Close() })
	b.args = []string{
		"-db", db.Path(), "-mail", file, "-smtp", listen.Addr().String(), "-from", "forge@jobs.example",
	}
	return b
}

// quiet is a log that says nothing.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (b *bench) run() error { return Run(b.Context(), b.args, io.Discard, io.Discard) }

func (b *bench) match(user string, n int) {
	b.Helper()
	s, id := b.db.ForUser(user), strconv.Itoa(n)
	refs, err := s.Sync(b.Context(), []lead.Lead{
		{Source: "example", ExternalID: id, Title: "Engineer " + id, URL: "https://jobs.example.com/" + id},
	})
	require.NoError(b, err)
	require.NoError(b, s.Decide(b.Context(), store.Lease{ID: refs[0].ID}, enrich.Decision{
		Assessment: enrich.Assessment{Score: 30 + n%70, Reasoning: "Go, and remote.", By: "example"},
		Status:     lead.Matched, Data: &enrich.Data{Description: "We write Go in the Alps."},
	}))
}

func TestDigestHasEachMatchOnceAndTheBestFirst(t *testing.T) {
	t.Parallel()
	b := newBench(t, "# us\nada@example.com ada lovelace\nbob@example.com bob\n")
	require.NoError(t, b.run())
	require.Empty(t, b.box.take(), "nothing matched, and nobody is bothered")
	b.match("ada lovelace", 1)
	b.match("ada lovelace", 2)
	require.NoError(t, b.run())
	mails := b.box.take()
	require.Len(t, mails, 1)
	m, err := mail.ReadMessage(strings.NewReader(mails[0]))
	require.NoError(t, err)
	require.Equal(t, "2 jobs matched", m.Header.Get("Subject"))
	require.Equal(t, "<ada@example.com>", m.Header.Get("To"))
	require.Less(t, strings.Index(mails[0], "Engineer 2"), strings.Index(mails[0], "Engineer 1"))
	require.NotContains(t, mails[0], "Alps")
	b.match("bob", 3)
	require.NoError(t, b.run())
	mails = b.box.take()
	require.Len(t, mails, 1)
	require.Contains(t, mails[0], "Engineer 3")
	require.Contains(t, mails[0], "1 job matched")
}

// The mail server is away, or takes a mail and is not heard any more: the next run sends the same.
func TestDigestThatIsSentAgainIsTheSame(t *testing.T) {
	t.Parallel()
	b := newBench(t, "ada@example.com ada\nbob@example.com bob\n")
	b.match("ada", 1)
	b.box.refuse = true
	require.ErrorContains(t, b.run(), "recipient 1: mail: ")
	b.box.refuse = false
	b.match("ada", 2)
	require.NoError(t, b.run())
	mails := b.box.take()
	require.Len(t, mails, 2, "what was left, and what is new")
	require.NotContains(t, mails[0], "Engineer 2", "the refused digest keeps its matches")

	// As if the process had died before it noted that the first was sent.
	o, err := parse(b.args, io.Discard)
	require.NoError(t, err)
	follower, err := o.database.Open(t.Context(), tables)
	require.NoError(t, err)
	_, err = follower.ExecContext(t.Context(), `UPDATE digests SET sent = false, text = ? WHERE after_id = 0`,
		" 31  Engineer 1\n     \n     https://jobs.example.com/1\n\n")
	require.NoError(t, err)
	require.NoError(t, follower.Close())
	require.NoError(t, b.run())
	require.Equal(t, mails[:1], b.box.take())
}

// However the command is killed, each match is in one digest, and a digest that comes twice is the
// same in every byte.
func TestDigestIsWholeWhenItIsKilled(t *testing.T) {
	t.Parallel()
	if os.Getenv("FORGE_SOAK") != "1" {
		t.Skip("kills processes; set FORGE_SOAK=1")
	}
	b := newBench(t, "ada@example.com ada\nbob@example.com bob\n")
	self, err := os.Executable()
	require.NoError(t, err)
	const kills = 40
	n := 0
	for kill := range kills + 1 {
		for _, user := range []string{"ada", "bob", "ada"} {
			n++
			b.match(user, n)
		}
		life := time.Minute // the last one ends by itself
		if kill < kills {
			life = 10*time.Millisecond + rand.N(100*time.Millisecond)
		}
		ctx, cancel := context.WithTimeout(t.Context(), life)
		cmd := exec.CommandContext(ctx, self, b.args...)
		cmd.Env = append(os.Environ(), asDigest+"=1")
		said, err := cmd.CombinedOutput()
		require.True(t, err == nil || ctx.Err() != nil, "%v: %s", err, said)
		cancel()
	}
	mails, byID, repeats := b.box.take(), map[string]string{}, 0
	for _, text := range mails {
		m, err := mail.ReadMessage(strings.NewReader(text))
		require.NoError(t, err)
		id := m.Header.Get("Message-ID")
		if before, ok := byID[id]; ok {
			require.Equal(t, before, text)
			repeats++
		}
		byID[id] = text
	}
	digests := map[string]int{}
	for _, text := range byID {
		for _, title := range regexp.MustCompile(`Engineer \d+`).FindAllString(text, -1) {
			digests[title]++
		}
	}
	for i := range n {
		require.Equal(t, 1, digests[fmt.Sprint("Engineer ", i+1)], "Engineer %d", i+1)
	}
	t.Logf("%d kills: %d matches, each in one of %d digests; %d came twice", kills, n, len(byID), repeats)
}

func TestDigestNamesMistakes(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mail.txt")
	good := []string{"-mail", file, "-smtp", "127.0.0.1:25", "-from", "forge@jobs.example"}
	for _, c := range []struct{ name, text, want string }{
		{"no user", "ada@example.com", "line 1: want an address and a user"},
		{"no address", "ada ada", "line 1: want an address and a user"},
		{"header", "ada@example.com\rBcc:x ada", "line 1: want an address"},
		{"twice", "ada@example.com ada\nada@example.org ada", "line 2: the user has an address"},
		{"empty", "", "no recipient"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(c.text), 0o600))
			require.ErrorContains(t, Run(t.Context(), good, io.Discard, io.Discard), c.want)
		})
	}
	require.NoError(t, os.WriteFile(file, []byte("ada@example.com ada"), 0o600))
	var said bytes.Buffer
	for _, bad := range [][]string{{"-smtp", "mail"}, {"-from", "me"}, {"-smtp-password-file", "no"}} {
		err := Run(t.Context(), append(good, bad...), io.Discard, &said)
		require.ErrorAs(t, err, new(*commandline.UsageError))
		require.ErrorContains(t, err, bad[0])
	}
}
