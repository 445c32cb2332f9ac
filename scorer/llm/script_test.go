package llm_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tmc/langchaingo/llms"

	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/scorer/llm"
)

// A model is a scripted model of langchaingo, as any provider's can be: it says what say returns
// for a prompt, and counts no tokens.
type model struct {
	say func(prompt string, call int) (string, error)

	mu    sync.Mutex
	calls []llms.CallOptions
	asked []string // the prompts
}

func (m *model) GenerateContent(
	_ context.Context, messages []llms.MessageContent, options ...llms.CallOption,
) (*llms.ContentResponse, error) {
	var o llms.CallOptions
	for _, option := range options {
		option(&o)
	}
	prompt := ""
	for _, message := range messages {
		for _, part := range message.Parts {
			prompt += part.(llms.TextContent).Text + "\x00" //nolint:forcetypeassert // the scorer sends text
		}
	}
	m.mu.Lock()
	m.calls, m.asked = append(m.calls, o), append(m.asked, prompt)
	n := len(m.calls)
	m.mu.Unlock()
	content, err := m.say(prompt, n)
	if err != nil {
		return nil, err
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: content}}}, nil
}

func (m *model) Call(context.Context, string, ...llms.CallOption) (string, error) {
	panic("nobody calls it")
}

// says makes a model that answers every prompt alike.
func says(reply llmtest.Reply) *model {
	return &model{say: func(prompt string, _ int) (string, error) { return reply.In(prompt), nil }}
}

// saysIn makes a model that answers with each reply in turn, and then with the last.
func saysIn(turns ...func(prompt string) string) *model {
	return &model{say: func(prompt string, call int) (string, error) {
		return turns[min(call, len(turns))-1](prompt), nil
	}}
}

func newScorer(tb testing.TB, m llms.Model, o *llm.Options) *llm.Scorer {
	tb.Helper()
	s, err := llm.New(m, o)
	require.NoError(tb, err)
	return s
}

// nonsense is a reply that is not in the form asked for.
func nonsense(string) string { return "no" }

// of is a reply in the form asked for.
func of(r llmtest.Reply) func(string) string { return r.In }

func errorsAre(err error, targets ...error) bool {
	for _, t := range targets {
		if errors.Is(err, t) {
			return true
		}
	}
	return false
}
