package suite

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// A logger keeps what is logged.
type logger struct {
	testing.TB

	said []string
}

func (l *logger) Logf(format string, args ...any) {
	l.said = append(l.said, fmt.Sprintf(format, args...))
}

func TestSkipsAreCountedByReason(t *testing.T) {
	t.Parallel()
	var none, some skips
	l := &logger{TB: t}
	none.log(l)
	require.Empty(t, l.said)
	for _, reason := range []string{"it is no Marker", "it is no Lister", "it is no Lister", "it has none"} {
		tb := &TB{TB: t, record: true}
		tb.scope(func(tb *TB) { tb.Skipf("%s", reason) })
		require.True(t, tb.Skipped())
		some.count(tb.reason())
	}
	some.log(l)
	require.Equal(t, []string{
		"cases that were skipped: 4 (2 because it is no Lister, 1 because it has none, " +
			"1 because it is no Marker)",
	}, l.said)
}
