package scorers_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

func TestACalibrationIsAppliedAndNamed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "calibration.json")
	write := func(text string) {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	o := scorers.Options{Kind: "lexical", Calibration: file}
	require.ErrorContains(t, o.Check(), "-calibration")
	write(`{"by":"lexical/3","gate":30,"good":19,"others":20}`)
	require.ErrorContains(t, o.Check(), "19 good jobs and 20 others")
	write(`{"by":"lexical/3","gate":30,"good":20,"others":20}`)
	require.NoError(t, o.Check())
	picked, err := scorers.Pick(t.Context(), o, gate.Gate{})
	require.NoError(t, err)
	require.IsType(t, &scorer.Calibrated{}, picked.Scorer)
	require.Contains(t, picked.What, file)
	at := picked.At()
	high, err := gate.New(60)
	require.NoError(t, err)
	mapped, err := at(high)
	require.NoError(t, err)
	require.IsType(t, &scorer.Calibrated{}, mapped)
	again, err := at(high)
	require.NoError(t, err)
	require.Same(t, mapped, again)
}
