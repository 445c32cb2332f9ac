package llm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scorer/llm"
)

func ExampleEstimateTokens() {
	fmt.Println(llm.EstimateTokens("Seven years of Go."), llm.EstimateTokens("七年の経験"))
	// Output: 7 7
}

func TestEstimateTokensIsNoLessThanWhatQwenMakesOfIt(t *testing.T) {
	t.Parallel()
	// Counted with the tokenizer of Qwen2.5: one token for each common word, for each digit and
	// sign.
	for _, c := range []struct {
		text    string
		atLeast int
	}{
		{"", 0},
		{"the", 1},
		{"Hello world", 2},
		{"Seven years of Go.", 5},
		{"2021", 4},
		{"Kubernetes", 2},
		{"C++ and C#", 5},
		{"- one\n- two\n", 6},
		{"Softwareentwicklung", 4},
		{"東京で働く", 4},
		{"опыт работы", 3},
		{"🚀", 1},
		{strings.Repeat("a b ", 50), 100},
		{strings.Repeat(" ", 100), 2},
		{"P12: Go", 5},
	} {
		require.GreaterOrEqual(t, llm.EstimateTokens(c.text), c.atLeast, "%q", c.text)
	}
}
