package pay_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/pay"
)

type payCase struct {
	text             string
	currency, period string // assumed
	want             pay.Range
}

func usd(lo, hi float64, period string) pay.Range {
	return pay.Range{Min: lo, Max: hi, Currency: "USD", Period: period}
}

func eur(lo, hi float64, period string) pay.Range {
	return pay.Range{Min: lo, Max: hi, Currency: "EUR", Period: period}
}

func inr(lo, hi float64, period string) pay.Range {
	return pay.Range{Min: lo, Max: hi, Currency: "INR", Period: period}
}

func payCases() []payCase {
	return []payCase{
		// Thousands and decimals as each country writes them.
		{text: "48.000 – 62.000 EUR", want: eur(48000, 62000, "")},
		{text: "48.000,00 € bis 62.500,50 € p.a.", want: eur(48000, 62500.5, pay.Year)},
		{text: "€ 16,80 / Std", want: eur(16.8, 16.8, pay.Hour)},
		{text: "16,8 € pro Stunde", want: eur(16.8, 16.8, pay.Hour)},
		{text: "CHF 98'500", want: pay.Range{Min: 98500, Max: 98500, Currency: "CHF"}},
		{
			text: "CHF 85’000 – 98’000 / Jahr",
			want: pay.Range{Min: 85000, Max: 98000, Currency: "CHF", Period: pay.Year},
		},
		{text: "38 000 € - 45 000 € brut par an", want: eur(38000, 45000, pay.Year)},
		{text: "2\u00a0200\u00a0€ par mois", want: eur(2200, 2200, pay.Month)},
		{text: "2 450 à 2 900 € brut mensuel", want: eur(2450, 2900, pay.Month)},
		{text: "1.950,00 EUR monatlich", want: eur(1950, 1950, pay.Month)},
		{text: "$1,234,567 per year", want: usd(1234567, 1234567, pay.Year)},
		{text: "$24.75 - $31.20 an hour", want: usd(24.75, 31.2, pay.Hour)},
		{text: "$70.00/hr - $100.00/hr", want: usd(70, 100, pay.Hour)},
		{text: "$65,000.00/yr - $75,000.00/yr", want: usd(65000, 75000, pay.Year)},
		{text: "65000.00 USD per year", want: usd(65000, 65000, pay.Year)},
		// Multipliers.
		{text: "$85k–$125k/yr", want: usd(85000, 125000, pay.Year)},
		{text: "$85-125k/yr", want: usd(85000, 125000, pay.Year)},
		{text: "85K - 125 USD annually", want: usd(85000, 125000, pay.Year)},
		{text: "55-70 k€", want: eur(55000, 70000, "")},
		{text: "55 T€ p.a.", want: eur(55000, 55000, pay.Year)},
		{text: "60 TEUR", want: eur(60000, 60000, "")},
		{text: "32 mil euros al año", want: eur(32000, 32000, pay.Year)},
		{
			text: "8-11 tys. zł miesięcznie",
			want: pay.Range{Min: 8000, Max: 11000, Currency: "PLN", Period: pay.Month},
		},
		{
			text: "120–150 тыс. руб. в месяц",
			want: pay.Range{Min: 120000, Max: 150000, Currency: "RUB", Period: pay.Month},
		},
		{
			text: "£0.12m per annum",
			want: pay.Range{Min: 120000, Max: 120000, Currency: "GBP", Period: pay.Year},
		},
		{
			text: "年収420万円〜650万円",
			want: pay.Range{Min: 4200000, Max: 6500000, Currency: "JPY", Period: pay.Year},
		},
		{
			text: "연봉 4,200만원 ~ 6,000만원",
			want: pay.Range{Min: 42000000, Max: 60000000, Currency: "KRW", Period: pay.Year},
		},
		// Lakhs and crores.
		{text: "5-7 LPA", want: inr(500000, 700000, pay.Year)},
		{text: "3.5 LPA to 4.25 LPA", want: inr(350000, 425000, pay.Year)},
		{text: "Upto 14 Lakhs", want: inr(0, 1400000, "")},
		{text: "Upto 14 Lakhs", currency: "INR", period: pay.Year, want: inr(0, 1400000, pay.Year)},
		{text: "9-13 Lacs P.A. (Including Variable: 7.5%)", want: inr(900000, 1300000, pay.Year)},
		{text: "₹ 2,75,000 - 5,50,000 P.A.", want: inr(275000, 550000, pay.Year)},
		{text: "27.5-40 Lacs PA", want: inr(2750000, 4000000, pay.Year)},
		{text: "90,000-4 Lacs PA", want: inr(90000, 400000, pay.Year)},
		{text: "90 Lacs - 1.2 Cr PA", want: inr(9000000, 12000000, pay.Year)},
		{text: "1-1.5 Cr", currency: "INR", period: pay.Year, want: inr(10000000, 15000000, pay.Year)},
		{text: "50,000-80,000 PA", currency: "INR", want: inr(50000, 80000, pay.Year)},
		{text: "Rs. 18,000/- to Rs. 22,000/- per month", want: inr(18000, 22000, pay.Month)},
		{text: "₹11L–₹16L", want: inr(1100000, 1600000, "")},
		{text: "INR 25k - 40k pm", want: inr(25000, 40000, pay.Month)},
		// One bound.
		{text: "from 2700 zł netto", want: pay.Range{Min: 2700, Currency: "PLN"}},
		{
			text: "od 6 500 do 8 200 zł brutto / mies.",
			want: pay.Range{Min: 6500, Max: 8200, Currency: "PLN", Period: pay.Month},
		},
		{text: "ab 3.200 € brutto im Monat", want: eur(3200, 0, pay.Month)},
		{text: "bis zu 72.000 € im Jahr", want: eur(0, 72000, pay.Year)},
		{text: "jusqu'à 45 k€ par an", want: eur(0, 45000, pay.Year)},
		{text: "à partir de 1 900 € par mois", want: eur(1900, 0, pay.Month)},
		{text: "$95,000+ per year", want: usd(95000, 0, pay.Year)},
		{text: "$95,000 and above", want: usd(95000, 0, "")},
		{text: "zwischen 50.000 und 58.000 Euro jährlich", want: eur(50000, 58000, pay.Year)},
		{
			text: "between £31,000 and £36,500 a year",
			want: pay.Range{Min: 31000, Max: 36500, Currency: "GBP", Period: pay.Year},
		},
		// Currencies.
		{
			text: "CA$90,000 - CA$110,000 per year",
			want: pay.Range{Min: 90000, Max: 110000, Currency: "CAD", Period: pay.Year},
		},
		{
			text: "$90,000 CAD per year",
			want: pay.Range{Min: 90000, Max: 90000, Currency: "CAD", Period: pay.Year},
		},
		{
			text: "$90,000 per year", currency: "AUD",
			want: pay.Range{Min: 90000, Max: 90000, Currency: "AUD", Period: pay.Year},
		},
		{
			text: "38 000 kr/mån", currency: "SEK",
			want: pay.Range{Min: 38000, Max: 38000, Currency: "SEK", Period: pay.Month},
		},
		{text: "38 000 kr/mån", want: pay.Range{Min: 38000, Max: 38000, Period: pay.Month}},
		{
			text: "R$ 4.500,00 por mês",
			want: pay.Range{Min: 4500, Max: 4500, Currency: "BRL", Period: pay.Month},
		},
		{
			text: "Kč 45 000 měsíčně",
			want: pay.Range{Min: 45000, Max: 45000, Currency: "CZK", Period: pay.Month},
		},
		{
			text: "Rp 8.000.000 per bulan",
			want: pay.Range{Min: 8000000, Max: 8000000, Currency: "IDR", Period: pay.Month},
		},
		// Words and numbers that are not money.
		{text: "Base salary: $110,000 - $130,000 + bonus", want: usd(110000, 130000, "")},
		{text: "€ 17,20 / Std bei 38,5 Std/Woche", want: eur(17.2, 17.2, pay.Hour)},
		{text: "14 x 2.800 € brutto", want: eur(2800, 2800, "")},
		{text: "52.000 € (13. Gehalt)", want: eur(52000, 52000, "")},
		{text: "$21.50/hr, 40 hours per week", want: usd(21.5, 21.5, pay.Hour)},
		{text: "CHF 84'000 - 96'000 (80-100%)", want: pay.Range{Min: 84000, Max: 96000, Currency: "CHF"}},
		{text: "13,40 € die Stunde", want: eur(13.4, 13.4, pay.Hour)},
		{text: "mind. € 2.400,00 brutto pro Monat", want: eur(2400, 0, pay.Month)},
		{text: "Rp5.500.000 - Rp7.000.000", want: pay.Range{Min: 5500000, Max: 7000000, Currency: "IDR"}},
		{text: "45000", currency: "EUR", period: pay.Year, want: eur(45000, 45000, pay.Year)},
		{text: "45.000", currency: "EUR", period: pay.Year, want: eur(45000, 45000, pay.Year)},
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range payCases() {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			got, ok := pay.Parse(c.text, c.currency, c.period)
			require.True(t, ok)
			require.Equal(t, c.want, got)
		})
	}
}

