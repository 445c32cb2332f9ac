package ollama_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/ollama"
	"github.com/agent-forge/forge/scorer/scorertest"
)

func TestAFittingPostingIsScoredByItsWeights(t *testing.T) {
	t.Parallel()
	s := newServer(t, saying(fits()))
	var calls []ollama.Call
	m, err := s.scorer(t, func(o *ollama.Options) { o.Observe = func(c ollama.Call) { calls = append(calls, c) } }).
		Score(t.Context(), resumeText, fitting())
	require.NoError(t, err)
	// 5/5 of 40, 4/5 of 20, 4/5 of 20, 5/5 of 10, 3/5 of 10.
	require.Equal(t, enrich.Assessment{
		Score:                   40 + 16 + 16 + 10 + 6,
		Reasoning:               "Long Go practice on the same platform. Backed by both texts, of 5: skills 5, experience 4, domain 4, location 5, other 3.",
		MissingSkills:           []string{"Rust"}, // the résumé has Go, and the posting never names quantum computing
		SkillGapRecommendations: []string{"Learn Rust to write the newer services."},
		By:                      "ollama/qwen2.5:7b/1",
	}, m)
	require.Len(t, calls, 1)
	require.Positive(t, calls[0].PromptTokens)
	require.NoError(t, calls[0].Err)
}

func TestACriterionWithoutSupportCountsNothing(t *testing.T) {
	t.Parallel()
	full := 88
	for _, c := range []struct {
		name   string
		change func(*judgement)
		want   int
	}{
		{"as it is", func(*judgement) {}, full},
		{"the posting's quote stands nowhere", func(j *judgement) { j.Other.Posting = "ten years of COBOL on mainframes" }, full - 6},
		{"the résumé's quote stands nowhere", func(j *judgement) { j.Other.Resume = "a decade of Kafka at scale" }, full - 6},
		{"the quotes are swapped", func(j *judgement) { j.Other.Posting, j.Other.Resume = j.Other.Resume, j.Other.Posting }, full - 6},
		{"the quotes are too short", func(j *judgement) { j.Other = quoted{"on Kafka", "Kafka streams", 3} }, full - 6},
		{"the quotes are blank", func(j *judgement) { j.Other = quoted{"", "", 3} }, full - 6},
		{"the quotes share only what every advert says", func(j *judgement) {
			j.Other = quoted{"Five years or more with", "with seven years of", 3}
		}, full - 6},
		{"the quotes share only the company's town", func(j *judgement) {
			j.Other, j.Location = quoted{"Location: Berlin, Germany", "Ada Quill, Berlin", 3}, quoted{}
		}, full - 10},
		{"two criteria rest on one word", func(j *judgement) {
			j.Domain = quoted{"event streams on Kafka", "Redis caching and Kafka", 4}
			j.Other = quoted{"event streams on Kafka", "and Kafka streams Education", 3} // kafka for one, streams for the other
			j.Experience = quoted{"event streams on Kafka", "Redis caching and Kafka", 4}
		}, full - 16},
		{"one word is the posting's and not quoted exactly", func(j *judgement) {
			j.Other = quoted{"streams of events on Kafka", "Redis caching and Kafka streams", 3}
		}, full - 6},
		{"the quote goes on with words of the model's own", func(j *judgement) {
			j.Other.Posting = "event streams on Kafka and whatever"
		}, full},
		{"other spacing, case and signs", func(j *judgement) {
			j.Other.Posting = "  EVENT streams … on «kafka» "
		}, full},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			j := fits()
			c.change(&j)
			m, err := newServer(t, saying(j)).scorer(t, nil).Score(t.Context(), resumeText, fitting())
			require.NoError(t, err)
			require.Equal(t, c.want, m.Score, m.Reasoning)
		})
	}
}

func TestAReplyWhoseClaimsAreNotBackedIsNoLowScore(t *testing.T) {
	t.Parallel()
	j := judgement{
		Skills: quoted{"ten years of COBOL", "COBOL on mainframes", 5}, Experience: quoted{"", "", 5}, Domain: quoted{"", "", 5},
	}
	m, err := newServer(t, saying(j)).scorer(t, nil).Score(t.Context(), resumeText, fitting())
	require.ErrorIs(t, err, scorer.ErrReply)
	require.Zero(t, m)
}

func TestAReplyThatClaimsLittleIsALowScore(t *testing.T) {
	t.Parallel()
	m, err := newServer(t, saying(judgement{Skills: quoted{"", "", 1}, Other: quoted{"", "", 2}})).scorer(t, nil).
		Score(t.Context(), resumeText, fitting())
	require.NoError(t, err)
	require.Zero(t, m.Score)
}

