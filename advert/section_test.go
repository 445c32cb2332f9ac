package advert_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/internal/measure"
)

func TestRequirementsAreFoundInTheShapesThatPostingsHave(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ posting, want string }{
		"no sections": {"We bake bread and look for somebody who bakes with us.", ""},
		"blank":       {"", ""},
		"headings with colons": {
			"About us:\nWe bake.\n\nRequirements:\n- Flour\n- Water\n\nWhat we offer:\n- Bread",
			"Requirements:\n- Flour\n- Water",
		},
		"headings without colons": {
			"Who We Are\n\nBakers.\n\nWhat You’ll Do\n\n- Bake\n\nWhat You'll Need\n\n- Flour\n\nNice To Haves\n\n- Salt\n\nPerks & Benefits\n\n- Bread",
			"What You'll Need\n- Flour\n\nNice To Haves\n- Salt",
		},
		"capitals": {
			"THE ROLE\nBake.\nREQUIRED BAKING SKILLS\n• Flour\n• Water\nEQUAL OPPORTUNITY\nAll may bake.",
			"REQUIRED BAKING SKILLS\n• Flour\n• Water",
		},
		"markdown": {
			"## About the role\nBake.\n\n**Your culinary background**\n* Flour\n\n### Bonus points\n* Salt\n\n**Our benefits:**\n* Bread",
			"**Your culinary background**\n* Flour\n\n### Bonus points\n* Salt",
		},
		"on one line": {
			"Duties: bake.\nKey skills: flour, water\n**Education:** none\nSalary: 10 loaves",
			"Key skills:\nflour, water\n\n**Education:\nnone",
		},
		"br only, no bullets": {
			"Job Summary\nBake bread.\nQualifications\nTwo years of flour\nStrong communication skills\nYou have steady hands\nBenefits\nFree bread\nLearn new skills",
			"Qualifications\nTwo years of flour\nStrong communication skills\nYou have steady hands",
		},
		"numbered and decorated": {
			"1. Responsibilities:\nBake.\n2. Requirements:\nFlour.\n\n✅ What you bring\nWater.\n\n🎁 What we offer\nBread.",
			"2. Requirements:\nFlour.\n\n✅ What you bring\nWater.",
		},
		"headings below a heading": {
			"Requirements:\n\nOven:\n- Heat\nDough:\n- Flour\n\nLocation:\nUlm\n\nHow to apply:\nCome.",
			"Oven:\n- Heat\n\nDough:\n- Flour",
		},
		"two kinds in one heading": {
			"Responsibilities & Requirements\n- Bake\n\nSalary and bonus\n- Bread",
			"Responsibilities & Requirements\n- Bake",
		},
		"a company's name ends the list": {
			"Requirements\n- Flour\n\nAbout Acme Bakeries\nWe bake.\n\nAbout you\n- Calm",
			"Requirements\n- Flour\n\nAbout you\n- Calm",
		},
		"a question": {
			"What are we looking for?\nA baker.\n\nWhy us?\nBread.",
			"What are we looking for?\nA baker.",
		},
		"German": {
			"Das erwartet dich\n- Backen\n\nDein Profil\n- Mehl\n\nWir bieten\n- Brot",
			"Dein Profil\n- Mehl",
		},
		"French": {
			"Vos missions :\n- Cuire\n\nProfil recherché :\n- Farine\n\nCe que nous offrons :\n- Du pain",
			"Profil recherché :\n- Farine",
		},
		"Spanish": {
			"¿Qué harás?\nHornear.\n\nRequisitos\n- Harina\n\nSe valorará\n- Sal\n\n¿Qué ofrecemos?\n- Pan",
			"Requisitos\n- Harina\n\nSe valorará\n- Sal",
		},
		"Portuguese": {
			"Principais Atividades\n- Assar\n\nRequisitos e Qualificações\n- Farinha\n\nDiferenciais\n- Sal\n\nBenefícios\n- Pão",
			"Requisitos e Qualificações\n- Farinha\n\nDiferenciais\n- Sal",
		},
		"Turkish capitals": {
			"İŞ TANIMI\nPişirmek.\n\nARANAN NİTELİKLER\n- Un\n\nYAN HAKLAR\n- Ekmek",
			"ARANAN NİTELİKLER\n- Un",
		},
		"Dutch, Polish, Italian": {
			"Wat vragen wij\n- Bloem\n\nWat bieden wij\n- Brood\n\nWymagania\n- Mąka\n\nOferujemy\n- Chleb\n\nRequisiti\n- Farina\n\nCosa offriamo\n- Pane",
			"Wat vragen wij\n- Bloem\n\nWymagania\n- Mąka\n\nRequisiti\n- Farina",
		},
		"Chinese": {
			"岗位职责：\n烤面包\n\n任职要求：\n会做面团\n\n【福利待遇】\n面包",
			"任职要求：\n会做面团",
		},
	} {
		require.Equal(t, c.want, advert.RequirementsOf(c.posting), name)
	}
}

