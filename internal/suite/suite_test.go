package suite_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/suite"
)

func failures(t *testing.T, limit time.Duration, cases ...suite.Case) map[string]string {
	t.Helper()
	every := func(string) bool { return true }
	return suite.Failures(t, []suite.Topic{{Name: "Topic", Cases: cases}}, every, limit)
}

func TestFailuresSayWhatFailedAndFailNothing(t *testing.T) {
	t.Parallel()
	var cleaned []string
	said := failures(t, time.Minute,
		suite.Case{Name: "passes", Run: func(tb *suite.TB) { tb.Log("fine") }},
		suite.Case{Name: "skips", Run: func(tb *suite.TB) { tb.Skip("not this one") }},
		suite.Case{Name: "fails", Run: func(tb *suite.TB) {
			tb.Cleanup(func() { cleaned = append(cleaned, "first") })
			tb.Cleanup(func() { cleaned = append(cleaned, "last") })
			tb.Errorf("one of %d", 2)
			tb.Fatal("two")
		}},
		suite.Case{Name: "has rows", Run: func(tb *suite.TB) {
			tb.Row("a", func(tb *suite.TB) { tb.Fatal("wrong") })
			tb.Row("b", func(tb *suite.TB) { tb.Error("also", "wrong") })
		}},
	)
	require.Equal(t, map[string]string{
		"Topic/fails": "one of 2\ntwo", "Topic/has rows": "a: wrong\nb: alsowrong",
	}, said)
	require.Equal(t, []string{"last", "first"}, cleaned)
	require.False(t, t.Failed())
}

func TestPanicsFailTheirCaseInEveryGoroutine(t *testing.T) {
	t.Parallel()
	said := failures(t, time.Minute,
		suite.Case{Name: "itself", Run: func(*suite.TB) { panic("here") }},
		suite.Case{Name: "a worker", Run: func(tb *suite.TB) {
			var all sync.WaitGroup
			tb.Go(&all, func() { panic("there") })
			all.Wait()
		}},
		suite.Case{Name: "a row", Run: func(tb *suite.TB) {
			tb.Row("row", func(*suite.TB) { panic("row") })
		}},
		suite.Case{Name: "a bubble", Bubble: true, Run: func(*suite.TB) { panic("bubble") }},
		suite.Case{Name: "cleaning up", Run: func(tb *suite.TB) { tb.Cleanup(func() { panic("late") }) }},
	)
	for _, c := range []struct{ name, says string }{
		{"itself", "panic: here"},
		{"a worker", "panic: there"},
		{"a row", "row: panic: row"},
		{"a bubble", "panic: bubble"},
		{"cleaning up", "panic: late"},
	} {
		require.Contains(t, said["Topic/"+c.name], c.says)
		require.Contains(t, said["Topic/"+c.name], "an adapter returns an error instead")
	}
}

func TestCasesThatDoNotEndFailAndTheOthersRun(t *testing.T) {
	t.Parallel()
	running := make(chan *suite.TB, 1)
	said := failures(t, 50*time.Millisecond,
		suite.Case{Name: "waits for its context", Run: func(tb *suite.TB) {
			<-tb.Context().Done()
			tb.Error("ended")
		}},
		suite.Case{Name: "waits for ever", Run: func(tb *suite.TB) { running <- tb; select {} }},
		suite.Case{Name: "waits in a bubble", Bubble: true, Run: func(tb *suite.TB) {
			<-tb.Context().Done()
		}},
		suite.Case{Name: "fails", Run: func(tb *suite.TB) { tb.Error("wrong") }},
	)
	require.Contains(t, said["Topic/waits for its context"], "has not ended after 50ms")
	require.Contains(t, said["Topic/waits for its context"], "suite_test.go")
	require.Contains(t, said["Topic/waits for ever"], "has not ended after 50ms")
	require.Contains(t, said["Topic/waits in a bubble"], "deadlock")
	require.Equal(t, "wrong", said["Topic/fails"])
	(<-running).Error("this goes nowhere, and package testing does not panic")
	require.False(t, t.Failed())
}
