package ollama

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// Bounds of an answer. The longest reply that the schema allows has about 3 kB, and a line of one token about 150 bytes.
const (
	maxBody    = 1 << 20
	maxLine    = 256 << 10
	maxContent = 64 << 10
)

// An answer is what the server said, all of it.
type answer struct {
	content string
	call    Call
}

// A chunk is one line of the server's answer, https://github.com/ollama/ollama/blob/main/docs/api.md. Fields that are not
// needed here are passed over: servers add new ones.
type chunk struct {
	Message struct {
		Content string `json:"content"`
	} `json:"message"`
	Error      string `json:"error"`
	Done       bool   `json:"done"`
	DoneReason string `json:"done_reason"`

	LoadDuration       time.Duration `json:"load_duration"`
	PromptEvalCount    int           `json:"prompt_eval_count"`
	PromptEvalDuration time.Duration `json:"prompt_eval_duration"`
	EvalCount          int           `json:"eval_count"`
	EvalDuration       time.Duration `json:"eval_duration"`
}

// readAnswer reads the whole answer or says what is wrong with it. broken makes the error of a read that failed.
func readAnswer(resp *http.Response, x *exchange, broken func(error) *Error) (answer, error) {
	if resp.StatusCode != http.StatusOK {
		return answer{}, refusal(resp, x)
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == "text/html" {
		return answer{}, unavailable("a web page came instead of an answer; is this the address of an Ollama server?", nil)
	}
	body := &io.LimitedReader{R: resp.Body, N: maxBody + 1}
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	var content strings.Builder
	var last chunk
	seen := false
	for lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if body.N <= 0 {
			return answer{}, badReply("more than %d bytes came", maxBody)
		}
		last = chunk{}
		if err := json.Unmarshal(line, &last); err != nil {
			if !seen {
				return answer{}, unavailable("something else than Ollama's JSON came; is this the address of an Ollama server?", nil)
			}
			if lines.Scan() || lines.Err() != nil {
				return answer{}, badReply("a line of the answer is not JSON")
			}
			return answer{}, unavailable("the answer was cut", nil)
		}
		seen = true
		if last.Error != "" {
			return answer{}, serverError(0, last.Error, x)
		}
		content.WriteString(last.Message.Content)
		if content.Len() > maxContent {
			return answer{}, badReply("the reply has more than %d bytes", maxContent)
		}
		if last.Done {
			break
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return answer{}, badReply("a line of more than %d bytes came", maxLine)
	case err != nil:
		return answer{}, broken(err)
	case !seen:
		return answer{}, unavailable("the answer was empty", nil)
	case !last.Done:
		// Ollama ends an answer like this when the model repeats itself, and the same prompt may well do it again.
		return answer{}, badReply("the answer ended before it was done; the model repeated itself, or the server dropped it")
	case last.DoneReason == "length":
		return answer{}, badReply("the reply did not fit into Options.NumPredict")
	case last.DoneReason != "stop":
		return answer{}, badReply("the reply was not finished: done_reason is not \"stop\"")
	case last.PromptEvalCount <= 0:
		return answer{}, badReply("the server did not say how much of the prompt it read")
	}
	return answer{content: content.String(), call: Call{
		PromptTokens: last.PromptEvalCount, ReplyTokens: last.EvalCount,
		Load: last.LoadDuration, PromptEval: last.PromptEvalDuration, Eval: last.EvalDuration,
	}}, nil
}

// refusal makes an error of an answer that is not 200.
func refusal(resp *http.Response, x *exchange) error {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return &Error{Kind: scorer.ErrUnavailable, Status: resp.StatusCode, Reason: "a redirect came, and the résumé is not sent after it; give the server's own address"}
	}
	var said chunk
	if body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10)); err == nil {
		if json.Unmarshal(body, &said) != nil {
			said.Error = ""
		}
	}
	e := serverError(resp.StatusCode, said.Error, x)
	e.Wait, _ = backoff.FromHeader(resp.Header, time.Now())
	return e
}

// serverError sorts an error that the server put into words. Ollama has no codes beyond HTTP's, so that its words must do
// where one status stands for several things.
func serverError(status int, words string, x *exchange) *Error {
	low := strings.ToLower(words)
	e := &Error{Kind: scorer.ErrUnavailable, Status: status}
	switch {
	case strings.Contains(low, "context length") || strings.Contains(low, "context size"):
		e.Kind, e.Reason = scorer.ErrTooLong, "the prompt does not fit into the model's window"
	case status == http.StatusNotFound && strings.Contains(low, "model"):
		e.Reason = fmt.Sprintf("the model is not there; fetch it with %q", "ollama pull "+x.model)
	case status == http.StatusNotFound:
		e.Reason = "nothing answers at this address; is it that of an Ollama server?"
	case status == http.StatusBadRequest && strings.Contains(low, "format"):
		e.Reason = "the server refuses a JSON schema; Ollama 0.5.0 is the first that takes one"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Reason = "the server refuses this client"
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		e.Reason = "the server is busy"
	case status == 0:
		e.Reason = "the server gave up in the middle of its answer"
	default:
		e.Reason = "the server failed"
	}
	// What the server says helps (out of memory, a model file that is broken), unless it repeats what it was sent.
	if words = lead.CleanLine(words); words != "" && len(words) <= 200 && !enrich.Quotes(words, x.prompt) && !enrich.Quotes(words, systemPrompt) {
		e.Cause = errors.New(words)
	}
	return e
}

// response gives langchaingo the answer as one line that is done.
func (a answer) response(req *http.Request) (*http.Response, error) {
	line, err := json.Marshal(map[string]any{
		"message":           map[string]string{"role": "assistant", "content": a.content},
		"done":              true,
		"done_reason":       "stop",
		"prompt_eval_count": a.call.PromptTokens,
		"eval_count":        a.call.ReplyTokens,
	})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/x-ndjson"}},
		Body:          io.NopCloser(bytes.NewReader(append(line, '\n'))),
		ContentLength: int64(len(line) + 1),
		Request:       req,
	}, nil
}
