package polite_test

import (
	"context"
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

// gaps are the times between requests.
func gaps(at []time.Time) (d []time.Duration) {
	for i := 1; i < len(at); i++ {
		d = append(d, at[i].Sub(at[i-1]))
	}
	return d
}

// spaced checks that each gap is the interval, or up to a quarter more.
func spaced(t *testing.T, gaps []time.Duration, interval time.Duration) {
	t.Helper()
	for _, g := range gaps {
		require.GreaterOrEqual(t, g, interval)
		require.LessOrEqual(t, g, interval+interval/4)
	}
}

func TestAllWorkersShareOnePacePerHost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := map[string]*log{"a.example": {}, "b.example": {}}
		p := &polite.Pacer{Interval: time.Second, Base: tripper(func(req *http.Request) (*http.Response, error) {
			return seen[req.URL.Host].around(always(200, "")).RoundTrip(req)
		})}
		began := time.Now()
		var all sync.WaitGroup
		for range 8 {
			for host := range seen {
				all.Go(func() {
					for range 5 {
						_, _, err := get(t, p, "https://"+host+"/")
						require.NoError(t, err)
					}
				})
			}
		}
		all.Wait()
		for host, l := range seen {
			require.Len(t, l.times(), 40, host)
			require.Equal(t, began, l.times()[0], "the first request waits for nothing")
			g := gaps(l.times())
			spaced(t, g, time.Second)
			require.Greater(t, len(slices.Compact(slices.Sorted(slices.Values(g)))), 5, "no steady beat")
		}
	})
}

func TestABurstGoesAtOnceAndIsEarnedByQuiet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &log{}
		p := &polite.Pacer{Interval: time.Second, Burst: 3, Base: seen.around(always(200, ""))}
		ask := func(n int) {
			for range n {
				_, _, err := get(t, p, "https://a.example/")
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

func TestTheIntervalDoublesOn429UpToItsCapAndEasesAfter20GoodAnswers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 999} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				next, seen := status, &log{}
				p := &polite.Pacer{Interval: time.Second, MaxInterval: 6 * time.Second, Base: seen.around(
					tripper(func(req *http.Request) (*http.Response, error) { return answer(req, next, ""), nil }))}
				ask := func(n int) []time.Duration {
					from := len(seen.times())
					for range n {
						_, _, err := get(t, p, "https://a.example/")
						require.NoError(t, err)
					}
					return gaps(seen.times()[max(from-1, 0):])
				}
				g := ask(5)
				for i, want := range []time.Duration{2 * time.Second, 4 * time.Second, 6 * time.Second, 6 * time.Second} {
					spaced(t, g[i:i+1], want)
				}
				next = 200
				spaced(t, ask(20), 6*time.Second)
				spaced(t, ask(1), 6*time.Second) // reserved at the old pace
				spaced(t, ask(19), 3*time.Second)
				spaced(t, ask(1)[:0], 3*time.Second)
				spaced(t, ask(20)[1:], 1500*time.Millisecond)
				ask(25)
				spaced(t, ask(30), time.Second)
			})
		})
	}
}

func TestOneWaveOfRefusalsDoublesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &log{}
		began := time.Now()
		p := &polite.Pacer{Interval: time.Second, Burst: 4, Base: seen.around(tripper(func(req *http.Request) (*http.Response, error) {
			if time.Since(began) > 0 {
				return answer(req, 200, ""), nil
			}
			time.Sleep(100 * time.Millisecond) // all four are on their way before the first is answered
			return answer(req, 429, ""), nil
		}))}
		var all sync.WaitGroup
		for range 7 {
			all.Go(func() { _, _, _ = get(t, p, "https://a.example/") })
		}
		all.Wait()
		g := gaps(seen.times())
		require.Equal(t, []time.Duration{0, 0, 0}, g[:3])
		require.Less(t, g[3], 5*time.Second, "the burst's own four seconds")
		spaced(t, g[4:], 2*time.Second)
	})
}

func TestWhoWaitsAlreadyIsHeldBackToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &log{}
		first := true
		p := &polite.Pacer{Interval: time.Second, Base: seen.around(tripper(func(req *http.Request) (*http.Response, error) {
			if first {
				first = false
				time.Sleep(500 * time.Millisecond) // the others wait for their turns by now
				return answer(req, 429, "", "Retry-After", "30"), nil
			}
			return answer(req, 200, ""), nil
		}))}
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { _, _, _ = get(t, p, "https://a.example/") })
		}
		all.Wait()
		g := gaps(seen.times())
		require.GreaterOrEqual(t, g[0], 30*time.Second+500*time.Millisecond)
		spaced(t, g[1:], 2*time.Second)
	})
}

