package server

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
)

// A database server that says nothing holds neither the metrics nor those who ask for them next.
func TestSilentServerHoldsNoCountBeyondItsDeadline(t *testing.T) {
	t.Parallel()
	dsn := database.DSN(t)
	require.NoError(t, decide(t.Context(), openPostgres(t, dsn)("ada"), lead.Lead{
		Source: "example", ExternalID: "1", Title: "Engineer", URL: "https://jobs.example.com/1",
	}, 80))
	for _, way := range []pgtest.Silence{pgtest.Swallow, pgtest.Deafen, pgtest.Freeze} {
		for _, moment := range []pgtest.Moment{pgtest.Now, pgtest.AfterRequest, pgtest.MidAnswer} {
			t.Run(fmt.Sprint(way, moment), func(t *testing.T) {
				t.Parallel()
				proxy := database.Proxy(t, dsn)
				c, err := openCounts(options{dsn: proxy.DSN(dsn)})
				require.NoError(t, err)
				defer func() { require.NoError(t, c.close()) }()
				count := func() error {
					ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
					defer cancel()
					_, err := c.byStatus(ctx)
					return err
				}
				n, err := c.byStatus(t.Context())
				require.NoError(t, err)
				require.Equal(t, 1, n[lead.Matched])
				c.asked = time.Time{}
				proxy.Fall(way, moment)
				start := time.Now()
				require.Error(t, count())
				require.Error(t, count(), "the next one does not wait again")
				require.Less(t, time.Since(start), 2*time.Second)
				proxy.Heal()
				c.asked = time.Time{}
				n, err = c.byStatus(t.Context())
				require.NoError(t, err)
				require.Equal(t, 1, n[lead.Matched])
			})
		}
	}
}
