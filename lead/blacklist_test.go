package lead_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
)

func TestABlacklistDropsByTitleAndCompany(t *testing.T) {
	t.Parallel()
	b, err := lead.NewBlacklist(`\b(senior|lead)\b`, `^Evil (Corp|Inc)\.?$`, `(?-i)\bIT\b`, `пекарь`)
	require.NoError(t, err)
	for _, c := range []struct{ title, company, pattern string }{
		{"SENIOR Baker", "Acme", `\b(senior|lead)\b`},
		{"Baker", "Leadership", ""},
		{"Baker", "evil corp.", `^Evil (Corp|Inc)\.?$`},
		{"Baker", "Evil Corp Bakery", ""},
		{"Senior Baker", "Evil Inc", `\b(senior|lead)\b`},
		{"Head of IT", "", `(?-i)\bIT\b`},
		{"Bake it", "", ""},
		{"Главный Пекарь", "", `пекарь`},
		{"", "", ""},
	} {
		pattern, ok := b.Match(
			lead.Lead{Title: c.title, Company: c.company, Location: "senior", URL: "https://lead.example"},
		)
		require.Equal(t, c.pattern, pattern, c.title)
		require.Equal(t, c.pattern != "", ok)
	}
}

func TestNoPatternDropsNothing(t *testing.T) {
	t.Parallel()
	none, err := lead.NewBlacklist()
	require.NoError(t, err)
	for _, b := range []*lead.Blacklist{nil, none, {}} {
		_, ok := b.Match(valid())
		require.False(t, ok)
	}
}

func TestABadPatternIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pattern, problem string }{
		{"a(", "missing closing )"},
		{"a)(b", "unexpected )"},
		{"(?=x)", "invalid"},
		{"", "blank"},
		{" ", "blank"},
		{"x*", "empty text"},
		{"a|", "empty text"},
		{"[z-a]", "invalid character class range"},
		{`\xff` + "\xff", "UTF-8"},
	} {
		t.Run(c.pattern, func(t *testing.T) {
			t.Parallel()
			b, err := lead.NewBlacklist("fine", c.pattern)
			require.Nil(t, b)
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			require.ErrorContains(t, err, c.problem)
			require.Contains(t, wrong.Field, "pattern 2")
		})
	}
}

func FuzzBlacklist(f *testing.F) {
	for _, p := range []string{
		"senior", "a(", "(?i)x", "(?-i)X", "^$", "a|b", `\bx\b`, "(?P<n>x)", "x*", "[[:alpha:]]",
	} {
		f.Add(p, "Senior X")
	}
	f.Fuzz(func(t *testing.T, pattern, title string) {
		b, err := lead.NewBlacklist(pattern)
		if err != nil {
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			return
		}
		got, ok := b.Match(lead.Lead{Title: title})
		if ok {
			require.Equal(t, pattern, got)
		}
		if regexp.QuoteMeta(pattern) == pattern && strings.Contains(title, pattern) {
			require.True(t, ok, "plain text is found in whatever case")
		}
		_, ok = b.Match(lead.Lead{})
		require.False(t, ok, "no pattern drops a lead without words")
	})
}