func TestRetryAfterIsHonouredInBothForms(t *testing.T) {
	t.Parallel()
	forms := map[string]func(now time.Time) []string{
		"seconds": func(time.Time) []string { return []string{"Retry-After", "90"} },
		"date": func(now time.Time) []string {
			return []string{"Retry-After", now.Add(90 * time.Second).UTC().Format(http.TimeFormat)}
		},
		"date by the server's clock": func(now time.Time) []string {
			theirs := now.Add(-5 * time.Hour).UTC()
			return []string{"Date", theirs.Format(http.TimeFormat), "Retry-After", theirs.Add(90 * time.Second).Format(http.TimeFormat)}
		},
	}
	for name, header := range forms {
		for _, status := range []int{429, 503} {
			t.Run(name+" "+strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					seen := &log{}
					p := &polite.Pacer{Interval: time.Second, Base: seen.around(tripper(func(req *http.Request) (*http.Response, error) {
						return answer(req, status, "", header(time.Now())...), nil
					}))}
					_, _, _ = get(t, p, "https://a.example/")
					_, _, _ = get(t, p, "https://a.example/")
					require.GreaterOrEqual(t, gaps(seen.times())[0], 89*time.Second) // HTTP dates have no fractions
					require.LessOrEqual(t, gaps(seen.times())[0], 91*time.Second)
				})
			})
		}
	}
}

func TestALongRestFailsAtOnceAndSaysHowLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &polite.Pacer{Base: always(429, "", "Retry-After", "3600")}
		_, _, err := get(t, p, "https://a.example/?q=secret")
		require.NoError(t, err)
		began := time.Now()
		_, _, err = get(t, p, "https://a.example/?q=secret")
		var page *scraper.PageError
		require.ErrorAs(t, err, &page)
		require.Equal(t, time.Hour, page.RetryAfter())
		require.NotErrorIs(t, err, scraper.ErrBlocked, "it passes")
		require.NotContains(t, err.Error(), "secret")
		require.Zero(t, time.Since(began))
		time.Sleep(time.Hour)
		status, _, err := get(t, p, "https://a.example/")
		require.NoError(t, err)
		require.Equal(t, 429, status)
	})
}

func TestACancelledWaitEndsAtOnceAndLeavesItsTurnToTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := &log{}
		p := &polite.Pacer{Interval: time.Minute, Base: seen.around(always(200, ""))}
		_, _, err := get(t, p, "https://a.example/")
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		var all sync.WaitGroup
		for range 3 { // one at the head of the line, two behind it
			all.Go(func() {
				_, err := p.RoundTrip(requestWith(ctx, t, "https://a.example/")) //nolint:bodyclose // there is none beside an error
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, time.Second, time.Since(began))
			})
		}
		all.Wait()
		_, _, err = get(t, p, "https://a.example/")
		require.NoError(t, err)
		require.Len(t, seen.times(), 2)
		spaced(t, gaps(seen.times()), time.Minute)
	})
}

func TestAnUnsharedAnswerDoesNotSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, status := range []int{200, 301, 404, 403, 500, 503} {
			seen := &log{}
			p := &polite.Pacer{Interval: time.Second, Base: seen.around(always(status, ""))}
			for range 4 {
				_, _, err := get(t, p, "https://a.example/")
				require.NoError(t, err)
			}
			spaced(t, gaps(seen.times()), time.Second)
		}
	})
}

func TestRetryAfterIsReadWithCare(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"120": 2 * time.Minute, " 5 ": 5 * time.Second, "0": 0, "1.5": 1500 * time.Millisecond, "1e300": 24 * time.Hour, "99999999999999999999": 24 * time.Hour,
		"Sun, 01 Mar 2026 12:01:00 GMT": time.Minute, "Sun, 01 Mar 2026 11:00:00 GMT": 0, "Sunday, 01-Mar-26 12:01:00 GMT": time.Minute,
		"Fri, 01 Mar 2999 12:01:00 GMT": 24 * time.Hour, "-1": -1, "soon": -1, "": -1, "NaN": -1,
	} {
		got, ok := polite.RetryAfter(http.Header{"Retry-After": {value}}, now)
		require.Equal(t, want >= 0, ok, value)
		require.Equal(t, max(want, 0), got, value)
	}
}
