package ollama_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
	"github.com/agent-forge/forge/scorer/ollama"
	"github.com/agent-forge/forge/store/memory"
)

// A failing is one way in which an answer goes wrong.
type failing struct {
	name string
	chat func(w http.ResponseWriter, r *http.Request, q request)
	want error
	says string
	wait time.Duration // of RetryAfter
}

func half(w http.ResponseWriter) {
	line, _ := json.Marshal(map[string]any{
		"message": map[string]string{"role": "assistant", "content": `{"skills":{"posting_lines":`},
		"done":    false,
	})
	write(w, "%s\n", line)
	_ = http.NewResponseController(w).Flush()
}

func status(code int, body string) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, _ *http.Request, _ request) {
		w.WriteHeader(code)
		write(w, "%s", body)
	}
}

// halfThen begins an answer and goes on with these lines.
func halfThen(lines ...string) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, _ *http.Request, _ request) {
		half(w)
		write(w, "%s", strings.Join(lines, "\n"))
	}
}

func ends(reason string) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, _ *http.Request, q request) {
		half(w)
		finish(w, q, reason)
	}
}

func content(text string) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, _ *http.Request, q request) { say(w, q, text) }
}

func raw(text string) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, _ *http.Request, _ request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		write(w, "%s", text)
	}
}

func silence(w http.ResponseWriter, r *http.Request, _ request) {
	half(w)
	<-r.Context().Done()
}

const (
	aStall    = "a stall of 30 seconds"
	aDeadline = "a deadline in the middle"
)

func failings() []failing {
	down, crashed, reply := scorer.ErrUnavailable, scorer.ErrCrashed, scorer.ErrReply
	return []failing{
		{"502 with an empty body", status(502, ""), down, "HTTP 502", 0},
		{"503 with Retry-After", func(w http.ResponseWriter, r *http.Request, q request) {
			w.Header().Set("Retry-After", "120")
			status(503, `{"error":"server busy, please try again"}`)(w, r, q)
		}, down, "busy", 2 * time.Minute},
		{"HTML instead of JSON", func(w http.ResponseWriter, _ *http.Request, _ request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			write(w, "%s", "<!doctype html><title>Sign in to the hotel's network</title>")
		}, down, "web page", 0},
		{"HTML without saying so", raw("<!doctype html>"), down, "address of an Ollama server", 0},
		{"a redirect", func(w http.ResponseWriter, r *http.Request, _ request) {
			http.Redirect(w, r, "http://example.com/api/chat", http.StatusTemporaryRedirect)
		}, down, "redirect", 0},
		{
			"model not found", status(404, `{"error":"model 'qwen2.5:7b' not found"}`), down,
			"ollama pull qwen2.5:7b", 0,
		},
		{"a server without the path", status(404, "404 page not found"), down, "HTTP 404", 0},
		{
			"a server too old for schemas",
			status(400, `{"error":"json: cannot unmarshal object into Go struct `+
				`field ChatRequest.format of type string"}`), down, "0.5.0", 0,
		},
		{"too little memory", status(500, tooLittleMemory), down, "smaller model", 0},
		{aDeadline, silence, context.DeadlineExceeded, "stopped waiting", 0},
		{"no count of the prompt", func(w http.ResponseWriter, r *http.Request, q request) {
			raw(`{"message":{"content":"{}"},"done":true,"done_reason":"stop"}`)(w, r, q)
		}, down, "update Ollama", 0},
		{"only ever loaded", ends("load"), down, "loads the model", 0},

		{
			"500", status(500, `{"error":"llama runner process has terminated: exit status 2"}`), crashed,
			"terminated", 0,
		},
		{"200 and nothing", status(200, ""), crashed, "empty", 0},
		{"a stream that is cut", func(w http.ResponseWriter, _ *http.Request, _ request) {
			half(w)
			panic(http.ErrAbortHandler)
		}, crashed, "failed before the answer was complete", 0},
		{"a connection that is cut", func(http.ResponseWriter, *http.Request, request) {
			panic(http.ErrAbortHandler)
		}, crashed, "failed before the answer began", 0},
		{aStall, silence, crashed, "stalled", 0},
		{
			"a runner that dies",
			halfThen(`{"error":"an error was encountered while running the model: unexpected EOF"}`),
			crashed, "unexpected EOF", 0,
		},
		{"a last line that is cut", halfThen(`{"message":{"cont`), crashed, "cut", 0},

		{"no done", halfThen(""), reply, "ended before it was done", 0},
		{"done_reason length", ends("length"), reply, "NumPredict", 0},
		{"another done_reason", ends("tired"), reply, "not finished", 0},
		{"a line in the middle that is no JSON", halfThen("oops", `{"done":true}`), reply, "not JSON", 0},
		{
			"a line of 600 kB", halfThen(`{"message":{"content":"`+strings.Repeat("x",
				600_000)+`"},"done":false}`, `{"done":true}`),
			reply, "a line of more than", 0,
		},
		{
			"a megabyte of small lines",
			halfThen(strings.Repeat(`{"message":{"content":""},"done":false}`+"\n", 40_000)), reply,
			"more than", 0,
		},
		{"a reply that goes on and on", content(strings.Repeat("{", 200_000)), reply, "more than", 0},
		{"a reply that is not JSON", content(`{"skills": {"posting_lines": ["P`), reply, "not the JSON", 0},
		{"null", content("null"), reply, "lacks a part", 0},
		{"no content", content(""), crashed, "empty", 0},

		{
			"a window that is too small",
			status(400, `{"error":"the input length exceeds the context length"}`), scorer.ErrTooLong,
			"too long", 0,
		},
	}
}

