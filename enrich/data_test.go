package enrich_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

func TestDataCleanRepairsText(t *testing.T) {
	t.Parallel()
	yes := true
	d := enrich.Data{
		Description:  " \r\nOne\x00.\r\n\tTwo\xff.\rThree.\x1b[0m \n",
		Requirements: "\u00a0\n",
		IsEasyApply:  &yes,
		Attributes:   map[string]string{"salary": " 10 \x00", "blank": " ", "": "x", "pay\x00": "20"},
	}
	clean := d.Clean()
	require.Equal(t, "One.\n\tTwo.\nThree.[0m", clean.Description)
	require.Empty(t, clean.Requirements)
	require.Equal(t, map[string]string{"salary": "10", "pay": "20"}, clean.Attributes)

	yes = false
	require.True(t, *clean.IsEasyApply, "nothing is shared with what was cleaned")
	require.Contains(t, d.Attributes, "blank", "what was cleaned is not changed")
	require.Nil(t, enrich.Data{Attributes: map[string]string{"": ""}}.Clean().Attributes)
}

func TestDataValidateNamesTheField(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range enrich.MaxAttributes + 1 {
		many[strings.Repeat("k", i+1)] = "v"
	}
	longText := strings.Repeat("x", enrich.MaxTextBytes+1)
	long := strings.Repeat("x", enrich.MaxAttributeBytes+1)
	with := func(attributes map[string]string) enrich.Data {
		return enrich.Data{Description: "a", Attributes: attributes}
	}
	for _, c := range []struct {
		name  string
		data  enrich.Data
		field string
	}{
		{"nothing", enrich.Data{}, "description"},
		{"blank", enrich.Data{Description: " \n\t"}, "description"},
		{"long description", enrich.Data{Description: longText}, "description"},
		{"long requirements", enrich.Data{Description: "x", Requirements: longText}, "requirements"},
		{"NUL", enrich.Data{Description: "a\x00"}, "description"},
		{"not UTF-8", enrich.Data{Description: "a", Requirements: "\xff"}, "requirements"},
		{"too many attributes", with(many), "attributes"},
		{"long attribute", with(map[string]string{"k": long}), "attributes"},
		{"long attribute's key", with(map[string]string{long: "v"}), "attributes"},
		{"NUL in an attribute", with(map[string]string{"k": "\x00"}), "attributes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var wrong *lead.FieldError
			require.ErrorAs(t, c.data.Validate(), &wrong)
			require.Equal(t, c.field, wrong.Field)
			require.Less(t, len(wrong.Error()), 200, "the text is not in the error")
		})
	}
	longest := with(map[string]string{"salary": "10"})
	longest.Description = longText[1:]
	require.NoError(t, longest.Validate())
}

func TestATeaserIsWhatTheBoardMarks(t *testing.T) {
	t.Parallel()
	require.False(t, enrich.Data{Description: "See our website."}.IsTeaser())
	require.True(t, enrich.Data{Attributes: map[string]string{enrich.AttrTeaser: "yes"}}.IsTeaser())
}

func drawData(t *rapid.T) enrich.Data {
	raw := rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })
	text := rapid.OneOf(rapid.String(), raw)
	d := enrich.Data{
		Description: text.Draw(t, "description"), Requirements: text.Draw(t, "requirements"),
		Attributes: rapid.MapOfN(text, text, 0, 5).Draw(t, "attributes"),
	}
	if rapid.Bool().Draw(t, "says") {
		easy := rapid.Bool().Draw(t, "easy")
		d.IsEasyApply = &easy
	}
	return d
}

func TestDataCleanTwiceIsCleanOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := drawData(t)
		attributes := maps.Clone(before.Attributes)
		once := before.Clean()
		require.Equal(t, once, once.Clean())
		require.Equal(t, attributes, before.Attributes)
		if once.Description != "" {
			require.NoError(t, once.Validate(), "short text that was cleaned is valid")
		}

		b, err := json.Marshal(once)
		require.NoError(t, err)
		var back enrich.Data
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, once, back)
	})
}

func FuzzDataClean(f *testing.F) {
	f.Add("One\r\nTwo\x00", "salary", " 10 ")
	f.Add("\u00a0\xff", "", "x")
	f.Fuzz(func(t *testing.T, text, key, value string) {
		attributes := map[string]string{key: value}
		once := enrich.Data{Description: text, Requirements: value, Attributes: attributes}.Clean()
		require.Equal(t, once, once.Clean())
		require.LessOrEqual(t, once.TextBytes(), len(text)+len(value))
	})
}
