package pay

import (
	"strings"

	"github.com/agent-forge/forge/internal/fold"
)

// set returns the words of a list, folded as the texts are.
func set(list string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(fold.Text(list)) {
		m[w] = true
	}
	return m
}

// table returns a table from lines of a value and its words.
func table[V any](rows ...struct {
	value V
	words string
},
) map[string]V {
	m := make(map[string]V)
	for _, r := range rows {
		for w := range strings.FieldsSeq(fold.Text(r.words)) {
			m[w] = r.value
		}
	}
	return m
}

type named[V any] = struct {
	value V
	words string
}

// phrases makes one word of several, and unfolds currencies that are written with letters and a
// sign.
var phrases = strings.NewReplacer(
	"/-", " ", "p/a", "pa", "p/m", "pm", "p/h", "ph", "up to ", "upto ", "bis zu ", "upto ", "jusqu'a ",
	"upto ", "fino a ", "upto ", "no more than ", "upto ", "a partir de ", "ab ", "a partire da ", "ab ",
	"starting at ", "ab ", "starting from ", "ab ", "at least ", "ab ", "more than ", "ab ", "mehr als ",
	"ab ", "plus de ", "ab ", "and above", "ormore", "and up", "ormore", "or more", "ormore", "or above",
	"ormore", "und mehr", "ormore", "et plus", "ormore", "y mas", "ormore", "o mas", "ormore", "ou mais",
	"ormore", "oder mehr", "ormore", "ou plus", "ormore", "or less", "orless", "per cent", "%", "percent",
	"%", "prozent", "%", "sign-on", "bonus", "sign on", "bonus", "d'heure", "/heure", "l'heure", "/heure",
	"l'ora", "/ora", "all'ora", "/ora", "l'an", "/an", "l'anno", "/anno", "all'anno", "/anno", "usd$", "usd ",
	"us$", "usd ", "cad$", "cad ", "ca$", "cad ", "c$", "cad ", "aud$", "aud ", "au$", "aud ", "a$", "aud ",
	"nz$", "nzd ", "hk$", "hkd ", "sgd$", "sgd ", "s$", "sgd ", "mx$", "mxn ", "nt$", "twd ", "r$", "brl ",
)

// factors are the multipliers. A dot in "1.250" before one of a hundred thousand or more is that of
// decimals.
var factors = table(
	named[float64]{1e3, "k thousand tsd t teur keur tys тыс tis mil mila milj tusen ribu rb 千 천"},
	named[float64]{1e4, "万 萬 만"},
	named[float64]{1e5, "l lac lacs lakh lakhs lpa"},
	named[float64]{1e6, "m mn mio million millions millionen millones milhoes juta jt trieu tr млн 百万 백만"},
	named[float64]{1e7, "cr crore crores 千万 천만"},
	named[float64]{1e8, "億 亿 억"},
)

// lakhs are the multipliers of the subcontinent, whose money is most often the rupee of India.
var lakhs = set("l lac lacs lakh lakhs cr crore crores")

