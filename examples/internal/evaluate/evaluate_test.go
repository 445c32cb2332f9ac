package evaluate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/scorer"
)

func TestTheSampleIsMeasured(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, Run(t.Context(), []string{"-plot", dir, "-resamples", "200"}, &out, &out))
	for _, part := range []string{
		"AUROC", "nDCG@10", "precision of rejection", "recall of rejection", "Good jobs lost",
		"model calls saved",
		"add a missing skill", "remove a skill asked for", "shuffle the paragraphs", "swap the person's name",
	} {
		require.Contains(t, out.String(), part)
	}
	svg, err := os.ReadFile(filepath.Join(dir, "recall.svg"))
	require.NoError(t, err)
	require.Contains(t, string(svg), "</svg>")
	f, err := os.Open(filepath.Join(dir, "recall.png"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	image, err := png.Decode(f)
	require.NoError(t, err)
	require.Greater(t, image.Bounds().Dx(), 400)
}

func TestTheSampleIsLargeAndItsTextsAreAllUsed(t *testing.T) {
	t.Parallel()
	pairs, err := readPairs("")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(pairs), 340)
	labels := make(map[int]int)
	postings, resumes := make(map[string]bool), make(map[string]bool)
	for _, p := range pairs {
		labels[p.Label]++
		postings[p.Posting.Lead.Title+p.Posting.Lead.Company] = true
		resumes[p.Resume] = true
		require.NotEmpty(t, p.Posting.Lead.Company, "line %d", p.Line)
	}
	require.Len(t, labels, 4)
	for _, folder := range []struct {
		name string
		used int
	}{{"resumes", len(resumes)}, {"postings", len(postings)}} {
		files, err := os.ReadDir(filepath.Join("../../evaluate/sample", folder.name))
		require.NoError(t, err)
		require.Len(t, files, folder.used, folder.name)
	}
}

func TestPairsOfOnesOwnAreRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(
		t, os.WriteFile(filepath.Join(dir, "cv.txt"), []byte("Cook with six years in hotel kitchens"), 0o600),
	)
	file := filepath.Join(dir, "pairs.jsonl")
	require.NoError(
		t,
		os.WriteFile(
			file,
			[]byte(
				`{"resume": "@cv.txt", "posting": `+
					`{"title": "Cook", "description": "Cook soup.\n\nRequirements\n- HACCP"}, "label": true}

{"resume": "Nurse", "posting": "Line cook\nBistro\nParis\n\nCook soup.", "label": 0}
{"resume": "Nurse", "posting": "Only a text without a head", "label": false}
`,
			),
			0o600,
		),
	)
	pairs, err := readPairs(file)
	require.NoError(t, err)
	require.Len(t, pairs, 3)
	require.Equal(t, "Cook with six years in hotel kitchens", pairs[0].Resume)
	require.Equal(t, "Requirements\n- HACCP", pairs[0].Posting.Data.Requirements)
	require.Equal(t, 1, pairs[0].Label)
	require.Equal(t, "Bistro", pairs[1].Posting.Lead.Company)
	require.Equal(t, "Cook soup.", pairs[1].Posting.Data.Description)
	require.Equal(t, 3, pairs[1].Line)
	require.Equal(t, pairs[1].Query, pairs[2].Query)
	require.Equal(t, 1, defaultKeep(pairs))
}

