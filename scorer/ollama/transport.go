package ollama

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
)

// Bounds of an answer. The longest reply that the schema allows has about 2 kB, and a line of one
// token about 150 bytes. langchaingo reads lines up to 500 kB.
const (
	maxBody = 1 << 20
	maxLine = 256 << 10
)

// A transport stands between langchaingo and the server. It sends what langchaingo cannot, and
// refuses every answer that is not complete, which langchaingo would not notice. A complete answer
// passes as it is.
type transport struct {
	base http.RoundTripper
	opts Options
	mute atomic.Bool // the model cannot be told "think": it refuses a request that does
}

// maxSends is how often a request is sent that makes the server load the model and nothing else.
const maxSends = 3

var (
	errStalled = errors.New("the answer began and then stalled")
	errLoaded  = &llm.Error{
		Kind:   scorer.ErrUnavailable,
		Reason: "the server loads the model and does not answer; restart it",
	}
	errThink = errors.New("ollama: the model refuses to be told whether to think")
)

// RoundTrip sends one chat request, and returns its answer once that is complete.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	x := llm.ExchangeFrom(req.Context())
	if x == nil {
		return nil, errors.New("ollama: a request that no score made")
	}
	told := !t.mute.Load()
	req, err := x.Rewrite(req, t.fields(x, told))
	if err != nil {
		return nil, err
	}
	for sends := 1; ; sends++ {
		resp, err := t.send(req, x)
		switch {
		case told && errors.Is(err, errThink):
			t.mute.Store(true)
			told = false
			if req, err = x.Rewrite(req, map[string]any{"think": nil}); err != nil {
				return nil, err
			}
		case err == errLoaded && sends < maxSends: //nolint:errorlint // send returns it as it is
		default:
			x.Err = err
			return resp, err
		}
	}
}

// fields are those of a chat request that langchaingo cannot set, see
// https://github.com/ollama/ollama/blob/main/docs/api.md. The options are the same for every call
// but for seed and temperature, which are not the runner's: Ollama loads the model anew when the
// others change. The samplers that a model file can set are fixed, so that a model's maker does not
// change scores.
func (t *transport) fields(x *llm.Exchange, think bool) map[string]any {
	fields := map[string]any{
		"format": x.Schema,
		// Silence is noticed, and a cancelled call stops the model.
		"stream": true,
		// Servers that know these refuse a prompt that is too long and do not cut its front, and
		// end a reply that is too long and do not forget the prompt.
		"truncate": false, "shift": false,
		// Models that think aloud would do so instead of answering.
		"think": false,
		// Every version takes a number of seconds.
		"keep_alive": int(t.opts.KeepAlive.Seconds()),
		"options": map[string]any{
			"num_ctx": t.opts.NumCtx, "num_predict": x.MaxTokens,
			"temperature": x.Sampling.Temperature, "seed": x.Sampling.Seed,
			"top_k": 40, "top_p": 0.9, "repeat_penalty": 1.05, // as Qwen2.5's makers advise: it breaks loops
		},
	}
	if !think {
		fields["think"] = nil
	}
	return fields
}

// send sends the request once.
func (t *transport) send(req *http.Request, x *llm.Exchange) (*http.Response, error) {
	ctx, stalled := context.WithCancelCause(req.Context())
	defer stalled(nil)
	out := req.Clone(ctx)
	out.Body, _ = req.GetBody()
	resp, err := t.base.RoundTrip(out)
	if err != nil {
		if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
			return nil, unavailable(err, notRunning)
		}
		return nil, crashed(err, "the connection failed before the answer began")
	}
	defer resp.Body.Close() //nolint:errcheck // the answer has been read, or is given up
	timer := time.AfterFunc(t.opts.Stall, func() { stalled(errStalled) })
	defer timer.Stop()
	body, err := io.ReadAll(io.LimitReader(&watch{resp.Body, timer, t.opts.Stall}, maxBody+1))
	switch {
	case context.Cause(ctx) == errStalled: //nolint:errorlint // the cause is set above
		return nil, crashed(nil, errStalled.Error()+": give a slow machine a longer Options.Stall; and")
	case resp.StatusCode != http.StatusOK:
		return nil, refused(resp, body, t.opts.Model, x)
	case err != nil:
		return nil, crashed(err, "the connection failed before the answer was complete")
	case len(body) > maxBody:
		return nil, badReply("the answer has more than %d bytes: use another model", maxBody)
	}
	if err := complete(resp, body, x); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// refused makes an error of an answer that is not 200.
