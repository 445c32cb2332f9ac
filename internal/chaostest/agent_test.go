package chaostest_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/postgres"
)

const (
	agentEnv = "FORGE_CHAOS_AGENT" // the DSN; set only for the agent process, which is this test binary again
	user     = "ada"
	source   = "example"
	lease    = time.Second
	scores   = 4 // at once
	// of the model: the agent decides 160 jobs a second at most, as steadily as a model does
	thinking = 25 * time.Millisecond
)

// runAgent is the agent process: it works until its standard input ends, as an agent of a careful
// user does, and takes no error for a reason to stop.
func runAgent(dsn string) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the parent's death closes it too
		cancel()
	}()
	var db *postgres.DB
	for db == nil {
		var err error
		if db, err = postgres.Open(ctx, dsn, nil); err != nil && !again(ctx, err) {
			return 1
		}
	}
	defer func() { _ = db.Close() }()
	agent, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{board{}}, Scorer: forge.ScorerFunc(score), Store: db.ForUser(user),
		Resume: "Go.", Scores: scores, Lease: lease,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for {
		_, err := agent.Enrich(ctx)
		if !again(ctx, err) {
			return 0
		}
	}
}

// again waits a moment and reports whether to go on.
func again(ctx context.Context, err error) bool {
	if err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "agent goes on after:", err)
	}
	return wait(ctx, 20*time.Millisecond) == nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A board whose postings differ, so that each text belongs to one job.
type board struct{}

func (board) Source() string { return source }

func (board) Search(context.Context, lead.Query) iter.Seq2[lead.Lead, error] {
	return func(func(lead.Lead, error) bool) {}
}

func (board) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	return enrich.Data{Description: "Text of " + l.ExternalID + "."}, wait(ctx, time.Millisecond)
}

// score matches every second job.
func score(ctx context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
	m := enrich.Assessment{Score: 80, Reasoning: "Fits.", By: "example"}
	if strings.ContainsAny(p.Lead.ExternalID[len(p.Lead.ExternalID)-1:], "13579") {
		m.Score = 5
	}
	return m, wait(ctx, thinking)
}

// An agent is a running agent process.
type agent struct {
	cmd   *exec.Cmd
	stdin io.Closer
	log   *log
}

func startAgent(t *testing.T, dsn string) *agent {
	t.Helper()
	a := &agent{cmd: exec.CommandContext(t.Context(), os.Args[0]), log: &log{}}
	a.cmd.Env = append(os.Environ(), agentEnv+"="+dsn)
	a.cmd.Stderr = a.log
	var err error
	a.stdin, err = a.cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, a.cmd.Start())
	return a
}

// kill ends the agent as SIGKILL does: it can give nothing back.
func (a *agent) kill() {
	_ = a.cmd.Process.Kill()
	_ = a.cmd.Wait()
}

// stop asks the agent to end, and fails if it had ended before.
func (a *agent) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, a.stdin.Close(), "the agent had exited: %s", a.log)
	require.NoError(t, a.cmd.Wait(), a.log)
}

// A log is what a process wrote, as much as a failure message should show.
type log struct {
	mu    sync.Mutex
	text  strings.Builder
	lines int
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines += strings.Count(string(b), "\n")
	if l.text.Len() < 4000 {
		l.text.Write(b)
	}
	return len(b), nil
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
