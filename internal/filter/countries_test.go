package filter_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"github.com/agent-forge/forge/internal/fold"
)

var update = flag.Bool("update", false, "write data/countries.txt anew")

// TestCountriesAreThoseOfTheCLDR compares the file with the data of golang.org/x/text. The package
// itself does not link that, because its tables for every language take three megabytes.
func TestCountriesAreThoseOfTheCLDR(t *testing.T) {
	t.Parallel()
	const file = "data/countries.txt"
	languages := strings.Fields(
		"en de fr es it pt nl pl sv da no fi cs hu ro tr ru uk el ja zh zh-Hant ko ar hi",
	)
	var namers []display.Namer
	for _, l := range languages {
		n := display.Regions(language.MustParse(l))
		require.NotNil(t, n, l)
		namers = append(namers, n)
	}
	names := func(r language.Region) string {
		var all []string
		for _, n := range namers {
			name := fold.Text(norm.NFKC.String(n.Name(r)))
			if name = strings.TrimSpace(strings.NewReplacer(".", "", "|", " ").Replace(name)); name != "" &&
				!slices.Contains(all, name) {
				all = append(all, name)
			}
		}
		return strings.Join(all, "|")
	}
	var countries []language.Region
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string(a) + string(b))
			if err == nil && r.IsCountry() && r.Canonicalize() == r && r.String() == string(a)+string(b) &&
				r.ISO3() != "ZZZ" {
				countries = append(countries, r)
			}
		}
	}
	var want strings.Builder
	for _, r := range countries {
		fmt.Fprintf(&want, "%s\t%s\t%s\n", r, r.ISO3(), names(r))
	}
	for _, code := range strings.Fields("002 005 009 013 019 021 029 142 145 150 419 EU") {
		group := language.MustParseRegion(code)
		var members []string
		for _, r := range countries {
			if group.Contains(r) {
				members = append(members, r.String())
			}
		}
		fmt.Fprintf(&want, "%s\t%s\t%s\n", code, strings.Join(members, ","), names(group))
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want.String()), 0o644))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, want.String(), string(got))
}
