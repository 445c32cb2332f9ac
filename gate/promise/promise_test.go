package promise_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/gate/promise"
	"github.com/agent-forge/forge/lead"
)

// evidence has kept matches at score 60 of which good and other are marked, and rejected jobs at
// score 10 of which worth and not were judged.
func evidence(kept, good, other, rejected, worth, not int) gate.Evidence {
	ev := gate.Evidence{Counts: []gate.Count{
		{By: "test/1", Score: 60, Kept: kept}, {By: "test/1", Score: 10, Rejected: rejected},
	}}
	add := func(n, score int, is bool, origin gate.Origin, p float64) {
		for range n {
			ev.Labels = append(ev.Labels, gate.Label{
				JobID: int64(len(ev.Labels)), Score: score, By: "test/1", Worth: is, Origin: origin,
				Probability: p,
			})
		}
	}
	add(good, 60, true, "SAVED", 1)
	add(other, 60, false, "DISMISSED", 1)
	p := float64(worth+not) / float64(max(1, rejected))
	add(worth, 10, true, gate.OriginAudit, p)
	add(not, 10, false, gate.OriginAudit, p)
	return ev
}

func of(t *testing.T, ev gate.Evidence, threshold int) promise.Estimate {
	t.Helper()
	e, err := promise.Of(ev, threshold)
	require.NoError(t, err)
	return e
}

func TestPromiseIsExactWhenEverythingIsKnown(t *testing.T) {
	t.Parallel()
	e := of(t, evidence(30, 18, 12, 40, 2, 38), 30)
	require.Equal(t, promise.Share{Point: 0.1, Low: 0.1, High: 0.1, Labels: 58}, e.Lost)
	require.Equal(t, promise.Share{Point: 0.24, Low: 0.24, High: 0.24, Labels: 52}, e.Passed)
	require.Equal(t, "test/1", e.By)
	require.Equal(t, 40, e.Judged)
	require.Equal(t, 40, e.Rejected)
	require.Equal(t, 18, e.Good)
}

func TestPromiseWeighsAJudgedJobWithThoseItStandsFor(t *testing.T) {
	t.Parallel()
	e := of(t, evidence(30, 20, 10, 100, 1, 19), 30)
	require.InDelta(t, 5.0/25, e.Lost.Point, 1e-12, "1 of 20 judged is 5 of 100")
	require.Less(t, e.Lost.Low, e.Lost.Point)
	require.Greater(t, e.Lost.High, e.Lost.Point)
}

func TestPromiseTakesUnmarkedMatchesToBeWhateverIsWorse(t *testing.T) {
	t.Parallel()
	marked := of(t, evidence(40, 20, 20, 40, 2, 38), 30)
	silent := of(t, evidence(40, 20, 0, 40, 2, 38), 30)
	require.InDelta(t, 2.0/22, silent.Lost.High, 1e-12, "none of the unmarked is good")
	require.InDelta(t, 2.0/42, silent.Lost.Low, 1e-12, "all of them are")
	require.InDelta(t, marked.Lost.Point, silent.Lost.Point, 1e-12)
	require.InDelta(t, 20.0/58, silent.Passed.High, 1e-12)
	require.Zero(t, silent.Passed.Low)
}

func TestPromiseWithholdsTheFigureUntilItSaysSomething(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		evidence gate.Evidence
		want     string
	}{
		{"nothing", gate.Evidence{}, "Not enough yet: no match is marked as worth a look."},
		{"no marks", evidence(30, 0, 0, 60, 0, 20), "Not enough yet: no match is marked as worth a look."},
		{"no audit", evidence(30, 20, 0, 60, 0, 0), "Not enough yet: 0 of 9 rejected jobs judged."},
		{"a small audit", evidence(30, 20, 0, 60, 0, 5), "Not enough yet: 5 of 9 rejected jobs judged."},
		{
			"few marks", evidence(200, 3, 0, 60, 30, 20),
			"Not enough yet: 3 matches are marked as worth a look. Mark more of them.",
		},
		{
			"an audit", evidence(30, 20, 0, 60, 0, 20),
			"At 30 the gate loses at most 29 % of the jobs worth a look (95 % confidence).",
		},
		{
			"losses", evidence(30, 20, 10, 60, 6, 14),
			"At 30 the gate loses between 31 and 60 % of the jobs worth a look (95 % confidence).",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, of(t, c.evidence, 30).String())
		})
	}
}

func TestPromiseNeededNumberIsEnoughWhenItIsReached(t *testing.T) {
	t.Parallel()
	for _, rejected := range []int{30, 60, 500} {
		e := of(t, evidence(30, 20, 0, rejected, 0, 3), 30)
		require.False(t, e.Enough())
		require.True(t, of(t, evidence(30, 20, 0, rejected, 0, e.Needed), 30).Enough())
		require.False(t, of(t, evidence(30, 20, 0, rejected, 0, e.Needed-1), 30).Enough())
	}
}

func TestPromiseNeverPoolsScorers(t *testing.T) {
	t.Parallel()
	ev := evidence(30, 20, 0, 60, 0, 20)
	ev.Labels = append(ev.Labels, gate.Label{
		JobID: 999, Score: 60, By: "test/2", Origin: "SAVED", Worth: true, Probability: 1,
	})
	_, err := promise.Of(ev, 30)
	var mixed *promise.MixedError
	require.ErrorAs(t, err, &mixed)
	require.Equal(t, []string{"test/1", "test/2"}, mixed.Scorers)
	require.ErrorContains(t, err, "test/1, test/2")
	_, _, err = promise.Advise(ev, 0.05)
	require.ErrorAs(t, err, &mixed)
	require.Equal(t, "test/1", of(t, ev.ByScorer()[0], 30).By, "the scorer of most jobs comes first")
}

