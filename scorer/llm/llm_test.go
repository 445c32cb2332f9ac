package llm_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tmc/langchaingo/llms"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
	"github.com/agent-forge/forge/scorer/scorertest"
)

var (
	_ scorer.Sampler      = (*llm.Scorer)(nil)
	_ scorer.Identifier   = (*llm.Scorer)(nil)
	_ scorer.ResumeBinder = (*llm.Scorer)(nil)
)

func TestNewNamesTheOptionThatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		opts  llm.Options
		field string
	}{
		{"a name with a space", llm.Options{Name: "my model"}, "Options.Name"},
		{"a name that is too long", llm.Options{Name: strings.Repeat("x", 151)}, "Options.Name"},
		{"no room for a reply", llm.Options{NumPredict: 100}, "Options.NumPredict"},
		{"less than no room for a reply", llm.Options{NumPredict: -1}, "Options.NumPredict"},
		{"no room for texts", llm.Options{NumCtx: 2048}, "Options.NumCtx"},
		{"a window beyond reason", llm.Options{NumCtx: 1 << 30}, "Options.NumCtx"},
		{"a negative timeout", llm.Options{Timeout: -1}, "Options.Timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := llm.New(says(llmtest.Fits()), &c.opts)
			var field *lead.FieldError
			require.ErrorAs(t, err, &field)
			require.Equal(t, c.field, field.Field)
		})
	}
	_, err := llm.New(nil, nil)
	require.ErrorContains(t, err, "model: missing")
}

func TestSuite(t *testing.T) {
	t.Parallel()
	scorertest.Run(t, func(tb testing.TB) forge.Scorer { tb.Helper(); return newScorer(tb, byWords(), nil) })
}

// byWords rates by the long words that two texts share, and points at their lines.
func byWords() *model {
	return &model{say: func(prompt string, _ int) (string, error) {
		asked, asking := llmtest.Lines(prompt, "P")
		answered, answers := llmtest.Lines(prompt, "R")
		resume, shared := wordLines(answered, answers), 0
		for word := range wordLines(asked, asking) {
			if resume[word] != "" && len(word) > 5 {
				shared++
			}
		}
		if shared > 5 {
			return obey(prompt, 4), nil
		}
		return obey(prompt, 1), nil
	}}
}

func TestForResumeRefusesAResumeThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	m := says(llmtest.Fits())
	for _, c := range []struct{ name, resume string }{
		{"blank", " \n\t\u200b"},
		{"signs only", "*** --- ***"},
		{"too long", strings.Repeat("Many years of excellent work. ", 5000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScorer(t, m, nil)
			_, err := s.ForResume(c.resume)
			require.ErrorIs(t, err, scorer.ErrUnavailable, "it is no job's fault")
			require.NotContains(t, err.Error(), "excellent")
			_, err = s.Score(t.Context(), c.resume, llmtest.Fitting())
			require.ErrorIs(t, err, scorer.ErrUnavailable)
			require.Empty(t, m.asked)
		})
	}
}

func TestForResumeIgnoresTheResumeOfLaterCalls(t *testing.T) {
	t.Parallel()
	m := says(llmtest.Fits())
	bound, err := newScorer(t, m, nil).ForResume(llmtest.Resume)
	require.NoError(t, err)
	for _, resume := range []string{"", "A nurse's résumé", llmtest.Resume} {
		a, err := bound.Score(t.Context(), resume, llmtest.Fitting())
		require.NoError(t, err)
		require.Equal(t, 88, a.Score)
	}
	for _, prompt := range m.asked {
		require.NotContains(t, prompt, "nurse")
	}
	_, ok := bound.(scorer.Sampler)
	require.True(t, ok, "a NearGate can ask it again")
}

func TestPromptIsTheSameButForTheFence(t *testing.T) {
	t.Parallel()
	m := says(llmtest.Fits())
	s := newScorer(t, m, nil)
	for range 2 {
		_, err := s.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
		require.NoError(t, err)
	}
	before, after, ok := strings.Cut(m.asked[0], "<<<POSTING ")
	require.True(t, ok)
	again, afterAgain, _ := strings.Cut(m.asked[1], "<<<POSTING ")
	require.Equal(t, before, again, "a server reads it once")
	require.NotEqual(t, after, afterAgain, "the nonce is fresh")
	require.Contains(t, before, "R2: Backend engineer with seven years of Go.")
	require.Contains(t, after, "P1: Title: Senior Backend Engineer\nP2: Company: Parcel Works\n")
}

