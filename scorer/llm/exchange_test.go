package llm_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scorer/llm"
)

func TestExchangeRewritesFieldsAndLeavesThePromptAsItIs(t *testing.T) {
	t.Parallel()
	const messages = `[{"role": "user",  "content":"R1: Gö \u003c b \/ 1e3"}]` // not as Go would write it
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/api/chat",
		strings.NewReader(`{"model":"m","messages":`+messages+`,"format":"json","think":true}`))
	require.NoError(t, err)
	out, err := new(llm.Exchange).Rewrite(req, map[string]any{"format": map[string]int{"a": 1}, "think": nil})
	require.NoError(t, err)
	want := `{"format":{"a":1},"messages":` + messages + `,"model":"m"}`
	for range 2 { // it can be sent again
		body, err := out.GetBody()
		require.NoError(t, err)
		sent, err := io.ReadAll(body)
		require.NoError(t, err)
		require.Equal(t, want, string(sent))
	}
	require.EqualValues(t, len(want), out.ContentLength)
}

func TestExchangeIsThereInAScorersCallOnly(t *testing.T) {
	t.Parallel()
	require.Nil(t, llm.ExchangeFrom(context.Background()))
}
