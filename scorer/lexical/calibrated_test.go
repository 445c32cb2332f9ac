package lexical_test

import (
	"hash/fnv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
)

// The labels of one half of the sample's résumés put the gate where it belongs for the other half,
// whatever the scale of the scorer.
func TestCalibratedOnHalfOfTheSampleKeepsTheGoodJobsOfTheOther(t *testing.T) {
	t.Parallel()
	type scored struct {
		gate.Label
		fit bool
	}
	s := lexical.New(nil)
	var all []scored
	for i, p := range sample(t) {
		a, err := s.Score(t.Context(), p.resume, p.posting)
		require.NoError(t, err)
		h := fnv.New32a()
		_, _ = h.Write([]byte(p.resume))
		all = append(all, scored{fit: h.Sum32()%2 == 0, Label: gate.Label{
			JobID: int64(i), Score: a.Score, By: a.By, Unverified: a.Unverified, Worth: p.good,
			Origin: "SAVED", Probability: 1,
		}})
	}
	for _, scale := range []struct {
		name string
		of   func(score int) int
	}{
		{"its own", func(s int) int { return s }},
		{"0 to 20", func(s int) int { return s / 5 }},
		{"60 to 100", func(s int) int { return 60 + s*2/5 }},
	} {
		t.Run(scale.name, func(t *testing.T) {
			t.Parallel()
			var labels []gate.Label
			for _, p := range all {
				if p.fit {
					p.Score = scale.of(p.Score)
					labels = append(labels, p.Label)
				}
			}
			c, err := scorer.Calibrate(labels, gate.Gate{})
			require.NoError(t, err)
			require.True(t, c.Enough())
			var good, kept, others, dropped float64
			for _, p := range all {
				keeps := p.Unverified || c.Map(scale.of(p.Score)) >= gate.Default
				switch {
				case p.fit:
				case p.Worth:
					good++
					if keeps {
						kept++
					}
				default:
					others++
					if !keeps {
						dropped++
					}
				}
			}
			t.Logf("%d labels, good kept %.3f of %.0f, others dropped %.3f of %.0f",
				len(labels), kept/good, good, dropped/others, others)
			require.GreaterOrEqual(t, kept/good, 0.95)
			require.GreaterOrEqual(t, dropped/others, 0.7)
		})
	}
}
