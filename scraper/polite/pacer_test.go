package polite_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

func TestPacerIsSharedByAllWorkersOfAHost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hosts := []string{"a.example", "b.example"}
		seen := map[string]*record{hosts[0]: {}, hosts[1]: {}}
		c := bare(t, tripper(func(req *http.Request) (*http.Response, error) {
			return seen[req.URL.Host].of(always(200, "")).RoundTrip(req)
		}), polite.Options{Interval: time.Second})
		began := time.Now()
		var all sync.WaitGroup
		for range 8 {
			for _, host := range hosts {
				all.Go(func() {
					for range 5 {
						_, _, err := get(t, c, "https://"+host+"/")
						require.NoError(t, err)
					}
				})
			}
		}
		all.Wait()
		for _, host := range hosts {
			at := seen[host].times()
			require.Len(t, at, 40, host)
			require.Equal(t, began, at[0], "the first request waits for nothing")
			g := gaps(at)
			requireSpaced(t, g, time.Second)
			require.Greater(t, len(slices.Compact(slices.Sorted(slices.Values(g)))), 5, "no constant beat")
		}
	})
}

func TestPacerSendsABurstAfterAQuietTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &record{}
		c := bare(t, seen.of(always(200, "")), polite.Options{Interval: time.Second, Burst: 3})
		ask := func(n int) {
			for range n {
				_, _, err := get(t, c, "https://a.example/")
				require.NoError(t, err)
			}
		}
		ask(5)
		at := seen.times()
		require.Equal(t, at[0], at[2])
		require.Positive(t, at[3].Sub(at[2]))
		time.Sleep(time.Hour)
		ask(4)
		at = seen.times()[5:]
		require.Equal(t, at[0], at[2], "an hour of quiet is three requests, not thousands")
		require.GreaterOrEqual(t, at[3].Sub(at[2]), time.Second)
	})
}

func TestPacerDoublesOnRefusalsAndEasesAfter20GoodAnswers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 999} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				next, seen := status, &record{}
				c := bare(t, seen.of(tripper(func(req *http.Request) (*http.Response, error) {
					return answer(req, next, ""), nil
				})), polite.Options{Interval: time.Second, MaxInterval: 6 * time.Second})
				ask := func(n int) []time.Duration {
					from := len(seen.times())
					for range n {
						_, _, err := get(t, c, "https://a.example/")
						require.NoError(t, err)
					}
					return gaps(seen.times()[max(from-1, 0):])
				}
				g := ask(5)
				for i, want := range []time.Duration{
					2 * time.Second, 4 * time.Second, 6 * time.Second,
					6 * time.Second,
				} {
					requireSpaced(t, g[i:i+1], want)
				}
				next = 200
				requireSpaced(t, ask(20), 6*time.Second)
				requireSpaced(t, ask(1), 6*time.Second) // reserved at the old pace
				requireSpaced(t, ask(19), 3*time.Second)
				ask(1) // the twentieth at three seconds
				requireSpaced(t, ask(20)[1:], 1500*time.Millisecond)
				ask(25)
				requireSpaced(t, ask(30), time.Second)
			})
		})
	}
}

func TestPacerDoublesOnceForRequestsThatWereUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &record{}
		began := time.Now()
		c := bare(t, seen.of(tripper(func(req *http.Request) (*http.Response, error) {
			if time.Since(began) > 0 {
				return answer(req, 200, ""), nil
			}
			time.Sleep(100 * time.Millisecond) // all four are under way before the first is answered
			return answer(req, 429, ""), nil
		})), polite.Options{Interval: time.Second, Burst: 4})
		var all sync.WaitGroup
		for range 7 {
			all.Go(func() { _, _, _ = get(t, c, "https://a.example/") })
		}
		all.Wait()
		g := gaps(seen.times())
		require.Equal(t, []time.Duration{0, 0, 0}, g[:3])
		require.Less(t, g[3], 5*time.Second, "the burst's own four seconds")
		requireSpaced(t, g[4:], 2*time.Second)
	})
}

