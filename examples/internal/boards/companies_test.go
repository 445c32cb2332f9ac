package boards_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/boards"
)

func companies(t *testing.T, lines string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "companies.txt")
	require.NoError(t, os.WriteFile(path, []byte(lines), 0o600))
	return path
}

func sources(t *testing.T, o boards.Options) (names []string) {
	t.Helper()
	require.NoError(t, o.Check())
	b, err := boards.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	for _, s := range b.Scrapers {
		names = append(names, s.Source())
	}
	return names
}

func TestNamedCompaniesAreTheOnlyBoardsUnlessOthersAreNamedToo(t *testing.T) {
	t.Parallel()
	file := companies(t, "# mine\n\nhttps://acme.recruitee.com/\r\njobs.lever.co/acme\n")
	o := boards.Options{
		Live: true, Companies: []string{"https://jobs.lever.co/borealis"},
		CompaniesFile: file,
	}
	require.Equal(t, []string{"lever", "recruitee"}, sources(t, o))
	o.Names = "linkedin"
	require.Equal(t, []string{"linkedin", "lever", "recruitee"}, sources(t, o))
}

func TestNamedSitesAreTheOnlyBoardToo(t *testing.T) {
	t.Parallel()
	o := boards.Options{Live: true, Sites: []string{"https://acme.example/careers", "https://b.example/x/"}}
	require.Equal(t, []string{"jsonld"}, sources(t, o))
	o.Companies = []string{"https://jobs.lever.co/borealis"}
	require.Equal(t, []string{"lever", "jsonld"}, sources(t, o))
}

func TestTheDemoHasCompaniesToo(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"linkedin", "naukri", "greenhouse", "lever"}, sources(t, boards.Options{}))
	require.Equal(t, []string{"naukri"}, sources(t, boards.Options{Names: "naukri"}))
}

func TestCompaniesThatCannotBeSearchedAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		o    boards.Options
		says string
	}{
		{"demo", boards.Options{Companies: []string{"jobs.lever.co/acme"}}, "-company: needs -live"},
		{"demo, file", boards.Options{CompaniesFile: "x"}, "-companies: needs -live"},
		{
			"own site",
			boards.Options{Live: true, Companies: []string{"https://acme.example/careers"}},
			"-company: ",
		},
		{
			"line",
			boards.Options{Live: true, CompaniesFile: companies(t, "jobs.lever.co/acme\n\nacme.example\n")},
			"-companies: line 3: ",
		},
		{
			"empty",
			boards.Options{Live: true, CompaniesFile: companies(t, "# none\n")},
			"-companies: the file names no",
		},
		{"no file", boards.Options{Live: true, CompaniesFile: t.TempDir() + "/none"}, "-companies: "},
		{"site, demo", boards.Options{Sites: []string{"https://acme.example/careers"}}, "-site: needs -live"},
		{"site", boards.Options{Live: true, Sites: []string{"careers"}}, "-site: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, c.o.Check(), c.says)
		})
	}
}
