package scorertest

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Failures runs the cases that want accepts, by topic and case, without failing tb, and returns
// what the failed ones said.
func Failures(tb testing.TB, open Open, want func(name string) bool) map[string]string {
	tb.Helper()
	failures := make(map[string]string)
	for _, topic := range topics() {
		for _, c := range topic.cases {
			name := topic.name + "/" + c.name
			if !want(name) {
				continue
			}
			r := &recorder{TB: tb}
			done := make(chan struct{})
			go func() { // a goroutine of its own, for Fatalf to end
				defer close(done)
				c.run(&kit{TB: r, Scorer: open(tb)})
			}()
			<-done
			if said := r.String(); said != "" {
				failures[name] = said
			}
		}
	}
	return failures
}

// A recorder keeps what a case reports, in place of failing the test.
type recorder struct {
	testing.TB
	mu   sync.Mutex
	said []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.said, "\n")
}
