package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

const day = 24 * time.Hour

// The soak is fifty users for thirty days, of whom five have no résumé.
func TestSweepRunsEachSearchAsOftenAsItShouldForManyDays(t *testing.T) {
	t.Parallel()
	days, users, step := 8, 10, time.Hour
	if sizeOf().workers > 2 { // as the gate and the full run ask for
		days, users, step = 30, 50, 10*time.Minute
	}
	l := newTimeline(t)
	periods := []time.Duration{7 * day, day, 12 * time.Hour, 7 * day, 6 * time.Hour}
	want := map[int64]int{}
	for u := range users {
		user := fmt.Sprintf("user%02d", u)
		l.resumes[user] = u%10 != 9 // every tenth has none
		every := periods[u%len(periods)]
		id := l.add(user, every)
		if l.resumes[user] {
			want[id] = int((time.Duration(days)*day-1)/every) + 1
		}
	}
	l.pass(time.Duration(days)*day, step)
	var count tally
	list, err := listSearches(t.Context(), l.pool)
	require.NoError(t, err)
	runs := 0
	for _, s := range list {
		t.Run(s.User, func(t *testing.T) {
			defer count.add(t)
			require.Equal(t, want[s.ID], l.ran[s.ID], "every %v", s.every())
			require.Equal(t, !l.resumes[s.User], s.Problem != nil)
		})
		runs += l.ran[s.ID]
	}
	count.log(t, "schedules")
	t.Logf("%d simulated days, %d users: %d runs, %d rows of River at most", days, users, runs, l.most)
}

func TestSweepMakesOneJobHoweverOftenItLooks(t *testing.T) {
	t.Parallel()
	const users = 9
	l := newTimeline(t)
	for u := range users {
		user := fmt.Sprintf("user%d", u)
		l.resumes[user] = true
		l.add(user, time.Hour)
		_, err := l.store(user).Sync(t.Context(), []lead.Lead{
			{Source: "calm", ExternalID: "1", Title: "Job", URL: "https://calm.example/1"},
		})
		require.NoError(t, err)
	}
	sweepAtOnce := func() {
		var all sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			all.Go(func() { errs[i] = l.sweep(t.Context()) })
		}
		all.Wait()
		require.NoError(t, errors.Join(errs...))
	}
	sweepAtOnce()
	sweepAtOnce()
	require.Equal(t, users, l.waiting("enrich"))
	require.Equal(t, users, l.waiting("search"))
	for _, state := range []string{"scheduled", "retryable"} {
		l.exec(`UPDATE river_job SET state = $1::text::river_job_state`, state)
		sweepAtOnce()
		require.Equal(t, 2*users, l.rows(), state)
	}
	l.exec(`UPDATE river_job SET state = 'running'`)
	l.at = l.at.Add(2 * time.Hour)
	sweepAtOnce()
	sweepAtOnce()
	require.Equal(t, users, l.waiting("enrich"),
		"the worker of a running job can be dead, and others can help it: one more waits")
	require.Zero(t, l.waiting("search"), "a search does not overtake itself")
	require.Equal(t, 3*users, l.rows())
}