func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct{ args, content, says string }{
		{"", `{"resume": "x", "posting": "y", "label": 11}`, "line 1: label"},
		{"", "{\"resume\": \"x\", \"posting\": \"y\", \"label\": 1}\n{", "line 2"},
		{"", `{"resume": " ", "posting": "y", "label": 1}`, "resume: missing"},
		{"", `{"resume": "@none.txt", "posting": "y", "label": 1}`, "none.txt"},
		{"", `{"resume": "x", "posting": {"title": "y"}, "label": 1}`, "description"},
		{"", `{"resume": "x", "posting": 7, "label": 1}`, "posting"},
		{"", ``, "no pairs"},
		{"", `{"resume": "cook", "posting": "cook", "label": 1}`, "nothing can be told apart"},
		{"-threshold=130", "-", "-threshold"},
		{"-scorer=oracle", "-", "-scorer"},
		{"-resamples=3", "-", "-resamples"},
		{"-keep=-1", "-", "-keep"},
		{"-language=xx", "-", "-language"},
		{"-against=oracle", "-", "-against"},
		{"-margin=101", "-", "Margin"},
		{"-pairs=" + filepath.Join(dir, "none.jsonl"), "-", "-pairs"},
	} {
		args := []string{c.args}
		if c.args == "" {
			file := filepath.Join(t.TempDir(), "pairs.jsonl")
			require.NoError(t, os.WriteFile(file, []byte(c.content), 0o600))
			args[0] = "-pairs=" + file
		}
		var out bytes.Buffer
		err := Run(t.Context(), args, &out, &out)
		require.ErrorContains(t, err, c.says, "%s %s", c.args, c.content)
		require.NotZero(t, commandline.Code(t.Context(), &out, "evaluate", err))
	}
}

// TestAModelIsMeasuredAloneAndBehindTheCheapScorer asks a server that finds that nothing fits
// anybody, which is an error where it points at nothing that is missing.
func TestAModelIsMeasuredAloneAndBehindTheCheapScorer(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := ollamaServer(t, &asked)
	common := []string{"-ollama", server, "-model", "tiny", "-resamples", "100", "-checks", "0"}

	var out bytes.Buffer
	require.NoError(
		t, Run(t.Context(), append(common, "-scorer", "ollama", "-plot", t.TempDir()), &out, &out),
	)
	alone := asked.Swap(0)
	require.GreaterOrEqual(t, alone, int64(434), "each pair is asked about, some twice")
	require.Contains(t, out.String(), "The model was asked 434 times for ")
	require.NotContains(t, out.String(), "model calls saved   ")

	out.Reset()
	require.NoError(
		t, Run(t.Context(), append(common, "-scorer", "cascade", "-plot", t.TempDir()), &out, &out),
	)
	require.Contains(t, out.String(), "The model was asked ")
	require.Contains(t, out.String(), "model calls saved")
	require.Less(t, asked.Load(), alone, "the clear cases are decided without the model")
	require.Positive(t, asked.Load())
}

