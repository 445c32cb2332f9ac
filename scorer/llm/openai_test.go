package llm_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tmc/langchaingo/llms/openai"

	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
)

// A completion is what a server of OpenAI's shape is asked for.
type completion struct {
	Messages       []struct{ Content string }
	ResponseFormat *struct {
		Type       string
		JSONSchema struct {
			Strict bool
			Schema json.RawMessage
		} `json:"json_schema"`
	} `json:"response_format"`
	MaxTokens int `json:"max_tokens"`
}

func (c completion) prompt() string { return c.Messages[len(c.Messages)-1].Content }

// complete answers with content, as llama.cpp, LM Studio and vLLM do.
func complete(w http.ResponseWriter, content, reason string, promptTokens int) {
	_ = json.NewEncoder(w).Encode(map[string]any{
		"choices": []any{map[string]any{
			"message": map[string]any{"role": "assistant", "content": content}, "finish_reason": reason,
		}},
		"usage": map[string]any{"prompt_tokens": promptTokens, "completion_tokens": 150},
	})
}

// overOpenAI is a scorer on a scripted server, through langchaingo's OpenAI client.
func overOpenAI(tb testing.TB, o *llm.Options, chat func(w http.ResponseWriter, c completion)) *llm.Scorer {
	tb.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var c completion
		if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		chat(w, c)
	}))
	tb.Cleanup(server.Close)
	m, err := openai.New(
		openai.WithBaseURL(server.URL), openai.WithModel("qwen2.5-7b"), openai.WithToken("none"),
		openai.WithHTTPClient(&http.Client{Transport: llm.OpenAITransport(nil)}),
	)
	require.NoError(tb, err)
	return newScorer(tb, m, o)
}

func TestOpenAIServersAreAskedForTheSchema(t *testing.T) {
	t.Parallel()
	var calls []llm.Call
	o := &llm.Options{Name: "vllm/qwen2.5-7b", Observe: func(c llm.Call) { calls = append(calls, c) }}
	s := overOpenAI(t, o, func(w http.ResponseWriter, c completion) {
		if c.ResponseFormat == nil || c.ResponseFormat.Type != "json_schema" || c.MaxTokens != 2048 {
			http.Error(w, "no schema", http.StatusTeapot)
			return
		}
		complete(w, llmtest.Fits().In(c.prompt()), "stop", 1200)
	})
	a, err := s.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.NoError(t, err)
	require.Equal(t, 88, a.Score)
	require.Equal(t, "vllm/qwen2.5-7b/3", a.By)
	require.Equal(t, []llm.Call{{PromptTokens: 1200, ReplyTokens: 150}}, calls)
}

func TestOpenAIServersWithoutSchemasAreAskedWithout(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := overOpenAI(t, nil, func(w http.ResponseWriter, c completion) {
		asked.Add(1)
		if c.ResponseFormat != nil {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"message":"response_format cannot be 'json_schema'"}}`)
			return
		}
		complete(w, "```json\n"+llmtest.Fits().In(c.prompt())+"\n```", "stop", 1200)
	})
	for range 2 {
		a, err := s.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
		require.NoError(t, err)
		require.Equal(t, 88, a.Score)
	}
	require.EqualValues(t, 3, asked.Load(), "the second posting is sent once")
}

func TestOpenAIServersFailuresAreTypedErrors(t *testing.T) {
	t.Parallel()
	refuse := func(status int, message string) func(http.ResponseWriter, completion) {
		return func(w http.ResponseWriter, _ completion) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": message}})
		}
	}
	for _, c := range []struct {
		name string
		chat func(http.ResponseWriter, completion)
		want error
		says string
	}{
		{"no model", refuse(404, "The model `x` does not exist"), scorer.ErrUnavailable, "fetch it"},
		{"still loading", refuse(503, "Loading model"), scorer.ErrUnavailable, "try again later"},
		{"a crash", refuse(500, "worker died"), scorer.ErrCrashed, "worker died"},
		{
			"too long", refuse(400, "the request exceeds the available context size"), scorer.ErrTooLong,
			"NumCtx",
		},
		{"a redirect", refuse(307, ""), scorer.ErrUnavailable, "redirect"},
		{
			"not JSON", func(w http.ResponseWriter, _ completion) { _, _ = io.WriteString(w, "<html>") },
			scorer.ErrCrashed, "log",
		},
		{
			"a cut reply", func(w http.ResponseWriter, c completion) {
				complete(w, `{"skills":`, "length",
					1200)
			},
			scorer.ErrReply, "NumPredict",
		},
		{
			"a prompt that was cut", func(w http.ResponseWriter, c completion) {
				complete(w, llmtest.Fits().In(c.prompt()), "stop", 90)
			},
			scorer.ErrUnavailable, "it cut the prompt",
		},
		{
			"nothing", func(w http.ResponseWriter, c completion) { complete(w, "", "stop", 1200) },
			scorer.ErrCrashed, "empty",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := overOpenAI(t, nil, c.chat).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
			var typed *llm.Error
			require.ErrorAs(t, err, &typed)
			if typed.Status >= 400 {
				require.Equal(t, 7*time.Second, typed.RetryAfter())
			}
		})
	}
}