func TestSweepKeepsTheSchedule(t *testing.T) {
	t.Parallel()
	var count tally
	t.Cleanup(func() { count.log(t, "what can happen to a schedule") })
	for _, c := range []struct {
		name string
		does func(l *timeline, id int64)
		want int
	}{
		{"at once and then each period", func(l *timeline, _ int64) { l.pass(4*day, time.Hour) }, 4},
		{"not before its time", func(l *timeline, _ int64) { l.pass(day-time.Minute, time.Hour) }, 1},
		{"once after a long pause of the fleet", func(l *timeline, _ int64) {
			l.step()
			l.at = l.at.Add(10 * day)
			l.pass(12*time.Hour, time.Hour)
		}, 2},
		{"on schedule after a short pause", func(l *timeline, _ int64) {
			l.step()
			l.at = l.at.Add(day + 5*time.Hour)
			l.step()
			l.at = l.at.Add(19 * time.Hour)
			l.step()
		}, 3},
		{"not twice within half a period", func(l *timeline, _ int64) {
			l.step()
			l.at = l.at.Add(day + 23*time.Hour)
			l.step()
			l.at = l.at.Add(2 * time.Hour)
			l.step()
		}, 2},
		{"after River forgot its rows", func(l *timeline, _ int64) {
			l.step()
			l.exec(`DELETE FROM river_job`)
			l.at = l.at.Add(time.Hour)
			l.step()
		}, 1},
		{"when a clock was a year ahead", func(l *timeline, _ int64) {
			l.at = l.at.Add(365 * day)
			l.step()
			l.at = l.at.Add(-365 * day)
			l.pass(2*day, time.Hour)
		}, 3},
		{"when a clock was a second ahead", func(l *timeline, _ int64) {
			l.step()
			l.at = l.at.Add(-time.Second)
			l.step()
		}, 1},
		{"not while it is paused", func(l *timeline, id int64) {
			l.step()
			l.change(id, "pause", `UPDATE fleet_searches SET paused = true`)
			l.pass(3*day, time.Hour)
		}, 1},
		{"after it is resumed", func(l *timeline, id int64) {
			l.change(id, "pause", `UPDATE fleet_searches SET paused = true`)
			l.pass(3*day, time.Hour)
			l.change(id, "resume", `UPDATE fleet_searches SET paused = false`)
			l.pass(day, time.Hour)
		}, 1},
		{"not when a job was made before the pause", func(l *timeline, id int64) {
			require.NoError(l.t, l.sweep(l.t.Context()))
			l.change(id, "pause", `UPDATE fleet_searches SET paused = true`)
			l.pass(day, time.Hour)
		}, 0},
		{"when it was added again with a shorter period", func(l *timeline, _ int64) {
			l.step()
			l.exec(`UPDATE fleet_searches SET every_seconds = 3600`)
			l.at = l.at.Add(time.Hour)
			l.step()
		}, 2},
		{"not when it was added again with a longer period", func(l *timeline, _ int64) {
			l.step()
			l.exec(`UPDATE fleet_searches SET every_seconds = 7 * 86400`)
			l.pass(6*day, time.Hour)
		}, 1},
		{"as soon as the résumé is back", func(l *timeline, _ int64) {
			l.resumes["ada"] = false
			l.pass(3*day, time.Hour)
			l.resumes["ada"] = true
			l.pass(2*time.Hour, time.Minute)
		}, 1},
		{"at once when the user is resumed", func(l *timeline, id int64) {
			l.resumes["ada"] = false
			l.pass(3*day, time.Hour)
			l.resumes["ada"] = true
			l.change(id, "resume", `UPDATE fleet_searches SET paused = false`)
			l.step()
		}, 1},
		{"never after it is removed", func(l *timeline, id int64) {
			l.step()
			l.change(id, "remove", `DELETE FROM fleet_searches`)
			l.pass(3*day, time.Hour)
		}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			defer count.add(t)
			l := newTimeline(t)
			l.resumes["ada"] = true
			id := l.add("ada", day)
			c.does(l, id)
			require.Equal(t, c.want, l.ran[id])
		})
	}
}

func TestSweepLeavesUsersAloneForWhomNothingCanBeDone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fails func(l *timeline, fails bool)
	}{
		{"no résumé", func(l *timeline, fails bool) { l.resumes["ada"] = !fails }},
		{"no scorer", func(l *timeline, fails bool) {
			l.scorer = always(slowScorer(0))
			if fails {
				asleep := func(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
					return enrich.Assessment{}, fmt.Errorf("asleep: %w", scorer.ErrUnavailable)
				}
				l.scorer = always(forge.ScorerFunc(asleep))
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newTimeline(t)
			l.resumes["ada"] = true
			id := l.add("ada", 7*day)
			decided := func() (n int) {
				require.NoError(t, l.pool.QueryRow(t.Context(),
					`SELECT count(*) FROM user_job_map WHERE application_status <> 'DISCOVERED'`).Scan(&n))
				return n
			}
			l.step() // finds a job
			c.fails(l, true)
			before := l.rows()
			l.pass(day, 5*time.Minute)
			require.LessOrEqual(t, l.rows()-before, 24+9, "an attempt an hour, after nine that are closer")
			require.Greater(t, l.rows()-before, 20)
			require.Zero(t, decided())
			list, err := listSearches(t.Context(), l.pool)
			require.NoError(t, err)
			require.NotNil(t, list[0].Problem)

			c.fails(l, false)
			l.pass(time.Hour+5*time.Minute, 5*time.Minute)
			require.Equal(t, 1, decided())
			list, err = listSearches(t.Context(), l.pool)
			require.NoError(t, err)
			require.Nil(t, list[0].Problem)

			before = l.rows()
			l.change(id, "remove", `DELETE FROM fleet_searches`)
			l.exec(`UPDATE user_job_map SET due_at = $1`, l.at)
			for range 10 {
				require.NoError(t, l.sweep(t.Context()))
			}
			require.Equal(t, before, l.rows(), "a user without a search is not the fleet's")
		})
	}
}
