package ollama_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/ollama"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

// A failing is one way in which an answer goes wrong.
type failing struct {
	name string
	chat func(w http.ResponseWriter, r *http.Request, q request)
	want error
	wait time.Duration // of RetryAfter
	says string
}

func failings() []failing {
	half := func(w http.ResponseWriter) {
		line, _ := json.Marshal(map[string]any{"message": map[string]string{"content": fits().String()[:80]}, "done": false})
		write(w, "%s\n", line)
		_ = http.NewResponseController(w).Flush()
	}
	status := func(code int, body string) func(http.ResponseWriter, *http.Request, request) {
		return func(w http.ResponseWriter, _ *http.Request, _ request) {
			w.WriteHeader(code)
			write(w, "%s", body)
		}
	}
	content := func(text string) func(http.ResponseWriter, *http.Request, request) {
		return func(w http.ResponseWriter, _ *http.Request, q request) { say(w, q, text) }
	}
	silence := func(w http.ResponseWriter, r *http.Request, _ request) {
		half(w)
		<-r.Context().Done()
	}
	outOfRange := fits()
	outOfRange.Skills.Rating = 9
	return []failing{
		{"502 with an empty body", status(502, ""), scorer.ErrUnavailable, 0, "HTTP 502"},
		{"503 with Retry-After", func(w http.ResponseWriter, r *http.Request, q request) {
			w.Header().Set("Retry-After", "120")
			status(503, `{"error":"server busy, please try again"}`)(w, r, q)
		}, scorer.ErrUnavailable, 2 * time.Minute, "busy"},
		{"200 and nothing", status(200, ""), scorer.ErrUnavailable, 0, "empty"},
		{"a stream that is cut", func(w http.ResponseWriter, _ *http.Request, q request) {
			half(w)
			panic(http.ErrAbortHandler)
		}, scorer.ErrUnavailable, 0, "failed before the answer was complete"},
		{"no done", func(w http.ResponseWriter, _ *http.Request, q request) { half(w) }, scorer.ErrReply, 0, "ended before it was done"},
		{"done_reason length", func(w http.ResponseWriter, _ *http.Request, q request) {
			half(w)
			finish(w, q, "length")
		}, scorer.ErrReply, 0, "NumPredict"},
		{"a deadline in the middle", silence, context.DeadlineExceeded, 0, "stopped waiting"},
		{"a line of 600 kB", func(w http.ResponseWriter, _ *http.Request, q request) {
			write(w, `{"message":{"content":"%s"},"done":false}`+"\n", strings.Repeat("x", 600_000))
			finish(w, q, "stop")
		}, scorer.ErrReply, 0, "a line of more than"},
		{"HTML instead of JSON", func(w http.ResponseWriter, _ *http.Request, _ request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			write(w, "%s", "<!doctype html><title>Sign in to the hotel's network</title>")
		}, scorer.ErrUnavailable, 0, "web page"},
		{"invalid JSON", content(`{"skills": {"posting_quote": "backend serv`), scorer.ErrReply, 0, "not the JSON"},
		{"valid JSON out of range", content(outOfRange.String()), scorer.ErrReply, 0, "out of range"},
		{"unknown fields", content(strings.Replace(fits().String(), `"reasoning"`, `"score":100,"reasoning"`, 1)), scorer.ErrReply, 0, "not the JSON"},
		{"model not found", status(404, `{"error":"model 'qwen2.5:7b' not found"}`), scorer.ErrUnavailable, 0, "ollama pull qwen2.5:7b"},
		{"a stall of 30 seconds", silence, scorer.ErrUnavailable, 0, "stalled"},

		{"HTML without saying so", content0("<!doctype html>"), scorer.ErrUnavailable, 0, "address of an Ollama server"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request, _ request) {
			http.Redirect(w, r, "http://example.com/api/chat", http.StatusTemporaryRedirect)
		}, scorer.ErrUnavailable, 0, "redirect"},
		{"a server without the path", status(404, "404 page not found"), scorer.ErrUnavailable, 0, "HTTP 404"},
		{"a server too old for schemas", status(400, `{"error":"json: cannot unmarshal object into Go struct field ChatRequest.format of type string"}`), scorer.ErrUnavailable, 0, "0.5.0"},
		{"a runner that dies", func(w http.ResponseWriter, _ *http.Request, q request) {
			half(w)
			write(w, "%s\n", `{"error":"an error was encountered while running the model: out of memory"}`)
		}, scorer.ErrUnavailable, 0, "out of memory"},
		{"a window that is too small", status(400, `{"error":"the input length exceeds the context length"}`), scorer.ErrTooLong, 0, "too long"},
		{"a last line that is cut", func(w http.ResponseWriter, _ *http.Request, q request) {
			half(w)
			write(w, "%s", `{"message":{"cont`)
		}, scorer.ErrUnavailable, 0, "cut"},
		{"a line in the middle that is no JSON", func(w http.ResponseWriter, _ *http.Request, q request) {
			half(w)
			write(w, "%s\n", "oops")
			finish(w, q, "stop")
		}, scorer.ErrReply, 0, "not JSON"},
		{"a megabyte of small lines", func(w http.ResponseWriter, _ *http.Request, q request) {
			for range 40_000 {
				write(w, "%s\n", `{"message":{"content":""},"done":false}`)
			}
			finish(w, q, "stop")
		}, scorer.ErrReply, 0, "more than"},
		{"a reply that goes on and on", content(strings.Repeat("{", 70_000)), scorer.ErrReply, 0, "more than"},
		{"another done_reason", func(w http.ResponseWriter, _ *http.Request, q request) { finish(w, q, "load") }, scorer.ErrReply, 0, "not finished"},
		{"something after the reply", content(fits().String() + " {}"), scorer.ErrReply, 0, "follows"},
		{"a reply that lacks a part", content(strings.Replace(fits().String(), `"rating":5`, `"rating":null`, 1)), scorer.ErrReply, 0, "lacks a part"},
		{"a reply without reasoning", content(strings.Replace(fits().String(), `"reasoning":"Long Go practice on the same platform"`, `"reasoning":null`, 1)), scorer.ErrReply, 0, "lacks"},
		{"null", content("null"), scorer.ErrReply, 0, "lacks a part"},
	}
}

