package lead_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/lead"
)

func TestParseKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    string
		want lead.Key
	}{
		{"linkedin:123", lead.Key{Source: "linkedin", ExternalID: "123"}},
		{"my-board:a:b:", lead.Key{Source: "my-board", ExternalID: "a:b:"}},
		{"0:é x", lead.Key{Source: "0", ExternalID: "é x"}},
	} {
		t.Run(c.s, func(t *testing.T) {
			t.Parallel()
			k, err := lead.ParseKey(c.s)
			require.NoError(t, err)
			require.Equal(t, c.want, k)
			require.Equal(t, c.s, k.String())
		})
	}
}

func TestParseKeyNamesTheWrongField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ s, field string }{
		{"", "key"},
		{"linkedin", "key"},
		{":1", "source"},
		{"LinkedIn:1", "source"},
		{" a:1", "source"},
		{"a:", "external_id"},
		{"a: 1", "external_id"},
		{"a:1\n", "external_id"},
		{"a:\xff", "external_id"},
		{"a:" + strings.Repeat("1", 256), "external_id"},
	} {
		t.Run(c.s, func(t *testing.T) {
			t.Parallel()
			_, err := lead.ParseKey(c.s)
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.field, wrong.Field)
		})
	}
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{"", "linkedin:123", "a:b:c", ":", "a:", "A:1", "a:\x00", "a: b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := lead.ParseKey(s)
		if err != nil {
			require.Equal(t, lead.Key{}, k)
			return
		}
		require.NoError(t, k.Validate())
		require.Equal(t, s, k.String())
	})
}

func TestEveryValidLeadHasAKeyThatIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := valid()
		l.Source = rapid.StringMatching(`[a-zA-Z0-9._:-]{0,70}`).Draw(t, "source")
		l.ExternalID = rapid.String().Draw(t, "id")
		if l.Validate() != nil {
			require.Error(t, l.Key().Validate())
			return
		}
		k, err := lead.ParseKey(l.Key().String())
		require.NoError(t, err)
		require.Equal(t, l.Key(), k)
	})
}

func TestKeysAreOrderedBySourceThenID(t *testing.T) {
	t.Parallel()
	keys := []lead.Key{{"b", "1"}, {"a", "2"}, {"a", "10"}, {"a.", "0"}, {"a", "10"}}
	slices.SortFunc(keys, lead.Key.Compare)
	require.Equal(t, []lead.Key{{"a", "10"}, {"a", "10"}, {"a", "2"}, {"a.", "0"}, {"b", "1"}}, keys)
}
