package ollama_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/ollama"
)

// described is a server that says this of itself and its model; "" stands for a model that is not
// there.
func described(tb testing.TB, version, show string) *httptest.Server {
	tb.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter,
		_ *http.Request,
	) {
		write(w, "%s", version)
	})
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, _ *http.Request) {
		if show == "" {
			w.WriteHeader(http.StatusNotFound)
			write(w, "%s", `{"error":"model 'qwen2.5:7b' not found"}`)
			return
		}
		write(w, "%s", show)
	})
	s := httptest.NewServer(mux)
	tb.Cleanup(s.Close)
	return s
}

func TestPingSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, version, show, says string }{
		{"all is there", `{"version":"0.5.0"}`, `{"model_info":{"qwen2.context_length":8192}}`, ""},
		{"a server built from source", `{"version":"0.0.0"}`, `{}`, ""},
		{"a version of another form", `{"version":"main"}`, `{}`, ""},
		{"too old", `{"version":"0.4.7"}`, `{}`, "0.5.0"},
		{"a preview that is too old", `{"version":"0.4.0-rc1"}`, `{}`, "0.5.0"},
		{"much newer", `{"version":"1.0.0-rc1"}`, `{}`, ""},
		{
			"a window that is too small", `{"version":"0.6.8"}`, `{"model_info":{"bert.context_length":512}}`,
			"NumCtx",
		},
		{"no model", `{"version":"0.6.8"}`, "", "ollama pull qwen2.5:7b"},
		{"something that is not an Ollama", `<html>`, `{}`, "address of an Ollama server"},
		{"something that shows another one", `{"version":"0.6.8"}`, `<html>`, "address of an Ollama server"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sc, err := ollama.New(&ollama.Options{BaseURL: described(t, c.version, c.show).URL})
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
