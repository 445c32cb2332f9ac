package ollama_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/scorer/llm"
	"github.com/agent-forge/forge/scorer/ollama"
)

// A request is what the server got, as far as the tests look at it.
type request struct {
	Model    string `json:"model"`
	Messages []struct{ Role, Content string }
	Format   json.RawMessage
	Stream   bool
	Options  map[string]any
	raw      map[string]json.RawMessage
}

// user is the message with résumé and posting.
func (r request) user() string { return r.Messages[len(r.Messages)-1].Content }

// A server is a scripted Ollama. Its zero value but for URL answers chat with honest.
type server struct {
	*httptest.Server
	tb   testing.TB
	chat func(w http.ResponseWriter, r *http.Request, q request)

	loaded string // what /api/ps says

	mu   sync.Mutex
	seen []request
}

func newServer(tb testing.TB, chat func(w http.ResponseWriter, r *http.Request, q request)) *server {
	tb.Helper()
	s := &server{tb: tb, chat: chat}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/chat", s.serveChat)
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter,
		_ *http.Request,
	) {
		write(w, "%s", `{"version":"0.12.3"}`)
	})
	mux.HandleFunc("GET /api/tags", func(w http.ResponseWriter, _ *http.Request) {
		write(w, "%s", `{"models":[{"name":"qwen2.5:7b","digest":"845dbda0ea48"}]}`)
	})
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, _ *http.Request) {
		write(w, "%s", `{"model_info":{"qwen2.context_length":32768}}`)
	})
	mux.HandleFunc("GET /api/ps", func(w http.ResponseWriter, _ *http.Request) { write(w, "%s", s.loaded) })
	s.Server = httptest.NewServer(mux)
	tb.Cleanup(s.Close)
	return s
}

func (s *server) serveChat(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var q request
	if err != nil || json.Unmarshal(body, &q) != nil || json.Unmarshal(body, &q.raw) != nil {
		http.Error(w, `{"error":"unreadable"}`, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, q)
	s.mu.Unlock()
	s.chat(w, r, q)
}

func (s *server) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.seen...)
}

func (s *server) scorer(tb testing.TB, change func(*ollama.Options)) *ollama.Scorer {
	tb.Helper()
	o := &ollama.Options{BaseURL: s.URL}
	if change != nil {
		change(o)
	}
	scorer, err := ollama.New(o)
	require.NoError(tb, err)
	return scorer
}

// write writes an answer. A client that left is no failure of the server's.
func write(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

// count is what a server would say of a prompt.
func count(q request) int {
	n := 20
	for _, m := range q.Messages {
		n += llm.EstimateTokens(m.Content) * 3 / 4
	}
	return n
}

// say answers with content in several chunks, as Ollama streams it.
func say(w http.ResponseWriter, q request, content string) {
	for len(content) > 0 {
		n := min(7, len(content))
		for n < len(content) && content[n]&0xc0 == 0x80 {
			n++
		}
		line, _ := json.Marshal(map[string]any{
			"model":   q.Model,
			"message": map[string]string{"role": "assistant", "content": content[:n]}, "done": false,
		})
		write(w, "%s\n", line)
		content = content[n:]
	}
	finish(w, q, "stop")
}

func finish(w http.ResponseWriter, q request, reason string) {
	line, _ := json.Marshal(map[string]any{
		"model": q.Model, "message": map[string]string{"role": "assistant", "content": ""}, "done": true,
		"done_reason":       reason,
		"prompt_eval_count": count(q), "eval_count": 200, "prompt_eval_duration": 1_000_000,
		"a_field_of_a_later_version": true,
	})
	write(w, "%s\n", line)
}

func saying(r llmtest.Reply) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, _ *http.Request, q request) { say(w, q, r.In(q.user())) }
}
