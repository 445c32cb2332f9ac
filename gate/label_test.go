package gate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

func TestLabelValidateNamesTheField(t *testing.T) {
	t.Parallel()
	valid := gate.Label{JobID: 1, Score: 30, By: "lexical/1", Origin: "APPLIED", Probability: 1}
	for _, c := range []struct {
		name   string
		change func(*gate.Label)
		field  string // empty: valid
	}{
		{"a status", func(*gate.Label) {}, ""},
		{"an audit", func(l *gate.Label) { l.Origin, l.Probability = gate.OriginAudit, 0.1 }, ""},
		{"a reopened job", func(l *gate.Label) { l.Probability = 0 }, ""},
		{"a negative score", func(l *gate.Label) { l.Score = -1 }, "score"},
		{"a score above 100", func(l *gate.Label) { l.Score = 101 }, "score"},
		{"a long scorer", func(l *gate.Label) { l.By = strings.Repeat("x", 201) }, "by"},
		{"no origin", func(l *gate.Label) { l.Origin = "" }, "origin"},
		{"an origin in small letters", func(l *gate.Label) { l.Origin = "audit" }, "origin"},
		{"a negative probability", func(l *gate.Label) { l.Probability = -0.1 }, "probability"},
		{"a probability above 1", func(l *gate.Label) { l.Probability = 1.1 }, "probability"},
		{"no number", func(l *gate.Label) { l.Probability = math.NaN() }, "probability"},
		{
			"an audit without one", func(l *gate.Label) { l.Origin, l.Probability = gate.OriginAudit, 0 },
			"probability",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := valid
			c.change(&l)
			err := l.Validate()
			if c.field == "" {
				require.NoError(t, err)
				return
			}
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.field, wrong.Field)
		})
	}
}
