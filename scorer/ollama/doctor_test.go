package ollama_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/internal/ollamatest"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/ollama"
)

// sampleReply is an honest judgement of the doctor's sample.
func sampleReply() llmtest.Reply {
	rate := func(posting, resume string) llmtest.Rating {
		return llmtest.Rating{Posting: posting, Resume: resume, Rating: 4}
	}
	return llmtest.Reply{
		Skills:     rate("warehouse management system", "warehouse management system"),
		Domain:     rate("picking, loading", "picking and dispatch"),
		Experience: rate("supervisor in a warehouse", "Supervisor with eight years"),
	}
}

// measured answers after reading 1200 tokens in 4 s, or the next time in 1 s, and writes 200 in 10
// s.
func measured(w http.ResponseWriter, q request, first bool) {
	eval := 1_000_000_000
	if first {
		eval = 4_000_000_000
	}
	line, _ := json.Marshal(map[string]any{
		"message": map[string]string{"content": sampleReply().In(q.user())}, "done": true,
		"done_reason":       "stop",
		"prompt_eval_count": 1200, "prompt_eval_duration": eval, "eval_count": 200,
		"eval_duration": 10_000_000_000,
	})
	write(w, "%s\n", line)
}

const tooLittleMemory = `{"error":"model requires more system memory (11.5 GiB) than is available (8.0 GiB)"}`

func TestDoctorMeasuresTheMachine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		graphics int64
		memory   string
	}{
		{"on a graphics card", 5_900_000_000, "5.9 GB, all of it on the graphics card"},
		{
			"partly on a graphics card", 2_950_000_000,
			"5.9 GB, 50 % of it on the graphics card; a smaller model or window is faster",
		},
		{"without a graphics card", 0, "5.9 GB, nothing of it on a graphics card, so it is slow"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, nil)
			s.chat = func(w http.ResponseWriter, _ *http.Request, q request) {
				measured(w, q, len(s.requests()) == 1)
			}
			s.loaded = fmt.Sprintf(`{"models":[{"name":"qwen2.5:7b","digest":"845d",`+
				`"size":5900000000,"size_vram":%d}]}`, c.graphics)
			found := ollama.Doctor(t.Context(), &ollama.Options{BaseURL: s.URL}, 700)
			require.NoError(t, found.Problem)
			require.Equal(t, strings.Join([]string{
				"Ollama    answers at " + s.URL + ", version 0.12.3",
				"Model     qwen2.5:7b is there",
				"Window    8192 tokens fit into memory; the model can take 32768",
				"Memory    " + c.memory,
				"Speed     reads 300 tokens a second and writes 20: 11s for a posting",
				"Tonight   700 jobs are waiting, and take about 2.1 hours",
				"",
			}, "\n"), found.String())
		})
	}
}

func TestDoctorFindsTheWindowThatFits(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(w http.ResponseWriter, r *http.Request, q request) {
		if q.Options["num_ctx"].(float64) > 10_000 {
			status(500, tooLittleMemory)(w, r, q)
			return
		}
		measured(w, q, false)
	})
	found := ollama.Doctor(t.Context(), &ollama.Options{BaseURL: s.URL, NumCtx: 32768}, 0)
	require.NoError(t, found.Problem)
	require.Equal(t, 8192, found.NumCtx)
	require.Contains(t, found.String(), "100 jobs would take about 18 minutes")
}

func TestDoctorSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	nobody := httptest.NewServer(http.NotFoundHandler())
	nobody.Close()
	old := described(t, `{"version":"0.4.7"}`, "{}")
	empty := described(t, `{"version":"0.12.3"}`, "")
	small := newServer(t, status(500,
		`{"error":"model requires more system memory (5.5 GiB) than is available"}`))
	silly := newServer(t, content("I like this job."))
	for _, c := range []struct {
		name string
		opts ollama.Options
		says []string
	}{
		{"no server", ollama.Options{BaseURL: nobody.URL}, []string{"does not answer", "ollama serve"}},
		{
			"an old server",
			ollama.Options{BaseURL: old.URL},
			[]string{"version 0.4.7", "update Ollama to 0.5.0"},
		},
		{
			"no model",
			ollama.Options{BaseURL: empty.URL},
			[]string{"qwen2.5:7b is not there", "ollama pull qwen2.5:7b"},
		},
		{"no memory", ollama.Options{BaseURL: small.URL}, []string{"qwen2.5:7b is there", "smaller model"}},
		{
			"a model without manners",
			ollama.Options{BaseURL: silly.URL},
			[]string{"Speed", "use a model that follows a JSON schema"},
		},
		{"a wrong option", ollama.Options{BaseURL: "localhost"}, []string{"Options.BaseURL"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			found := ollama.Examine(t.Context(), &c.opts, 10, false)
			require.Error(t, found.Problem)
			for _, says := range c.says {
				require.Contains(t, found.String(), says)
			}
			require.LessOrEqual(t, strings.Count(found.String(), "\n"), 24, "one screen")
		})
	}
}

// In a container, 127.0.0.1 is the container itself.
func TestDoctorLooksOutsideOfAContainer(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(w http.ResponseWriter, _ *http.Request, q request) { measured(w, q, false) })
	outside := func(answers bool) *http.Client {
		return &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if !answers || r.URL.Hostname() != "host.docker.internal" {
				return nil, fmt.Errorf("dial %s: connection refused", r.URL.Host)
			}
			r.URL.Host = strings.TrimPrefix(s.URL, "http://")
			return http.DefaultTransport.RoundTrip(r)
		})}
	}
	found := ollama.Examine(t.Context(), &ollama.Options{Client: outside(true)}, 0, true)
	require.NoError(t, found.Problem)
	require.Equal(t, "http://host.docker.internal:11434", found.URL)

	found = ollama.Examine(t.Context(), &ollama.Options{Client: outside(false)}, 0, true)
	require.ErrorIs(t, found.Problem, scorer.ErrUnavailable)
	require.Contains(t, found.String(), "--add-host=host.docker.internal:host-gateway")

	found = ollama.Examine(t.Context(), &ollama.Options{Client: outside(true)}, 0, false)
	require.Contains(t, found.String(), "ollama serve", "outside of a container, nobody else is asked")
}

func TestDoctorOnARealOllama(t *testing.T) {
	t.Parallel()
	server := ollamatest.Start(t, steady(5))
	found := ollama.Doctor(t.Context(), &ollama.Options{
		BaseURL: server.URL, Model: server.Model, NumCtx: 16384, NumPredict: 4096,
	}, 50)
	t.Logf("\n%s", found)
	require.Equal(t, server.URL, found.URL)
	require.True(t, found.Found)
	require.Equal(t, 32768, found.Window)
	require.Equal(t, 16384, found.NumCtx)
	require.Positive(t, found.Size)
	require.Positive(t, found.Read)
	require.Positive(t, found.Write)
	require.Positive(t, found.Job)
}
