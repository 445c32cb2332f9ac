package agent

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

const token = "a-token-for-tests"

func handler(t *testing.T, db *memory.DB) http.Handler {
	t.Helper()
	h, err := rest.NewHandler(rest.Config{
		ForUser:      func(user string) forge.Store { return db.ForUser(user) },
		Authenticate: rest.Tokens(map[string]string{token: "ada"}),
	})
	require.NoError(t, err)
	return h
}

func output(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// messages reads the JSON lines that were written.
func messages(t *testing.T, f *os.File) (all []string, last map[string]any) {
	t.Helper()
	_, err := f.Seek(0, io.SeekStart)
	require.NoError(t, err)
	for s := bufio.NewScanner(f); s.Scan(); {
		last = map[string]any{}
		require.NoError(t, json.Unmarshal(s.Bytes(), &last), s.Text())
		all = append(all, last["msg"].(string))
	}
	return all, last
}

func TestDecisionsArriveOnTheServer(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	server := httptest.NewServer(handler(t, db))
	defer server.Close()
	out := output(t)
	args := []string{"-server", server.URL, "-token", token, "-scorer", "lexical", "-board", "linkedin"}
	require.NoError(t, Run(t.Context(), args, out, output(t)))

	stats, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.Positive(t, stats.ByStatus[lead.Matched])
	require.Positive(t, stats.ByStatus[lead.AutoRejected])
	require.Zero(t, stats.ByStatus[lead.Discovered], "nothing is left undecided")
	all, last := messages(t, out)
	require.Equal(t, "agent started", all[0])
	require.Equal(t, "run done", last["msg"])
	require.InDelta(t, stats.ByStatus[lead.Matched], last["report"].(map[string]any)["Matched"], 0)
}

func TestRejudgeReopensForAnotherResume(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	server := httptest.NewServer(handler(t, db))
	defer server.Close()
	cook := filepath.Join(t.TempDir(), "cook.txt")
	require.NoError(t,
		os.WriteFile(cook, []byte("Bo Example\n\nHead Chef, 2010 to 2020\nMenu planning, kitchen "+
			"management, food safety, stock control and the training of cooks.\n"), 0o600))
	args := []string{"-server", server.URL, "-token", token, "-scorer", "lexical", "-board", "linkedin"}
	require.NoError(t, Run(t.Context(), append(args, "-resume", cook), output(t), output(t)))
	before, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)

	out := output(t)
	require.NoError(t, Run(t.Context(), append(args, "-rejudge", "3"), out, output(t)))
	all, _ := messages(t, out)
	require.Equal(t, []string{"agent started", "earlier decisions", "rejected jobs judged again"}, all[:3])
	after, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, before.ByStatus[lead.AutoRejected]-3, after.ByStatus[lead.AutoRejected],
		"the three that were reopened are matches of the other résumé")
	require.Equal(t, before.ByStatus[lead.Matched]+3, after.ByStatus[lead.Matched])
}

func TestAnotherResumeAndAnotherGateAreOfferedAndApplied(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	server := httptest.NewServer(handler(t, db))
	defer server.Close()
	cook := filepath.Join(t.TempDir(), "cook.txt")
	require.NoError(t, os.WriteFile(cook, []byte("Bo Example\n\nHead Chef, 2010 to 2020\nMenu planning, "+
		"kitchen management, food safety, stock control and the training of cooks.\n"), 0o600))
	args := []string{"-server", server.URL, "-token", token, "-scorer", "lexical", "-board", "linkedin"}
	require.NoError(t, Run(t.Context(), args, output(t), output(t)))
	before, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)

	out := output(t)
	require.NoError(t, Run(t.Context(), append(args, "-resume", cook, "-threshold", "90"), out, output(t)))
	all, _ := messages(t, out)
	require.Equal(t, []string{"agent started", "earlier decisions"}, all[:2])
	offered, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, offered, "an offer changes nothing")

	require.NoError(t, Run(t.Context(), append(args, "-resume", cook, "-rescore"), output(t), output(t)))
	after, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, before.Newest.Resume(), after.Newest.Resume())
	require.Less(t, after.ByStatus[lead.Matched], before.ByStatus[lead.Matched])
	out = output(t)
	require.NoError(t, Run(t.Context(), append(args, "-resume", cook), out, output(t)))
	all, _ = messages(t, out)
	require.NotContains(t, all, "earlier decisions", "nothing is offered twice")

	out = output(t)
	args = append(args, "-resume", cook, "-threshold", "100", "-regate")
	require.NoError(t, Run(t.Context(), args, out, output(t)))
	gated, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, gated.Regating(high(t)).Hidden)
}

func high(t *testing.T) gate.Gate {
	t.Helper()
	g, err := gate.New(100)
	require.NoError(t, err)
	return g
}

