package driver_test

import (
	"database/sql"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

func TestCheckAuditAndVerdictKeepToTheContract(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, store.MaxAudit} {
		refuses(t, "", driver.CheckAudit(n))
	}
	for _, n := range []int{0, -1, store.MaxAudit + 1} {
		refuses(t, "n", driver.CheckAudit(n))
	}
	for _, v := range []store.Verdict{"", store.Worth, store.NotWorth, store.Unsure} {
		refuses(t, "", driver.CheckVerdict(v))
	}
	refuses(t, "verdict", driver.CheckVerdict("worth"))
	refuses(t, "id", driver.NotDrawn())
}

// Over many users, each of a hundred jobs is among the ten that are drawn first as often as any other,
// and each pair as often as any other pair.
func TestDrawChoosesJobsAndPairsOfJobsAlike(t *testing.T) {
	t.Parallel()
	const users, jobs, lowest = 4000, 100, 10
	candidates := make([]driver.CandidateRow, jobs)
	for i := range candidates {
		candidates[i].ID = int64(i)
	}
	var one [jobs]int
	var pair [jobs][jobs]int
	for u := range users {
		ids := driver.Draw(fmt.Sprint("user ", u), lowest, candidates, nil)
		require.Len(t, ids, lowest)
		for i, a := range ids {
			one[a]++
			for _, b := range ids[:i] {
				pair[b][a]++
			}
		}
	}
	chi := func(n int, expected float64) float64 { return math.Pow(float64(n)-expected, 2) / expected }
	single, double := 0.0, 0.0
	const pairs = jobs * (jobs - 1) / 2
	for a := range jobs {
		single += chi(one[a], users*lowest/jobs)
		for b := a + 1; b < jobs; b++ {
			double += chi(pair[a][b], users*lowest*(lowest-1)/2.0/pairs)
		}
	}
	// Each sum is near the number of its terms, with a deviation of the root of twice that.
	require.InDelta(t, jobs, single, 5*math.Sqrt(2*jobs))
	require.InDelta(t, pairs, double, 5*math.Sqrt(2*pairs))
}

func TestDrawIsEvenOverBandsAndPassesMarkedJobs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var candidates []driver.CandidateRow
		free := [3]int{}
		for id := range rapid.IntRange(0, 40).Draw(t, "candidates") {
			c := driver.CandidateRow{
				ID: int64(id), Score: rapid.IntRange(0, 29).Draw(t, "score"),
				Marked: rapid.Bool().Draw(t, "marked"),
			}
			if !c.Marked {
				free[c.Score/driver.AuditBand]++
			}
			candidates = append(candidates, c)
		}
		n := rapid.IntRange(1, 20).Draw(t, "n")
		ids := driver.Draw("ada", n, candidates, nil)
		require.True(t, slices.IsSorted(ids))
		require.Len(t, slices.Compact(slices.Clone(ids)), len(ids), "each once")
		asked, drawn := 0, [3]int{}
		for _, id := range ids {
			c := candidates[id]
			drawn[c.Score/driver.AuditBand]++
			if !c.Marked {
				asked++
			}
		}
		require.Equal(t, min(n, free[0]+free[1]+free[2]), asked, "jobs that wait for a verdict")
		for _, c := range candidates {
			band := c.Score / driver.AuditBand
			if !slices.Contains(ids, c.ID) {
				require.GreaterOrEqual(t, drawn[band], slices.Max(drawn[:])-1,
					"a band that has more left is behind")
			}
		}
	})
}

func TestEvidenceGivesEachLabelItsProbability(t *testing.T) {
	t.Parallel()
	verdict := func(v store.Verdict) sql.NullString {
		return sql.NullString{String: string(v), Valid: v != ""}
	}
	rejected := func(id int64, score int, status lead.Status, drawn bool, v store.Verdict) driver.LabelRow {
		return driver.LabelRow{
			ID: id, Status: status, Score: score, By: "judge/1", Rejected: true, Drawn: drawn,
			Verdict: verdict(v),
		}
	}
	e := driver.Evidence([]driver.LabelRow{
		rejected(1, 3, lead.AutoRejected, true, store.Worth),
		rejected(2, 9, lead.AutoRejected, true, store.NotWorth),
		rejected(3, 9, lead.AutoRejected, true, store.Unsure),
		rejected(4, 9, lead.AutoRejected, true, ""),
		rejected(5, 12, lead.Applied, true, store.NotWorth),
		rejected(6, 12, lead.Applied, false, ""),
		{ID: 7, Status: lead.Dismissed, Score: 50, By: "judge/1"},
	}, []driver.OutcomeRow{
		{By: "judge/1", Score: 3, Rejected: true, N: 6},
		{By: "judge/1", Score: 9, Rejected: true, N: 2},
		{By: "judge/1", Score: 12, N: 1},
		{By: "judge/1", Score: 12, Rejected: true, N: 5},
		{By: "judge/1", Score: 50, N: 1},
		{By: "judge/2", Score: 9, Rejected: true, N: 100},
	})
	var got []string
	for _, l := range e.Labels {
		require.NoError(t, l.Validate())
		got = append(got, fmt.Sprint(l.JobID, " ", l.Origin, " ", l.Worth, " ", l.Probability))
	}
	require.Equal(t, []string{
		"1 AUDIT true 0.25", "2 AUDIT false 0.25", "5 AUDIT true 0.2", "6 APPLIED true 0",
		"7 DISMISSED false 1",
	}, got)
	require.Equal(t, []gate.Count{
		{By: "judge/1", Score: 3, Rejected: 6},
		{By: "judge/1", Score: 9, Rejected: 2},
		{By: "judge/1", Score: 12, Kept: 1, Rejected: 5, Stratum: 1},
		{By: "judge/1", Score: 50, Kept: 1, Stratum: 5},
		{By: "judge/2", Score: 9, Rejected: 100},
	}, e.Counts)
}
