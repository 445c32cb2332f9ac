package gate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
)

func TestNewRefusesAThresholdOutOfRange(t *testing.T) {
	t.Parallel()
	for _, threshold := range []int{-1, 101, 130} {
		_, err := gate.New(threshold)
		var wrong *lead.FieldError
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, "threshold", wrong.Field)
		require.ErrorContains(t, err, fmt.Sprint(threshold))
	}
	for threshold := range 101 {
		g, err := gate.New(threshold)
		require.NoError(t, err)
		require.Equal(t, threshold, g.Threshold())
	}
	require.Equal(t, 30, gate.Gate{}.Threshold())
	thirty, err := gate.New(30)
	require.NoError(t, err)
	require.Equal(t, gate.Gate{}, thirty)
}

func TestDecideLetsTheThresholdItselfPass(t *testing.T) {
	t.Parallel()
	d := enrich.Data{Description: "Bake."}
	for _, c := range []struct {
		score int
		want  lead.Status
	}{{0, lead.AutoRejected}, {29, lead.AutoRejected}, {30, lead.Matched}, {100, lead.Matched}} {
		require.Equal(t, c.want, gate.Gate{}.Decide(enrich.Assessment{Score: c.score}, d).Status, c.score)
	}
	all, err := gate.New(0)
	require.NoError(t, err)
	require.Equal(t, lead.Matched, all.Decide(enrich.Assessment{}, d).Status, "0 keeps everything")
}

// Whatever a valid scorer says of whatever text, the store can take the decision, and a rejection
// carries none of the text.
func TestDecideMakesValidDecisionsOnly(t *testing.T) {
	t.Parallel()
	words := rapid.Custom(func(t *rapid.T) string {
		s := ""
		word := rapid.SampledFrom([]string{"a", "b", "flour", "yeast."})
		for _, w := range rapid.SliceOfN(word, 1, 40).Draw(t, "words") {
			s += w + " "
		}
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		d := enrich.Data{
			Description: words.Draw(t, "description"), Requirements: words.Draw(t, "requirements"),
		}.Clean()
		a := enrich.Assessment{
			Score: rapid.IntRange(0, 100).Draw(t, "score"), Reasoning: words.Draw(t, "reasoning"),
			MissingSkills: []string{words.Draw(t, "skill")}, By: "test",
		}.Clean()
		if a.Validate() != nil {
			t.Skip("no valid assessment")
		}
		g, err := gate.New(rapid.IntRange(0, 100).Draw(t, "threshold"))
		require.NoError(t, err)

		r := g.Decide(a, d)
		require.NoError(t, r.Validate())
		require.Equal(t, a.Score, r.Assessment.Score, "a decision changes no score")
		require.Equal(t, a.Score >= g.Threshold(), r.Status == lead.Matched)
		require.Equal(t, r.Status == lead.AutoRejected, r.Data == nil)
		require.False(t, enrich.Quotes(r.Assessment.Reasoning, d.Description))
		for _, s := range r.Assessment.MissingSkills {
			require.False(t, enrich.Quotes(s, d.Description), "junk text does not live on as a missing skill")
		}
	})
}

func TestDecideKeepsWhatTheScorerCouldNotVerify(t *testing.T) {
	t.Parallel()
	d := enrich.Data{Description: "Bake bread."}
	a := enrich.Assessment{Score: 4, Reasoning: "Cannot judge.", Unverified: true}
	require.Equal(t, enrich.Decision{Assessment: a, Status: lead.Matched, Data: &d}, gate.Gate{}.Decide(a, d))
	a.Unverified = false
	require.Equal(t, enrich.Decision{Assessment: a, Status: lead.AutoRejected}, gate.Gate{}.Decide(a, d))
}

func TestDecideNeverRejectsATeaser(t *testing.T) {
	t.Parallel()
	d := enrich.Data{Description: "See our website.", Attributes: map[string]string{enrich.AttrTeaser: "yes"}}
	for _, score := range []int{0, 29} {
		decision := gate.Gate{}.Decide(enrich.Assessment{Score: score}, d)
		require.Equal(t, lead.Matched, decision.Status)
		require.Equal(t, &d, decision.Data)
		require.Equal(t, enrich.Assessment{Score: score, Unverified: true}, decision.Assessment)
	}
	decision := gate.Gate{}.Decide(enrich.Assessment{Score: 30}, d)
	require.False(t, decision.Assessment.Unverified, "a score that passes needs no excuse")
	d.Attributes = nil
	require.Equal(t, lead.AutoRejected, gate.Gate{}.Decide(enrich.Assessment{}, d).Status)
}
