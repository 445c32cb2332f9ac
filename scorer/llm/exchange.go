package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// An Exchange is one call to a model, as an HTTP transport under a model of langchaingo needs it:
// what langchaingo cannot send, and what it does not pass on. It travels in the request's context,
// see [ExchangeFrom], and must not be used after the call.
type Exchange struct {
	Schema   json.RawMessage // of the reply
	Sampling scorer.Sampling
	// MaxTokens is the room for the reply.
	MaxTokens int

	// Load, PromptEval and Eval are the transport's to set, and end up in [Call].
	Load, PromptEval, Eval time.Duration
	// Err is the transport's to set if it returns an error: langchaingo's clients do not all pass
	// it on.
	Err error

	prompt string // to keep its text out of errors
}

type exchangeKey struct{}

// ExchangeFrom returns the exchange that ctx carries, and nil outside of a scorer's call.
func ExchangeFrom(ctx context.Context) *Exchange {
	x, _ := ctx.Value(exchangeKey{}).(*Exchange)
	return x
}

// Rewrite returns req with fields of its JSON body set. The other fields, and so the prompt, are
// sent byte for byte as they are. A field of nil is left out.
func (x *Exchange) Rewrite(req *http.Request, fields map[string]any) (*http.Request, error) {
	if req.Body == nil {
		return nil, errors.New("llm: the request has no body")
	}
	defer req.Body.Close() //nolint:errcheck // it is a buffer
	var body map[string]json.RawMessage
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
		return nil, fmt.Errorf("llm: read the request: %w", err)
	}
	for name, value := range fields {
		delete(body, name)
		if value == nil {
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("llm: write the request: %w", err)
		}
		body[name] = raw
	}
	var b bytes.Buffer
	for i, name := range slices.Sorted(maps.Keys(body)) {
		b.WriteByte("{,"[min(i, 1)])
		fmt.Fprintf(&b, "%q:", name)
		b.Write(body[name])
	}
	b.WriteByte('}')
	out := req.Clone(req.Context())
	out.ContentLength = int64(b.Len())
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }
	out.Body, _ = out.GetBody()
	return out, nil
}

// Refused makes an error of an HTTP answer that is not 200, or of an error in the middle of one
// (status 0), by the status, and by what the server said where one status stands for several
// things.
func (x *Exchange) Refused(status int, header http.Header, said string) *Error {
	e := &Error{Kind: scorer.ErrUnavailable, Status: status}
	e.Wait, _ = backoff.FromHeader(header, time.Now())
	low := strings.ToLower(said)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(low, p) })
	}
	switch {
	case has("context length", "context size", "context window", "exceeds the available context"):
		e.Kind = scorer.ErrTooLong
		e.Reason = "the prompt does not fit into the model's window: give the server a larger one"
	case status >= 300 && status < 400:
		e.Reason = "a redirect came, and the résumé is not sent after it: give the server's own address"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Reason = "the server refuses this client: check its token and what it allows"
	case status == http.StatusNotFound && has("model"):
		e.Reason = "the model is not there: fetch it, or name another"
	case status == http.StatusNotFound:
		e.Reason = "nothing answers at this address: check the server's URL"
	case status == http.StatusBadRequest && has("format", "schema"):
		e.Reason = "the server refuses a JSON schema: update it"
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		e.Reason = "the server is busy, or still loads the model: try again later"
	case has("system memory", "load model", "loading model"):
		e.Reason = "the model cannot be loaded: free memory, lower Options.NumCtx, or use a smaller model"
	case status == 0, status == http.StatusInternalServerError, has("terminated", "unexpectedly"):
		e.Kind = scorer.ErrCrashed
		e.Reason = "the model's server failed at this posting: look at its log"
	default:
		e.Reason = "the server failed: look at its log"
	}
	// What the server says helps (out of memory, a broken file), unless it repeats what it was
	// sent.
	said = lead.CleanLine(said)
	if said != "" && len(said) <= 200 && !enrich.Quotes(said, x.prompt) && !enrich.Quotes(said, rulesText) {
		e.Cause = errors.New(said)
	}
	return e
}