// fail has a scorer meet a failing, without waiting for long.
func fail(t *testing.T, f failing) (*server, *ollama.Scorer, context.Context) {
	t.Helper()
	ctx := t.Context()
	if f.name == aDeadline {
		short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		t.Cleanup(cancel)
		ctx = short
	}
	s := newServer(t, f.chat)
	return s, s.scorer(t, func(o *ollama.Options) {
		if f.name == aStall {
			o.Stall = 50 * time.Millisecond
		}
	}), ctx
}

func TestTransportMakesATypedErrorOfEveryFailure(t *testing.T) {
	t.Parallel()
	for _, f := range failings() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s, sc, ctx := fail(t, f)
			a, err := sc.Score(ctx, llmtest.Resume, llmtest.Fitting())
			require.ErrorIs(t, err, f.want)
			require.Equal(t, errors.Is(f.want, scorer.ErrCrashed), errors.Is(err, scorer.ErrCrashed))
			require.NotErrorIs(t, err, scorer.ErrPosting)
			require.Zero(t, a)
			require.ErrorContains(t, err, f.says)
			var typed *llm.Error
			require.ErrorAs(t, err, &typed)
			require.Equal(t, f.wait, typed.RetryAfter())
			for _, secret := range []string{"Quill", "parcels", "posting_lines"} {
				require.NotContains(t, err.Error(), secret)
			}
			if errors.Is(err, scorer.ErrReply) {
				requireNewSeeds(t, s)
			}
		})
	}
}

// requireNewSeeds checks that an answer that cannot be used is asked for again with other luck.
func requireNewSeeds(t *testing.T, s *server) {
	t.Helper()
	seen := s.requests()
	require.Len(t, seen, 3)
	seeds := make(map[any]bool)
	for i, q := range seen {
		seeds[q.Options["seed"]] = true
		require.Equal(t, i > 0, q.Options["temperature"] != 0.0)
	}
	require.Len(t, seeds, 3)
}

func TestTransportLetsNoFailureBecomeADecision(t *testing.T) {
	t.Parallel()
	for _, f := range failings() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			_, sc, ctx := fail(t, f)
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			user := memory.New(&memory.Options{Now: func() time.Time { return now }}).ForUser("ada")
			postings := llmtest.Number(repeat(llmtest.Fitting(), 3))
			report, _ := llmtest.Pipeline(t, postings, sc, user).Run(ctx, lead.Query{})
			require.Zero(t, report.Matched+report.Rejected+report.Failed+report.Closed, "%+v", report)
			stats, err := user.Stats(t.Context())
			require.NoError(t, err)
			require.Equal(t, map[lead.Status]int{lead.Discovered: 3}, stats.ByStatus)

			now = now.Add(25 * time.Hour) // longer than any backoff
			due, err := user.Claim(t.Context(), 10, time.Minute)
			require.NoError(t, err)
			require.Len(t, due, 3, "every job is due")
		})
	}
}

func repeat[T any](v T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func TestTransportAsksAgainIfTheServerOnlyLoadedTheModel(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := newServer(t, func(w http.ResponseWriter, _ *http.Request, q request) {
		if calls.Add(1) == 1 {
			finish(w, q, "load")
			return
		}
		say(w, q, llmtest.Fits().In(q.user()))
	})
	a, err := s.scorer(t, nil).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.NoError(t, err)
	require.Equal(t, 88, a.Score)
	require.EqualValues(t, 2, calls.Load())
}

func TestTransportAsksAModelWithoutThinkThatCannotBeToldSo(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(w http.ResponseWriter, r *http.Request, q request) {
		if _, told := q.raw["think"]; told {
			status(400, `{"error":"think value \"false\" is not supported for this model"}`)(w, r, q)
			return
		}
		say(w, q, "<think>They want Go.</think>\n"+llmtest.Fits().In(q.user()))
	})
	sc := s.scorer(t, nil)
	for range 2 {
		a, err := sc.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
		require.NoError(t, err)
		require.Equal(t, 88, a.Score)
	}
	require.Len(t, s.requests(), 3, "the second posting is sent once")
}

// A roundTrip is a transport made of a function, for tests in virtual time.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// silent is a body that gives its text and then nothing until the request ends.
type silent struct {
	text io.Reader
	done <-chan struct{}
}

func (s silent) Read(p []byte) (int, error) {
	if n, err := s.text.Read(p); err == nil {
		return n, nil
	}
	<-s.done
	return 0, errors.New("request cancelled")
}

func (silent) Close() error { return nil }

