package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// seedGroup stores one advert on three boards as matches, and returns the ids of the jobs.
func (s *site) seedGroup(user string) (ids []int64) {
	s.Helper()
	var text strings.Builder
	for i := range 60 {
		fmt.Fprintf(&text, "hiveword%d ", i)
	}
	for n, source := range []string{"boardone", "boardtwo", "boardthree"} {
		refs, err := s.forUser(user).Sync(s.Context(), []lead.Lead{{
			Source: source, ExternalID: "7", Title: "Keeper of bees", Company: "Kranich GmbH",
			Location: []string{"Köln", "Lyon", "Köln"}[n], URL: "https://" + source + ".example/7",
		}})
		require.NoError(s, err)
		ids = append(ids, refs[0].ID)
		require.NoError(s, s.forUser(user).Decide(s.Context(), store.Lease{ID: refs[0].ID}, enrich.Decision{
			Assessment: enrich.Assessment{Score: 80, By: "script"}, Status: lead.Matched,
			Data: &enrich.Data{Description: text.String()},
		}))
	}
	return ids
}

func TestOneAdvertIsOneCardThatIsMarkedReopenedAndTakenApart(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	ids := s.seedGroup("ada")
	b := s.surfer(adaToken)
	cards := func(view string) int {
		_, _, text := b.get("/?view=" + view)
		return strings.Count(text, "<article")
	}
	do := func(path string, form url.Values) {
		status, _, text := b.post(path, form)
		require.Equal(t, http.StatusSeeOther, status, text)
	}
	mark := func(id int64, from, to lead.Status, undo string) {
		do(fmt.Sprintf("/jobs/%d/mark", id), url.Values{
			"from": {string(from)}, "status": {string(to)}, "undo": {undo},
		})
	}
	_, _, text := b.get("/")
	require.Equal(t, 1, strings.Count(text, "<article"))
	require.Contains(t, text, "also on boardone, boardtwo, in Lyon")
	require.Contains(t, text, "The same advert elsewhere (2)")
	require.Contains(t, text, `href="https://boardtwo.example/7"`)

	mark(ids[2], lead.Matched, lead.Saved, "")
	_, _, text = b.get("/")
	require.Contains(t, text, "with the same advert elsewhere (2)")
	undo := fmt.Sprintf("%d:MATCHED,%d:MATCHED,%d:MATCHED", ids[2], ids[0], ids[1])
	require.Contains(t, text, `name="undo" value="`+undo+`"`)
	require.Zero(t, cards("matches"))
	require.Equal(t, 1, cards("saved"))
	mark(ids[2], lead.Saved, lead.Matched, undo)
	require.Equal(t, 1, cards("matches"))
	require.Zero(t, cards("saved"))

	do(fmt.Sprintf("/jobs/%d/separate", ids[1]), nil)
	_, _, text = b.get("/")
	require.Equal(t, 2, strings.Count(text, "<article"))
	require.Contains(t, text, `name="apart" value="false"`)
	do(fmt.Sprintf("/jobs/%d/separate", ids[1]), url.Values{"apart": {"false"}})
	require.Equal(t, 1, cards("matches"))

	do(fmt.Sprintf("/jobs/%d/reopen", ids[0]), nil)
	_, _, text = b.get("/")
	for _, id := range ids[1:] {
		require.Contains(t, text, fmt.Sprintf(`name="twin" value="%d"`, id))
	}
	do(fmt.Sprintf("/jobs/%d/restore", ids[0]), url.Values{
		"twin": {fmt.Sprint(ids[1]), fmt.Sprint(ids[2])},
	})
	require.Equal(t, 1, cards("matches"))

	looks := s.surfer(adaLooks)
	_, _, text = looks.get("/")
	require.NotContains(t, text, "This is another job")
	status, _, _ := looks.post(fmt.Sprintf("/jobs/%d/separate", ids[1]), nil)
	require.Equal(t, http.StatusForbidden, status)
}
