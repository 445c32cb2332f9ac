package ollama

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/scorer"
)

// The first version that takes a JSON schema, https://github.com/ollama/ollama/releases/tag/v0.5.0.
const (
	minMajor = 0
	minMinor = 5
)

const (
	askTimeout  = 10 * time.Second // for calls that ask about the server, not the model
	maxInfoBody = 32 << 20         // a model's description holds its vocabulary on some versions
)

// Ping reports, as scorer.ErrUnavailable, what keeps the scorer from working, with the way out: the server is down, is not
// Ollama's or is too old for schemas, the model is not there, or its window is smaller than Options.NumCtx. It loads no model.
func (s *Scorer) Ping(ctx context.Context) error {
	var version struct {
		Version string `json:"version"`
	}
	if err := s.get(ctx, http.MethodGet, "/api/version", nil, &version); err != nil {
		return err
	}
	if tooOld(version.Version) {
		return unavailable(fmt.Sprintf("the server is too old for JSON schemas: it needs Ollama %d.%d.0 or later", minMajor, minMinor), nil)
	}
	var model struct {
		Info map[string]any `json:"model_info"`
	}
	if err := s.get(ctx, http.MethodPost, "/api/show", map[string]string{"model": s.opts.Model}, &model); err != nil {
		return err
	}
	for key, value := range model.Info {
		window, ok := value.(float64)
		if ok && strings.HasSuffix(key, ".context_length") && int(window) < s.opts.NumCtx {
			return unavailable(fmt.Sprintf("the model's window has %d tokens, less than Options.NumCtx: set that to %d, or use another model",
				int(window), int(window)), nil)
		}
	}
	return nil
}

// tooOld reads a version such as 0.6.8 or 0.12.3-rc1. A server that was built from source says 0.0.0, and one whose version
// cannot be read may be new: neither is refused.
func tooOld(version string) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 3 || version == "0.0.0" {
		return false
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	return err1 == nil && err2 == nil && (major < minMajor || major == minMajor && minor < minMinor)
}

// Identity names the model by the digest of its files, the prompt's version, and the bounds that decide how much of a posting
// the model sees. It asks the server for the digest each time: a model that was fetched anew is another one.
func (s *Scorer) Identity(ctx context.Context) (string, error) {
	var list struct {
		Models []struct {
			Name   string `json:"name"`
			Digest string `json:"digest"`
		} `json:"models"`
	}
	if err := s.get(ctx, http.MethodGet, "/api/tags", nil, &list); err != nil {
		return "", err
	}
	want := s.opts.Model
	if !strings.Contains(want[strings.LastIndexByte(want, '/')+1:], ":") {
		want += ":latest"
	}
	for _, m := range list.Models {
		if strings.EqualFold(m.Name, want) && m.Digest != "" {
			return fmt.Sprintf("ollama %s@%s prompt=%s num_ctx=%d num_predict=%d counted=%t",
				s.opts.Model, m.Digest, PromptVersion, s.opts.NumCtx, s.opts.NumPredict, s.opts.counted), nil
		}
	}
	return "", unavailable(fmt.Sprintf("the model is not there; fetch it with %q", "ollama pull "+s.opts.Model), nil)
}

// get asks the server about itself.
func (s *Scorer) get(ctx context.Context, method, path string, body, into any) error {
	call, cancel := context.WithTimeoutCause(ctx, askTimeout, errTimeout)
	defer cancel()
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("ollama: write the request: %w", err)
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(call, method, s.base+path, payload)
	if err != nil {
		return fmt.Errorf("ollama: write the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return unavailable("the caller stopped waiting", ctx.Err())
		}
		return unavailable(`no connection; is the server running? Start it with "ollama serve"`, err)
	}
	defer resp.Body.Close() //nolint:errcheck // the answer has been read
	if resp.StatusCode != http.StatusOK {
		return refusal(resp, &exchange{model: s.opts.Model})
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxInfoBody)).Decode(into); err != nil {
		if ctx.Err() != nil {
			return unavailable("the caller stopped waiting", ctx.Err())
		}
		return &Error{Kind: scorer.ErrUnavailable, Reason: "something else than Ollama's JSON came; is this the address of an Ollama server?"}
	}
	return nil
}
