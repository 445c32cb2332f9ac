package lexical_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
)

// samplePair is a labelled pair of the sample that comes with examples/evaluate.
type samplePair struct {
	name     string
	resume   string
	posting  enrich.Posting
	language string
	good     bool
}

const sampleDir = "../../examples/evaluate/sample"

// sample reads the labelled pairs. A posting's first lines are its title, its company and its
// place.
func sample(tb testing.TB) []samplePair {
	tb.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(sampleDir, strings.TrimPrefix(name, "@")))
		require.NoError(tb, err)
		return string(text)
	}
	var pairs []samplePair
	for line := range strings.Lines(read("pairs.jsonl")) {
		var raw struct {
			Resume, Posting, Language string
			Label                     int
		}
		require.NoError(tb, json.Unmarshal([]byte(line), &raw))
		pairs = append(pairs, samplePair{
			name: raw.Resume + " " + raw.Posting, resume: read(raw.Resume),
			posting: samplePosting(read(raw.Posting)), language: raw.Language, good: raw.Label >= 2,
		})
	}
	require.NotEmpty(tb, pairs)
	return pairs
}

func samplePosting(text string) enrich.Posting {
	head := strings.SplitN(text, "\n", 4)
	var p enrich.Posting
	p.Lead.Title, p.Lead.Company, p.Lead.Location = head[0], head[1], head[2]
	p.Data.Description = strings.TrimSpace(head[3])
	p.Data.Requirements = advert.RequirementsOf(p.Data.Description)
	return p
}
