package lexical_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
)

func TestTooLittleEvidenceKeepsTheJobUnverified(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, c := range []struct{ name, resume, title, text, says string }{
		{
			"short posting",
			"Glass blower at a studio in Murano, vases and lamps, annealing, cutting and polishing for " +
				"eleven years",
			"Colleague", "Call us and visit the quarry.", "the posting says too little",
		},
		{
			"short résumé", "Wants to work outdoors, likes lakes", "Gilder",
			"You gild altars and frames with leaf, restore bole and gesso, burnish with agate and tone " +
				"patina on site in village churches.",
			"the résumé says too little",
		},
		{
			"two languages",
			"Ich schnitze Masken und Figuren aus Lindenholz für Krippen und stelle sie auf dem Markt " +
				"und im Laden aus", "Net mender",
			"You mend nets and floats for our trawlers at the quay, splice ropes and tar lines, and " +
				"keep the loft in order with the skipper.", "different languages",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, err := s.Score(t.Context(), c.resume, posting(c.title, c.text))
			require.NoError(t, err)
			require.True(t, m.Unverified, m.Reasoning)
			require.GreaterOrEqual(t, m.Score, gate.Default)
			require.Contains(t, m.Reasoning, "cannot judge")
			require.Contains(t, m.Reasoning, c.says)
		})
	}
}

func TestThinVocabularyIsNoMisfit(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, c := range []struct{ name, resume, title, text string }{
		{
			"Romanian pottery",
			"Olar, Atelierul Lutul Roșu, 2012 până în 2023\n- Am modelat oale și ulcioare la roată\n- " +
				"Am smălțuit și am ars vasele în cuptor cu lemne",
			"Modelator ceramică",
			"Căutăm modelator pentru atelier.\nResponsabilități\n- modelarea oalelor la roată\n- " +
				"smălțuirea și arderea vaselor în cuptor\nCerințe\n- experiență la roată",
		},
		{
			"Polish basketry",
			"Wikliniarz, Kosze Lipowe, 2015 do 2022\n- Wyplatałem kosze i fotele z wikliny\n- " +
				"Przygotowywałem i moczyłem pędy",
			"Plecionkarz",
			"Warsztat w Rudniku szuka plecionkarza.\nObowiązki\n- wyplatanie koszy oraz foteli z " +
				"wikliny\n- moczenie i sortowanie pędów\nWymagania\n- dwa lata przy wiklinie",
		},
		{
			"Dutch clogs",
			"Klompenmaker, Houtland, 2010 - 2021\nKlompen uit populierenhout gehakt, geboord en " +
				"gesneden, beschilderd en gelakt.",
			"Medewerker klompenmakerij",
			"Je boort en snijdt klompen uit populierenhout, schildert motieven en lakt ze. Je hebt " +
				"ervaring met de boorbank.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, err := s.Score(t.Context(), c.resume, posting(c.title, c.text))
			require.NoError(t, err)
			require.GreaterOrEqual(t, m.Score, gate.Default, m.Reasoning)
			require.Contains(t, m.Reasoning, "judged by words alone")
		})
	}
}

