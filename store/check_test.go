package store_test

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
)

// refuses asks for ErrInvalid with the name of the field; a blank name asks for no error.
func refuses(t *testing.T, name, field string, err error) {
	t.Helper()
	if field == "" {
		require.NoError(t, err, name)
		return
	}
	var wrong *lead.FieldError
	require.ErrorIs(t, err, store.ErrInvalid, name)
	require.ErrorAs(t, err, &wrong, name)
	require.Equal(t, field, wrong.Field, name)
	require.Less(t, len(err.Error()), 300, "no value is in the error")
}

func TestUsersHaveANameThatCanBeStored(t *testing.T) {
	t.Parallel()
	for user, field := range map[string]string{
		"ada": "", "Ada Ünal <ada@acme.example>": "", strings.Repeat("a", store.MaxUserBytes): "",
		"": "user", " \t": "user", strings.Repeat("a", store.MaxUserBytes+1): "user", "a\x00": "user", "a\n": "user", "\xff": "user",
	} {
		refuses(t, user, field, store.CheckUser(user))
	}
}

func TestAClaimStaysWithinItsLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		n       int
		lease   time.Duration
		sources []string
		field   string
	}{
		"one job":          {1, time.Nanosecond, nil, ""},
		"the most":         {store.MaxClaim, store.MaxLease, []string{"linkedin", "naukri"}, ""},
		"none":             {0, time.Minute, nil, "n"},
		"too many":         {store.MaxClaim + 1, time.Minute, nil, "n"},
		"no lease":         {1, 0, nil, "lease"},
		"a negative lease": {1, -1, nil, "lease"},
		"an endless lease": {1, store.MaxLease + 1, nil, "lease"},
		"a bad source":     {1, time.Minute, []string{"linkedin", "Not A Source"}, "source"},
	} {
		refuses(t, name, c.field, store.CheckClaim(c.n, c.lease, c.sources))
	}
}

func TestOutcomesThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outcome store.Outcome
		field   string
	}{
		"due at once":        {store.Outcome{}, ""},
		"due later, counted": {store.Outcome{After: time.Hour, Counts: true, Cause: strings.Repeat("x", store.MaxCauseBytes)}, ""},
		"failed":             {store.Outcome{Status: lead.Failed, Counts: true}, ""},
		"closed":             {store.Outcome{Status: lead.Closed}, ""},
		"negative":           {store.Outcome{After: -1}, "after"},
		"never":              {store.Outcome{After: math.MaxInt64}, "after"},
		"final and later":    {store.Outcome{Status: lead.Closed, After: 1}, "after"},
		"a match":            {store.Outcome{Status: lead.Matched}, "status"},
		"a rejection":        {store.Outcome{Status: lead.AutoRejected}, "status"},
		"the application's":  {store.Outcome{Status: lead.Applied}, "status"},
		"a novel":            {store.Outcome{Cause: strings.Repeat("x", store.MaxCauseBytes+1)}, "cause"},
	} {
		refuses(t, name, c.field, c.outcome.Validate())
	}
	require.Equal(t, store.Outcome{After: 1, Cause: "a b"}, store.Outcome{After: 1, Cause: " a\n\x00b\xff"}.Clean())
}

func TestFiltersThatCannotBeAnsweredAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		filter store.Filter
		field  string
	}{
		"all":                {store.Filter{}, ""},
		"everything set":     {store.Filter{Statuses: []lead.Status{lead.Applied}, Text: "go", MinScore: 100, Limit: store.MaxPage, Cursor: "-1.7"}, ""},
		"a status in lower":  {store.Filter{Statuses: []lead.Status{"applied"}}, "statuses"},
		"statuses galore":    {store.Filter{Statuses: slices.Repeat([]lead.Status{lead.Saved}, 51)}, "statuses"},
		"a score of 101":     {store.Filter{MinScore: 101}, "min_score"},
		"a negative score":   {store.Filter{MinScore: -1}, "min_score"},
		"a page too large":   {store.Filter{Limit: store.MaxPage + 1}, "limit"},
		"a negative page":    {store.Filter{Limit: -1}, "limit"},
		"a long text":        {store.Filter{Text: strings.Repeat("x", 501)}, "text"},
		"a text with NUL":    {store.Filter{Text: "\x00"}, "text"},
		"bytes that are not": {store.Filter{Text: "\xff"}, "text"},
		"a made-up cursor":   {store.Filter{Cursor: "next"}, "cursor"},
	} {
		refuses(t, name, c.field, c.filter.Validate())
	}
	require.Equal(t, store.DefaultPage, store.Filter{}.PageLimit())
	require.Equal(t, 3, store.Filter{Limit: 3}.PageLimit())
}

func TestASelectionSelectsSomething(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		selection store.Selection
		field     string
	}{
		"ids":             {store.Selection{IDs: []int64{1}}, ""},
		"statuses":        {store.Selection{Statuses: []lead.Status{lead.AutoRejected}}, ""},
		"a scorer":        {store.Selection{ScoredBy: "lexical"}, ""},
		"nothing":         {store.Selection{}, "selection"},
		"too many ids":    {store.Selection{IDs: make([]int64, store.MaxBatch+1)}, "ids"},
		"a bad status":    {store.Selection{Statuses: []lead.Status{""}}, "statuses"},
		"a long scorer":   {store.Selection{ScoredBy: strings.Repeat("x", enrich.MaxByBytes+1)}, "scored_by"},
		"a scorer of NUL": {store.Selection{ScoredBy: "\x00"}, "scored_by"},
	} {
		refuses(t, name, c.field, c.selection.Validate())
	}
}

func TestOnlyTheApplicationsStatusesAreMarked(t *testing.T) {
	t.Parallel()
	for s, field := range map[lead.Status]string{
		lead.Applied: "", "PHONE_SCREEN": "", lead.Matched: "",
		lead.Discovered: "status", lead.AutoRejected: "status", lead.Failed: "status", lead.Closed: "status", "": "status", "x": "status",
	} {
		refuses(t, string(s), field, store.CheckMark(s))
	}
	for from, field := range map[lead.Status]string{
		lead.Applied: "", lead.Matched: "", lead.Discovered: "status", lead.AutoRejected: "status", lead.Closed: "status", lead.Failed: "status",
	} {
		refuses(t, string(from), field, store.CheckMarkFrom(from, lead.Matched))
		refuses(t, string(from), "", store.CheckMarkFrom(from, lead.Saved))
	}
}

func TestResultsAreRepairedAndRefused(t *testing.T) {
	t.Parallel()
	r, err := store.PrepareResult(enrich.Decision{Assessment: enrich.Assessment{Reasoning: " a\n"}, Status: lead.Matched, Data: &enrich.Data{Description: " b\x00 "}})
	require.NoError(t, err)
	require.Equal(t, "a", r.Assessment.Reasoning)
	require.Equal(t, "b", r.Data.Description)
	for field, r := range map[string]enrich.Decision{
		"match_score":     {Assessment: enrich.Assessment{Score: 101}, Status: lead.Matched},
		"enrichment_data": {Status: lead.AutoRejected, Data: &enrich.Data{Description: "b"}},
		"description":     {Status: lead.Matched, Data: &enrich.Data{Description: "\x00"}},
	} {
		_, err := store.PrepareResult(r)
		refuses(t, field, field, err)
	}
}
