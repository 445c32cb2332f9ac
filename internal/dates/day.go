package dates

import (
	"strings"
	"time"
	"unicode"
)

// A piece is a number or a word of a date.
type piece struct {
	text   string
	number bool
	first  bool // no number stands before it
	before byte // the sign between it and the piece before; ' ' if there is only space
}

// pieces splits a folded text. It returns nil if the text holds more than a date can.
func pieces(s string) []piece {
	const most = 12
	var out []piece
	before := byte(' ')
	for s != "" {
		n := run(s, func(r rune) bool { return r >= '0' && r <= '9' })
		if n == 0 {
			n = run(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) })
		}
		if n > 0 {
			out = append(out, piece{text: s[:n], number: s[0] >= '0' && s[0] <= '9', before: before})
			s, before = s[n:], ' '
			continue
		}
		if s[0] != ' ' {
			if !strings.ContainsRune(".,/-'", rune(s[0])) {
				return nil
			}
			before = s[0]
		}
		s = s[1:]
		if len(out) > most {
			return nil
		}
	}
	return out
}

// run returns how many bytes at the beginning of s are of one kind.
func run(s string, kind func(rune) bool) int {
	if n := strings.IndexFunc(s, func(r rune) bool { return !kind(r) }); n >= 0 {
		return n
	}
	return len(s)
}

// cjk writes "2027年3月18日" as "2027-3-18-".
var cjk = strings.NewReplacer("年", "-", "月", "-", "日", " ", "년", "-", "월", "-", "일", " ")

// parseDay reads a day, with its month as a number or a name.
func parseDay(s string, order Order) (time.Time, bool) {
	var numbers, words []piece
	for _, p := range pieces(cjk.Replace(s)) {
		switch {
		case p.number:
			numbers = append(numbers, p)
		case !fillers[p.text]:
			p.first = len(numbers) == 0
			words = append(words, p)
		}
	}
	// The first word can be the day of the week, in any language. "Mar 18 mai 2027" is a Tuesday in
	// May.
	if len(words) == 2 || len(words) == 1 && len(numbers) == 3 {
		if !words[0].first {
			return time.Time{}, false
		}
		words = words[1:]
	}
	switch {
	case len(words) == 0 && len(numbers) == 3:
		return numeric(numbers, order)
	case len(words) == 1 && len(numbers) == 2 && months[words[0].text] != 0:
		year, day := numbers[0].text, numbers[1].text
		if len(year) != 4 {
			year, day = day, year
		}
		return date(year, int(months[words[0].text]), day)
	}
	return time.Time{}, false
}

// numeric reads three numbers. The year has four digits; two could be a day as well.
func numeric(n []piece, order Order) (time.Time, bool) {
	switch {
	case len(n[0].text) == 4 && len(n[1].text) <= 2:
		return date(n[0].text, number(n[1].text), n[2].text)
	case len(n[2].text) != 4 || len(n[0].text) > 2 || len(n[1].text) > 2:
		return time.Time{}, false
	}
	a, b := number(n[0].text), number(n[1].text)
	dotted := n[1].before == '.'
	switch {
	case dotted, a > 12, a == b, order == DayFirst && b <= 12:
		return date(n[2].text, b, n[0].text)
	case b > 12, order == MonthFirst:
		return date(n[2].text, a, n[1].text)
	}
	return time.Time{}, false
}

// date returns a day that the calendar has.
func date(year string, month int, day string) (time.Time, bool) {
	if len(year) != 4 || len(day) > 2 {
		return time.Time{}, false
	}
	t := time.Date(number(year), time.Month(month), number(day), 0, 0, 0, 0, time.UTC)
	return t, t.Month() == time.Month(month) && t.Day() == number(day)
}

// fillers stand in a date and say nothing.
var fillers = set(
	`posted published on date the of de del den der dem am le el il op dia d t th st nd rd er г года
		год року r um uhr at kl a la veroffentlicht publie publicado publicada pubblicato geplaatst`,
)

// months are the names of months and their abbreviations, folded: English, German, French, Spanish,
// Portuguese, Italian, Dutch, Polish, Czech, Swedish, Danish, Norwegian, Turkish, Romanian, Russian
// and Ukrainian. Croatian is not among them: its "listopad" is October, and that of Polish and
// Czech is November.
//
//nolint:misspell // words of many languages
var months = monthTable(
	`january jan januar janner janvier janv enero ene janeiro gennaio gen januari stycznia styczen
		sty leden ledna ocak oca ianuarie ian января январь янв сiчня січня січень`,
	`february feb februar fevrier fevr fev febrero fevereiro febbraio februari lutego luty lut unor
		unora subat sub februarie февраля февраль фев лютого лютии`,
	`march mar marz mrz maerz mars marzo marco maart mrt marca marzec brezen brezna marts mart
		martie марта март мар березня березень`,
	`april apr avril avr abril abr aprile kwietnia kwiecien kwi duben dubna nisan nis aprilie апреля
		апрель апр квитня квітня квітень`,
	`may mai mayo maio mag maggio mei maja maj kveten kvetna mayis мая маи травня травень`,
	`june jun juni juin junio junho giugno giu czerwca czerwiec cze cerven cervna haziran haz iunie
		iun июня июнь июн червня червень`,
	`july jul juli juillet juil julio julho luglio lug lipca lipiec lip cervenec cervence temmuz tem
		iulie iul июля июль июл липня липень`,
	`august aug aout agosto ago augustus sierpnia sierpien sie srpen srpna augusti agustos agu
		августа август авг серпня серпень`,
	`september sep sept septembre septiembre setiembre set setembro settembre wrzesnia wrzesien wrz
		zari eylul eyl septembrie сентября сентябрь сен сент вересня вересень`,
	`october oct oktober okt octobre octubre outubro out ottobre ott pazdziernika pazdziernik paz
		rijen rijna ekim eki octombrie октября октябрь окт жовтня жовтень`,
	`november nov novembre noviembre novembro listopada listopad lis listopadu kasim kas noiembrie
		noi ноября ноябрь ноя листопада листопад`,
	`december dec dezember dez decembre diciembre dic dezembro dicembre grudnia grudzien gru
		prosinec prosince aralik ara decembrie декабря декабрь дек грудня грудень`,
)

func monthTable(names ...string) map[string]time.Month {
	m := make(map[string]time.Month)
	for i, list := range names {
		for name := range set(list) {
			m[name] = time.Month(i + 1)
		}
	}
	return m
}

func set(list string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}