func content0(text string) func(http.ResponseWriter, *http.Request, request) {
	return func(w http.ResponseWriter, _ *http.Request, _ request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		write(w, "%s", text)
	}
}

// impatient keeps the waiting in tests short.
func impatient(f failing) func(*ollama.Options) {
	return func(o *ollama.Options) {
		if f.name == "a stall of 30 seconds" {
			o.Stall = 50 * time.Millisecond
		}
	}
}

func TestEveryFailureIsATypedError(t *testing.T) {
	t.Parallel()
	for _, f := range failings() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			if errors.Is(f.want, context.DeadlineExceeded) {
				short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
				defer cancel()
				ctx = short
			}
			m, err := newServer(t, f.chat).scorer(t, impatient(f)).Score(ctx, resumeText, fitting())
			require.ErrorIs(t, err, f.want)
			require.Zero(t, m)
			require.ErrorContains(t, err, f.says)
			var typed *ollama.Error
			require.ErrorAs(t, err, &typed)
			require.Equal(t, f.wait, typed.RetryAfter())
			for _, secret := range []string{"Quill", "parcels", "Long Go practice"} {
				require.NotContains(t, err.Error(), secret)
			}
		})
	}
}

func TestNoFailureBecomesADecision(t *testing.T) {
	t.Parallel()
	for _, f := range failings() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			if errors.Is(f.want, context.DeadlineExceeded) {
				short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
				defer cancel()
				ctx = short
			}
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			user := memory.New(&memory.Options{Now: func() time.Time { return now }}).ForUser("ada")
			report, _ := newPipeline(t, numbered(repeat(fitting(), 3)), newServer(t, f.chat).scorer(t, impatient(f)), user).Run(ctx, lead.Query{})
			require.Zero(t, report.Matched+report.Rejected+report.Failed+report.Closed, "%+v", report)
			stats, err := user.Stats(t.Context())
			require.NoError(t, err)
			require.Equal(t, map[lead.Status]int{lead.Discovered: 3}, stats.ByStatus)

			now = now.Add(25 * time.Hour) // longer than any back-off
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

func TestDefaultsOfWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := func(first string) roundTrip {
			return func(r *http.Request) (*http.Response, error) {
				return &http.Response{
					StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-ndjson"}}, Request: r,
					Body: silent{strings.NewReader(first), r.Context().Done()},
				}, nil
			}
		}
		never := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		for name, c := range map[string]struct {
			base roundTrip
			want time.Duration
			says string
		}{
			"an answer that stalls": {answer(`{"message":{"content":"{"},"done":false}` + "\n"), 30 * time.Second, "stalled"},
			"no answer at all":      {never, 5 * time.Minute, "Options.Timeout"},
		} {
			sc, err := ollama.New(&ollama.Options{Client: &http.Client{Transport: c.base}})
			require.NoError(t, err)
			start := time.Now()
			_, err = sc.Score(t.Context(), resumeText, fitting())
			require.ErrorIs(t, err, scorer.ErrUnavailable, name)
			require.ErrorContains(t, err, c.says, name)
			require.NotErrorIs(t, err, context.DeadlineExceeded, name) // it is not the caller's deadline
			require.Equal(t, c.want, time.Since(start), name)
		}
	})
}

