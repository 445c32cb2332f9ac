package advert_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/advert"
)

func TestATeaserPointsElsewhere(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"We bake for a hundred towns and look for a baker. See the full description at " +
			"https://mill.example/jobs/1.",
		"Baker wanted in Ulm.\n\nClick here to view the full job description.",
		"Baker (m/w/d)\nFür mehr Infos hier klicken.",
		"Wir suchen dich! Die vollständige Stellenbeschreibung finden Sie auf unserer Website.",
		"We bake for a hundred towns. As a baker you will knead, fold and … read more",
		"We bake for a hundred towns. As a baker you will knead, fold and... Read More »",
		"We bake for a hundred towns, and every morning at four we begin to […]",
		"As a baker you will knead the dough of the day and bring it to the…",
		"Please see the attached file. Apply at the mill.",
		"Full job description in the PDF attached.",
		"Visit https://mill.example/careers for more details about this role.",
		"For more information, please follow the link below.",
		"https://mill.example/jobs/1",
		"Apply on company website",
		"Pour en savoir plus, consultez l'offre complète sur notre site.",
		"Ver la oferta completa en nuestra web.",
		"Veja a descrição completa da vaga no nosso site.",
		"Per maggiori informazioni clicca qui.",
		"Voor meer info, klik hier.",
		"Więcej informacji na naszej stronie.",
		"Läs mer om tjänsten på vår hemsida.",
		"詳細はこちら",
		"点击查看详情",
		"Подробнее о вакансии на нашем сайте.",
		"Job description: see link",
		"Details on request. Send us a message for the full JD.",
		"Please refer to the job description document.",
		"Sign in to view the full job description",
		"JD attached",
		"As per JD. Contact HR for details.",
		"-",
		"Baker: https://mill.example/jobs/1",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			require.True(t, advert.IsTeaser(text))
		})
	}
}

func TestATextThatSaysWhatTheJobIsIsNoTeaser(t *testing.T) {
	t.Parallel()
	full := "We bake for a hundred towns.\n\nWhat you'll do\n- Knead the dough of the day\n" +
		"- Fold it, proof it and bring it to the oven\n- Clean the oven, the table and the floor\n\n" +
		"What you'll need\n- Two years of baking, one of them by night\n- A steady hand and a calm head\n" +
		"- A licence to drive a van\n\nWhat we offer\n- Bread for you and yours, forty days off\n"
	for _, c := range []struct{ name, text string }{
		{"short and whole", "Baker in Ulm. Four in the morning, two years of dough, 20 € an hour."},
		{"a full text", full},
		{"a full text with a link", full + "\nFor more information, click here: https://mill.example."},
		{"a full text cut at its end", full + "And we …"},
		{
			"a link to the company",
			"Bakes bread by night, knows sourdough, lifts 25 kg and drives a van. Requirements: two years " +
				"of dough. See https://mill.example.",
		},
		{
			"an ellipsis in the middle",
			"Bake, sell, clean… and sleep. Two years of dough needed, by night, in Ulm, with a licence " +
				"to drive " +
				"a van.",
		},
		{"nothing", ""},
		{"a word", "Bake."},
		{"a script without spaces", "我们为一百个城镇烘焙面包，寻找会做面团的面包师。"},
		{"readers", "You read more than recipes, and you know dough."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.False(t, advert.IsTeaser(c.text))
		})
	}
}

// It is not parallel, because it measures the processor time of the whole process.
func TestTeasersAreFoundInLinearTime(t *testing.T) {
	kilo := large(1 << 10)
	for _, c := range []struct{ name, text string }{
		{"read more", strings.Repeat("read more ", kilo<<7)},
		{"dots", strings.Repeat(".", kilo<<10)},
	} {
		expectLinear(t, c.name, c.text, func() { advert.IsTeaser(c.text) })
	}
}
