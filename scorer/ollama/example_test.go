package ollama_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

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
		say(w, q, fits().String())
	}))
	defer server.Close()

	s, err := ollama.New(&ollama.Options{BaseURL: server.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := s.Score(context.Background(), resumeText, fitting())
	fmt.Println(m.Score, m.MissingSkills, m.By, err)
	// Output: 88 [Rust] ollama/qwen2.5:7b/1 <nil>
}

func ExampleScorer_Ping() {
	s, err := ollama.New(&ollama.Options{BaseURL: "http://127.0.0.1:1"}) // nothing listens there
	if err != nil {
		fmt.Println(err)
		return
	}
	err = s.Ping(context.Background())
	fmt.Println(err)
	// Output: scorer: unavailable: ollama: no connection; is the server running? Start it with "ollama serve": dial tcp 127.0.0.1:1: connect: connection refused
}

func ExampleEstimateTokens() {
	fmt.Println(ollama.EstimateTokens("Seven years of Go."), ollama.EstimateTokens("七年の経験"))
	// Output: 7 7
}
