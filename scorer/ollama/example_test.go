package ollama_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/scorer/llm"
	"github.com/agent-forge/forge/scorer/ollama"
)

// In a program the server is Ollama itself, on http://127.0.0.1:11434, and the options may be nil.
func ExampleNew() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q request
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			fmt.Println(err)
			return
		}
		say(w, q, llmtest.Fits().In(q.user()))
	}))
	defer server.Close()

	s, err := ollama.New(&ollama.Options{BaseURL: server.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := s.Score(context.Background(), llmtest.Resume, llmtest.Fitting())
	fmt.Println(a.Score, a.MissingSkills, a.By, err)
	// Output: 88 [Rust] ollama/qwen2.5:7b/3 <nil>
}

func ExampleScorer_Ping() {
	s, err := ollama.New(&ollama.Options{BaseURL: "http://127.0.0.1:1"}) // nothing listens there
	if err != nil {
		fmt.Println(err)
		return
	}
	err = s.Ping(context.Background())
	problem, _ := errors.AsType[*llm.Error](err)
	fmt.Println(problem.Reason)
	// Output: no connection: is Ollama running? Start it with "ollama serve"
}