func TestPromptNumbersSentencesOfLongLines(t *testing.T) {
	t.Parallel()
	m := says(llmtest.Reply{Skills: llmtest.Rating{Posting: "Sentence 9"}})
	p := llmtest.Fitting()
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, "Sentence %d speaks of ovens, dough and flour. ", i)
	}
	p.Data.Description = b.String() + strings.Repeat("unending ", 100)
	_, err := newScorer(t, m, nil).Score(t.Context(), llmtest.Resume, p)
	require.NoError(t, err)
	_, lines := llmtest.Lines(m.asked[0], "P")
	require.Contains(t, lines, "Sentence 9 speaks of ovens, dough and flour.")
	for _, l := range lines {
		require.LessOrEqual(t, len(l), 240)
	}
}

func TestPromptHasABoundedNumberOfLines(t *testing.T) {
	t.Parallel()
	m := says(llmtest.Reply{Missing: []string{"oven"}})
	p := llmtest.Fitting()
	p.Data.Description = strings.Repeat("Oven\n", 500)
	_, err := newScorer(t, m, nil).Score(t.Context(), llmtest.Resume, p)
	require.NoError(t, err)
	_, lines := llmtest.Lines(m.asked[0], "P")
	require.LessOrEqual(t, len(lines), 160)
	require.Contains(t, lines[len(lines)-1], "Oven · Oven")
}

func TestScoreCutsAPostingFurtherThatTheServerFindsTooLong(t *testing.T) {
	t.Parallel()
	p := llmtest.Fitting()
	p.Data.Description = "Requirements:\n" +
		strings.Repeat("- Backend services in Go"+strings.Repeat(" and more", 15)+"\n", 150)
	var calls []llm.Call
	m := &model{say: func(prompt string, call int) (string, error) {
		if call == 1 {
			return "", llms.NewError(llms.ErrCodeTokenLimit, "test", "too long")
		}
		return llmtest.Reply{Missing: []string{"more"}}.In(prompt), nil
	}}
	s := newScorer(t, m, &llm.Options{Observe: func(c llm.Call) { calls = append(calls, c) }})
	_, err := s.Score(t.Context(), llmtest.Resume, p)
	require.NoError(t, err)
	require.ErrorIs(t, calls[0].Err, scorer.ErrTooLong)
	require.True(t, calls[0].Cut)
	_, first, _ := strings.Cut(m.asked[0], "<<<POSTING")
	_, second, _ := strings.Cut(m.asked[1], "<<<POSTING")
	require.Less(t, len(second), len(first)*6/10)
	require.Equal(t, first[40:len(second)/2], second[40:len(second)/2], "the cut is deterministic")
}

func TestScoreMakesTypedErrorsOfAProvidersFailures(t *testing.T) {
	t.Parallel()
	said := func(s string) error { return errors.New(s) }
	for _, c := range []struct {
		name string
		err  error
		want error
		says string
	}{
		{
			"no server", &net.OpError{Op: "dial", Err: said("connection refused")}, scorer.ErrUnavailable,
			"is the server running",
		},
		{
			"a wrong token", said("API returned unexpected status code: 401: bad key"), scorer.ErrUnavailable,
			"token",
		},
		{
			"a model that is not there", said("API returned unexpected status code: 404: model x not found"),
			scorer.ErrUnavailable, "fetch it",
		},
		{
			"too many requests", llms.NewError(llms.ErrCodeRateLimit, "p", "slow down"),
			scorer.ErrUnavailable, "rate_limit",
		},
		{"busy", said("API returned unexpected status code: 503: busy"), scorer.ErrUnavailable, "busy"},
		{
			"no memory", said("API returned unexpected status code: 500: model requires more system memory"),
			scorer.ErrUnavailable, "smaller model",
		},
		{
			"a crash", said("API returned unexpected status code: 500: llama runner process has terminated"),
			scorer.ErrCrashed, "log",
		},
		{"a cut connection", said("unexpected EOF"), scorer.ErrCrashed, "log"},
		{"an empty answer without error", nil, scorer.ErrCrashed, "empty"},
		{
			"a prompt that is too long",
			said("API returned unexpected status code: 400: exceeds the available context size"),
			scorer.ErrTooLong, "NumCtx",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := &model{say: func(string, int) (string, error) { return "", c.err }}
			a, err := newScorer(t, m, nil).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
			require.Zero(t, a)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, errors.Is(c.want, scorer.ErrCrashed), errors.Is(err, scorer.ErrCrashed))
			require.ErrorContains(t, err, c.says)
			var typed *llm.Error
			require.ErrorAs(t, err, &typed)
			for _, secret := range []string{"Quill", "parcels"} {
				require.NotContains(t, err.Error(), secret)
			}
		})
	}
}

