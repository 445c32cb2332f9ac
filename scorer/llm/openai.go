package llm

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"
)

// OpenAITransport returns a transport for langchaingo's OpenAI client, around base, that asks
// servers such as llama.cpp, LM Studio and vLLM for a JSON schema and makes errors of package
// scorer of their refusals. A server that knows no schemas is asked without. If base is nil,
// http.DefaultTransport is used.
func OpenAITransport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &openAI{base: base}
}

type openAI struct {
	base  http.RoundTripper
	plain atomic.Bool // the server refuses a schema
}

// RoundTrip sends a request of a [Scorer]. Any other request passes as it is.
func (t *openAI) RoundTrip(req *http.Request) (*http.Response, error) {
	x := ExchangeFrom(req.Context())
	if x == nil {
		return t.base.RoundTrip(req)
	}
	resp, err := t.send(req, x, !t.plain.Load())
	if err != nil {
		x.Err = unknown(err, x)
	}
	return resp, err
}

func (t *openAI) send(req *http.Request, x *Exchange, schema bool) (*http.Response, error) {
	fields := map[string]any{"max_tokens": x.MaxTokens, "seed": x.Sampling.Seed, "response_format": nil}
	if schema {
		form := map[string]any{"name": "reply", "strict": true, "schema": x.Schema}
		fields["response_format"] = map[string]any{"type": "json_schema", "json_schema": form}
	}
	req, err := x.Rewrite(req, fields)
	if err != nil {
		return nil, err
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil || resp.StatusCode == http.StatusOK {
		return resp, err
	}
	defer resp.Body.Close() //nolint:errcheck // the answer has been read
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if schema && resp.StatusCode/100 == 4 && bytes.Contains(body, []byte("schema")) {
		t.plain.Store(true)
		if req.Body, err = req.GetBody(); err == nil {
			return t.send(req, x, false)
		}
	}
	var problem struct {
		Error struct{ Message string }
	}
	_ = json.Unmarshal(body, &problem) // a refusal without words is one, too
	return nil, x.Refused(resp.StatusCode, resp.Header, problem.Error.Message)
}
