package scorers_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store/memory"
)

// nobody returns the URL of a server that was closed.
func nobody() string {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}

func TestAutoTakesTheOfflineScorerAndSaysWhy(t *testing.T) {
	t.Parallel()
	picked, err := scorers.Pick(t.Context(), scorers.Options{URL: nobody()}, gate.Gate{})
	require.NoError(t, err)
	require.True(t, picked.Offline)
	require.Contains(t, picked.What, "no model answers")
}

func TestAModelThatWasAskedForAndIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	_, err := scorers.Pick(t.Context(), scorers.Options{Kind: "ollama", URL: nobody()}, gate.Gate{})
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	require.ErrorContains(t, err, "-scorer ollama")
}

func TestExamineSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	var screen strings.Builder
	queue := memory.New(nil).ForUser("ada")
	err := scorers.Examine(t.Context(), &screen, scorers.Options{URL: nobody()}, queue)
	require.ErrorContains(t, err, "-doctor")
	require.Contains(t, screen.String(), "Ollama    does not answer\nProblem   ")
}

func TestAResumeIsNotSentToAnotherMachine(t *testing.T) {
	t.Parallel()
	_, err := scorers.Pick(t.Context(), scorers.Options{URL: "http://models.example:11434"}, gate.Gate{})
	require.ErrorContains(t, err, "-ollama")
}
