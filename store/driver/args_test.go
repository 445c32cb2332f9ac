package driver_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// refuses asks for store.ErrInvalid with the name of the field. If field is empty, it asks for no
// error.
func refuses(t *testing.T, field string, err error) {
	t.Helper()
	if field == "" {
		require.NoError(t, err)
		return
	}
	var wrong *lead.FieldError
	require.ErrorIs(t, err, store.ErrInvalid)
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, field, wrong.Field)
	require.Less(t, len(err.Error()), 300, "no value is in the error")
}

func TestCheckClaimKeepsToTheLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		n       int
		lease   time.Duration
		sources []string
		field   string
	}{
		{"one job", 1, time.Nanosecond, nil, ""},
		{"the most", store.MaxClaim, store.MaxLease, []string{"linkedin", "naukri"}, ""},
		{"none", 0, time.Minute, nil, "n"},
		{"too many", store.MaxClaim + 1, time.Minute, nil, "n"},
		{"no lease", 1, 0, nil, "lease"},
		{"a negative lease", 1, -1, nil, "lease"},
		{"a lease that is too long", 1, store.MaxLease + 1, nil, "lease"},
		{"a bad source", 1, time.Minute, []string{"linkedin", "Not A Source"}, "source"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			refuses(t, c.field, driver.CheckClaim(c.n, c.lease, c.sources))
		})
	}
}

func TestPrepareOutcomeRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		outcome store.Outcome
		field   string
	}{
		{"due at once", store.Outcome{}, ""},
		{
			"due later, counted",
			store.Outcome{
				After: store.MaxAfter, Counts: true,
				Cause: strings.Repeat("x", store.MaxCauseBytes),
			},
			"",
		},
		{"failed", store.Outcome{Status: lead.Failed, Counts: true}, ""},
		{"closed", store.Outcome{Status: lead.Closed}, ""},
		{"negative", store.Outcome{After: -1}, "after"},
		{"too late", store.Outcome{After: store.MaxAfter + 1}, "after"},
		{"never", store.Outcome{After: math.MaxInt64}, "after"},
		{"final and later", store.Outcome{Status: lead.Closed, After: 1}, "after"},
		{"a match", store.Outcome{Status: lead.Matched}, "status"},
		{"a rejection", store.Outcome{Status: lead.AutoRejected}, "status"},
		{"the application's", store.Outcome{Status: lead.Applied}, "status"},
		{"a long cause", store.Outcome{Cause: strings.Repeat("x", store.MaxCauseBytes+1)}, "cause"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := driver.PrepareOutcome(c.outcome)
			refuses(t, c.field, err)
		})
	}
}

func TestPrepareOutcomeRepairsTheCause(t *testing.T) {
	t.Parallel()
	o, err := driver.PrepareOutcome(store.Outcome{After: 1, Cause: " a\n\x00b\xff"})
	require.NoError(t, err)
	require.Equal(t, store.Outcome{After: 1, Cause: "a b"}, o)
}

func TestCheckSelectionWantsSomethingToSelect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		selection store.Selection
		field     string
	}{
		{"ids", store.Selection{IDs: []int64{1}}, ""},
		{"statuses", store.Selection{Statuses: []lead.Status{lead.AutoRejected}}, ""},
		{"a scorer", store.Selection{ScoredBy: "lexical"}, ""},
		{"nothing", store.Selection{}, "selection"},
		{"too many ids", store.Selection{IDs: make([]int64, store.MaxBatch+1)}, "ids"},
		{"a bad status", store.Selection{Statuses: []lead.Status{""}}, "statuses"},
		{
			"many statuses",
			store.Selection{Statuses: slices.Repeat([]lead.Status{lead.Saved}, 51)},
			"statuses",
		},
		{"a long scorer", store.Selection{ScoredBy: strings.Repeat("x", enrich.MaxByBytes+1)}, "scored_by"},
		{"a scorer with NUL", store.Selection{ScoredBy: "\x00"}, "scored_by"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			refuses(t, c.field, driver.CheckSelection(c.selection))
		})
	}
}

func TestCheckMarkTakesTheApplicationsStatusesAndMatched(t *testing.T) {
	t.Parallel()
	for _, s := range []lead.Status{lead.Applied, "PHONE_SCREEN", lead.Matched} {
		refuses(t, "", driver.CheckMark(s))
	}
	for _, s := range []lead.Status{lead.Discovered, lead.AutoRejected, lead.Failed, lead.Closed, "", "x"} {
		refuses(t, "status", driver.CheckMark(s))
	}
}

func TestPrepareDecisionRepairsAndRefuses(t *testing.T) {
	t.Parallel()
	d, err := driver.PrepareDecision(enrich.Decision{
		Assessment: enrich.Assessment{Score: 80, Reasoning: "a\x00\nb"}, Status: lead.Matched,
		Data: &enrich.Data{Description: " b\x00 "},
	})
	require.NoError(t, err)
	require.Equal(t, "a b", d.Assessment.Reasoning)
	require.Equal(t, "b", d.Data.Description)
	for _, c := range []struct {
		field    string
		decision enrich.Decision
	}{
		{"match_score", enrich.Decision{Assessment: enrich.Assessment{Score: 101}, Status: lead.Matched}},
		{"enrichment_data", enrich.Decision{Status: lead.AutoRejected, Data: &enrich.Data{Description: "b"}}},
		{"description", enrich.Decision{Status: lead.Matched, Data: &enrich.Data{Description: "\x00"}}},
	} {
		t.Run(c.field, func(t *testing.T) {
			t.Parallel()
			_, err := driver.PrepareDecision(c.decision)
			refuses(t, c.field, err)
		})
	}
}
