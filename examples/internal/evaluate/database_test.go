package evaluate

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

// What a user marked is measured where the texts are there, and nothing else.
func TestLabelsOfADatabaseAreMeasured(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "jobs.db")
	db, err := sqlite.Open(t.Context(), file, nil)
	require.NoError(t, err)
	require.NoError(t, db.Migrate(t.Context()))
	s := db.ForUser("me")
	all, err := readPairs("")
	require.NoError(t, err)
	resume := all[0].Resume
	n := 0
	for i, p := range all {
		if p.Resume != resume {
			continue
		}
		p.Posting.Lead.Source, p.Posting.Lead.ExternalID = "example", fmt.Sprint(i)
		p.Posting.Lead.URL = "https://jobs.example.com/1"
		refs, err := s.Sync(t.Context(), []lead.Lead{p.Posting.Lead.Clean()})
		require.NoError(t, err)
		d := enrich.Decision{
			Assessment: enrich.Assessment{Score: 50, By: "test/1"}, Status: lead.Matched,
			Data: &p.Posting.Data,
		}
		status := lead.Dismissed
		switch {
		case p.Label >= 2:
			status = lead.Applied
		case n%4 == 3: // rejected, and the text is not there
			d = enrich.Decision{
				Assessment: enrich.Assessment{Score: 5, By: "test/1"},
				Status:     lead.AutoRejected,
			}
			status = ""
		}
		require.NoError(t, s.Decide(t.Context(), store.Lease{ID: refs[0].ID}, d))
		if status != "" {
			require.NoError(t, s.Mark(t.Context(), refs[0].ID, status))
		}
		n++
	}
	stats, err := s.Stats(t.Context())
	require.NoError(t, err)
	require.NoError(t, db.Close())

	var out, problems strings.Builder
	args := []string{
		"-from-db", file, "-resume", "../../evaluate/sample/resumes/nurse-icu.txt", "-scorer",
		"lexical",
		"-checks", "0", "-resamples", "100", "-plot", dir,
	}
	require.NoError(t, Run(t.Context(), args, &out, &problems))
	require.Contains(t, out.String(), fmt.Sprint(stats.ByStatus[lead.Applied]+stats.ByStatus[lead.Dismissed]))
	for _, c := range []struct{ args, says string }{
		{"-from-db " + file, "-resume is missing"},
		{"-from-db " + filepath.Join(dir, "none.db") + " -resume " + args[3], "none.db"},
		{"-from-db x -pairs y", "-from-db"},
		{"-from-db " + file + " -user bob -resume " + args[3], `"bob" marked no job`},
	} {
		require.ErrorContains(t, Run(t.Context(), strings.Fields(c.args), &out, &problems), c.says)
	}
	require.NoFileExists(t, filepath.Join(dir, "none.db"))
}
