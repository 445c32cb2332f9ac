package fold_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/fold"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain text, 1-2", "plain text, 1-2"},
		{"UPPER", "upper"},
		{"tab\there", "tab here"},
		{"1\u00a0500\u202f€", "1 500 €"},
		{"10–20 — 30 − 40 〜 50", "10-20 - 30 - 40 - 50"},
		{"85’000", "85'000"},
		{"٤ أسبوع", "4 أسبوع"},
		{"１２３", "123"},
		{"𝟗𝟬", "90"},
		{"Août, Größe, złoty, Kč", "aout, grosse, zloty, kc"},
		{"Aou\u0302t", "aout"},
		{"мая, май", "мая, маи"},
		{"Ευβοϊκός κόλπος", "ευβοικος κολπος"},
		{"ガス, か\u3099す, 한국어", "ガス, がす, 한국어"},
		{"ｶﾞｽ ＧＯ", "ガス go"},
		{"2² №1", "2² №1"}, // a sign is not the digit that it resembles
		{"zero\u200bwidth, soft\u00adhyphen", "zerowidth, softhyphen"},
		{"İSTANBUL", "istanbul"},
		{"a\xffb", "a\ufffdb"},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, fold.Text(c.in))
			require.Equal(t, c.want, fold.Text(c.want), "a folded text stays as it is")
		})
	}
}

func TestLetter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		letter rune
		want   string
	}{
		{'a', "a"},
		{'Ä', "a"},
		{'ß', "ss"},
		{'Œ', "oe"},
		{'İ', "i"},
		{'ễ', "e"},
		{'ώ', "ω"},
		{'й', "и"},
		{'ﬁ', "fi"},
		{'क', "क"},
		{'\u0301', ""},       // an accent
		{'\u093f', "\u093f"}, // a vowel
		{-1, "\ufffd"},
	} {
		t.Run(string(c.letter), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, fold.Letter(c.letter))
		})
	}
}