// currencies maps signs, names and codes to ISO 4217. A code with a question mark is what the sign
// means most often; the text or the caller can say another of the same family. "*" names a family
// without a usual one.
var currencies = table(
	named[string]{"USD?", "$ dollar dollars"},
	named[string]{"GBP", "£ gbp pound pounds"},
	named[string]{"EUR", "€ eur euro euros"},
	named[string]{"INR", "₹ inr"},
	named[string]{"INR?", "rs re rupees rupee"},
	named[string]{"kr*", "kr kronor kroner"},
	named[string]{"yen*", "¥ 元"},
	named[string]{"USD", "usd"},
	named[string]{"CAD", "cad"},
	named[string]{"AUD", "aud"},
	named[string]{"NZD", "nzd"},
	named[string]{"SGD", "sgd"},
	named[string]{"HKD", "hkd"},
	named[string]{"TWD", "twd"},
	named[string]{"MXN", "mxn"},
	named[string]{"CHF", "chf sfr fr franken"},
	named[string]{"SEK", "sek"},
	named[string]{"NOK", "nok"},
	named[string]{"DKK", "dkk"},
	named[string]{"ISK", "isk"},
	named[string]{"PLN", "pln zł złotych złoty"},
	named[string]{"CZK", "czk kč"},
	named[string]{"HUF", "huf ft forint"},
	named[string]{"RON", "ron lei"},
	named[string]{"BGN", "bgn лв"},
	named[string]{"UAH", "uah ₴ грн"},
	named[string]{"RUB", "rub rur ₽ руб рублей"},
	named[string]{"TRY", "try tl ₺"},
	named[string]{"ILS", "ils nis ₪"},
	named[string]{"AED", "aed dhs"},
	named[string]{"SAR", "sar"},
	named[string]{"QAR", "qar"},
	named[string]{"EGP", "egp"},
	named[string]{"ZAR", "zar r"},
	named[string]{"NGN", "ngn ₦"},
	named[string]{"KES", "kes ksh"},
	named[string]{"BRL", "brl reais"},
	named[string]{"ARS", "ars"},
	named[string]{"CLP", "clp"},
	named[string]{"COP", "cop"},
	named[string]{"PEN", "pen soles"},
	named[string]{"JPY", "jpy yen 円 日元"},
	named[string]{"CNY", "cny rmb 人民币"},
	named[string]{"KRW", "krw ₩ 원 won"},
	named[string]{"THB", "thb ฿ baht"},
	named[string]{"VND", "vnd ₫ đồng"},
	named[string]{"IDR", "idr rp"},
	named[string]{"MYR", "myr rm"},
	named[string]{"PHP", "php ₱"},
	named[string]{"PKR", "pkr"},
	named[string]{"BDT", "bdt ৳"},
	named[string]{"LKR", "lkr"},
	named[string]{"NPR", "npr"},
)

// families are the currencies that share a sign.
var families = map[string]map[string]bool{
	"USD?": set("usd cad aud nzd sgd hkd twd mxn ars clp cop"),
	"INR?": set("inr pkr bdt lkr npr"),
	"kr*":  set("sek nok dkk isk"),
	"yen*": set("jpy cny"),
}

// scales is how many units of a currency a US dollar buys, to one figure: enough to see a thousand
// too many or too few.
var scales = table(
	named[float64]{1, "USD EUR GBP CHF CAD AUD NZD SGD"},
	named[float64]{4, "PLN ILS AED SAR QAR MYR RON BRL BGN PEN"},
	named[float64]{10, "SEK NOK DKK CNY HKD ZAR MXN"},
	named[float64]{30, "CZK TWD THB TRY UAH EGP"},
	named[float64]{90, "INR RUB PHP BDT KES JPY ISK NPR"},
	named[float64]{300, "PKR HUF LKR"},
	named[float64]{1000, "KRW ARS CLP NGN"},
	named[float64]{4000, "COP"},
	named[float64]{20000, "IDR VND"},
)

