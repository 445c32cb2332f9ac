package ollama

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/agent-forge/forge/scorer/llm"
)

const (
	askTimeout  = 10 * time.Second // for questions about the server, not the model
	maxInfoBody = 32 << 20         // on some versions a model's description holds its vocabulary
)

// Ping reports what keeps the scorer from working, with the remedy: the server is down, is not
// Ollama's or is too old for schemas, the model is not there, or its window is smaller than
// Options.NumCtx. It loads no model. The error wraps scorer.ErrUnavailable.
func (s *Scorer) Ping(ctx context.Context) error {
	if _, err := s.version(ctx); err != nil {
		return err
	}
	window, err := s.window(ctx)
	if err == nil && window > 0 && window < s.opts.NumCtx {
		return unavailable(nil, fmt.Sprintf("the model's window has %d tokens, less than Options.NumCtx: "+
			"set that to %d, or use another model", window, window))
	}
	return err
}

// version returns the server's version, and an error if it is too old for JSON schemas. The first
// that takes one is https://github.com/ollama/ollama/releases/tag/v0.5.0. A server that was built
// from source says 0.0.0, and one whose version cannot be read can be new: neither is refused.
func (s *Scorer) version(ctx context.Context) (string, error) {
	var v struct{ Version string }
	if err := s.get(ctx, http.MethodGet, "/api/version", nil, &v); err != nil {
		return "", err
	}
	var major, minor, patch int
	n, _ := fmt.Sscanf(v.Version, "%d.%d.%d", &major, &minor, &patch)
	if n == 3 && major == 0 && minor < 5 && minor+patch > 0 {
		return v.Version, unavailable(nil, tooOldForSchemas)
	}
	return v.Version, nil
}

// window returns how many tokens the model can take, 0 if the server does not say.
func (s *Scorer) window(ctx context.Context) (int, error) {
	var model struct {
		Info map[string]any `json:"model_info"`
	}
	err := s.get(ctx, http.MethodPost, "/api/show", map[string]string{"model": s.opts.Model}, &model)
	for key, value := range model.Info {
		if n, ok := value.(float64); ok && strings.HasSuffix(key, ".context_length") {
			return int(n), nil
		}
	}
	return 0, err
}

// A listed model is one that the server has ("/api/tags") or has loaded ("/api/ps").
type listed struct {
	Name, Digest string
	Size         int64
	Graphics     int64 `json:"size_vram"`
}

// find looks the model up in a list of the server's.
func (s *Scorer) find(ctx context.Context, path string) (listed, error) {
	var list struct{ Models []listed }
	if err := s.get(ctx, http.MethodGet, path, nil, &list); err != nil {
		return listed{}, err
	}
	want := s.opts.Model
	if !strings.Contains(want[strings.LastIndexByte(want, '/')+1:], ":") {
		want += ":latest"
	}
	for _, m := range list.Models {
		if strings.EqualFold(m.Name, want) && m.Digest != "" {
			return m, nil
		}
	}
	return listed{}, unavailable(nil, notPulled(s.opts.Model))
}

// get asks the server about itself.
func (s *Scorer) get(ctx context.Context, method, path string, body, into any) error {
	call, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return fmt.Errorf("ollama: write the request: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(call, method, s.opts.BaseURL+path, &payload)
	if err != nil {
		return fmt.Errorf("ollama: write the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return s.noAnswer(ctx, err)
	}
	defer resp.Body.Close() //nolint:errcheck // the answer has been read
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxInfoBody))
	switch {
	case err != nil:
		return s.noAnswer(ctx, err)
	case resp.StatusCode != http.StatusOK:
		return refused(resp, answer, s.opts.Model, &llm.Exchange{})
	case json.Unmarshal(answer, into) != nil:
		return unavailable(nil, notOllama)
	}
	return nil
}

func (s *Scorer) noAnswer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return unavailable(ctx.Err(), "the caller stopped waiting")
	}
	return unavailable(err, notRunning)
}