func TestPromiseCountsAnUnverifiedScoreAsKeptAtEveryThreshold(t *testing.T) {
	t.Parallel()
	ev := gate.Evidence{Counts: []gate.Count{{By: "x", Score: 2, Unverified: true, Kept: 3}}}
	for i := range int64(3) {
		ev.Labels = append(ev.Labels, gate.Label{
			JobID: i, Score: 2, By: "x", Unverified: true, Worth: true, Origin: "APPLIED", Probability: 1,
		})
	}
	require.Zero(t, of(t, ev, 100).Lost.High)
}

// A rejected job that the user found without the audit is a loss, and says nothing of the others.
func TestPromiseCountsAReopenedJobOnce(t *testing.T) {
	t.Parallel()
	ev := evidence(30, 20, 10, 60, 0, 60)
	ev.Counts[1].Rejected++
	ev.Labels = append(ev.Labels,
		gate.Label{JobID: 999, Score: 10, By: "test/1", Worth: true, Origin: "APPLIED"})
	e := of(t, ev, 30)
	require.InDelta(t, 1.0/21, e.Lost.Point, 1e-12)
	require.InDelta(t, 1.0/21, e.Lost.High, 1e-12)
	require.InDelta(t, 1.0/21, e.Lost.Low, 1e-12)

	half := evidence(30, 20, 10, 100, 30, 20)
	found := evidence(30, 20, 10, 100, 30, 20)
	for id := range int64(10) {
		found.Labels = append(found.Labels, gate.Label{
			JobID: 900 + id, Score: 10, By: "test/1", Worth: true, Origin: "APPLIED",
		})
	}
	a, b := of(t, half, 30).Lost, of(t, found, 30).Lost
	require.InDelta(t, a.Low, b.Low, 1e-12, "they are among those that the drawn ones stand for")
	require.InDelta(t, a.High, b.High, 1e-12)
}

func TestPromiseRefusesEvidenceThatIsNotValid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*gate.Evidence)
		field  string
	}{
		{"a label", func(ev *gate.Evidence) { ev.Labels[0].Score = 101 }, "score"},
		{
			"two labels of one job", func(ev *gate.Evidence) { ev.Labels[1].JobID = ev.Labels[0].JobID },
			"labels",
		},
		{"a count", func(ev *gate.Evidence) { ev.Counts[0].Kept = -1 }, "kept"},
		{"a count twice", func(ev *gate.Evidence) { ev.Counts[1].Score = 60 }, "counts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ev := evidence(30, 20, 0, 60, 0, 20)
			c.change(&ev)
			_, err := promise.Of(ev, 30)
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.field, wrong.Field)
		})
	}
	for _, threshold := range []int{-1, 101} {
		_, err := promise.Of(gate.Evidence{}, threshold)
		require.ErrorContains(t, err, "threshold")
	}
	for _, loss := range []float64{-0.1, 1.1} {
		_, _, err := promise.Advise(gate.Evidence{}, loss)
		require.ErrorContains(t, err, "maxLoss")
	}
}

func TestAdviseReturnsTheHighestThresholdThatKeepsTheLoss(t *testing.T) {
	t.Parallel()
	all := evidence(30, 19, 11, 40, 1, 39) // everything is known: at 11 and above 1 of 20 is lost
	for _, c := range []struct {
		loss float64
		want int
	}{{0.04, 10}, {0.06, 60}, {1, 100}} {
		got, ok, err := promise.Advise(all, c.loss)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, c.want, got)
	}
	atZero := gate.Evidence{Counts: []gate.Count{{By: "x", Kept: 10}}}
	_, ok, err := promise.Advise(atZero, 0.05)
	require.NoError(t, err)
	require.False(t, ok, "each job that scores 0 can be good")
}

func TestPromiseIsQuickForManyJobs(t *testing.T) {
	t.Parallel()
	e := of(t, evidence(2000, 100, 50, 1_000_000, 1, 99), 30)
	require.Equal(t, 100, e.Judged)
}

func ExampleOf() {
	ev := gate.Evidence{Counts: []gate.Count{
		{By: "lexical/1", Score: 55, Kept: 25}, {By: "lexical/1", Score: 12, Rejected: 60},
	}}
	for id := range int64(20) {
		ev.Labels = append(ev.Labels,
			gate.Label{
				JobID: id, Score: 55, By: "lexical/1", Worth: true, Origin: "SAVED", Probability: 1,
			},
			gate.Label{
				JobID: 100 + id, Score: 12, By: "lexical/1", Origin: gate.OriginAudit, Probability: 20. / 60,
			})
	}
	show := func() error {
		for _, part := range ev.ByScorer() {
			e, err := promise.Of(part, gate.Default)
			if err != nil {
				return err
			}
			fmt.Println(e)
		}
		return nil
	}
	fmt.Println(show())
	// Output:
	// At 30 the gate loses at most 29 % of the jobs worth a look (95 % confidence).
	// <nil>
}