func TestPacerHoldsBackRequestsThatWaitAlready(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &record{}
		first := true
		c := bare(t, seen.of(tripper(func(req *http.Request) (*http.Response, error) {
			if first {
				first = false
				time.Sleep(500 * time.Millisecond) // the others wait by now
				return answer(req, 429, "", "Retry-After", "30"), nil
			}
			return answer(req, 200, ""), nil
		})), polite.Options{Interval: time.Second})
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { _, _, _ = get(t, c, "https://a.example/") })
		}
		all.Wait()
		g := gaps(seen.times())
		require.GreaterOrEqual(t, g[0], 30*time.Second+500*time.Millisecond)
		requireSpaced(t, g[1:], 2*time.Second)
	})
}

func TestPacerHonoursRetryAfterInBothForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		header func(now time.Time) []string
	}{
		{"seconds", func(time.Time) []string { return []string{"Retry-After", "90"} }},
		{"date", func(now time.Time) []string {
			return []string{"Retry-After", now.Add(90 * time.Second).UTC().Format(http.TimeFormat)}
		}},
		{"date by the server's clock", func(now time.Time) []string {
			theirs := now.Add(-5 * time.Hour).UTC()
			return []string{
				"Date", theirs.Format(http.TimeFormat),
				"Retry-After", theirs.Add(90 * time.Second).Format(http.TimeFormat),
			}
		}},
	} {
		for _, status := range []int{429, 503} {
			t.Run(c.name+" "+strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					seen := &record{}
					client := bare(t, seen.of(tripper(func(req *http.Request) (*http.Response, error) {
						return answer(req, status, "", c.header(time.Now())...), nil
					})), polite.Options{Interval: time.Second})
					_, _, _ = get(t, client, "https://a.example/")
					_, _, _ = get(t, client, "https://a.example/")
					g := gaps(seen.times())[0]
					require.GreaterOrEqual(t, g, 89*time.Second) // dates in HTTP have no fractions
					require.LessOrEqual(t, g, 91*time.Second)
				})
			})
		}
	}
}

func TestPacerFailsAtOnceDuringALongPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := bare(t, always(429, "", "Retry-After", "3600"), polite.Options{Interval: time.Second})
		_, _, err := get(t, c, "https://a.example/?q=secret")
		require.NoError(t, err)
		began := time.Now()
		_, _, err = get(t, c, "https://a.example/?q=secret")
		page, ok := errors.AsType[*scraper.PageError](err)
		require.True(t, ok)
		require.Equal(t, time.Hour, page.RetryAfter())
		require.NotErrorIs(t, err, scraper.ErrBlocked, "it passes")
		require.NotContains(t, err.Error(), "secret")
		require.Zero(t, time.Since(began))
		time.Sleep(time.Hour)
		status, _, err := get(t, c, "https://a.example/")
		require.NoError(t, err)
		require.Equal(t, 429, status)
	})
}

func TestPacerEndsAWaitWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &record{}
		c := bare(t, seen.of(always(200, "")), polite.Options{Interval: time.Minute})
		_, _, err := get(t, c, "https://a.example/")
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		var all sync.WaitGroup
		for range 3 { // one at the head of the queue, two behind it
			all.Go(func() {
				_, _, err := getWith(ctx, t, c, "https://a.example/")
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, time.Second, time.Since(began))
			})
		}
		all.Wait()
		_, _, err = get(t, c, "https://a.example/")
		require.NoError(t, err)
		require.Len(t, seen.times(), 2, "the requests that ended were not sent")
		requireSpaced(t, gaps(seen.times()), time.Minute)
	})
}

func TestPacerKeepsItsIntervalOnOtherAnswers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 301, 404, 403, 500, 503} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				seen := &record{}
				c := bare(t, seen.of(always(status, "")), polite.Options{Interval: time.Second})
				for range 4 {
					_, _, err := get(t, c, "https://a.example/")
					require.NoError(t, err)
				}
				requireSpaced(t, gaps(seen.times()), time.Second)
			})
		})
	}
}
