package backoff_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/backoff"
)

func TestDelayDoublesUpToTheLongest(t *testing.T) {
	t.Parallel()
	d := backoff.Doubling{First: time.Second, Longest: 10 * time.Second}
	for _, c := range []struct {
		retry int
		full  time.Duration
	}{
		{-1, time.Second},
		{0, time.Second},
		{1, time.Second},
		{2, 2 * time.Second},
		{3, 4 * time.Second},
		{4, 8 * time.Second},
		{5, 10 * time.Second},
		{40, 10 * time.Second},
		{math.MaxInt, 10 * time.Second},
	} {
		t.Run(fmt.Sprint("retry ", c.retry), func(t *testing.T) {
			t.Parallel()
			drawn := make(map[time.Duration]bool)
			for range 100 {
				got := d.Delay(c.retry)
				require.GreaterOrEqual(t, got, c.full/2)
				require.LessOrEqual(t, got, c.full)
				drawn[got] = true
			}
			require.Greater(t, len(drawn), 50, "delays are spread")
		})
	}
	require.Zero(t, backoff.Doubling{}.Delay(3))
}

func TestSleepEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		require.NoError(t, backoff.Sleep(t.Context(), time.Hour))
		require.Equal(t, time.Hour, time.Since(began))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, backoff.Sleep(ctx, time.Hour), context.DeadlineExceeded)
		require.Equal(t, time.Hour+time.Second, time.Since(began))
	})
}

type asking time.Duration

func (asking) Error() string               { return "busy" }
func (a asking) RetryAfter() time.Duration { return time.Duration(a) }

func TestFromErrorIsBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want time.Duration
	}{
		{"nothing", nil, 0},
		{"does not ask", errors.New("broken"), 0},
		{"asks", fmt.Errorf("wrapped: %w", asking(time.Minute)), time.Minute},
		{"joined", errors.Join(errors.New("broken"), asking(time.Minute)), time.Minute},
		{"negative", asking(-1), 0},
		{"a year", asking(365 * 24 * time.Hour), backoff.MaxAsked},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, backoff.FromError(c.err))
		})
	}
}

func TestFromHeaderReadsBothForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const unread = -1
	for _, c := range []struct {
		value, date string
		want        time.Duration
	}{
		{"120", "", 2 * time.Minute},
		{" 5 ", "", 5 * time.Second},
		{"0", "", 0},
		{"1.5", "", 1500 * time.Millisecond},
		{"1e300", "", backoff.MaxAsked},
		{"1e999", "", backoff.MaxAsked},
		{"Inf", "", backoff.MaxAsked},
		{"99999999999999999999", "", backoff.MaxAsked},
		{"-1", "", unread},
		{"-1e999", "", unread},
		{"NaN", "", unread},
		{"soon", "", unread},
		{"", "", unread},
		{"Sun, 01 Mar 2026 12:01:00 GMT", "", time.Minute},
		{"Sunday, 01-Mar-26 12:01:00 GMT", "", time.Minute},
		{"Sun Mar  1 12:01:00 2026", "", time.Minute},
		{"Sun, 01 Mar 2026 11:00:00 GMT", "", 0},
		{"Fri, 01 Mar 2999 12:01:00 GMT", "", backoff.MaxAsked},
		// The server's own clock decides.
		{"Sun, 01 Mar 2026 12:01:00 GMT", "Sun, 01 Mar 2026 12:00:30 GMT", 30 * time.Second},
		{"Sun, 01 Mar 2026 12:01:00 GMT", "yesterday", time.Minute},
		{"60", "Sun, 01 Mar 2026 12:00:30 GMT", time.Minute},
	} {
		t.Run(c.value+" at "+c.date, func(t *testing.T) {
			t.Parallel()
			got, ok := backoff.FromHeader(http.Header{"Retry-After": {c.value}, "Date": {c.date}}, now)
			require.Equal(t, c.want != unread, ok)
			require.Equal(t, max(c.want, 0), got)
		})
	}
	_, ok := backoff.FromHeader(nil, now)
	require.False(t, ok)
}
