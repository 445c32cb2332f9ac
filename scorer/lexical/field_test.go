package lexical_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scorer/lexical"
)

// Four trades that are far from one another, as a résumé and as a posting of other words.
var farTrades = []struct{ resume, title, posting string }{
	{
		"Ada Brook\nRoofer, Slate & Sons, 2011 to 2023\nLaid tiles and slate, sealed flat roofs, put up " +
			"scaffolding, repaired gutters. Worked with carpenters on building sites.",
		"Dachdecker (m/w/d)",
		"Sie decken Dächer mit Ziegeln, dichten Flachdächer ab und bauen Gerüste auf. Wir arbeiten auf " +
			"Baustellen in der ganzen Region und suchen Kollegen mit Ausbildung.",
	},
	{
		"Ben Hart\nPharmacist, Elm Dispensary, 2009 to 2023\nDispensed medicines, advised patients and " +
			"doctors, ran the hospital pharmacy and checked prescriptions on the wards.",
		"Farmacéutico/a",
		"Buscamos una persona para nuestra farmacia. Dispensarás medicamentos, aconsejarás a los " +
			"pacientes y revisarás las recetas del hospital con los médicos.",
	},
	{
		"Cleo Marsh\nBus driver, Fen Coaches, 2012 to 2023\nDrove coaches on long routes, loaded " +
			"luggage, checked brakes and engine, sold tickets. Truck licence.",
		"Chauffeur de bus H/F",
		"Vous conduisez un bus sur nos lignes, vous accueillez les voyageurs et vous contrôlez le " +
			"véhicule avant le départ. Vous travaillez pour une société de cars.",
	},
	{
		"Dan Orme\nCook, Harbour Restaurant, 2010 to 2023\nCooked fish and meat dishes, planned the menu, " +
			"led the kitchen and baked bread and pastry for hotel guests.",
		"Cuoco",
		"Cerchiamo un cuoco per la cucina del nostro ristorante. Prepari piatti di pesce e di carne, il " +
			"menù e i dolci per gli ospiti del nostro albergo.",
	},
}

func TestTradesAreToldApartAcrossLanguages(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for i, of := range farTrades {
		for j, at := range farTrades {
			m, err := s.Score(t.Context(), of.resume, posting(at.title, at.posting))
			require.NoError(t, err)
			if i == j {
				require.GreaterOrEqual(t, m.Score, gate.Default, "%s: %s", at.title, m.Reasoning)
				continue
			}
			require.Less(t, m.Score, gate.Default, "%q for %s: %s", of.resume[:30], at.title, m.Reasoning)
		}
	}
}

func TestWhatIsNearOrUnknownIsKept(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, c := range []struct{ name, resume, title, posting string }{
		{
			"a near field", farTrades[1].resume, "Altenpflegerin",
			"Sie pflegen ältere Menschen in unserem Haus und begleiten sie durch den Tag.",
		},
		{
			"a trade that no list knows", farTrades[0].resume, "Heraldiker",
			"Sie entwerfen Wappen und führen unsere Wappenrolle für Familien und Gemeinden.",
		},
		{
			"a résumé that no list knows", "Sagenerzähler, 2010 bis 2020\nErzählte Sagen auf Burgen.",
			"Nurse", "You care for patients on our ward.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.GreaterOrEqual(t, scoreOf(t, s, c.resume, posting(c.title, c.posting)), gate.Default)
		})
	}
}