func refused(resp *http.Response, body []byte, model string, x *llm.Exchange) error {
	var said chunk
	if json.Unmarshal(body, &said) != nil {
		said.Error = ""
	}
	e := x.Refused(resp.StatusCode, resp.Header, said.Error)
	switch {
	case resp.StatusCode == http.StatusBadRequest && strings.Contains(said.Error, "think"):
		return fmt.Errorf("%w: %w", errThink, e)
	case resp.StatusCode == http.StatusNotFound && strings.Contains(said.Error, "model"):
		e.Reason = notPulled(model)
	case resp.StatusCode == http.StatusNotFound:
		e.Reason = notOllama
	case resp.StatusCode == http.StatusBadRequest && strings.Contains(said.Error, "format"):
		e.Reason = tooOldForSchemas
	}
	return e
}

// A chunk is one line of the server's answer. Fields that are not needed here are passed over:
// servers add new ones.
type chunk struct {
	Error      string `json:"error"`
	Done       bool   `json:"done"`
	DoneReason string `json:"done_reason"`

	LoadDuration       time.Duration `json:"load_duration"`
	PromptEvalCount    int           `json:"prompt_eval_count"`
	PromptEvalDuration time.Duration `json:"prompt_eval_duration"`
	EvalDuration       time.Duration `json:"eval_duration"`
}

// complete returns nil if the whole of an answer is there, else what is wrong with it.
func complete(resp *http.Response, body []byte, x *llm.Exchange) error {
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == "text/html" {
		return unavailable(nil, "a web page came instead of an answer: "+notOllama)
	}
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, maxLine)
	var last chunk
	seen := false
	for !last.Done && lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		last = chunk{}
		if err := json.Unmarshal(line, &last); err != nil {
			switch {
			case !seen:
				return unavailable(nil, notOllama)
			case lines.Scan() || lines.Err() != nil:
				return badReply("a line of the answer is not JSON: update Ollama")
			}
			return crashed(nil, "the answer was cut")
		}
		seen = true
		if last.Error != "" {
			return x.Refused(0, nil, last.Error)
		}
	}
	switch {
	case lines.Err() != nil:
		return badReply("a line of more than %d bytes came: use another model", maxLine)
	case !seen:
		return crashed(nil, "the answer was empty")
	case !last.Done:
		// Ollama ends an answer like this when the model repeats itself.
		return badReply("the answer ended before it was done, because the model repeated itself or the " +
			"server dropped it: if this happens to every job, use a larger model")
	case last.DoneReason == "load":
		return errLoaded
	case last.DoneReason == "length":
		return badReply("the reply did not fit into Options.NumPredict: raise it, or use a model that does " +
			"not think aloud")
	case last.DoneReason != "stop":
		return badReply("the reply was not finished, done_reason is not \"stop\": update Ollama")
	case last.PromptEvalCount <= 0:
		return unavailable(nil, "the server did not say how much of the prompt it read, so it may have "+
			"cut it: update Ollama")
	}
	x.Load, x.PromptEval, x.Eval = last.LoadDuration, last.PromptEvalDuration, last.EvalDuration
	return nil
}

// A watch is a body that starts a timer anew whenever something comes.
type watch struct {
	io.Reader
	timer *time.Timer
	limit time.Duration
}

func (w *watch) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		w.timer.Reset(w.limit)
	}
	return n, err
}
