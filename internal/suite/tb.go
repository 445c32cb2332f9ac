package suite

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A TB is the testing.TB of one case. It is safe for concurrent use. What a case reports after it
// has ended is dropped: package testing would end the test binary.
type TB struct {
	testing.TB // of the test that runs the case

	name   string
	parent *TB  // the case, if this is one row of it
	record bool // what is reported is kept, and fails nothing

	mu                     sync.Mutex
	said                   []string
	why                    string // the case was skipped
	ended, failed, skipped bool
	ctx                    context.Context
	cancel                 context.CancelCauseFunc
	cleanups               []func()
	id                     string // of the goroutine that runs the case
}

// scope runs f, and then what it left to Cleanup. It returns when f has ended, however f ended.
func (tb *TB) scope(f func(tb *TB)) {
	ctx, cancel := context.WithCancelCause(context.Background())
	tb.mu.Lock()
	tb.ctx, tb.cancel = ctx, cancel
	tb.mu.Unlock()
	defer func() {
		cancel(nil)
		for {
			tb.mu.Lock()
			n := len(tb.cleanups)
			if n == 0 {
				tb.mu.Unlock()
				return
			}
			clean := tb.cleanups[n-1]
			tb.cleanups = tb.cleanups[:n-1]
			tb.mu.Unlock()
			tb.apart(clean)
		}
	}()
	tb.apart(func() {
		tb.mu.Lock()
		tb.id = goroutineID()
		tb.mu.Unlock()
		f(tb)
	})
}

// apart runs f in a goroutine of its own, which FailNow can end, and waits for it.
func (tb *TB) apart(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer tb.recovers()
		f()
	}()
	<-done
}

// Go starts f in a goroutine of wg. A panic of f fails the case.
func (tb *TB) Go(wg *sync.WaitGroup, f func()) {
	wg.Go(func() {
		defer tb.recovers()
		f()
	})
}

// Row runs one row of a case's table. What it reports begins with its name. The next row runs even
// if this one calls FailNow.
func (tb *TB) Row(name string, f func(tb *TB)) {
	row := &TB{TB: tb.TB, name: name, parent: tb, ctx: tb.Context()}
	row.apart(func() { f(row) })
}

// recovers reports a panic. It is deferred.
func (tb *TB) recovers() {
	r := recover()
	if r == nil {
		return
	}
	stack := panicked(debug.Stack())
	if caseOf.MatchString(stack) {
		tb.Errorf("%s (%v)\n%s", Misread, r, stack)
		return
	}
	tb.Errorf("panic: %v: an adapter returns an error instead\n%s", r, stack)
}

// Misread begins the message of a case that read more out of an answer than the answer held.
const Misread = "the answer has less in it than the contract promises"

// caseOf matches a stack that begins in one of the suites, not in an adapter.
var caseOf = regexp.MustCompile(`^[a-z./-]+/(storetest|scrapertest|scorertest)\.`)

// report keeps or passes on what the case says.
func (tb *TB) report(text string, fails bool) {
	tb.Helper()
	if tb.parent != nil {
		tb.parent.report(tb.name+": "+text, fails)
		return
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if tb.ended {
		return
	}
	switch {
	case fails && tb.record:
		tb.failed, tb.said = true, append(tb.said, text)
	case fails:
		tb.failed = true
		tb.TB.Error(text)
	case !tb.record:
		tb.TB.Log(text)
	}
}

// end makes what the case still reports go nowhere, and returns what it reported.
func (tb *TB) end() (said string, failed bool) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.ended = true
	return strings.Join(tb.said, "\n"), tb.failed
}

// Name returns the name of the case.
func (tb *TB) Name() string { return tb.name }

// Context returns a context that ends with the case, before Cleanup's functions are called.
func (tb *TB) Context() context.Context {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return tb.ctx
}

