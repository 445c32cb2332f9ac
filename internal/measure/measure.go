// Package measure says what a piece of work costs. It is for tests that hold a parser to a bound;
// nothing that ships imports it.
package measure

import (
	"runtime"
	"time"
)

// Few returns every fifth element of s under the race detector, beginning with the first, and s
// without it. It is for cases that one goroutine goes through: the detector makes each several times
// as dear, and sees in all of them what it sees in a few.
func Few[E any](s []E) []E {
	if !RaceDetector {
		return s
	}
	var few []E
	for i := 0; i < len(s); i += 5 {
		few = append(few, s[i])
	}
	return few
}

// Cost runs f and returns the processor time of the whole process meanwhile, garbage collection
// included, and the bytes that were allocated. Other processes are not counted, but other
// goroutines are: call it from a test that is not parallel.
func Cost(f func()) (cpu time.Duration, allocated uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := processorTime()
	f()
	cpu = processorTime() - began
	runtime.ReadMemStats(&after)
	return cpu, after.TotalAlloc - before.TotalAlloc
}