func TestTheAgentWaitsForAServerThatIsAway(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close()) // the server is not there yet, but its address is known

	out := output(t)
	o, err := parse([]string{
		"-server", "http://" + address, "-token", token, "-scorer", "lexical", "-board", "linkedin", "-limit",
		"5",
	}, output(t))
	require.NoError(t, err)
	a, err := newAgent(t.Context(), o, out, out)
	require.NoError(t, err)
	defer a.close()
	away := make(chan struct{}, 100)
	a.firstWait, a.longWait = 10*time.Millisecond, 20*time.Millisecond
	a.server, err = rest.NewClient("http://"+address, token, &rest.ClientOptions{RetryFor: -1})
	require.NoError(t, err)
	a.show = signalling{shower: a.show, on: away}

	done := make(chan error, 1)
	go func() { done <- a.work(t.Context()) }()
	<-away
	db := memory.New(nil)
	listener, err = net.Listen("tcp", address)
	require.NoError(t, err)
	server := &http.Server{Handler: handler(t, db), ReadHeaderTimeout: time.Second}
	defer func() { _ = server.Close() }()
	go func() { _ = server.Serve(listener) }()
	require.NoError(t, <-done)
	stats, err := db.ForUser("ada").Stats(t.Context())
	require.NoError(t, err)
	require.Zero(t, stats.ByStatus[lead.Discovered])
}

// signalling tells a channel that the server is away.
type signalling struct {
	shower
	on chan struct{}
}

func (s signalling) away(err error, wait time.Duration) {
	s.shower.away(err, wait)
	s.on <- struct{}{}
}

func TestATokenThatTheServerRefusesEndsTheAgent(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(handler(t, memory.New(nil)))
	defer server.Close()
	err := Run(t.Context(), []string{"-server", server.URL, "-token", "another", "-scorer", "lexical"},
		output(t), output(t))
	require.ErrorIs(t, err, rest.ErrUnauthorized)
	require.NotContains(t, err.Error(), "another")
}

func TestMistakesNameTheFlag(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.md")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for _, c := range []struct {
		flag string
		args []string
	}{
		{"-token", nil},
		{"-token-file", []string{"-token-file", filepath.Join(t.TempDir(), "none")}},
		{"-token-file", []string{"-token-file", empty}},
		{"-server", []string{"-token", token, "-server", "not a url"}},
		{"-resume", []string{"-token", token, "-resume", empty}},
		{"-every", []string{"-token", token, "-every", "1s"}},
		{"-scores", []string{"-token", token, "-scores", "-1"}},
		{"-scrapes", []string{"-token", token, "-scrapes", "-1"}},
		{"-threshold", []string{"-token", token, "-threshold", "101"}},
		{"-exclude", []string{"-token", token, "-exclude", "("}},
		{"-keywords", []string{"-token", token, "-live", "-resume", empty}},
		{"-scorer", []string{"-token", token, "-scorer", "dice"}},
	} {
		t.Run(strings.Join(append([]string{c.flag}, c.args...), " "), func(t *testing.T) {
			t.Parallel()
			err := Run(t.Context(), c.args, output(t), output(t))
			require.ErrorAs(t, err, new(*commandline.UsageError))
			require.ErrorContains(t, err, c.flag)
			require.NotContains(t, err.Error(), token)
		})
	}
}

// The password is hunter2. A mistyped command line is often copied into a question for others.
func TestMistypedSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-token", token, "-server", "http://ada:hunter2@127.0.0.1:1"},
		{"-token", token, "-server", "http://ada:hunter2%zz@127.0.0.1:1"},
		{"-token", token, "-server", "postgres://ada:hunter2@127.0.0.1/forge"},
		{"-token", token, "-server", "ada:hunter2@127.0.0.1:1"},
		{"-token", token, "-server", "host=db.example password=hunter2"},
		{"-token", token, "-ollama", "http://ada:hunter2@127.0.0.1:1"},
		{"-doctor", "-token", token, "-server", "http://ada:hunter2@127.0.0.1:1"},
		{"-doctor", "-ollama", "http://ada:hunter2%zz@127.0.0.1:1"},
		{"-token", token, "-postgres=host=db.example password=hunter2"},
		{"-token", "my", "hunter2"},
		{"-token", "a hunter2", "-scorer", "lexical"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			out, errs := output(t), output(t)
			err := Run(t.Context(), args, out, errs)
			require.ErrorAs(t, err, new(*commandline.UsageError))
			require.NotContains(t, err.Error(), "hunter2")
			for _, f := range []*os.File{out, errs} {
				printed, err := os.ReadFile(f.Name())
				require.NoError(t, err)
				require.NotContains(t, string(printed), "hunter2")
			}
		})
	}
}
