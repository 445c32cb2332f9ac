package twin_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich/twin"
	"github.com/agent-forge/forge/lead"
)

func TestFirmLeavesOutWhatIsNotTheName(t *testing.T) {
	t.Parallel()
	for _, group := range [][]string{
		{
			"Kranich", "KRANICH GmbH", "Kranich Deutschland GmbH & Co. KG", "Kranich, Inc.",
			"The Kranich Group",
			"Kranich S.A.", "Kranich Pvt. Ltd.", "Kranich (formerly Storch)", "kranich  b.v.", "株式会社Kranich",
		},
		{"Müller Holz", "Mueller-Holz AG", "MÜLLERHOLZ", "Muller Holz e.V."},
		{"青空", "株式会社青空", "青空 (株)"},
	} {
		for _, name := range group[1:] {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				require.Equal(t, twin.Firm(group[0]), twin.Firm(name))
			})
		}
	}
	for _, c := range [][2]string{
		{"Kranich", "Storch"}, {"Global Group", "Group"}, {"Blue Kranich", "Kranich"}, {"SAP", "SAS"}, {
			"",
			"Kranich",
		},
	} {
		t.Run(c[0]+" and "+c[1], func(t *testing.T) {
			t.Parallel()
			require.NotEqual(t, twin.Firm(c[0]), twin.Firm(c[1]))
		})
	}
}

func TestKeyTellsLevelAndTeamButNotPlaceOrSpelling(t *testing.T) {
	t.Parallel()
	of := func(title string) twin.Key {
		return twin.KeyOf(lead.Lead{Title: title, Company: "Kranich GmbH", Location: "Köln, Germany"})
	}
	want := of("Senior Go Developer, Payments")
	for _, title := range []string{
		"Sr. Go Developer - Payments", "Senior Go Developer (m/w/d), Payments",
		"Senior Go Developer, Payments (Remote)",
		"Senior Go Developer, Payments - Köln", "SENIOR GO DEVELOPER | PAYMENTS | KRANICH",
		"Payments – Senior Go Developer",
		"Senior Go Developer, Payments (R-204417)", "Senior Go Developer, Payments in Köln",
		"Senior Go Developer [Payments], all genders",
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, of(title))
		})
	}
	for _, title := range []string{
		"Go Developer, Payments", "Junior Go Developer, Payments", "Senior Go Developer, Search",
		"Senior Go Developer",
		"Senior Rust Developer, Payments", "Senior Go Developer II, Payments",
		"Senior Go Developer, Payments, EMEA",
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			require.NotEqual(t, want, of(title))
		})
	}
	require.NotEqual(t, of("Remote (m/f/d)"), of("Köln"), "a title of such words alone keeps them")
}

func TestTextsThatSayTooLittleAreComparedWithNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "Apply now.", strings.Repeat("We are hiring a baker. ", 50)} {
		f := twin.FingerprintOf(text)
		require.Zero(t, f)
		require.False(t, twin.Alike(f, f))
		require.False(t, twin.SameText(twin.SignatureOf(text), twin.SignatureOf(text)))
	}
}

func TestASignatureDependsOnTheWordsAlone(t *testing.T) {
	t.Parallel()
	words := strings.Fields("our bakery in the old town looks for " +
		"someone who starts before dawn shapes loaves by hand " +
		"keeps the sourdough alive orders flour and seeds trains two " +
		"apprentices and closes the shop on alternate Saturdays " +
		"nobody needs a diploma, patience matters")
	text := strings.Join(words, " ")
	want := twin.SignatureOf(text)
	require.NotZero(t, want)
	require.Equal(t, want, twin.SignatureOf(strings.ToUpper(strings.Join(words, ",\n- "))))
	require.Equal(t, twin.FingerprintOf(text), want.Fingerprint())
	japanese := "私たちは小さな町のパン屋です。毎朝四時に起きて、生地をこね、窯で焼き、店を開けるまでに棚を満たします。経験は問いません。"
	require.NotZero(t, twin.SignatureOf(japanese), "a script without spaces has words, too")
}

func BenchmarkFingerprintOf(b *testing.B) {
	text := prose(1, 450)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		twin.FingerprintOf(text)
	}
}

func BenchmarkSignatureOf(b *testing.B) {
	text := prose(1, 450)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		twin.SignatureOf(text)
	}
}
