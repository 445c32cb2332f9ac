package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/gate"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	return string(text)
}

// Each number and promise of the README, and the test that holds it.
func TestClaimsOfTheREADMEHaveATest(t *testing.T) {
	t.Parallel()
	readme := strings.Join(strings.Fields(read(t, "README.md")), " ")
	for _, c := range []struct{ claim, file, test string }{
		{"in batches of 25", "config_test.go", "default of 25"},
		{"Below the gate (" + strconv.Itoa(gate.Default) + ")", "gate/gate_test.go", "func Test"},
		{"one user's rejection never erases", "store/storetest/text.go", "match, then reject: the text"},
		{
			"Rejected jobs are remembered and not read again", "store/storetest/expiry.go",
			"a rejection is never due again by being listed",
		},
		{"a model that is down", "failure_test.go", "func Test"},
		{"kill any of them at any time", "internal/chaostest/chaos_test.go", "func Test"},
		{"twelve applicant-tracking systems", "scraper/ats/suite_test.go", "TestEveryProviderKeeps"},
		{
			"jobs that a company no longer lists are closed", "store/storetest/unlisted.go",
			"two lists an hour apart close what both lack",
		},
		{"80 kinds of spoiled replies", "scorer/llm/matrix_test.go", "require.Len(t, habits(), 80)"},
		{"19 trades against one another", "scorer/lexical/property_test.go", "TestStrangersScoreBelow30"},
		{"PDFs of 20 programs", "scorer/resume/producers_test.go", "TestPDFProducersKeepTheirWords"},
		{"against one another at random", "internal/modeltest/model_test.go", "func Test"},
		{"a network that fails in every way", "store/rest/fault_test.go", "func Test"},
		{"its OpenAPI file", "store/rest/openapi_test.go", "func Test"},
		{"434 pairs in ten languages", "docs/commands_test.go", "434 pairs of 62 résumés, 94 worth keeping"},
		{"one request every two seconds and host", "scraper/polite/client_test.go", "NilOptionsIsTheDefault"},
		{"A board and a scorer fit in a hundred lines", "docs/adapters_test.go", "TestAdaptersOfTheExample"},
		{"through PgBouncer in transaction mode", "store/postgres/pgbouncer_test.go", "func Test"},
		{"nothing here has run it", "examples/internal/server/compose_test.go", "func Test"},
	} {
		require.Contains(t, readme, c.claim)
		require.Contains(t, read(t, c.file), c.test, c.claim)
	}
	files, err := filepath.Glob(root + "/scorer/lexical/testdata/*/posting.txt")
	require.NoError(t, err)
	require.Len(t, files, 19, "trades")
	files, err = filepath.Glob(root + "/scorer/resume/testdata/producers/*.pdf")
	require.NoError(t, err)
	programs := map[string]bool{}
	for _, f := range files {
		programs[regexp.MustCompile(`^[^-_.]+`).FindString(filepath.Base(f))] = true
	}
	require.Len(t, programs, 20, "programs that made the PDFs")
}

// One number for each version that is needed, wherever it stands.
func TestClaimsNameOneVersionOfPostgreSQLAndOfGo(t *testing.T) {
	t.Parallel()
	versions := []struct {
		pattern *regexp.Regexp
		want    string
		seen    int
	}{
		{pattern: regexp.MustCompile(`PostgreSQL\**:? (\d+) or later`), want: "14"},
		{pattern: regexp.MustCompile(`\bGo (\d+\.\d+) or later`), want: "1.26"},
	}
	require.Contains(t, read(t, "go.mod"), "\ngo 1.26", "go.mod")
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && (name == "node_modules" || strings.HasPrefix(name, ".") && path != root):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".md") && !strings.HasSuffix(name, ".go") ||
			strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i := range versions {
			for _, m := range versions[i].pattern.FindAllStringSubmatch(string(text), -1) {
				versions[i].seen++
				require.Equal(t, versions[i].want, m[1], "%s: %s", path, m[0])
			}
		}
		return nil
	}))
	require.GreaterOrEqual(t, versions[0].seen, 4)
	require.GreaterOrEqual(t, versions[1].seen, 1)
}
