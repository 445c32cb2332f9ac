package rest_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// A clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// work takes three jobs from sync to three different ends. It goes on after errors as an agent
// does: a job whose lease was lost is dropped, and is due again when the lease ends.
func work(t *testing.T, s forge.Store, now *clock) {
	t.Helper()
	const lease = time.Minute
	var leads []lead.Lead
	for _, id := range []string{"1", "2", "3"} {
		leads = append(leads, lead.Lead{
			Source: "example", ExternalID: id, Title: "Engineer " + id,
			URL: "https://jobs.example.com/" + id,
		})
	}
	_, err := s.Sync(t.Context(), leads)
	require.NoError(t, err)
	for idle := 0; idle < 2; {
		jobs, err := s.Claim(t.Context(), 1, lease)
		require.NoError(t, err)
		if len(jobs) == 0 {
			idle++
			now.advance(2 * lease)
			continue
		}
		j := jobs[0]
		switch {
		case j.Lead.ExternalID == "1":
			require.NoError(t, s.Renew(t.Context(), j.Lease, lease))
			err = s.Decide(t.Context(), j.Lease, enrich.Decision{
				Assessment: enrich.Assessment{Score: 85, Reasoning: "Fits.", By: "judge/1"},
				Status:     lead.Matched, Data: &enrich.Data{Description: "Text."},
			})
		case j.Lead.ExternalID == "2" && j.Attempts == 0:
			err = s.Release(t.Context(), j.Lease, store.Outcome{Counts: true, Cause: "the reply was cut"})
		case j.Lead.ExternalID == "2":
			err = s.Release(t.Context(), j.Lease,
				store.Outcome{Status: lead.Failed, Counts: true, Cause: "the reply was cut again"})
		default:
			err = s.Decide(t.Context(), j.Lease, enrich.Decision{
				Assessment: enrich.Assessment{Score: 15, Reasoning: "Another trade.", By: "judge/1"},
				Status:     lead.AutoRejected,
			})
		}
		if !errors.Is(err, store.ErrLeaseLost) {
			require.NoError(t, err)
		}
	}
}

// outcome returns the rows that the work must lead to, without times and tokens, which a fault can
// change.
func (c *catalogue) outcome() []string {
	c.Helper()
	all := c.rows(
		`SELECT id, source, external_id, title, url, description, enriched_by, closed_at FROM jobs ` +
			`ORDER BY id`,
	)
	all = append(
		all,
		c.rows(
			`SELECT user_id, job_id, application_status, due_at,
			CASE WHEN leased THEN 'leased' ELSE 'free' END, attempts, last_error
		FROM user_job_map ORDER BY user_id, job_id`,
		)...)
	return append(
		all,
		c.rows(
			`SELECT user_id, job_id, overall_match, analysis_notes, scored_by FROM job_match_analysis `+
				`ORDER BY user_id, job_id`,
		)...)
}

func TestFaultOnAnyCallConvergesToTheCleanRun(t *testing.T) {
	t.Parallel()
	want := []string{
		"1|example|1|Engineer 1|https://jobs.example.com/1|Text.|judge/1|NULL",
		"2|example|2|Engineer 2|https://jobs.example.com/2|NULL|NULL|NULL",
		"3|example|3|Engineer 3|https://jobs.example.com/3|NULL|NULL|NULL", "ada|1|MATCHED|NULL|free|0|",
		"ada|2|FAILED|NULL|free|2|the reply was cut again", "ada|3|AUTO_REJECTED|NULL|free|0|",
		"ada|1|85|Fits.|judge/1", "ada|3|15|Another trade.|judge/1",
	}
	for _, database := range catalogues {
		for _, f := range []fault{
			noFault, cutBefore, cutAfter, resetHalfway, oneByteSlices, stall,
			duplicate,
		} {
			for _, call := range []string{"sync", "claim", "enrich", "renew", "release"} {
				t.Run(fmt.Sprintf("%s/%s/%s", database.name, call, f), func(t *testing.T) {
					t.Parallel()
					now := newClock()
					c := database.open(t, now.Now)
					proxy := newFaultProxy(t, c.address, f, "/"+call)
					transport := &http.Transport{}
					t.Cleanup(transport.CloseIdleConnections)
					opts := &rest.ClientOptions{HTTP: &http.Client{Transport: transport}}
					if f == stall {
						opts.Timeout = 300 * time.Millisecond
					}
					s, err := rest.NewClient(proxy.url(), tokenOf("ada"), opts)
					require.NoError(t, err)
					work(t, s, now)
					require.Equal(t, want, c.outcome())
					require.Equal(t, 1, proxy.hits, "the fault happened")
				})
			}
		}
	}
}
