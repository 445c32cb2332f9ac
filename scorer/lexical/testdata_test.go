package lexical_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// A trade is an invented résumé with an invented posting that it fits.
type trade struct {
	name    string
	resume  string
	posting enrich.Posting
}

// trades reads testdata: a folder for each trade. A posting begins with its title, its company and
// its place.
func trades(tb testing.TB) []trade {
	tb.Helper()
	folders, err := filepath.Glob("testdata/*/posting.txt")
	require.NoError(tb, err)
	require.NotEmpty(tb, folders)
	var list []trade
	for _, file := range folders {
		dir := filepath.Dir(file)
		resume, err := os.ReadFile(filepath.Join(dir, "resume.txt"))
		require.NoError(tb, err)
		text, err := os.ReadFile(file)
		require.NoError(tb, err)
		head := strings.SplitN(string(text), "\n", 4)
		name := filepath.Base(dir)
		list = append(list, trade{name: name, resume: string(resume), posting: enrich.Posting{
			Lead: lead.Lead{
				Source: "example", ExternalID: name, Title: head[0], Company: head[1], Location: head[2],
				URL: "https://jobs.example.com/" + name,
			},
			Data: enrich.Data{Description: head[3], Requirements: advert.RequirementsOf(head[3])},
		}})
	}
	return list
}
