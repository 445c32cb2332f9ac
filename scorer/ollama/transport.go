package ollama

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/agent-forge/forge/scorer"
)

// An exchange is one call as the transport sees it: what to send beyond what langchaingo sends, and what came back.
type exchange struct {
	model    string
	sampling scorer.Sampling
	prompt   string // to keep its text out of errors
	estimate int    // of the prompt's tokens

	complete bool
	content  string
	call     Call
	err      error
}

type exchangeKey struct{}

func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// A transport stands between langchaingo and the server. It sends what langchaingo cannot, and turns every answer that is
// not complete into an error, which langchaingo would not notice.
type transport struct {
	base http.RoundTripper
	opts Options
}

// RoundTrip sends one chat request and returns its whole answer as one line.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	x, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("ollama: a request that no score made")
	}
	body, err := t.rewrite(req, x.sampling)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(req.Context(), t.opts.Timeout, errTimeout)
	defer cancel()
	ctx, stalled := context.WithCancelCause(ctx)
	defer stalled(nil)

	out := req.Clone(ctx)
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	resp, err := t.base.RoundTrip(out)
	if err != nil {
		x.err = t.refused(req.Context(), ctx, err)
		return nil, x.err
	}
	defer resp.Body.Close() //nolint:errcheck // the answer has been read, or is given up

	watched := newWatch(resp.Body, t.opts.Stall, func() { stalled(errStalled) })
	defer watched.stop()
	resp.Body = watched
	answer, err := readAnswer(resp, x, func(err error) *Error { return givenUp(req.Context(), ctx, err) })
	if err == nil {
		err = t.checkCount(answer, x)
	}
	if err != nil {
		x.err = err
		return nil, err
	}
	x.complete, x.content = true, answer.content
	return answer.response(req)
}

// refused says why there was no answer at all.
func (t *transport) refused(caller, call context.Context, err error) *Error {
	if caller.Err() != nil || context.Cause(call) != nil {
		return givenUp(caller, call, err)
	}
	return unavailable(`no connection; is the server running? Start it with "ollama serve"`, err)
}

// chatOptions are the same for every call but for seed and temperature, which are not the runner's: Ollama loads the model
// anew when the others change. The samplers that a model file may set are fixed, so that a model's maker does not change scores.
type chatOptions struct {
	NumCtx        int     `json:"num_ctx"`
	NumPredict    int     `json:"num_predict"`
	Temperature   float64 `json:"temperature"`
	Seed          int     `json:"seed"`
	TopK          int     `json:"top_k"`
	TopP          float64 `json:"top_p"`
	RepeatPenalty float64 `json:"repeat_penalty"`
}

// rewrite returns the body to send for the one that langchaingo made.
func (t *transport) rewrite(req *http.Request, how scorer.Sampling) ([]byte, error) {
	if req.Body == nil {
		return nil, errors.New("ollama: a request without a body")
	}
	defer req.Body.Close() //nolint:errcheck // it is a buffer
	var chat map[string]json.RawMessage
	if err := json.NewDecoder(req.Body).Decode(&chat); err != nil {
		return nil, fmt.Errorf("ollama: read the request: %w", err)
	}
	for name, value := range map[string]any{
		"format":     json.RawMessage(replySchema),
		"stream":     true,  // so that silence is noticed and a cancelled call stops the model
		"truncate":   false, // servers that know it refuse a prompt that is too long, instead of cutting its front
		"shift":      false, // and end a reply that is too long, instead of forgetting the prompt
		"think":      false, // models that think aloud would do so instead of answering
		"keep_alive": keepAliveSeconds(t.opts.KeepAlive),
		"options": chatOptions{
			NumCtx: t.opts.NumCtx, NumPredict: t.opts.NumPredict, Temperature: how.Temperature, Seed: how.Seed,
			TopK: 40, TopP: 0.9, RepeatPenalty: 1.05, // as Qwen2.5's makers advise: it breaks loops, and quotes stay possible
		},
	} {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("ollama: write the request: %w", err)
		}
		chat[name] = raw
	}
	body, err := json.Marshal(chat)
	if err != nil {
		return nil, fmt.Errorf("ollama: write the request: %w", err)
	}
	return body, nil
}

// keepAliveSeconds is a number, which every version takes; a negative one means for ever.
func keepAliveSeconds(d time.Duration) int {
	if d < 0 {
		return -1
	}
	return int(d.Round(time.Second) / time.Second)
}

// checkCount compares the server's count of the prompt's tokens with the budget. An old server cuts a prompt that is longer
// than its window to exactly the window, which is more than the budget; one whose window is smaller than was asked for
// counts far fewer tokens than the text can have.
func (t *transport) checkCount(a answer, x *exchange) error {
	count, budget := a.call.PromptTokens, t.opts.NumCtx-t.opts.NumPredict
	x.call = a.call
	switch {
	case count > budget:
		return tooLong("the prompt has %d tokens, at most %d leave room for the reply", count, budget)
	case count < x.estimate/cutSuspicion:
		return unavailable(fmt.Sprintf("the server read %d tokens of a prompt of about %d: it cut the prompt; "+
			"is the model's window smaller than Options.NumCtx?", count, x.estimate), nil)
	}
	return nil
}

// cutSuspicion is how many times too high an honest estimate may be.
const cutSuspicion = 5

// A watch is a body that calls late when nothing is read for too long.
type watch struct {
	io.ReadCloser
	timer *time.Timer
	limit time.Duration
}

func newWatch(body io.ReadCloser, limit time.Duration, late func()) *watch {
	return &watch{ReadCloser: body, limit: limit, timer: time.AfterFunc(limit, late)}
}

// Read reads on, and starts the time anew when something came.
func (w *watch) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if n > 0 {
		w.timer.Reset(w.limit)
	}
	return n, err
}

func (w *watch) stop() { w.timer.Stop() }
