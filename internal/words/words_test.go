package words_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/words"
)

func texts(text string) []string {
	var list []string
	for _, k := range words.Keys(words.Tokens(text)) {
		list = append(list, k.Text)
	}
	return list
}

func TestFoldTakesAccentsAndPluralsOff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw, word string
		plural    bool
	}{
		{
			"Skills", "skill", true,
		},
		{"Companies", "company", true},
		{"Glass", "glass", false},
		{
			"bus", "bus", false,
		},
		{
			"Köchin", "kochin", false,
		},
		{"Straße", "strasse", false},
		{
			"Księgowość", "ksiegowosc", false,
		},
		{
			"ŁÓDŹ", "lodz", false,
		},
		{
			"Întreținere", "intretinere", false,
		},
		{"nurse’s", "nurse", false},
		{
			"E\u0301cole", "ecole", false,
		},
		{
			"Soft\u00adware", "software", false,
		},
		{"ﬁnance", "finance", false},
		{"Жена", "жена", false},
	} {
		word, plural := words.Fold(c.raw)
		require.Equal(t, c.word, word, c.raw)
		require.Equal(t, c.plural, plural, c.raw)
	}
}

func TestStemsOfInflectedWordsAreEqual(t *testing.T) {
	t.Parallel()
	for _, forms := range []string{
		"stolarz stolarza stolarzem stolarzy", "vanzare vanzari vanzarilor vanzarile",
		"verkaufer verkauferin verkauferinnen verkaufern",
		"contador contadora contadore", "vendeur vendeuse", "operatore operatrice operatori",
		"enfermera enfermero enfermera",
		"ksiegowy ksiegowa ksiegowego ksiegowej ksiegowych",
		"produccion produccione", //nolint:misspell // Spanish
		"krawcowa krawcowej",
	} {
		list := strings.Fields(forms)
		for _, w := range list {
			require.Equal(t, words.Stem(list[0]), words.Stem(w), w)
		}
	}
	require.Equal(t, words.Root("manufacture"), words.Root("manufacturing"))
	require.Equal(t, "разработчик", words.Root("разработчик"), "other alphabets are left whole")
}

func TestKeysAreSharedAcrossLanguagesAndSpellings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, a, b string }{
		{
			"German", "Krankenschwester", "nurse",
		},
		{"French", "infirmière", "nurse"},
		{
			"Spanish", "enfermera", "nurse",
		},
		{
			"Polish, inflected", "pielęgniarki", "nurse",
		},
		{
			"Romanian, with an article", "bucătarul", "cook",
		},
		{
			"Hindi", "bijli mistri", "electrician",
		},
		{
			"Dutch", "vrachtwagen", "truck",
		},
		{"Italian", "magazziniere", "warehouse"},
		{
			"Portuguese", "eletricista", "electrician",
		},
		{
			"an abbreviation", "K8s", "Kubernetes",
		},
		{"a name", "Golang", "Go"},
		{
			"phrases", "help desk", "technical support",
		},
		{"spellings", "CI/CD", "continuous integration"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, texts(c.b), texts(c.a))
		})
	}
}

func TestBothGendersOfATitleAreOneWord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ written, plain string }{
		{"Trabajador/a social", "trabajador social"},
		{"Enfermeiro(a)", "enfermeiro"},
		{"Bäcker:in gesucht", "Bäcker gesucht"},
		{"Friseur*innen", "Friseur"},
		{"Tischler/-in", "Tischler"},
		{"Boulanger(e)", "boulanger"},
		{"Kelner/ka", "kelner"},
	} {
		require.Equal(t, texts(c.plain), texts(c.written), c.written)
	}
	require.Equal(t, texts("nurse or cook"), texts("nurse/cook"))
	require.Len(t, words.Tokens("A/B tests, R/a, nurse(eg"), 7)
}

func TestAPhraseTellsItsWordsToo(t *testing.T) {
	t.Parallel()
	tokens := words.Tokens("pool attendant")
	in := words.MixOf(tokens).Languages()
	require.Len(t, words.AppendKeys(nil, tokens, in), 1)
	require.Len(t, words.AppendAllKeys(nil, tokens, in), 2)
}