// TestTitlesOfOneTradeScoreAlike gives one text many titles.
func TestTitlesOfOneTradeScoreAlike(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, trade := range []struct {
		name, title, text, resume string
		titles                    []string
	}{
		{
			"support", "Service Desk Analyst",
			"You help 900 colleagues by phone and chat: laptops, passwords, Office 365, Wi-Fi, VPN. You " +
				"log tickets and write guides.",
			"Helped 500 staff with laptops, passwords, Office 365 and VPN; tickets and guides.",
			[]string{
				"Help Desk Agent", "Technical Support Specialist", "Desktop Support Technician",
				"IT Support Officer", "User Support Technician", "Information Technology Assistant",
			},
		},
		{
			"haulage", "CDL A Driver",
			"Haul dry van freight over the road, pre-trip checks, logs, tight docks. Clean record.",
			"Hauled freight over the road with clean record, pre-trip checks and logs.",
			[]string{
				"Truck Driver", "Over the Road Driver", "Tractor Trailer Driver", "Long Haul Trucker",
				"HGV Class 1 Driver",
			},
		},
		{
			"care", "Certified Nursing Assistant",
			"Help residents wash, dress and eat, turn them, take vital signs and chart.",
			"Washed, dressed and fed residents, turned them, took vital signs and charted.",
			[]string{
				"Nurse Aide", "Patient Care Technician", "Healthcare Assistant", "Nursing Aide",
				"Care Assistant",
			},
		},
	} {
		t.Run(trade.name, func(t *testing.T) {
			t.Parallel()
			for _, title := range trade.titles {
				resume := "Kit Arbour\n" + title + ", Fen Group, 2016 to 2023\n" + trade.resume
				require.GreaterOrEqual(t, scoreOf(t, s, resume, posting(trade.title, trade.text)),
					gate.Default, title)
			}
		})
	}
}

func TestTheLabelledSampleIsJudgedWell(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	type counts struct{ good, kept, others, dropped int }
	english, all := counts{}, counts{}
	for _, pair := range sample(t) {
		m, err := s.Score(t.Context(), pair.resume, pair.posting)
		require.NoError(t, err, pair.name)
		rejected := m.Score < gate.Default && !m.Unverified
		for _, c := range []*counts{&english, &all} {
			if c == &english && pair.language != "en" {
				continue
			}
			switch {
			case pair.good && !rejected:
				c.good++
				c.kept++
			case pair.good:
				c.good++
			case rejected:
				c.others++
				c.dropped++
			default:
				c.others++
			}
		}
	}
	require.GreaterOrEqual(t, float64(english.kept), 0.97*float64(english.good), "%+v", english)
	require.GreaterOrEqual(t, float64(english.dropped), 0.9*float64(english.others), "%+v", english)
	require.GreaterOrEqual(t, float64(all.kept), 0.98*float64(all.good), "%+v", all)
	require.GreaterOrEqual(t, float64(all.dropped), 0.88*float64(all.others), "%+v", all)
}

func TestABoundScorerJudgesAsAnUnboundOne(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, pair := range sample(t)[:40] {
		bound, err := s.ForResume(pair.resume)
		require.NoError(t, err)
		want, err := s.Score(t.Context(), pair.resume, pair.posting)
		require.NoError(t, err)
		got, err := bound.Score(t.Context(), "another résumé", pair.posting)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Implements(t, (*scorer.Identifier)(nil), bound)
	}
	for _, resume := range []string{" ", "五年以上后端开发经验"} {
		_, err := s.ForResume(resume)
		require.ErrorContains(t, err, "resume")
	}
}

// oracle is a model that is always right about one pair.
type oracle struct {
	good  bool
	calls int
}

func (o *oracle) Score(context.Context, string, enrich.Posting) (enrich.Assessment, error) {
	o.calls++
	if o.good {
		return enrich.Assessment{Score: 90, By: "oracle/1"}, nil
	}
	return enrich.Assessment{Score: 5, By: "oracle/1"}, nil
}

func TestACascadeRejectsHardlyAGoodJobUnseenAndSavesHalfTheCalls(t *testing.T) {
	t.Parallel()
	cheap := lexical.New(nil)
	english, calls, good, lost := 0, 0, 0, 0
	for _, pair := range sample(t) {
		model := &oracle{good: pair.good}
		c, err := scorer.NewCascade(cheap, model, nil)
		require.NoError(t, err)
		m, err := c.Score(t.Context(), pair.resume, pair.posting)
		require.NoError(t, err)
		if pair.language == "en" {
			english++
			calls += model.calls
		}
		if pair.good {
			good++
			if m.Score < gate.Default && !m.Unverified {
				lost++
			}
		}
	}
	require.LessOrEqual(t, calls, english/2)
	require.LessOrEqual(t, float64(lost), 0.01*float64(good))
}