// Cleanup calls f when the case has ended, the last one first.
func (tb *TB) Cleanup(f func()) {
	if tb.parent != nil {
		tb.parent.Cleanup(f)
		return
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.cleanups = append(tb.cleanups, f)
}

// Error, Errorf, Fail, Fatal, Fatalf and FailNow fail the case.
func (tb *TB) Error(args ...any) { tb.Helper(); tb.report(fmt.Sprint(args...), true) }

// Errorf is Error with a format.
func (tb *TB) Errorf(format string, args ...any) {
	tb.Helper()
	tb.report(fmt.Sprintf(format, args...), true)
}

// Fail fails the case without a word.
func (tb *TB) Fail() { tb.Helper(); tb.report("failed", true) }

// FailNow fails the case and ends its goroutine.
func (tb *TB) FailNow() { tb.Helper(); tb.report("failed", true); runtime.Goexit() }

// Fatal is Error, and ends the goroutine.
func (tb *TB) Fatal(args ...any) { tb.Helper(); tb.report(fmt.Sprint(args...), true); runtime.Goexit() }

// Fatalf is Fatal with a format.
func (tb *TB) Fatalf(format string, args ...any) {
	tb.Helper()
	tb.report(fmt.Sprintf(format, args...), true)
	runtime.Goexit()
}

// Failed reports whether the case has failed so far.
func (tb *TB) Failed() bool {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if tb.parent != nil {
		return tb.parent.Failed()
	}
	return tb.failed
}

// Log says something that fails nothing.
func (tb *TB) Log(args ...any) { tb.Helper(); tb.report(fmt.Sprint(args...), false) }

// Logf is Log with a format.
func (tb *TB) Logf(format string, args ...any) {
	tb.Helper()
	tb.report(fmt.Sprintf(format, args...), false)
}

// Skip, Skipf and SkipNow end the case: it says nothing about this adapter.
func (tb *TB) Skip(args ...any) { tb.Helper(); tb.skip(fmt.Sprint(args...)) }

// Skipf is Skip with a format.
func (tb *TB) Skipf(format string, args ...any) { tb.Helper(); tb.skip(fmt.Sprintf(format, args...)) }

// SkipNow ends the case without a word.
func (tb *TB) SkipNow() { tb.skip("") }

func (tb *TB) skip(reason string) {
	tb.Helper()
	if reason != "" {
		tb.Log(reason)
	}
	for t := tb; t != nil; t = t.parent {
		t.mu.Lock()
		t.skipped, t.why = true, cmp.Or(t.why, reason)
		t.mu.Unlock()
	}
	runtime.Goexit()
}

// reason returns why the case was skipped.
func (tb *TB) reason() string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return cmp.Or(tb.why, "of no stated reason")
}

// Skipped reports whether the case was skipped.
func (tb *TB) Skipped() bool {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return tb.skipped && !tb.failed
}

func (tb *TB) goroutine() string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return tb.id
}

// goroutineID returns "goroutine 12 " for the calling goroutine, as stacks begin.
func goroutineID() string {
	head := make([]byte, 64)
	head = head[:runtime.Stack(head, false)]
	id, _, _ := strings.Cut(string(head), "[")
	return id
}

const stackLines = 24

// stackOf returns the upper part of the stack of a goroutine.
func stackOf(id string) string {
	all := make([]byte, 4<<20)
	all = all[:runtime.Stack(all, true)]
	for stack := range strings.SplitSeq(string(all), "\n\n") {
		if id != "" && strings.HasPrefix(stack, id) {
			lines := strings.Split(stack, "\n")
			return strings.Join(lines[:min(stackLines, len(lines))], "\n")
		}
	}
	return "(its goroutine is gone)"
}

// panicked returns the part of a stack that begins where the panic was.
func panicked(stack []byte) string {
	lines := strings.Split(string(stack), "\n")
	if at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "panic(") }); at >= 0 {
		lines = lines[min(at+2, len(lines)):]
	}
	for len(lines) > 2 && strings.HasPrefix(lines[0], "runtime.") {
		lines = lines[2:]
	}
	return strings.Join(lines[:min(stackLines, len(lines))], "\n")
}