// What can be read in two ways, or is not the pay, has no figures.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "   ", "Competitive", "Not disclosed", "Confidential", "unpaid", "0", "$0", "€ 0,00",
		"45 - 60 EUR",                        // thousands, or an hour's
		"45 EUR per year",                    // a thousand is missing
		"4-6 per annum",                      // so is a lakh
		"$95,000 per hour",                   // a period that cannot be
		"45.000k €",                          // thousands twice, or three decimals
		"$80k - €90k",                        // two currencies
		"$40/hr ($83,200/yr)",                // two periods
		"$90,000 - $80,000",                  // the wrong way round
		"$80,000 or $90,000",                 // no range
		"$80,000 + $10,000",                  // a sum
		"$60,000, $70,000 or $80,000",        // three amounts
		"$80,000 paid monthly",               // a period of something else
		"€36.000, ausgezahlt monatlich",      // the same
		"$10,000 sign-on bonus",              // not the pay
		"Bonus: $10,000 per year",            // not the pay
		"$500 per project",                   // a period that is none
		"$1,500 biweekly",                    // a period that is none of ours
		"TVöD E 13", "E13", "Grade 7", "B2B", // a pay scale
		"1,23,45 INR", "12,34,5 USD", "1.23.4 EUR", "60 000 80 000 EUR",
		"5-1 Cr", "5%", "10% bonus", "2026", "Reference 45000",
		strings.Repeat("9", 400), strings.Repeat("1-", 5000), strings.Repeat("$1 ", 5000),
	} {
		t.Run(text[:min(len(text), 40)], func(t *testing.T) {
			t.Parallel()
			got, ok := pay.Parse(text, "", "")
			require.False(t, ok, "%+v", got)
			require.Zero(t, got)
		})
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	lo, hi := pay.Range{Min: 15.5, Max: 1e7}.Figures()
	require.Equal(t, "15.5", lo)
	require.Equal(t, "10000000", hi)
	lo, hi = pay.Range{Max: 1200000}.Figures()
	require.Empty(t, lo)
	require.Equal(t, "1200000", hi)
}

