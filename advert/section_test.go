package advert_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/advert"
)

func TestRequirementsAreFoundInTheShapesThatPostingsHave(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, posting, want string }{
		{"no sections", "We bake bread and look for somebody who bakes with us.", ""},
		{"blank", "", ""},
		{
			"headings with colons",
			"About us:\nWe bake.\n\nRequirements:\n- Flour\n- Water\n\nWhat we offer:\n- Bread",
			"Requirements:\n- Flour\n- Water",
		},
		{
			"headings without colons",
			"Who We Are\n\nBakers.\n\nWhat You’ll Do\n\n- Bake\n\nWhat You'll Need\n\n- Flour\n\nNice " +
				"To Haves\n" +
				"\n- Salt\n\nPerks & Benefits\n\n- Bread",
			"What You'll Need\n- Flour\n\nNice To Haves\n- Salt",
		},
		{
			"capitals",
			"THE ROLE\nBake.\nREQUIRED BAKING SKILLS\n• Flour\n• Water\nEQUAL OPPORTUNITY\nAll may bake.",
			"REQUIRED BAKING SKILLS\n• Flour\n• Water",
		},
		{
			"markdown",
			"## About the role\nBake.\n\n**Your culinary background**\n* Flour\n\n### Bonus points\n* " +
				"Salt\n\n" +
				"**Our benefits:**\n* Bread",
			"**Your culinary background**\n* Flour\n\n### Bonus points\n* Salt",
		},
		{
			"on one line",
			"Duties: bake.\nKey skills: flour, water\n**Education:** none\nSalary: 10 loaves",
			"Key skills:\nflour, water\n\n**Education:\nnone",
		},
		{
			"br only, no bullets",
			"Job Summary\nBake bread.\nQualifications\nTwo years of flour\nStrong communication skills\n" +
				"You have steady hands\nBenefits\nFree bread\nLearn new skills",
			"Qualifications\nTwo years of flour\nStrong communication skills\nYou have steady hands",
		},
		{
			"numbered and decorated",
			"1. Responsibilities:\nBake.\n2. Requirements:\nFlour.\n\n✅ What you bring\nWater.\n\n🎁 What " +
				"we offer\nBread.",
			"2. Requirements:\nFlour.\n\n✅ What you bring\nWater.",
		},
		{
			"headings below a heading",
			"Requirements:\n\nOven:\n- Heat\nDough:\n- Flour\n\nLocation:\nUlm\n\nHow to apply:\nCome.",
			"Oven:\n- Heat\n\nDough:\n- Flour",
		},
		{
			"two kinds in one heading",
			"Responsibilities & Requirements\n- Bake\n\nSalary and bonus\n- Bread",
			"Responsibilities & Requirements\n- Bake",
		},
		{
			"a company's name ends the list",
			"Requirements\n- Flour\n\nAbout Acme Bakeries\nWe bake.\n\nAbout you\n- Calm",
			"Requirements\n- Flour\n\nAbout you\n- Calm",
		},
		{
			"a question",
			"What are we looking for?\nA baker.\n\nWhy us?\nBread.",
			"What are we looking for?\nA baker.",
		},
		{
			"German",
			"Das erwartet dich\n- Backen\n\nDein Profil\n- Mehl\n\nWir bieten\n- Brot",
			"Dein Profil\n- Mehl",
		},
		{
			"French",
			"Vos missions :\n- Cuire\n\nProfil recherché :\n- Farine\n\nCe que nous offrons :\n- Du pain",
			"Profil recherché :\n- Farine",
		},
		{
			"Spanish",
			"¿Qué harás?\nHornear.\n\nRequisitos\n- Harina\n\nSe valorará\n- Sal\n\n¿Qué ofrecemos?\n- Pan",
			"Requisitos\n- Harina\n\nSe valorará\n- Sal",
		},
		{
			"Portuguese",
			"Principais Atividades\n- Assar\n\nRequisitos e Qualificações\n- Farinha\n\nDiferenciais\n- " +
				"Sal\n\n" +
				"Benefícios\n- Pão",
			"Requisitos e Qualificações\n- Farinha\n\nDiferenciais\n- Sal",
		},
		{
			"Turkish capitals",
			"İŞ TANIMI\nPişirmek.\n\nARANAN NİTELİKLER\n- Un\n\nYAN HAKLAR\n- Ekmek",
			"ARANAN NİTELİKLER\n- Un",
		},
		{
			"Dutch, Polish, Italian",
			"Wat vragen wij\n- Bloem\n\nWat bieden wij\n- Brood\n\nWymagania\n- Mąka\n\nOferujemy\n- " +
				"Chleb\n\n" +
				"Requisiti\n- Farina\n\nCosa offriamo\n- Pane",
			"Wat vragen wij\n- Bloem\n\nWymagania\n- Mąka\n\nRequisiti\n- Farina",
		},
		{
			"a run-in heading", "We bake. Requirements: Two years of dough. Benefits: Bread.",
			"Requirements:\nTwo years of dough.",
		},
		{
			"run-in headings after list marks",
			"Duties: - knead - bake Requirements: - two years - calm Salary: 10 loaves",
			"Requirements:\n- two years - calm",
		},
		{
			"run-in headings in capitals",
			"ABOUT US We bake for a hundred towns. REQUIREMENTS Two years of dough, calm. BENEFITS Bread.",
			"REQUIREMENTS\nTwo years of dough, calm.",
		},
		{
			"run-in headings between facts",
			"Position: Baker Experience: 5-8 years Key Skills: dough, ovens Location: Ulm Notice Period: " +
				"none",
			"Experience:\n5-8 years\n\nKey Skills:\ndough, ovens",
		},
		{
			"a run-in heading and a dash",
			"Requirements – two years of dough\nBenefits – bread",
			"Requirements –\ntwo years of dough",
		},
		{
			"required and preferred on one line",
			"Must have: flour. Nice to have: salt. Location: Ulm.",
			"Must have:\nflour.\n\nNice to have:\nsalt.",
		},
		{
			"X requirements",
			"The team\nBakers.\n\nOven Requirements\n- Heat\n\nBenefits\n- Bread",
			"Oven Requirements\n- Heat",
		},
		{
			"X requirements in words",
			"We bake.\n\nRequirements for the night shift\n\n- Calm\n\nOur offer\n- Bread",
			"Requirements for the night shift\n- Calm",
		},
		{
			"X requirements and a colon",
			"We bake.\nPhysical and Travel Requirements: lifting 25 kg\nPay: 10",
			"Physical and Travel Requirements:\nlifting 25 kg",
		},
		{
			"X qualifications",
			"We bake.\nDough Qualifications & Skills\nFlour\nPerks\nBread",
			"Dough Qualifications & Skills\nFlour",
		},
		{
			"benefits of X end them",
			"What you need\n- Flour\n\nBenefits available to all bakers in full-time (worldwide)\n\n- " +
				"Bread\n\n" +
				"Other notices\n\nNone.",
			"What you need\n- Flour",
		},
		{
			"a sentence about pay ends them",
			"Requirements\n- Flour\n- Water\n\nThe salary range for this role is $40,000 to $50,000, and " +
				"depends on your oven.\n\nWe bake daily.",
			"Requirements\n- Flour\n- Water",
		},
		{"an amount ends them", "Requirements\n- Flour\n\n€40,000 - €50,000 a year", "Requirements\n- Flour"},
		{
			"equal opportunity ends them",
			"Qualifications\n- Flour\n\nMillwheel is an Equal Opportunity Employer. All may bake.",
			"Qualifications\n- Flour",
		},
		{
			"equal opportunity within a line",
			"Qualifications\nTwo years of dough. We do not discriminate on the basis of race or " +
				"religion. Come.",
			"Qualifications\nTwo years of dough.",
		},
		{
			"equal opportunity in other words",
			"Must have\n- Flour\n\nAll qualified applicants will be considered without regard to what " +
				"they bake.",
			"Must have\n- Flour",
		},
		{
			"privacy ends them",
			"Must have\n- Flour\n\nBy applying you agree that we read your letter. See our privacy notice.",
			"Must have\n- Flour",
		},
		{
			"a link to a notice ends them",
			"Must have\n- Flour\n\nMillwheel Applicant Privacy Notice",
			"Must have\n- Flour",
		},
		{
			"accommodation ends them",
			"Must have\n- Flour\n\nIf you need a reasonable accommodation, tell the miller.",
			"Must have\n- Flour",
		},
		{
			"a law ends them",
			"Must have\n- Flour\n\nPursuant to a Fair Chance Ordinance, we hire with arrest and " +
				"conviction records.",
			"Must have\n- Flour",
		},
		{
			"an item about pay does not end the list", "Must have\n- Flour\n- Salary range: $10 - " +
				"$20\n- Water",
			"Must have\n- Flour\n\n- Water",
		},
		{
			"equal opportunity before the list",
			"Qualifications\nWe are an equal opportunity employer.\n- Flour\n- Water\n",
			"- Flour\n- Water",
		},
		{
			"pay, privacy and equality as trades",
			"Must have\n- Two years of compensation and benefits work\n- Knows data protection law\n- " +
				"Has run " +
				"pay range reviews\n- Worked with people with disabilities",
			"Must have\n- Two years of compensation and benefits work\n- Knows data protection law\n- " +
				"Has run " +
				"pay range reviews\n- Worked with people with disabilities",
		},
		{
			"tildes",
			"Requirements\n~ Flour\n~ Location: any\n~ Benefits: knows some\nBenefits\n~ Bread",
			"Requirements\n~ Flour\n~ Location: any\n~ Benefits: knows some",
		},
		{
			"emoji as list marks",
			"Requirements\n✅ Flour\n✅ Location: any\n✅ Experience\n\n🎁 Benefits\n🎁 Bread",
			"Requirements\n✅ Flour\n✅ Location: any\n✅ Experience",
		},
		{
			"emoji before headings",
			"🚀 The role\nBake.\n🔥 Requirements:\nFlour\n💰 Salary: 10\n📍 Location: Ulm",
			"🔥 Requirements:\nFlour",
		},
		{
			"pointers as list marks",
			"➤ Requirements:\n➤ Flour\n➤ Water\n➤ Benefits:\n➤ Bread",
			"➤ Requirements:\n➤ Flour\n➤ Water",
		},
		{
			"list marks of a word processor",
			"Requirements\n\uf0b7 Location: any\no Salary talks\n§ Benefits plans\nBenefits\nBread",
			"Requirements\n\uf0b7 Location: any\no Salary talks\n§ Benefits plans",
		},
		{
			"headings in list items",
			"- Duties:\n  - Bake\n- Requirements:\n  - Flour\n- Benefits:\n  - Bread",
			"- Requirements:\n- Flour",
		},
		{
			"frames",
			"=== Requirements ===\nFlour\n*Benefits*\nBread\n[Skills]\nDough\n--- About us ---\nBakers",
			"=== Requirements ===\nFlour\n\n[Skills]\nDough",
		},
		{
			"accents in capitals", "COMPETENCES REQUISES\nFarine\nREMUNERATION\nPain",
			"COMPETENCES REQUISES\nFarine",
		},
		{
			"accents written apart",
			"Fu\u0308r dich\nBrot\nQualificac\u0327o\u0303es\nFarinha\nBenefi\u0301cios\nPa\u0303o",
			"Qualificac\u0327o\u0303es\nFarinha",
		},
		{
			"a list under a heading that nobody knows",
			"We bake.\n\nThe baker of our dreams\n\n- Two years of dough experience\n- Knowledge of ovens\n" +
				"- Calm\n\nCome.",
			"The baker of our dreams\n- Two years of dough experience\n- Knowledge of ovens\n- Calm",
		},
		{
			"a list without a heading",
			"We bake for a hundred towns.\n- Two years of dough experience\n- Able to lift 25 kg\n- " +
				"Licence to " +
				"drive a van\nPerks:\n- Bread",
			"- Two years of dough experience\n- Able to lift 25 kg\n- Licence to drive a van",
		},
		{
			"a list under words that end in a colon",
			"Your day\nBake.\n\nYou'll love it if:\n- You are calm\n- You have dough experience\n" +
				"- You like bread\n\nOur offer\n- Bread",
			"You'll love it if:\n- You are calm\n- You have dough experience\n- You like bread",
		},
		{
			"a German list without a heading", "Wir backen.\n\n- Erfahrung mit Teig\n- Führerschein\n- Ruhe",
			"- Erfahrung mit Teig\n- Führerschein\n- Ruhe",
		},
		{
			"a list of duties is none",
			"Your tasks\n- Share your experience\n- Bake with the skills that you have\n- Clean\n\nWe bake.",
			"",
		},
		{
			"a list of benefits is none",
			"We offer\n- Experience with the best\n- Skills for life\n- A licence for the van",
			"",
		},
		{
			"labels in bold in a list",
			"Requirements\n- Experience: two years\n- Languages: German\n- Location: any\n\nPay\n10",
			"Requirements\n- Experience: two years\n- Languages: German\n- Location: any",
		},
		{
			"a label of several words",
			"Qualifications:\n\nDough Knowledge: deep and current\nOven Security Clearance: any\nCalm",
			"Qualifications:\nDough Knowledge: deep and current\nOven Security Clearance: any\nCalm",
		},
		{
			"a name and whose",
			"We bake.\nWhat You'll Bring to Millwheel\nFlour\nWhy You'll Love Millwheel\nBread",
			"What You'll Bring to Millwheel\nFlour",
		},
		{
			"a good fit",
			"Bake.\nYou'll be a great fit if you:\n- Bake\n\nWe give\n- Bread",
			"You'll be a great fit if you:\n- Bake\n\nWe give\n- Bread",
		},
		{"a colon and a dash", "Must Have Skills:-\nFlour\nSalary:-\n10", "Must Have Skills:-\nFlour"},
		{
			"both genders", "Requirements (f/m/x)\nFlour\nBenefits (m/w/d)\nBread",
			"Requirements (f/m/x)\nFlour",
		},
		{
			"commitments end them",
			"Must have\n- Flour\n\nMillwheel is committed to building a diverse and inclusive workplace.",
			"Must have\n- Flour",
		},
		{
			"schedule requirements",
			"Bake.\n\nWork Schedule Requirements\n\nNights.\n\nBenefits\n\nBread.",
			"Work Schedule Requirements\nNights.",
		},
		{
			"paragraphs as items",
			"Preferred qualifications\n\nExperience in the dough sector\n\nKnowledge of " +
				"ovens\n\nBenefits\n\nBread.",
			"Preferred qualifications\nExperience in the dough sector\n\nKnowledge of ovens",
		},
		{
			"nothing but sentences",
			"We bake. You have two years of dough and you are calm. Benefits galore.",
			"",
		},
		{
			"plain text without blank lines",
			"About Millwheel\nWe bake.\nYour day\nBake.\nWhat we ask of you\nFlour\nCalm in the " +
				"storm\nWhat you " +
				"get from us\nBread\nHow to apply\nCome.",
			"What we ask of you\nFlour\nCalm in the storm",
		},
		{
			"Swedish, Danish, Norwegian, Finnish",
			"Arbetsuppgifter\nBaka\nDin profil\nMjöl\nVi erbjuder\nBröd\nKvalifikationer\nMel\n" +
				"Vi tilbyder\nBrød\nKvalifikasjoner:\nMel\nVi tilbyr:\nBrød\nOdotamme sinulta\nJauhoja\n" +
				"Tarjoamme\nLeipää",
			"Din profil\nMjöl\n\nKvalifikationer\nMel\n\nKvalifikasjoner:\nMel\n\nOdotamme sinulta\nJauhoja",
		},
		{
			"Czech, Hungarian, Romanian, Greek",
			"Náplň práce\nPéct\nPožadujeme\nMouku\nNabízíme\nChléb\nElvárások\nLiszt\nAmit kínálunk\n" +
				"Kenyér\nCerințe\nFăină\nOferim\nPâine\nΑπαιτούμενα προσόντα\nΑλεύρι\nΠροσφέρουμε\nΨωμί",
			"Požadujeme\nMouku\n\nElvárások\nLiszt\n\nCerințe\nFăină\n\nΑπαιτούμενα προσόντα\nΑλεύρι",
		},
		{
			"Russian, Ukrainian",
			"ОБЯЗАННОСТИ:\nПечь\nТребования:\nМука\nУсловия:\nХлеб\nЩо ми очікуємо\nБорошно\nМи " +
				"пропонуємо\nХліб",
			"Требования:\nМука\n\nЩо ми очікуємо\nБорошно",
		},
		{
			"Arabic, Hebrew, Hindi",
			"المهام\nالخبز\nالمؤهلات المطلوبة:\nالدقيق\nالمزايا\nالخبز\nדרישות התפקיד:\nקמח\nמה אנחנו " +
				"מציעים\n" +
				"לחם\nआवश्यक योग्यता\nआटा\nवेतन\nरोटी",
			"المؤهلات المطلوبة:\nالدقيق\n\nדרישות התפקיד:\nקמח\n\nआवश्यक योग्यता\nआटा",
		},
		{
			"Indonesian, Vietnamese, Thai",
			"Tanggung Jawab\nMemanggang\nKualifikasi\nTepung\nBenefit\nRoti\nYêu cầu ứng " +
				"viên\nBột\nQuyền lợi\n" +
				"Bánh\nคุณสมบัติผู้สมัคร\nแป้ง\nสวัสดิการ\nขนมปัง",
			"Kualifikasi\nTepung\n\nYêu cầu ứng viên\nBột\n\nคุณสมบัติผู้สมัคร\nแป้ง",
		},
		{
			"Japanese, Korean",
			"■仕事内容\nパンを焼く\n■応募資格\n小麦粉\n■福利厚生\nパン\n주요업무\n빵\n자격 요건\n밀가루\n복리후생\n빵",
			"■応募資格\n小麦粉\n\n자격 요건\n밀가루",
		},
		{
			"German sentences end them",
			"Dein Profil\n- Mehl\n\nDas Mindestgehalt beträgt 2.000 EUR brutto im Monat.",
			"Dein Profil\n- Mehl",
		},
		{
			"German equality ends them",
			"Dein Profil\n- Mehl\n\nSchwerbehinderte Menschen werden bevorzugt.",
			"Dein Profil\n- Mehl",
		},
		{
			"French sentences end them",
			"Profil recherché\n- Farine\n\nTous nos postes sont ouverts aux personnes en situation de " +
				"handicap.",
			"Profil recherché\n- Farine",
		},
		{
			"Italian sentences end them",
			"Requisiti\n- Farina\n\nL'offerta si rivolge a candidati ambosessi.",
			"Requisiti\n- Farina",
		},
		{
			"a title of a language that puts the noun first",
			"Vos missions\n\nCuire.\n\nCompétences en boulangerie\n\n- Farine\n\nAvantages du poste\n\n" +
				"- Pain",
			"Compétences en boulangerie\n- Farine",
		},
		{
			"Chinese",
			"岗位职责：\n烤面包\n\n任职要求：\n会做面团\n\n【福利待遇】\n面包",
			"任职要求：\n会做面团",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, advert.RequirementsOf(c.posting))
		})
	}
}