//nolint:misspell // words of many languages
var periods = table(
	named[string]{
		Hour,
		`h hr hrs hour hours hourly ph std stunde stunden stündlich stundenlohn heure heures horaire
			hora horas ora ore uur timme timmen tim time timen godz godzinę godzina godzinowo hod
			hodinu saat час ч 時 時間 小时 时 시간 시 時給 时薪 시급`,
	},
	named[string]{
		Day,
		`d day days daily pd tag tage täglich tagessatz jour jours journalier jr tjm día dia diária
			diario dag giorno dzień dziennie den gün день 日 天 일 日給 日薪 일급`,
	},
	named[string]{
		Week,
		`w wk week weeks weekly pw woche wochen wöchentlich semaine semana semanal settimana vecka
			uke tydzień týden hafta неделю 週 周 주 주급`,
	},
	named[string]{
		Month,
		`mo mth mon month months monthly pm pcm monat monate monats monatlich mtl monatsgehalt
			monatslohn mois mensuel mensuels mensuelle mes meses mensual mensuales mensal mês meses
			mese mensile mensili maand maandelijks mån månad måned mies miesiąc miesięcznie mc měs
			měsíc měsíčně bulan ay aylık мес месяц 月 每月 월 月給 月収 月薪 월급 tháng hó hónap`,
	},
	named[string]{
		Year,
		`y yr yrs year years yearly annum annual annually pa lpa jahr jahre jahres jährlich
			jahresgehalt an année annuel annuels annuelle año años anual anuales ano anos anno annuo
			annui jaar jaarlijks år rok rocznie roku ročně yıl yıllık год 年 每年 년 年収 年薪 年俸 연봉 tahun
			năm év`,
	},
)

// codes are the units of schema.org, UN/CEFACT and ISO 8601 durations that are no words.
var codes = map[string]string{
	"hur": Hour, "pt1h": Hour, "p1d": Day, "wee": Week, "p1w": Week, "p1m": Month, "ann": Year, "p1y": Year,
}

//nolint:misspell // words of many languages
var words = table(
	named[kind]{separator, "- to bis do tot à a al hasta fino ate aż až til till до ~ → ・ から まで"},
	named[kind]{conjunct, "and und et y e en i og och и &"},
	named[kind]{between, "between zwischen entre tra fra tussen między mezi mellan mellem"},
	named[kind]{added, "+ plus zzgl zuzüglich inkl including incl inclusive"},
	named[kind]{atMost, "upto max maximum maximal maximaal maksymalnie orless < ≤ 以下 이하"},
	named[kind]{
		atLeast,
		"from ab von od desde dès vanaf starting min mind minimum mindestens över over über above от " +
			"ormore > ≥ 以上 이상 från",
	},
	named[kind]{
		aboutPay,
		`gross net netto brutto bruto brut brute bruta bruts lordo lorda lordi neto liquido líquido
			salary base pay wage compensation gehalt lohn salaire remuneração remuneration salario
			salário stipendio fixed fix fixe rate rates ctc vb hm ca circa approx approximately
			about around im in der die the le la las los el il je на в za po`,
	},
	named[kind]{
		unfit,
		`bi biweekly semi semimonthly fortnight fortnightly quarter quarterly every alle quartal
			trimestre kwartał shift schicht piece unit`,
	},
	named[kind]{
		bonus,
		`bonus bonuses boni prime primes premie provision provisionen commission commissions equity
			stock options allowance relocation referral tip tips variable variabel`,
	},
)

// words that a period follows
//
//nolint:misspell // words of many languages
var (
	perWords = set("per pro par por pr a an al à je na na в za im in à /")
	// weakPer can mean other things, too.
	weakPer  = set("a an al à je na в za im in")
	articles = set("the die der le la l il el una un une einem dem")
	counted  = set(
		`h hr hrs hour hours std stunden stunde wochenstunden uren heures horas ore godz timmar
			timer day days tage jours días dias giorni year years yrs yr jahre ans años anos month
			months monate mois meses week weeks wochen % 薪 gehälter monatsgehälter zahlungen
			payments pagas mensilità salaires`,
	)
	salaries = set("gehalt monatsgehalt lohn monatslohn gehälter monatsgehälter")
	ordinals = set("st nd rd th e º ª")
	times    = set("x × *")
)

// known reports whether a Chinese, Japanese or Korean word is in one of the tables.
func known(w string) bool {
	_, isFactor := factors[w]
	_, isWord := words[w]
	return isFactor || isWord || currencies[w] != "" || periods[w] != "" || counted[w]
}

func (t token) isMark() bool { return len(t.word) == 1 && strings.Contains("()[]:;,.|*'\"!?=", t.word) }
