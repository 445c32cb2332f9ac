// Package ollamatest brings a real Ollama server to the tests of a package, with a tiny Qwen2 model
// of random weights that is made on the spot. It proves plumbing, never quality. It is for tests
// only; nothing that ships imports it.
//
// The server is the binary that the environment variable FORGE_TEST_OLLAMA names, or "ollama" on
// the PATH or among Go's installed programs: "go install github.com/ollama/ollama@v0.6.8" builds it
// in a few minutes. Where there is none, and with
// -short, the test is skipped and says so.
package ollamatest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Env is the environment variable that names the binary.
const Env = "FORGE_TEST_OLLAMA"

// Install is how to get a binary that is known to work.
const Install = "go install github.com/ollama/ollama@v0.6.8"

// A Server is a running server with one model. It listens on a loopback port of its own, keeps its
// models in a temporary directory, and stops when the test ends or its process dies.
type Server struct {
	URL   string // "http://127.0.0.1:…"
	Model string // "qwen2.5:tiny"

	binary, dir string
}

const startTimeout = time.Minute

// Start starts a server with the model m, under the name "qwen2.5:tiny".
func Start(tb testing.TB, m Model) *Server {
	tb.Helper()
	if testing.Short() {
		tb.Skip("needs an Ollama server; run without -short")
	}
	binary, err := find()
	if err != nil {
		tb.Fatalf("ollamatest: %v", err)
	}
	if binary == "" {
		tb.Skipf("no Ollama: set %s, or get one with %q", Env, Install)
	}
	s := &Server{Model: "qwen2.5:tiny", binary: binary, dir: tb.TempDir()}
	if err := s.serve(tb); err != nil {
		tb.Fatalf("ollamatest: %v", err)
	}
	s.Create(tb, s.Model, m)
	return s
}

// find returns the binary, or "" if there is none.
func find() (string, error) {
	if path := os.Getenv(Env); path != "" { //nolint:forbidigo // tests are told by the environment
		if _, err := exec.LookPath(path); err != nil {
			return "", fmt.Errorf("%s: %w", Env, err)
		}
		return path, nil
	}
	if path, err := exec.LookPath("ollama"); err == nil {
		return path, nil
	}
	out, err := exec.CommandContext(context.Background(), "go", "env", "GOBIN", "GOPATH").Output()
	if err != nil {
		return "", nil //nolint:nilerr // no Go, so nothing that it installed
	}
	gobin, gopath, _ := strings.Cut(string(out), "\n")
	for _, dir := range append([]string{strings.TrimSpace(gobin)}, binDirs(gopath)...) {
		if dir == "" {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, "ollama")); err == nil {
			return path, nil
		}
	}
	return "", nil
}

func binDirs(gopath string) []string {
	var dirs []string
	for _, dir := range filepath.SplitList(strings.TrimSpace(gopath)) {
		dirs = append(dirs, filepath.Join(dir, "bin"))
	}
	return dirs
}

// keep runs the server until its own standard input ends, however that comes about: a test process
// that panics or is killed takes its server along.
const keep = `
"$1" serve >"$2/log" 2>&1 </dev/null &
server=$!
echo started
cat >/dev/null
kill "$server" 2>/dev/null
wait "$server" 2>/dev/null
`

func (s *Server) serve(tb testing.TB) error {
	tb.Helper()
	port, err := freePort()
	if err != nil {
		return err
	}
	s.URL = "http://" + port
	// The lifeline ends it.
	keeper := exec.CommandContext(context.Background(), "/bin/sh", "-c", keep, "keep", s.binary, s.dir)
	keeper.Env, keeper.Dir = s.env(), s.dir
	lifeline, err := keeper.StdinPipe()
	if err != nil {
		return err
	}
	answer, err := keeper.StdoutPipe()
	if err != nil {
		return err
	}
	if err := keeper.Start(); err != nil {
		return err
	}
	tb.Cleanup(func() {
		_ = lifeline.Close()
		_ = keeper.Wait()
	})
	if _, err := bufio.NewReader(answer).ReadString('\n'); err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	if err := s.wait(tb.Context()); err != nil {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("start the server: %w\n%s", err, log)
	}
	return nil
}

// wait asks until the server answers.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/api/version", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			err = errors.Join(err, resp.Body.Close())
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// Create gives the server another model, or another one under the same name.
func (s *Server) Create(tb testing.TB, name string, m Model) {
	tb.Helper()
	dir := tb.TempDir()
	if err := m.write(dir); err != nil {
		tb.Fatalf("ollamatest: write the model: %v", err)
	}
	modelfile := filepath.Join(dir, "Modelfile")
	create := exec.CommandContext(tb.Context(), s.binary, "create", name, "-f", modelfile)
	create.Env, create.Dir = s.env(), dir
	var out bytes.Buffer
	create.Stdout, create.Stderr = &out, &out
	if err := create.Run(); err != nil {
		tb.Fatalf("ollamatest: create the model: %v\n%s", err, out.Bytes())
	}
}

func (s *Server) env() []string {
	return []string{
		"OLLAMA_HOST=" + strings.TrimPrefix(s.URL, "http://"),
		"OLLAMA_MODELS=" + filepath.Join(s.dir, "models"),
		"HOME=" + s.dir,
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"OLLAMA_NUM_PARALLEL=1",
		"OLLAMA_LOAD_TIMEOUT=2m",
	}
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
