package scorer_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// labelled returns one label for each score.
func labelled(worth bool, scores ...int) []gate.Label {
	labels := make([]gate.Label, len(scores))
	for i, score := range scores {
		labels[i] = gate.Label{Score: score, By: "test/1", Worth: worth, Origin: "SAVED", Probability: 1}
	}
	return labels
}

func steps(low, high int) []int {
	var all []int
	for s := low; s <= high; s++ {
		all = append(all, s)
	}
	return all
}

func calibrate(tb testing.TB, labels ...[]gate.Label) scorer.Calibration {
	tb.Helper()
	return must[scorer.Calibration](tb)(scorer.Calibrate(slices.Concat(labels...), gate.Gate{}))
}

func TestCalibrateKeepsWhatTheLabelsCallWorth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		others, goods []int // from, to
		rejected      int   // the highest score that is
	}{
		{"a scorer that gives little", []int{0, 9}, []int{10, 30}, 9},
		{"a scorer that gives much", []int{60, 80}, []int{81, 100}, 80},
		{"good ones among the others", []int{0, 60}, []int{40, 70}, 39},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			others, goods := steps(c.others[0], c.others[1]), steps(c.goods[0], c.goods[1])
			m := calibrate(t, labelled(false, slices.Repeat(others, 3)...), labelled(true, goods...))
			require.True(t, m.Enough())
			require.Less(t, m.Map(c.rejected), 30)
			require.GreaterOrEqual(t, m.Map(c.rejected+1), 30)
		})
	}
}

func TestCalibrateCountsAJudgedJobForThoseItStandsFor(t *testing.T) {
	t.Parallel()
	labels := [][]gate.Label{labelled(false, steps(0, 50)...), labelled(true, steps(40, 90)...)}
	require.Less(t, calibrate(t, labels...).Map(20), 30)
	drawn := gate.Label{Score: 15, By: "test/1", Worth: true, Origin: gate.OriginAudit, Probability: 0.1}
	require.GreaterOrEqual(t, calibrate(t, append(labels, []gate.Label{drawn})...).Map(20), 30,
		"10 good ones in 61")
	drawn.Probability, drawn.Origin = 0, "APPLIED"
	require.Less(t, calibrate(t, append(labels, []gate.Label{drawn})...).Map(20), 30)
}

func TestCalibratedRejectsNothingThatNoLabelBacks(t *testing.T) {
	t.Parallel()
	m := calibrate(t, labelled(false, steps(60, 85)...), labelled(true, steps(75, 95)...))
	few := calibrate(t, labelled(false, steps(60, 78)...), labelled(true, steps(79, 100)...))
	for _, c := range []struct {
		name        string
		calibration scorer.Calibration
		inner       *script
		keeps       bool // the score and the name
	}{
		{"lower than all labels", m, &script{name: "test", score: 59}, true},
		{"too few labels", few, &script{name: "test", score: 70}, true},
		{"none", scorer.Calibration{By: "test/1"}, &script{name: "test", score: 70}, true},
		{"another version", m, &script{name: "other", score: 70}, true},
		{"unverified", m, &script{name: "test", score: 70, unverified: true}, true},
		{"labelled", m, &script{name: "test", score: 61}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := must[*scorer.Calibrated](t)(scorer.NewCalibrated(c.inner, c.calibration))
			a, err := s.Score(t.Context(), "mine", posting("1"))
			require.NoError(t, err)
			require.Equal(t, c.keeps, a.Score == c.inner.score)
			require.Equal(t, c.inner.unverified, a.Unverified)
		})
	}
	low := calibrate(t, labelled(false, steps(0, 19)...), labelled(true, steps(0, 19)...))
	require.GreaterOrEqual(t, low.Map(25), 30, "higher than every score that has a label")
}

func TestCalibratedNamesItself(t *testing.T) {
	t.Parallel()
	m := calibrate(t, labelled(false, steps(0, 40)...), labelled(true, steps(30, 60)...))
	more := calibrate(t, labelled(false, steps(0, 40)...), labelled(true, steps(20, 60)...))
	by := func(m scorer.Calibration) string {
		s := must[*scorer.Calibrated](t)(scorer.NewCalibrated(&script{name: "test", score: 10}, m))
		a, err := s.Score(t.Context(), "mine", posting("1"))
		require.NoError(t, err)
		return a.By
	}
	require.Regexp(t, `^test/1\+calibrated/[0-9a-f]{8}$`, by(m))
	require.NotEqual(t, by(m), by(more), "scores of two calibrations are not pooled")
}

func TestCalibrationIsMonotoneAndSurvivesItsFile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		score := rapid.IntRange(0, 100)
		labels := slices.Concat(
			labelled(true, rapid.SliceOfN(score, 0, 60).Draw(t, "good")...),
			labelled(false, rapid.SliceOfN(score, 0, 60).Draw(t, "others")...),
		)
		for i := range labels {
			labels[i].Probability = rapid.SampledFrom([]float64{1, 0.5, 0.01}).Draw(t, "probability")
		}
		m, err := scorer.Calibrate(labels, gate.Gate{})
		require.NoError(t, err)
		if len(labels) == 0 {
			return
		}
		text, err := json.Marshal(m)
		require.NoError(t, err)
		require.Less(t, len(text), 1000)
		read, err := scorer.ParseCalibration(text)
		require.NoError(t, err, "it is valid, so it is monotone")
		require.Equal(t, m, read)
		lost, all := 0.0, 0.0
		for _, l := range labels {
			if l.Worth {
				all += 1 / l.Probability
				if m.Enough() && m.Map(l.Score) < 30 {
					lost += 1 / l.Probability
				}
			}
		}
		require.LessOrEqual(t, lost, 0.02*all+1e-9)
	})
}

func TestCalibrateRefusesLabelsThatCannotBePooled(t *testing.T) {
	t.Parallel()
	labels := labelled(true, 1, 2)
	labels[1].By = "test/2"
	_, err := scorer.Calibrate(labels, gate.Gate{})
	require.ErrorContains(t, err, `"test/1" and "test/2"`)
	labels[1].Score = 101
	_, err = scorer.Calibrate(labels, gate.Gate{})
	require.ErrorContains(t, err, "score")
}

func TestParseCalibrationNamesTheField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, field string }{
		{`{}`, "by"},
		{`{"by":"x","gate":101}`, "gate"},
		{`{"by":"x","good":-1}`, "good, others"},
		{`{"by":"x","low":100,"scores":[1,2]}`, "low"},
		{`{"by":"x","low":-1,"scores":[1,2]}`, "low"},
		{`{"by":"x","scores":[2,1]}`, "scores"},
		{`{"by":"x","scores":[2,101]}`, "scores"},
	} {
		_, err := scorer.ParseCalibration([]byte(c.text))
		var wrong *lead.FieldError
		require.ErrorAs(t, err, &wrong, c.text)
		require.Equal(t, c.field, wrong.Field)
	}
	_, err := scorer.ParseCalibration([]byte("["))
	require.Error(t, err)
}
