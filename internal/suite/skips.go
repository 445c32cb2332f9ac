package suite

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// skips counts the cases that were skipped, by reason.
type skips struct {
	mu    sync.Mutex
	cases map[string]int
}

func (s *skips) count(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cases == nil {
		s.cases = make(map[string]int)
	}
	s.cases[reason]++
}

// log says how many cases were skipped and why, the most frequent reason first: a suite that passes
// may have tested a part of the adapter only.
func (s *skips) log(tb testing.TB) {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	all := 0
	var reasons []string
	for _, r := range slices.SortedFunc(maps.Keys(s.cases), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.cases[b], s.cases[a]), cmp.Compare(a, b))
	}) {
		all += s.cases[r]
		reasons = append(reasons, fmt.Sprintf("%d because %s", s.cases[r], r))
	}
	if all > 0 {
		tb.Logf("cases that were skipped: %d (%s)", all, strings.Join(reasons, ", "))
	}
}