func TestAnOrdinaryLineIsNoHeading(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"- Requirements",
		"• Skills",
		"* Education",
		"You have experience with Go",
		"Strong communication skills",
		"We offer bread.",
		"Note: bring an apron",
		"https://bakery.example/jobs",
		"From 9:00 to 17:00",
		"About ten years of baking",
		"about us all",
		"Equal parts of flour and water",
		"Paid ovens and unpaid ovens",
		"Knows the salary range structures of bakeries",
		"Benefits from quiet",
		"Skills,",
		":",
		"::",
		"**",
		"The",
		"Our bakery values its qualifications highly and so it should, as everybody in this town knows well",
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
	}, advert.Sections("Hello.\nThe role\nBake.\nMust have\nFlour\nTools:\nOven\nPreferred: Salt\n"+
		"Benefits\nBread\nAbout us\nBakers.\n"+
		"Location: Ulm\nEqual Opportunity Employer\r\nAll may bake.\n"))
	require.Empty(t, advert.Sections(" \n\n"))
}

// losesNothing holds Sections to its promise. White space changes, and the marks between a heading
// and its text go.
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
		rapid.SampledFrom([]string{
			"Requirements", "Requirements: Go", "Benefits:", "**Skills:** Go", "- Go", "", "About Acme",
			"REQUIRED TOOLS", "Anything: else", "- Five years of experience",
			"We are an equal opportunity employer.", "Bake. Benefits: bread. SOME REQUIREMENTS go",
			"Oven Requirements", "The salary is $10 - $20 an hour.",
		}),
		rapid.StringMatching(`[A-Za-z:*#. -]{0,40}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		losesNothing(t, strings.Join(rapid.SliceOf(line).Draw(t, "lines"), "\n"))
	})
}

func FuzzSections(f *testing.F) {
	for _, text := range []string{
		"", "Requirements:\n- Go", "任职要求：Go", "**Skills:** Go\n", "İŞ TANIMI\r\nx", "About Acme\n\n\nx",
		":\n:x",
		"\xff:\xff", "A. SOME REQUIREMENTS Go. Pay: 1", "Skills – Go", "- Years of Go\n- Skills\n- Calm\nx",
	} {
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
	for _, c := range []struct{ name, text string }{
		{"short lines", strings.Repeat("a\n", kilo<<9)},
		{"colons", strings.Repeat(":", kilo<<10)},
		{"lines of colons", strings.Repeat("a:\n", kilo<<8)},
		{"headings", strings.Repeat("requirements and benefits of the role for you\n", kilo<<4)},
		{"one line", strings.Repeat("requirements ", kilo<<7)},
	} {
		expectLinear(t, c.name, c.text, func() { advert.RequirementsOf(c.text) })
	}
}

func BenchmarkSections(b *testing.B) {
	text := strings.Repeat(
		"Requirements\n- Five years of Go and SQL\nCalm in the storm\nBackend: nothing special\n"+
			"Some longer line about the bakery that is not a heading at all.\n",
		20,
	)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		advert.Sections(text)
	}
}