func TestAModelThatSaysNothingUsefulIsAnError(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"version": "0.12.3"}`)) // to every question
	}))
	t.Cleanup(server.Close)
	var out bytes.Buffer
	err := Run(t.Context(), []string{"-scorer", "ollama", "-ollama", server.URL}, &out, &out)
	require.Error(t, err)
	require.Empty(t, out.String(), "no figures of nothing")
}

func TestAServerThatIsDownIsAnErrorBeforeAnythingIsMeasured(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	var out bytes.Buffer
	err := Run(t.Context(), []string{"-scorer", "ollama", "-ollama", server.URL}, &out, &out)
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	require.ErrorContains(t, err, "ollama serve")
	require.Empty(t, out.String())
}

// ollamaServer is an Ollama with one model, to which nothing fits. It counts what it is asked to
// judge.
func ollamaServer(t *testing.T, asked *atomic.Int64) string {
	t.Helper()
	say := func(path, body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			if path == "/api/chat" {
				asked.Add(1)
			}
			_, _ = w.Write([]byte(body)) // a client that left is no failure of the server's
		}
	}
	rating := `{"posting_lines": ["P1"], "resume_lines": [], "rating": 1}`
	verdict, err := json.Marshal(
		fmt.Sprintf(
			`{"skills": %[1]s, "experience": %[1]s, "domain": %[1]s, "location": %[1]s, "other": %[1]s, `+
				`"missing_skills": [], "reasoning": "Nothing fits.", "recommendations": []}`,
			rating,
		),
	)
	require.NoError(t, err)
	mux := http.NewServeMux()
	for _, c := range []struct {
		path, body string
	}{
		{"/api/version", `{"version": "0.12.3"}`},
		{"/api/show", `{"model_info": {"qwen2.context_length": 32768}}`},
		{
			"/api/chat",
			fmt.Sprintf(
				`{"model": "tiny", "message": {"role": "assistant", "content": %s}, "done": true, `+
					`"done_reason": "stop", `+
					`"prompt_eval_count": 1000, "eval_count": 100}`+"\n", verdict),
		},
	} {
		mux.HandleFunc(c.path, say(c.path, c.body))
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

type scripted func(resume string, p enrich.Posting) (enrich.Assessment, error)

func (s scripted) Score(_ context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	return s(resume, p)
}

func TestAPairThatCannotBeJudgedIsLeftOutAndADeadScorerIsAnError(t *testing.T) {
	t.Parallel()
	pairs := []pair{{Line: 1, Resume: "a", Label: 3}, {Line: 2, Resume: "b"}, {Line: 3, Resume: "c"}}
	s := scripted(func(resume string, _ enrich.Posting) (enrich.Assessment, error) {
		if resume == "b" {
			return enrich.Assessment{}, scorer.ErrReply
		}
		return enrich.Assessment{Score: 50, By: "x/1"}, nil
	})
	r, err := judge(t.Context(), s, pairs, 2)
	require.NoError(t, err)
	require.Len(t, r.Judged, 2)
	require.Equal(t, []int{2}, r.Failed)

	down := scripted(func(string, enrich.Posting) (enrich.Assessment, error) {
		return enrich.Assessment{}, scorer.ErrUnavailable
	})
	_, err = judge(t.Context(), down, pairs, 2)
	require.ErrorIs(t, err, scorer.ErrUnavailable)
	_, err = metamorphic(t.Context(), down, pairs, 3)
	require.ErrorIs(t, err, scorer.ErrUnavailable)
}

// TestTheChecksCatchAScorerThatCountsWhatItMustNot gives them scorers that break one promise each.
func TestTheChecksCatchAScorerThatCountsWhatItMustNot(t *testing.T) {
	t.Parallel()
	pairs, err := readPairs("")
	require.NoError(t, err)
	for _, tt := range []struct {
		broken string
		s      scripted
	}{
		{"add a missing skill", func(resume string, _ enrich.Posting) (enrich.Assessment, error) {
			return enrich.Assessment{
				Score:         max(0, 100-len(resume)/40),
				MissingSkills: []string{"a very long skill that takes the place of many others"},
			}, nil
		}},
		{"remove a skill asked for", func(resume string, _ enrich.Posting) (enrich.Assessment, error) {
			return enrich.Assessment{Score: max(0, 100-len(resume)/20)}, nil
		}},
		{"shuffle the paragraphs", func(resume string, _ enrich.Posting) (enrich.Assessment, error) {
			return enrich.Assessment{Score: int(resume[0]) % 100}, nil
		}},
		{"swap the person's name", func(resume string, _ enrich.Posting) (enrich.Assessment, error) {
			return enrich.Assessment{Score: len(resume) % 100}, nil
		}},
	} {
		t.Run(tt.broken, func(t *testing.T) {
			checks, err := metamorphic(t.Context(), tt.s, pairs, 200)
			require.NoError(t, err)
			caught := false
			for _, c := range checks {
				caught = caught || c.Name == tt.broken && c.Broken > 0 && c.Worst > 0
			}
			require.True(t, caught, "%s: %+v", tt.broken, checks)
		})
	}
}

func TestOutputThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	err := Run(
		t.Context(), []string{"-plot", t.TempDir(), "-resamples", "100", "-checks", "0"}, brokenPipe{},
		brokenPipe{},
	)
	require.ErrorIs(t, err, errBroken)
}

var errBroken = errors.New("broken pipe")

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }
