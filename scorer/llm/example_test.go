package llm_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tmc/langchaingo/llms/openai"

	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/scorer/llm"
)

// Any model of langchaingo will do; this one is scripted.
func ExampleNew() {
	s, err := llm.New(says(llmtest.Fits()), &llm.Options{Name: "scripted/model"})
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := s.Score(context.Background(), llmtest.Resume, llmtest.Fitting())
	fmt.Println(a.Score, a.MissingSkills, a.Unverified, err)
	// Output: 88 [Rust] false <nil>
}

// A server of llama.cpp, LM Studio or vLLM on this machine.
func ExampleOpenAITransport() {
	model, err := openai.New(
		openai.WithBaseURL("http://127.0.0.1:8080/v1"), openai.WithModel("qwen2.5-7b-instruct"),
		openai.WithToken("none"), // the client wants one
		openai.WithHTTPClient(&http.Client{Transport: llm.OpenAITransport(nil)}),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := llm.New(model, &llm.Options{Name: "llamacpp/qwen2.5-7b-instruct"})
	fmt.Println(s != nil, err)
	// Output: true <nil>
}