func TestScoreKeepsTextsOutOfTheErrorsOfAProvider(t *testing.T) {
	t.Parallel()
	m := &model{say: func(prompt string, _ int) (string, error) {
		return "",
			errors.New(prompt[len(prompt)-600:])
	}}
	_, err := newScorer(t, m, nil).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	require.NotContains(t, err.Error(), "Kafka")
}

func TestScoreEndsWithItsTimeout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		model func(waits *atomic.Int32) llms.Model
	}{
		{"with an error", func(waits *atomic.Int32) llms.Model { return waiting{waits} }},
		{"without an error", func(waits *atomic.Int32) llms.Model { return silent{waiting{waits}} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { endsWithItsTimeout(t, c.model) })
		})
	}
}

func endsWithItsTimeout(t *testing.T, m func(waits *atomic.Int32) llms.Model) {
	t.Helper()
	var waits atomic.Int32
	s := newScorer(t, m(&waits), nil)
	start := time.Now()
	_, err := s.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.ErrorIs(t, err, scorer.ErrCrashed)
	require.ErrorContains(t, err, "Options.Timeout")
	require.NotErrorIs(t, err, context.DeadlineExceeded, "it is not the caller's deadline")
	require.Equal(t, 5*time.Minute, time.Since(start))
	require.EqualValues(t, 1, waits.Load(), "what took so long is not repeated at once")

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err = s.Score(ctx, llmtest.Resume, llmtest.Fitting())
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	require.NotErrorIs(t, err, scorer.ErrCrashed, "the posting is not at fault")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// silent is a model that answers with nothing and no error at the end of its context, as
// langchaingo's client of Ollama does.
type silent struct{ waiting }

func (s silent) GenerateContent(
	ctx context.Context, m []llms.MessageContent, o ...llms.CallOption,
) (*llms.ContentResponse, error) {
	_, _ = s.waiting.GenerateContent(ctx, m, o...)
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{}}}, nil
}

// waiting is a model that never answers.
type waiting struct{ waits *atomic.Int32 }

func (w waiting) GenerateContent(
	ctx context.Context, _ []llms.MessageContent, _ ...llms.CallOption,
) (*llms.ContentResponse, error) {
	w.waits.Add(1)
	<-ctx.Done()
	return nil, ctx.Err()
}

func (waiting) Call(context.Context, string, ...llms.CallOption) (string, error) { return "", nil }

func TestIdentityNamesEverySetting(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, o := range []llm.Options{
		{Name: "a"},
		{Name: "b"},
		{Name: "a", NumCtx: 9000},
		{Name: "a", NumPredict: 3000},
		{Name: "a", Identity: func(context.Context) (string, error) { return "a@123", nil }},
	} {
		id, err := newScorer(t, says(llmtest.Fits()), &o).Identity(t.Context())
		require.NoError(t, err)
		require.Contains(t, id, "prompt="+llm.PromptVersion)
		require.False(t, seen[id], id)
		seen[id] = true
	}
	_, err := newScorer(t, says(llmtest.Fits()), nil).Identity(t.Context())
	require.ErrorIs(t, err, scorer.ErrUnavailable, "two models without a name must not share their answers")
	require.ErrorContains(t, err, "Options.Name")
}