func TestTransportWaitsAsLongAsTheOptionsSay(t *testing.T) {
	t.Parallel()
	answer := func(first string) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			return &http.Response{
				StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-ndjson"}},
				Request: r,
				Body:    silent{strings.NewReader(first), r.Context().Done()},
			}, nil
		}
	}
	never := roundTrip(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	for _, c := range []struct {
		name string
		base roundTrip
		want time.Duration
		says string
	}{
		{
			"an answer that stalls", answer(`{"message":{"content":"{"},"done":false}` + "\n"),
			30 * time.Second, "Options.Stall",
		},
		{"no answer at all", never, 5 * time.Minute, "Options.Timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sc, err := ollama.New(&ollama.Options{Client: &http.Client{Transport: c.base}})
				require.NoError(t, err)
				start := time.Now()
				_, err = sc.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
				require.ErrorIs(t, err, scorer.ErrCrashed)
				require.ErrorContains(t, err, c.says)
				require.NotErrorIs(t, err, context.DeadlineExceeded, "it is not the caller's deadline")
				require.Equal(t, c.want, time.Since(start))
			})
		})
	}
}

func TestTransportSaysThatAServerIsDown(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	sc, err := ollama.New(&ollama.Options{BaseURL: "http://" + address})
	require.NoError(t, err)
	_, err = sc.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	_, identity := sc.Identity(t.Context())
	for _, err := range []error{err, sc.Ping(t.Context()), identity} {
		require.ErrorIs(t, err, scorer.ErrUnavailable)
		require.NotErrorIs(t, err, scorer.ErrCrashed)
		require.ErrorContains(t, err, "ollama serve")
		require.NotContains(t, err.Error(), "http://")
	}
}

func TestTransportUsesTheCallersClient(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := newServer(t, saying(llmtest.Fits()))
	base := roundTrip(func(r *http.Request) (*http.Response, error) {
		calls.Add(1)
		r.Header.Set("Authorization", "Bearer of the caller")
		return http.DefaultTransport.RoundTrip(r)
	})
	sc := s.scorer(t, func(o *ollama.Options) { o.Client = &http.Client{Transport: base} })
	_, err := sc.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.NoError(t, err)
	require.NoError(t, sc.Ping(t.Context()))
	require.EqualValues(t, 3, calls.Load())
}

func TestTransportSendsAllThatLangchaingoCannot(t *testing.T) {
	t.Parallel()
	s := newServer(t, saying(llmtest.Fits()))
	sc := s.scorer(t, nil)
	_, err := sc.Sample(t.Context(), llmtest.Resume, llmtest.Fitting(), scorer.Sampling{
		Temperature: 0.5,
		Seed:        7,
	})
	require.NoError(t, err)
	_, err = sc.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.NoError(t, err)
	sampled, plain := s.requests()[0], s.requests()[1]
	require.True(t, sampled.Stream)
	for _, field := range []struct{ name, want string }{
		{"truncate", "false"}, {"shift", "false"}, {"think", "false"}, {"keep_alive", "600"},
	} {
		require.JSONEq(t, field.want, string(sampled.raw[field.name]), field.name)
	}
	require.Equal(t, map[string]any{
		"num_ctx": 8192.0, "num_predict": 2048.0, "temperature": 0.5, "seed": 7.0,
		"top_k": 40.0, "top_p": 0.9, "repeat_penalty": 1.05,
	}, sampled.Options)
	require.Equal(t, 0.0, plain.Options["temperature"])
	require.Equal(t, 0.0, plain.Options["seed"], "seed 0 is sent, too")
	require.Len(t, sampled.Messages, 2)
	require.Equal(t, "system", sampled.Messages[0].Role)
	require.Contains(t, string(sampled.Format), `"enum":["P1","P2"`)
}

func TestTransportRefusesAPromptThatTheServerCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		count int
		want  error
	}{
		{"cut to the window", 8192, scorer.ErrTooLong},
		{"one token over the budget", 8192 - 2048 + 1, scorer.ErrTooLong},
		{"a window smaller than was asked for", 100, scorer.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, func(w http.ResponseWriter, _ *http.Request, q request) {
				line, _ := json.Marshal(map[string]any{
					"message": map[string]string{"content": llmtest.Fits().In(q.user())}, "done": true,
					"done_reason": "stop", "prompt_eval_count": c.count,
				})
				write(w, "%s\n", line)
			})
			a, err := s.scorer(t, nil).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
			require.ErrorIs(t, err, c.want)
			require.Zero(t, a)
		})
	}
}

func TestTransportTellsWhatACallTook(t *testing.T) {
	t.Parallel()
	var calls []llm.Call
	sc := newServer(t, saying(llmtest.Fits())).scorer(t, func(o *ollama.Options) {
		o.Observe = func(c llm.Call) { calls = append(calls, c) }
	})
	_, err := sc.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.NoError(t, err)
	require.Len(t, calls, 1)
	require.Positive(t, calls[0].PromptTokens)
	require.Equal(t, 200, calls[0].ReplyTokens)
	require.Equal(t, time.Millisecond, calls[0].PromptEval)
}