func TestAnOrdinaryLineIsNoHeading(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"- Requirements", "• Skills", "* Education", "You have experience with Go", "Strong communication skills", "We offer bread.",
		"Note: bring an apron", "https://bakery.example/jobs", "From 9:00 to 17:00", "About ten years of baking", "about us all",
		"Skills,", ":", "::", "**", "The", "Our bakery values its qualifications highly and so it should, as everybody in this town knows well",
	} {
		sections := advert.Sections("Requirements\n" + line)
		require.Len(t, sections, 1, line)
		require.Equal(t, line, sections[0].Text)
	}
}

func TestSectionsKeepTheirOrderAndKinds(t *testing.T) {
	t.Parallel()
	require.Equal(t, []advert.Section{
		{Text: "Hello."},
		{Kind: advert.SectionResponsibilities, Heading: "The role", Text: "Bake."},
		{Kind: advert.SectionRequirements, Heading: "Must have", Text: "Flour"},
		{Kind: advert.SectionRequirements, Heading: "Tools:", Text: "Oven"},
		{Kind: advert.SectionPreferred, Heading: "Preferred:", Text: "Salt"},
		{Kind: advert.SectionBenefits, Heading: "Benefits", Text: "Bread"},
		{Kind: advert.SectionCompany, Heading: "About us", Text: "Bakers."},
		{Kind: advert.SectionOther, Heading: "Location:", Text: "Ulm"},
		{Kind: advert.SectionLegal, Heading: "Equal Opportunity Employer", Text: "All may bake."},
	}, advert.Sections("Hello.\nThe role\nBake.\nMust have\nFlour\nTools:\nOven\nPreferred: Salt\nBenefits\nBread\nAbout us\nBakers.\n"+
		"Location: Ulm\nEqual Opportunity Employer\r\nAll may bake.\n"))
	require.Empty(t, advert.Sections(" \n\n"))
}

// losesNothing holds Sections to its promise. White space may change, and the bold marks between a heading and its text go.
func losesNothing(t require.TestingT, text string) {
	essence := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || r == '*' || r == '_' {
				return -1
			}
			return r
		}, s)
	}
	var again strings.Builder
	for _, s := range advert.Sections(text) {
		again.WriteString(s.Heading + s.Text)
	}
	require.Equal(t, essence(text), essence(again.String()))
}

func TestSectionsLoseNothing(t *testing.T) {
	t.Parallel()
	line := rapid.OneOf(
		rapid.SampledFrom([]string{"Requirements", "Requirements: Go", "Benefits:", "**Skills:** Go", "- Go", "", "About Acme", "REQUIRED TOOLS", "Anything: else"}),
		rapid.StringMatching(`[A-Za-z:*#. -]{0,40}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		losesNothing(t, strings.Join(rapid.SliceOf(line).Draw(t, "lines"), "\n"))
	})
}

func FuzzSections(f *testing.F) {
	for _, text := range []string{"", "Requirements:\n- Go", "任职要求：Go", "**Skills:** Go\n", "İŞ TANIMI\r\nx", "About Acme\n\n\nx", ":\n:x", "\xff:\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range advert.Sections(text) {
			require.Equal(t, strings.TrimSpace(s.Text), s.Text)
		}
		losesNothing(t, text)
		require.LessOrEqual(t, len(advert.RequirementsOf(text)), 3*len(text)+2)
	})
}

// It is not parallel, because it measures the processor time of the whole process.
func TestSectionsAreLinearOnHostileText(t *testing.T) {
	kilo := large(1 << 10)
	for name, text := range map[string]string{
		"short lines":     strings.Repeat("a\n", kilo<<9),
		"colons":          strings.Repeat(":", kilo<<10),
		"lines of colons": strings.Repeat("a:\n", kilo<<8),
		"headings":        strings.Repeat("requirements and benefits of the role for you\n", kilo<<4),
		"one line":        strings.Repeat("requirements ", kilo<<7),
	} {
		took, _ := measure.Cost(func() { advert.RequirementsOf(text) })
		require.Less(t, took, 3*time.Second, name)
		t.Logf("%-16s %d bytes in %v", name, len(text), took)
	}
}

func BenchmarkSections(b *testing.B) {
	text := strings.Repeat("Requirements\n- Five years of Go and SQL\nCalm in the storm\nBackend: nothing special\nSome longer line about the bakery that is not a heading at all.\n", 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		advert.Sections(text)
	}
}