func TestFieldsAreNearInBothDirections(t *testing.T) {
	t.Parallel()
	field := func(word string) words.Field { return words.Keys(words.Tokens(word))[0].Field }
	nurse, carer, welder := field("nurse"), field("caregiver"), field("welder")
	require.Equal(t, nurse, field("Krankenschwester"))
	require.True(t, nurse.Near().Has(nurse))
	require.True(t, nurse.Near().Has(carer))
	require.True(t, carer.Near().Has(nurse))
	require.False(t, nurse.Near().Has(welder))
	require.Equal(t, words.NoField, field("manager"))
	require.Zero(t, words.NoField.Near())
	for a := range words.Field(words.MaxFields) {
		for b := range words.Field(words.MaxFields) {
			require.Equal(t, a.Near().Has(b), b.Near().Has(a), "%d and %d", a, b)
		}
	}
}

func TestCompoundsAreSplit(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"=warehouse", "=planning"}, texts("Lagerplanung"))
	require.Equal(t, []string{"=truck", "=driver"}, texts("Vrachtwagenchauffeur"))
	require.Equal(
		t, []string{"zahnrad", "=~"}, append(texts("Zahnradtechniker")[:1], "=~"),
		"a part that no list knows keeps its root",
	)
}

func TestGrammarAndAdvertTalkTellNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"We are looking for a motivated team player with experience",
		"Wir suchen zum nächsten Zeitpunkt für unser Team", "Buscamos persona con experiencia para " +
			"nuestro equipo",
		"go to the next level", "2019 to 2023",
	} {
		for _, k := range words.Keys(words.Tokens(text)) {
			require.Contains(t, []string{"play", "zeitpunk"}, k.Text, text)
		}
	}
	require.True(t, words.Empty("und"))
	require.False(t, words.Empty("nurse"))
}

func TestTheLanguageIsThatOfMostWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want words.Language
		text string
	}{
		{words.English, "You will care for the patients of our ward and work with the doctors on call"},
		{words.German, "Sie pflegen die Patienten unserer Station und arbeiten mit den Ärzten zusammen"},
		{words.French, "Vous soignez les patients de notre service et travaillez avec les médecins"},
		{words.Spanish, "Usted cuida de los pacientes de nuestra planta y trabaja con los médicos"},
		{words.Portuguese, "Você cuida dos pacientes da nossa unidade e trabalha com os médicos"},
		{words.Italian, "Ti occupi dei pazienti del nostro reparto e lavori con i medici della clinica"},
		{words.Dutch, "Je verzorgt de patiënten van onze afdeling en werkt samen met de artsen"},
		{words.Polish, "Opiekujesz się pacjentami na naszym oddziale i pracujesz z lekarzami"},
		{words.Romanian, "Îngrijiți pacienții secției noastre și lucrați împreună cu medicii"},
		{words.Hindi, "Aap hamare ward ke mareez ki dekhbhal karte hain aur doctor ke saath kaam karte hain"},
		{words.Unknown, "Lorem dolor amet tempor ipsum labore magna aliqua veniam nostrud"},
	} {
		t.Run(c.want.String(), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, words.MixOf(words.Tokens(c.text)).Main())
		})
	}
}

func TestOneChanceWordMakesNoLanguage(t *testing.T) {
	t.Parallel()
	m := words.MixOf(words.Tokens(strings.Repeat("lorem dolor amet tempor ipsum ", 10) + "the software"))
	require.False(t, m.Readable())
	require.True(t, words.MixOf(words.Tokens("Docker, Kafka, Redis")).Readable(), "a list has no grammar")
}

func TestTermsOfTwoTextsMeet(t *testing.T) {
	t.Parallel()
	a, b := words.Terms("Kellner im Restaurant, Kasse"), words.Terms(
		"Waiter in a restaurant, cash register, 后端开发",
	)
	for term := range a {
		require.True(t, b[term], term)
	}
	require.True(t, b["后端"])
	require.True(t, b["端开"])
}

func TestTermsOfOneLongWordTakeNoTime(t *testing.T) {
	t.Parallel()
	start := time.Now()
	require.Len(t, words.Terms(strings.Repeat("x", 1<<20)), 1)
	require.Less(t, time.Since(start), 5*time.Second) // it took 13 s, quadratic in the length
}

func FuzzKeys(f *testing.F) {
	f.Add("R&D, C++, .NET and node.js\x00 \xff 3-5 years")
	f.Add("Lagerverwaltung ﬁ 后端 разработчик")
	f.Fuzz(func(t *testing.T, text string) {
		tokens := words.Tokens(text)
		keys := words.Keys(tokens)
		require.True(t, slices.IsSortedFunc(keys, func(a, b words.Key) int { return a.Token - b.Token }))
		for _, k := range keys {
			require.NotEmpty(t, k.Text)
		}
		words.MixOf(tokens)
	})
}
