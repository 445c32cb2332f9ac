package outbox_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/digest"
	"github.com/agent-forge/forge/examples/internal/outbox"
	"github.com/agent-forge/forge/examples/internal/webhook"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/postgres"
)

var server = pgtest.New(nil)

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

// inbox hands on what it is sent, by mail and by HTTP.
type inbox chan string

func (in inbox) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err == nil {
		in <- string(text)
	}
}

func (in inbox) NewSession(*smtp.Conn) (smtp.Session, error) { return in, nil }
func (in inbox) Reset()                                      {}
func (in inbox) Logout() error                               { return nil }
func (in inbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (in inbox) Rcpt(string, *smtp.RcptOptions) error        { return nil }

func (in inbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err == nil {
		in <- string(text)
	}
	return err
}

// The packages of the followers test them on SQLite. Here the commands run on PostgreSQL, twice each:
// what has arrived does not come again.
func TestFollowersWorkOnPostgres(t *testing.T) {
	t.Parallel()
	if os.Getenv("FORGE_SOAK") != "1" {
		t.Skip("starts a database server; set FORGE_SOAK=1")
	}
	dsn := server.DSN(t)
	catalogue, err := postgres.Open(t.Context(), dsn, &postgres.Options{Events: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, catalogue.Close()) }()
	require.NoError(t, catalogue.Migrate(t.Context()))
	ada, made := catalogue.ForUser("ada"), 0
	match := func() (title string) {
		made++
		id := strconv.Itoa(made)
		refs, err := ada.Sync(t.Context(), []lead.Lead{
			{Source: "example", ExternalID: id, Title: "Engineer " + id, URL: "https://jobs.example/" + id},
		})
		require.NoError(t, err)
		require.NoError(t, ada.Decide(t.Context(), store.Lease{ID: refs[0].ID}, enrich.Decision{
			Assessment: enrich.Assessment{Score: 90, Reasoning: "Go, and remote.", By: "example"},
			Status:     lead.Matched, Data: &enrich.Data{Description: "We write Go."},
		}))
		return "Engineer " + id
	}

	in := make(inbox, 10)
	hook := httptest.NewServer(in)
	defer hook.Close()
	mail := smtp.NewServer(in)
	defer func() { _ = mail.Close() }()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = mail.Serve(listen) }()
	dir := t.TempDir()
	hooks, recipients := filepath.Join(dir, "hooks.txt"), filepath.Join(dir, "mail.txt")
	const secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	require.NoError(t, os.WriteFile(hooks, []byte(hook.URL+" "+secret+" ada"), 0o600))
	require.NoError(t, os.WriteFile(recipients, []byte("ada@example.com ada"), 0o600))
	for range 2 {
		title := match()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- webhook.Run(ctx, []string{"-hooks", hooks, "-postgres", dsn}, io.Discard, io.Discard)
		}()
		require.Contains(t, <-in, title)
		stop()
		require.NoError(t, <-ended)
		args := []string{"-mail", recipients, "-smtp", listen.Addr().String(), "-from", "forge@jobs.example"}
		require.NoError(t, digest.Run(t.Context(), append(args, "-postgres", dsn), io.Discard, io.Discard))
		require.Contains(t, <-in, title)
	}
	require.Empty(t, in)
}

func TestOpenMakesNoNewFile(t *testing.T) {
	t.Parallel()
	options := func(args ...string) *outbox.Options {
		var o outbox.Options
		f := flag.NewFlagSet("", flag.PanicOnError)
		o.Flags(f)
		require.NoError(t, f.Parse(args))
		return &o
	}
	path := filepath.Join(t.TempDir(), "missing.db")
	o := options("-db", path)
	require.NoError(t, o.Check())
	_, err := o.Open(t.Context(), `CREATE TABLE mine (n bigint)`)
	require.ErrorContains(t, err, "create the tables")
	require.NoFileExists(t, path)
	_, mistake := errors.AsType[*commandline.UsageError](options("-db", "postgres://ada@h/d").Check())
	require.True(t, mistake)
}
