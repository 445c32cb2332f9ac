package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/scraper/polite"
)

var server = pgtest.New(&pgtest.Options{
	Own: true, Durable: true, Settings: map[string]string{"max_connections": "200"},
})

// workerEnv makes the test binary a worker of the fleet.
const workerEnv = "FORGE_FLEET_TEST_WORKER"

func TestMain(m *testing.M) {
	if config := os.Getenv(workerEnv); config != "" {
		if err := serveAsWorker(config); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(server.Run(m))
}

// A workerConfig is what a test tells a worker process.
type workerConfig struct {
	DSN      string
	Boards   []string
	Press    string
	Interval time.Duration
	Score    time.Duration // that the scorer takes
	Enrichs  int
	Scores   int
	Lease    time.Duration
	Timeout  time.Duration
}

func (c workerConfig) options(logTo io.Writer) workerOptions {
	return workerOptions{
		dsn: c.DSN, address: "198.51.100.7", interval: c.Interval, searches: 3, enrichs: c.Enrichs,
		scores: c.Scores, slice: 5 * time.Second, every: time.Second, lease: c.Lease, timeout: c.Timeout,
		scorer: always(slowScorer(c.Score)),
		resume: func(_ context.Context, user string) (string, error) { return "The résumé of " + user, nil },
		polite: polite.Options{AllowLoopback: true}, boards: openPapers(c.Press, c.Boards),
		log: slog.New(slog.NewJSONHandler(logTo, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

// always is a scorer for any gate.
func always(s forge.Scorer) func(gate.Gate) (forge.Scorer, error) {
	return func(gate.Gate) (forge.Scorer, error) { return s, nil }
}

// slowScorer takes a while, as a model does, and matches nine jobs of ten.
func slowScorer(d time.Duration) forge.Scorer {
	return forge.ScorerFunc(func(ctx context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return enrich.Assessment{}, ctx.Err()
		case <-timer.C:
		}
		m := enrich.Assessment{Score: 70, Reasoning: "As scripted.", By: "slow/1"}
		if p.Lead.ExternalID[len(p.Lead.ExternalID)-1] == '0' {
			m.Score = 5
		}
		return m, nil
	})
}

// serveAsWorker works until its standard input ends, which it does when the test dies.
func serveAsWorker(config string) error {
	var c workerConfig
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	w, err := newWorker(ctx, c.options(os.Stderr))
	if err != nil {
		return err
	}
	defer w.close()
	return w.work(ctx, 5*time.Second)
}

// A process is a worker process.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	gone bool
}

func startProcess(t *testing.T, c workerConfig) *process {
	t.Helper()
	config, err := json.Marshal(c)
	require.NoError(t, err)
	executable, err := os.Executable()
	require.NoError(t, err)
	p := &process{cmd: exec.Command(executable), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), workerEnv+"="+string(config))
	stdin, err := p.cmd.StdinPipe()
	require.NoError(t, err)
	if testing.Verbose() {
		p.cmd.Stderr = os.Stderr
	}
	require.NoError(t, p.cmd.Start())
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		_ = stdin.Close()
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			p.kill()
		}
	})
	return p
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
	p.gone = true
}
