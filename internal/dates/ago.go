package dates

import (
	"strings"
	"time"
	"unicode"

	"github.com/agent-forge/forge/internal/fold"
)

// Ago reads an age, such as "Just now", "3 days ago" or "vor einer Woche", and returns its day as
// midnight UTC. Days are those of now's location, a month is 30 days and a year is 365. It returns
// false for what names no day, such as "30+ days ago".
func Ago(s string, now time.Time) (time.Time, bool) {
	if len(s) > maxBytes {
		return time.Time{}, false
	}
	s = strings.TrimSpace(agePhrases.Replace(apart(fold.Text(s))))
	var a age
	for _, p := range pieces(s) {
		if !a.add(p) {
			return time.Time{}, false
		}
	}
	return a.day(now)
}

// An age is what was read of one so far.
type age struct {
	count, counts int // the number, and how many there were
	unit          time.Duration
	name          string // of the unit
	ago           bool
	named         bool // back counts
	back          int  // days, of a name such as "yesterday"
}

// few is the count of "a few".
const few = -1

func (a *age) add(p piece) bool {
	back, isDay := dayNames[p.text]
	count, isCount := counts[p.text]
	unit, isUnit := units[p.text]
	switch {
	case p.number && len(p.text) <= 3:
		a.count = number(p.text)
		a.counts++
	case isDay && !a.named:
		a.named, a.back = true, back
	case isCount:
		a.count = count
		a.counts++
	case isUnit && a.unit == 0:
		a.unit, a.name = unit, p.text
	case agoWords[p.text]:
		a.ago = true
	default:
		return ageFillers[p.text]
	}
	return true
}

func (a *age) day(now time.Time) (time.Time, bool) {
	const day = 24 * time.Hour
	switch {
	case a.named:
		if a.counts > 0 || a.unit != 0 || a.ago {
			return time.Time{}, false
		}
		return midnight(now, a.back), true
	case a.unit == 0, !a.ago, a.counts > 1, a.counts == 0 && !singular[a.name]:
		return time.Time{}, false
	case a.counts == 0:
		a.count = 1
	case a.count == few:
		return midnight(now, 0), a.unit < day
	}
	if a.unit < day {
		return midnight(now.Add(-time.Duration(a.count)*a.unit), 0), true
	}
	return midnight(now, a.count*int(a.unit/day)), true
}

// midnight returns the day that is some days before now's.
func midnight(now time.Time, back int) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d-back, 0, 0, 0, 0, time.UTC)
}

// apart puts spaces between the signs of scripts that write without them.
func apart(s string) string {
	if !strings.ContainsFunc(s, isCJK) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isCJK(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		if isCJK(r) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func isCJK(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

var agePhrases = strings.NewReplacer(
	"il y a", "hace", "a few", "few", "just now", "today", "right now", "today", "gerade eben", "today",
	"a l'instant", "today", "aujourd'hui", "today", "今  日", "today", "今  天", "today", "昨  日", "yesterday",
	"昨  天", "yesterday", "오  늘", "today", "어  제", "yesterday",
)

var (
	dayNames = map[string]int{
		"today": 0, "heute": 0, "hoy": 0, "hoje": 0, "oggi": 0,
		"vandaag": 0, "dzisiaj": 0, "dzis": 0, "dnes": 0, "idag": 0,
		"bugun": 0, "сегодня": 0, "сьогодні": 0, "azi": 0, "now": 0,
		"yesterday": 1, "gestern": 1, "hier": 1, "ayer": 1, "ontem": 1,
		"ieri": 1, "gisteren": 1, "wczoraj": 1, "vcera": 1, "igar": 1,
		"dun": 1, "вчера": 1, "вчора": 1, "vorgestern": 2, "anteayer": 2,
		"anteontem": 2, "eergisteren": 2, "przedwczoraj": 2, "позавчера": 2,
	}
	counts = map[string]int{
		"a": 1, "an": 1, "one": 1, "ein": 1, "eine": 1, "einem": 1, "einer": 1,
		"un": 1, "une": 1, "una": 1, "um": 1, "uma": 1, "een": 1, "en": 1,
		"ett": 1, "et": 1, "bir": 1, "один": 1, "одну": 1, "few": few, "einigen": few,
		"wenigen": few, "quelques": few, "unas": few, "unos": few,
	}
	agoWords = set("ago vor hace ha fa geleden temu sedan siden once назад тому 前 전 قبل منذ pred acum")
	// singular are units that need no count: "tydzień temu".
	singular   = set("tydzien miesiac rok godzine неделю месяц год час день tyden mesic")
	ageFillers = set(
		`posted reposted published active listed veroffentlicht publie publicado publicada pubblicato
			geplaatst dodano dodana
		опубликовано about circa ca etwa environ il el am de der for 间 間 個 个 か カ ヶ ケ 개 간 小`,
	)
)

var units = unitTable(map[time.Duration]string{
	time.Minute: "m min mins minute minutes minuten minuto minutos minuti minut minuty minuter minutter " +
		"dakika минут минуты минуту 分 분 دقيقة دقائق",
	time.Hour: `h hr hrs hour hours stunde stunden heure heures hora horas ora ore uur uren godzina godzine
		godziny godzin hodina hodinou hodinami
		timme timmar time timer saat час часа часов 時 时 시 ساعة ساعات`,
	24 * time.Hour: `d day days tag tage tagen jour jours dia dias giorno giorni dag dagen dagar dage dager
		dzien dni dnem dny den gun день дня днеи дні
		днів zi zile 日 天 일 يوم أيام`,
	7 * 24 * time.Hour: `w wk week weeks woche wochen semaine semaines semana semanas settimana settimane
		weken tydzien tygodnie tygodni tyden tydnem tydny
		vecka veckor uge uger uke uker hafta неделю недели недель тиждень тижні saptamana saptamani 週 周 주
		أسبوع أسابيع`,
	30 * 24 * time.Hour: `mo month months monat monate monaten monats mois mes meses mese mesi maand
		maanden miesiac miesiace miesiecy mesic mesicem mesici
		manad manader maned maneder ay месяц месяца месяцев місяць місяці luna luni 月 월 شهر أشهر`,
	365 * 24 * time.Hour: `y yr year years jahr jahre jahren an ans annee ano anos anno anni jaar jaren rok
		lata lat rokem lety ar yil год года лет 年 년 سنة`,
})

func unitTable(lists map[time.Duration]string) map[string]time.Duration {
	m := make(map[string]time.Duration)
	for unit, list := range lists {
		for name := range set(list) {
			m[name] = unit
		}
	}
	return m
}