func TestAScoreIsBoundedByWhatTheTextsShare(t *testing.T) {
	t.Parallel()
	p := fitting()
	p.Lead.Title = "Florist"
	p.Data.Description = "Florist wanted.\nYou tie bouquets and you know Kafka novels and gRPC acronyms by heart."
	j := judgement{
		Skills:     quoted{"you know Kafka novels", "caching and Kafka streams", 5},
		Experience: quoted{"novels and gRPC acronyms", "in Go with gRPC and PostgreSQL", 1},
	}
	m, err := newServer(t, saying(j)).scorer(t, nil).Score(t.Context(), resumeText, p)
	require.NoError(t, err)
	require.Equal(t, 20, m.Score, "two telling words: kafka and grpc") // the ratings alone would make 44
}

func TestWhatIsSaidIsNeverTheTextsThemselves(t *testing.T) {
	t.Parallel()
	p := fitting()
	long := "You tie bouquets for the harbour market before the sun is up over Parcel Street"
	p.Data.Description += "\n" + long
	j := fits()
	j.Reasoning = "They say: " + long + "! Write to boss@example.com, see https://evil.example/x or call +49 30 1234567."
	j.Recommendations = []string{long, "Built payment services in Go with gRPC and PostgreSQL that settle two million", "Learn Rust at https://evil.example."}
	j.MissingSkills = []string{"rust", "Rust ", "", long, "COBOL"}
	m, err := newServer(t, saying(j)).scorer(t, nil).Score(t.Context(), resumeText, p)
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	require.Equal(t, []string{"rust"}, m.MissingSkills)
	all, err := json.Marshal(m)
	require.NoError(t, err)
	for _, leak := range []string{"bouquets", "boss@", "evil.example", "1234567", "gRPC and PostgreSQL that settle"} {
		require.NotContains(t, string(all), leak)
	}
}

func TestARepeatedCallIsTheSameButForTheFence(t *testing.T) {
	t.Parallel()
	s := newServer(t, saying(fits()))
	sc := s.scorer(t, nil)
	for range 2 {
		_, err := sc.Score(t.Context(), resumeText, fitting())
		require.NoError(t, err)
	}
	seen := s.requests()
	a, _, postingA := seen[0].parts(t)
	b, _, postingB := seen[1].parts(t)
	require.Equal(t, a, b)
	require.Equal(t, postingA, postingB)
	require.NotEqual(t, seen[0].user(), seen[1].user(), "the nonce is fresh")
}

func TestTheRequestSaysAllThatLangchaingoCannot(t *testing.T) {
	t.Parallel()
	s := newServer(t, saying(fits()))
	_, err := s.scorer(t, nil).Sample(t.Context(), resumeText, fitting(), scorer.Sampling{Temperature: 0.5, Seed: 7})
	require.NoError(t, err)
	_, err = s.scorer(t, func(o *ollama.Options) { o.KeepAlive = -1 }).Score(t.Context(), resumeText, fitting())
	require.NoError(t, err)
	sampled, plain := s.requests()[0], s.requests()[1]
	require.True(t, sampled.Stream)
	for field, want := range map[string]string{"truncate": "false", "shift": "false", "think": "false", "keep_alive": "600"} {
		require.JSONEq(t, want, string(sampled.raw[field]), field)
	}
	require.JSONEq(t, "-1", string(plain.raw["keep_alive"]))
	require.Equal(t, map[string]any{
		"num_ctx": 8192.0, "num_predict": 2048.0, "temperature": 0.5, "seed": 7.0, "top_k": 40.0, "top_p": 0.9, "repeat_penalty": 1.05,
	}, sampled.Options)
	require.Equal(t, 0.0, plain.Options["temperature"])
	require.Equal(t, 0.0, plain.Options["seed"], "seed 0 is sent too")
	require.Len(t, sampled.Messages, 2)
	require.Equal(t, "system", sampled.Messages[0].Role)
}

// bounded fails unless every string and list below a schema has an end.
func bounded(t *testing.T, path string, schema map[string]any) {
	t.Helper()
	switch schema["type"] {
	case "object":
		require.Equal(t, false, schema["additionalProperties"], path)
		properties, _ := schema["properties"].(map[string]any)
		required, _ := schema["required"].([]any)
		require.Len(t, required, len(properties), path)
		for name, p := range properties {
			sub, _ := p.(map[string]any)
			bounded(t, path+"."+name, sub)
		}
	case "array":
		require.Contains(t, schema, "maxItems", path)
		items, _ := schema["items"].(map[string]any)
		bounded(t, path+"[]", items)
	case "string":
		require.Contains(t, schema, "maxLength", path)
	case "integer":
		require.Contains(t, schema, "minimum", path)
		require.Contains(t, schema, "maximum", path)
	default:
		t.Errorf("%s: type %v", path, schema["type"])
	}
}

