package server

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A card says why its job is not decided, how often it was tried, and when it is tried next.
func TestCardsSayWhyJobsWaitAndWhenTheyAreTriedNext(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	require.NoError(t, s.odd("ada"))
	b := s.surfer(adaToken)
	for _, c := range []struct {
		name, path string
		says       []string
	}{
		{"waiting", "/?view=waiting&q=odd", []string{
			"read: the page has no text", "1 failed",
			`<time datetime="2026-11-24T15:30:00Z">in 6 hours</time>`,
		}},
		{"never tried", "/?view=waiting&q=company", []string{"when your agent runs next"}},
		{"failed", "/?view=failed", []string{"score: the reply is not JSON", "not before you reopen it"}},
		{"not verified", "/?q=thimble", []string{"Not verified", "found too little to back its score"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, text := b.get(c.path)
			for _, says := range c.says {
				require.Contains(t, text, says)
			}
		})
	}
	_, _, text := b.get("/?view=applied")
	require.NotContains(t, text, `class="wait"`, "what is decided waits for nothing")
	require.Equal(t, 2, s.stats("ada").ByStatus[lead.Discovered]-5)
}

// odd adds jobs that failed, that are tried again, and of which a score is not backed.
func (s *site) odd(user string) error {
	mine, ctx := s.forUser(user), s.Context()
	var leads []lead.Lead
	for i, title := range []string{"Lighthouse Keeper", "Bell Founder", "Cheese Taster"} {
		leads = append(leads, lead.Lead{
			Source: "linkedin", ExternalID: fmt.Sprint(9000 + i), Title: title, Company: "Odd Trades",
			Location: "Turku, Finland", URL: fmt.Sprintf("https://www.linkedin.com/jobs/view/%d", 9000+i),
		})
	}
	if _, err := mine.Sync(ctx, leads); err != nil {
		return err
	}
	jobs, err := mine.Claim(ctx, 100, time.Minute, "linkedin")
	if err != nil {
		return err
	}
	for _, j := range jobs {
		o := store.Outcome{After: 6 * time.Hour, Counts: true, Cause: "read: the page has no text"}
		if j.Lead.Title == "Bell Founder" {
			o = store.Outcome{Status: lead.Failed, Counts: true, Cause: "score: the reply is not JSON"}
		}
		if err := mine.Release(ctx, j.Lease, o); err != nil {
			return err
		}
	}
	refs, err := mine.Sync(ctx, []lead.Lead{{
		Source: "linkedin", ExternalID: "9100", Title: "Thimble Designer", Company: "Odd Trades",
		URL: "https://www.linkedin.com/jobs/view/9100",
	}})
	if err != nil {
		return err
	}
	return mine.Decide(ctx, store.Lease{ID: refs[0].ID}, enrich.Decision{
		Assessment: enrich.Assessment{Score: 12, Unverified: true, By: "lexical/4"}, Status: lead.Matched,
		Data: &enrich.Data{Description: "Description:\nThimbles for left hands."},
	})
}
