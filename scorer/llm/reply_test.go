package llm_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
)

const aPrompt = "R1: seven years of Go\nP1: backend services in Go\n"

func good() string { return llmtest.Fits().In(aPrompt) }

func TestReplyIsTakenOutOfAFenceAndAfterThinking(t *testing.T) {
	t.Parallel()
	fence := "```"
	for _, c := range []struct{ name, content string }{
		{"as it is", good()},
		{"with space around", "\n\n  " + good() + "\n"},
		{"a fence", fence + "\n" + good() + "\n" + fence},
		{"a fence that names its language", fence + "json\n" + good() + "\n" + fence + "\n"},
		{"a fence on one line", fence + "json " + good() + " " + fence},
		{"a fence after a greeting", "Here is the JSON:\n" + fence + "json\n" + good() + "\n" + fence},
		{"a fence before a farewell", fence + "json\n" + good() + "\n" + fence + "\nI hope this helps!"},
		{"a fence without end", fence + "json\n" + good()},
		{"a thinking block", "<think>\nThe person knows Go. {\"skills\": 5}\n</think>\n\n" + good()},
		{"a thinking block that the template began", "The person knows Go.\n</think>\n" + good()},
		{"an empty thinking block", "<think></think>" + good()},
		{"two thinking blocks", "<think>a</think><think>b</think>" + good()},
		{"other names for thinking", "<reasoning>a</reasoning><THOUGHT>b</THOUGHT>" + good()},
		{"thinking, then a fence", "<think>Go.</think>\n" + fence + "json\n" + good() + "\n" + fence},
		{"several lines", strings.ReplaceAll(good(), ",", ",\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, llm.ParseReply(c.content))
		})
	}
}

func TestReplyOfAnotherFormIsAnErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	replace := func(old, with string) string {
		require.Contains(t, good(), old)
		return strings.Replace(good(), old, with, 1)
	}
	for _, c := range []struct{ name, content, says string }{
		{"nothing", "", "not the JSON"},
		{"prose", "The candidate is a good match and I rate the skills 4 out of 5.", "not the JSON"},
		{"prose before the reply", "Sure! " + good(), "not the JSON"},
		{"a cut reply", good()[:len(good())/2], "not the JSON"},
		{"a cut fence", "```json\n" + good()[:100], "not the JSON"},
		{"thinking without end", "<think>" + good(), "not the JSON"},
		{"null", "null", "lacks a part of skills"},
		{"an empty object", "{}", "lacks a part of skills"},
		{"a list", "[" + good() + "]", "not the JSON"},
		{"a number", "85", "not the JSON"},
		{"a score and no more", `{"score": 85}`, "not the JSON"},
		{"an unknown field", replace(`"reasoning"`, `"score":100,"reasoning"`), "not the JSON"},
		{"a rating of 9", replace(`"rating":5`, `"rating":9`), "out of range"},
		{"a negative rating", replace(`"rating":5`, `"rating":-1`), "out of range"},
		{"a rating in words", replace(`"rating":5`, `"rating":"five"`), "not the JSON"},
		{"half a rating", replace(`"rating":5`, `"rating":4.5`), "not the JSON"},
		{"no rating", replace(`"rating":5`, `"rating":null`), "lacks a part of skills"},
		{"no lines", replace(`"posting_lines":["P1"]`, `"posting_lines":null`), "lacks a part of skills"},
		{
			"no reasoning", replace(`"reasoning":"Long Go practice on the same platform"`,
				`"reasoning":null`), "lacks reasoning",
		},
		{"something after the reply", good() + " {}", "follows"},
		{"two replies", good() + good(), "follows"},
		{"brackets without end", strings.Repeat("[", 100_000), "not the JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := llm.ParseReply(c.content)
			require.ErrorIs(t, err, scorer.ErrReply)
			require.NotErrorIs(t, err, scorer.ErrPosting, "it is the model's fault")
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "use a model that follows a JSON schema")
			require.NotContains(t, err.Error(), "candidate", "an error quotes no reply")
		})
	}
}

func TestReplyThatNamesLinesThatAreNotThereBacksNothing(t *testing.T) {
	t.Parallel()
	m := &model{say: func(prompt string, _ int) (string, error) {
		return strings.ReplaceAll(llmtest.Fits().In(prompt), `"R`, `"R99`), nil
	}}
	a, err := newScorer(t, m, nil).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.NoError(t, err)
	require.True(t, a.Unverified)
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
		if schema["enum"] == nil {
			require.Contains(t, schema, "maxLength", path)
		}
	case "integer":
		require.Contains(t, schema, "minimum", path)
		require.Contains(t, schema, "maximum", path)
	default:
		t.Errorf("%s: type %v", path, schema["type"])
	}
}

func TestReplySchemaListsTheLinesAndBoundsEverythingElse(t *testing.T) {
	t.Parallel()
	raw := llm.Schema([]string{"P1", "P2"}, []string{"R1", "R2", "R3"})
	var schema map[string]any
	require.NoError(t, json.Unmarshal(raw, &schema))
	bounded(t, "reply", schema)
	require.Equal(t, 5, strings.Count(string(raw), `"enum":["P1","P2"]`))
	require.Equal(t, 5, strings.Count(string(raw), `"enum":["R1","R2","R3"]`))
	require.Less(t, strings.Index(string(raw), "resume_lines"), strings.Index(string(raw), "rating"),
		"the model points before it rates")
}

func FuzzReply(f *testing.F) {
	for _, seed := range []string{
		good(), "{}", "null", `{"skills":{"rating":9}}`, "[", "```json\n{}\n```", "<think></think>{}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		_ = llm.ParseReply(reply) // it must not panic
	})
}