func TestEveryStringAndListOfTheSchemaIsBounded(t *testing.T) {
	t.Parallel()
	s := newServer(t, saying(fits()))
	_, err := s.scorer(t, nil).Score(t.Context(), resumeText, fitting())
	require.NoError(t, err)
	var schema map[string]any
	require.NoError(t, json.Unmarshal(s.requests()[0].Format, &schema))
	bounded(t, "reply", schema)
	order := string(s.requests()[0].Format)
	require.Less(t, strings.Index(order, "posting_quote"), strings.Index(order, "rating"), "the model quotes before it rates")
}

func TestAResumeThatCannotBeUsedIsNoJobsFault(t *testing.T) {
	t.Parallel()
	s := newServer(t, saying(fits()))
	for name, resume := range map[string]string{
		"blank": " \n\t\u200b", "signs only": "*** --- ***", "too long": strings.Repeat("Many years of excellent work. ", 5000),
	} {
		_, err := s.scorer(t, nil).Score(t.Context(), resume, fitting())
		require.ErrorIs(t, err, scorer.ErrUnavailable, name)
		require.NotContains(t, err.Error(), "excellent", name)
	}
	require.Empty(t, s.requests())
}

func TestAPostingThatTheServerFindsTooLongIsCutFurther(t *testing.T) {
	t.Parallel()
	p := fitting()
	p.Data.Description = "Requirements:\n" + strings.Repeat("- Backend services in Go\n", 2000)
	tries := 0
	s := newServer(t, func(w http.ResponseWriter, _ *http.Request, q request) {
		if tries++; tries == 1 {
			w.WriteHeader(http.StatusBadRequest)
			write(w, "%s", `{"error":"the input length exceeds the context length"}`)
			return
		}
		say(w, q, judgement{}.String())
	})
	var calls []ollama.Call
	sc := s.scorer(t, func(o *ollama.Options) { o.Observe = func(c ollama.Call) { calls = append(calls, c) } })
	_, err := sc.Score(t.Context(), resumeText, p)
	require.NoError(t, err)
	require.Len(t, calls, 2)
	require.ErrorIs(t, calls[0].Err, scorer.ErrTooLong)
	_, _, first := s.requests()[0].parts(t)
	_, _, second := s.requests()[1].parts(t)
	require.Less(t, len(second), len(first)*6/10)
	require.True(t, strings.HasPrefix(first, second[:len(second)/2]), "the cut is deterministic")
}

func TestAPromptThatAnOldServerCutIsNotJudged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		count int
		want  error
	}{
		"cut to the window":                    {8192, scorer.ErrTooLong},
		"one token over the budget":            {8192 - 2048 + 1, scorer.ErrTooLong},
		"a window smaller than was asked for":  {100, scorer.ErrUnavailable},
		"the server does not say what it read": {0, scorer.ErrReply},
	} {
		s := newServer(t, func(w http.ResponseWriter, _ *http.Request, _ request) {
			line, _ := json.Marshal(map[string]any{
				"message": map[string]string{"content": fits().String()}, "done": true, "done_reason": "stop", "prompt_eval_count": c.count,
			})
			write(w, "%s\n", line)
		})
		m, err := s.scorer(t, nil).Score(t.Context(), resumeText, fitting())
		require.ErrorIs(t, err, c.want, name)
		require.Zero(t, m, name)
	}
}

// byWords is a model for the suite: it rates by the long words that two texts share, and quotes their lines.
func byWords(tb testing.TB, w http.ResponseWriter, q request) {
	tb.Helper()
	_, resume, posting := q.parts(tb)
	answered, shared := positions(fields(resume)), 0
	for word := range positions(fields(posting)) {
		if _, ok := answered[word]; ok && len(word) > 5 {
			shared++
		}
	}
	rating := 1
	if shared > 5 {
		rating = 4
	}
	say(w, q, obey(resume, posting, rating).String())
}

func TestTheScorerPassesTheSuite(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	s.chat = func(w http.ResponseWriter, _ *http.Request, q request) { byWords(t, w, q) }
	scorertest.Run(t, func(tb testing.TB) forge.Scorer {
		tb.Helper()
		return s.scorer(tb, nil)
	})
}