func TestAServerThatIsDownSaysSo(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	sc, err := ollama.New(&ollama.Options{BaseURL: "http://" + address})
	require.NoError(t, err)
	_, err = sc.Score(t.Context(), resumeText, fitting())
	_, identity := sc.Identity(t.Context())
	for _, err := range []error{err, sc.Ping(t.Context()), identity} {
		require.ErrorIs(t, err, scorer.ErrUnavailable)
		require.ErrorContains(t, err, "ollama serve")
		require.NotContains(t, err.Error(), "http://")
	}
}

func TestACallersOwnClientIsUsed(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := newServer(t, saying(fits()))
	base := roundTrip(func(r *http.Request) (*http.Response, error) {
		calls.Add(1)
		r.Header.Set("Authorization", "Bearer of the caller")
		return http.DefaultTransport.RoundTrip(r)
	})
	sc := s.scorer(t, func(o *ollama.Options) { o.Client = &http.Client{Transport: base} })
	_, err := sc.Score(t.Context(), resumeText, fitting())
	require.NoError(t, err)
	require.NoError(t, sc.Ping(t.Context()))
	require.EqualValues(t, 3, calls.Load())
}

func TestPingSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ version, show, says string }{
		"all is there":                     {`{"version":"0.5.0"}`, `{"model_info":{"qwen2.context_length":8192}}`, ""},
		"a server built from source":       {`{"version":"0.0.0"}`, `{}`, ""},
		"a version of another form":        {`{"version":"main"}`, `{}`, ""},
		"too old":                          {`{"version":"0.4.7"}`, `{}`, "0.5.0"},
		"much newer":                       {`{"version":"1.0.0-rc1"}`, `{}`, ""},
		"a window that is too small":       {`{"version":"0.6.8"}`, `{"model_info":{"bert.context_length":512}}`, "NumCtx"},
		"no model":                         {`{"version":"0.6.8"}`, "", "ollama pull qwen2.5:7b"},
		"something that is not an Ollama":  {`<html>`, `{}`, "address of an Ollama server"},
		"something that shows another one": {`{"version":"0.6.8"}`, `<html>`, "address of an Ollama server"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) { write(w, "%s", c.version) })
			mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, _ *http.Request) {
				if c.show == "" {
					w.WriteHeader(http.StatusNotFound)
					write(w, "%s", `{"error":"model 'qwen2.5:7b' not found"}`)
					return
				}
				write(w, "%s", c.show)
			})
			s := httptest.NewServer(mux)
			defer s.Close()
			sc, err := ollama.New(&ollama.Options{BaseURL: s.URL})
			require.NoError(t, err)
			err = sc.Ping(t.Context())
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, scorer.ErrUnavailable)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestAnUnavailableServerStopsTheRunAndIsReported(t *testing.T) {
	t.Parallel()
	f := failings()[1]
	user := memory.New(nil).ForUser("ada")
	_, err := newPipeline(t, numbered(repeat(fitting(), 3)), newServer(t, f.chat).scorer(t, nil), user).Run(t.Context(), lead.Query{})
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	n, err := user.Reopen(t.Context(), store.Selection{Statuses: []lead.Status{lead.Discovered}})
	require.NoError(t, err)
	require.Equal(t, 3, n)
}