func TestUnit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{
			"YEAR", pay.Year,
		},
		{"ANN", pay.Year},
		{"P1Y", pay.Year},
		{"p.a.", pay.Year},
		{
			"Jahr", pay.Year,
		},
		{
			"annual", pay.Year,
		},
		{
			"MONTH", pay.Month,
		},
		{"MON", pay.Month},
		{"P1M", pay.Month},
		{"mensuel", pay.Month},
		{
			"WEEK", pay.Week,
		},
		{
			"WEE", pay.Week,
		},
		{"P1W", pay.Week},
		{"DAY", pay.Day},
		{"P1D", pay.Day},
		{
			"HOUR", pay.Hour,
		},
		{
			"HUR", pay.Hour,
		},
		{"PT1H", pay.Hour},
		{"per hour", pay.Hour},
		{"/hr", pay.Hour},
		{"Stunde", pay.Hour},
		{"", ""},
		{"mile", ""},
		{"per project", ""},
		{"hour week", ""},
		{"40 hours", ""},
	} {
		t.Run(c.in, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, pay.Unit(c.in))
		})
	}
}

// However a text is written, its figures are the same or none: never another number.
func TestParseSaysTheSameOfEveryWriting(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"48000-62000 EUR", "48,000-62,000 EUR", "48.000-62.000 EUR", "48 000 - 62 000 EUR",
		"48'000 to 62'000 EUR",
		"48-62k EUR",
		"48k-62k EUR", "EUR 48k to 62k", "€48,000 – €62,000", "48.000,00 bis 62.000,00 EUR",
		"48,000.00-62,000.00 EUR",
		"48 T€ - 62 T€", "4,80,00 - 6,20,00 EUR", "48.0-62.0k EUR", "48,0 - 62,0 k€",
		"0.048-0.062 million EUR",
		"48-62 EUR",
		"48.000-62 EUR", "48 - 62.000 EUR",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if got, ok := pay.Parse(text, "", ""); ok {
				require.Equal(t, eur(48000, 62000, ""), got)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range payCases() {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := pay.Parse(text, "", "")
		if !ok {
			require.Zero(t, r)
			return
		}
		require.True(t, r.Min >= 0 && r.Max >= 0 && r.Min+r.Max > 0, "%+v", r)
		require.True(t, r.Max == 0 || r.Min <= r.Max, "%+v", r)
		again, ok := pay.Parse("  "+text+"\t", "", "")
		require.True(t, ok)
		require.Equal(t, r, again)
	})
}
