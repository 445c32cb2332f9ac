package dates_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/dates"
)

type dateCase struct {
	text      string
	order     dates.Order
	want      string // RFC 3339; empty: unknown
	precision dates.Precision
}

func parseCases() []dateCase {
	const day = "2027-03-18T00:00:00Z"
	exact, zoneless, whole := dates.Exact, dates.NoZone, dates.WholeDay
	return []dateCase{
		// ISO 8601 and what is near it.
		{text: "2027-03-18", want: day, precision: whole},
		{text: "2027-3-8", want: "2027-03-08T00:00:00Z", precision: whole},
		{text: "20270318", want: day, precision: whole},
		{text: "2027/03/18", want: day, precision: whole},
		{text: "2027.03.18", want: day, precision: whole},
		{text: "2027-03-18T", want: day, precision: whole},
		{text: "2027-W11-4", want: day, precision: whole},
		{text: "2027W114", want: day, precision: whole},
		{text: "2027-077", want: day, precision: whole},
		{text: "2027-03-18T09:30:00Z", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "2027-03-18T09:30:00.123+0100", want: "2027-03-18T08:30:00.123Z", precision: exact},
		{text: "2027-03-18T09:30:00+01", want: "2027-03-18T08:30:00Z", precision: exact},
		{text: "2027-03-18T09:30:00 +0530", want: "2027-03-18T04:00:00Z", precision: exact},
		{text: "2027-03-18T09:30:00-03:00", want: "2027-03-18T12:30:00Z", precision: exact},
		{text: "2027-03-18 09:30:00.0 UTC", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "2027-03-18 09:30:00 +0000 UTC", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "2027-03-18T09:30:00Z[UTC]", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "2027-03-18T09:30:00+02:00[Europe/Berlin]", want: "2027-03-18T07:30:00Z", precision: exact},
		{text: "20270318T093000Z", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "2027-03-18T24:00:00Z", want: "2027-03-19T00:00:00Z", precision: exact},
		{text: "2027-03-18T24:00", want: "2027-03-19T00:00:00Z", precision: zoneless},
		{text: "2027-03-18T09:30:00", want: "2027-03-18T09:30:00Z", precision: zoneless},
		{text: "2027-03-18 09:30", want: "2027-03-18T09:30:00Z", precision: zoneless},
		{
			text: "2027-03-18 09:30 IST", want: "2027-03-18T09:30:00Z", precision: zoneless,
		}, // India's, Israel's or Ireland's
		{text: "2027-03-18 09:30 EST", want: "2027-03-18T14:30:00Z", precision: exact},
		{text: "2027-03-18T09:30:60Z", want: "2027-03-18T09:31:00Z", precision: exact},
		// Moments as numbers.
		{text: "1805362200", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "1805362200000", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "1805362200123", want: "2027-03-18T09:30:00.123Z", precision: exact},
		{text: "1805362200000000", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "/Date(1805362200000)/", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "1805362200.0", want: "2027-03-18T09:30:00Z", precision: exact},
		// Programs' own forms.
		{
			text: "Thu Mar 18 2027 09:30:00 GMT+0000 (Coordinated Universal Time)",
			want: "2027-03-18T09:30:00Z", precision: exact,
		},
		{text: "Thu Mar 18 2027 09:30:00 GMT+0100 (CET)", want: "2027-03-18T08:30:00Z", precision: exact},
		{text: "Thu, 18 Mar 2027 09:30:00 GMT", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "Thu, 18 Mar 2027 09:30:00 -0700", want: "2027-03-18T16:30:00Z", precision: exact},
		{text: "Thu Mar 18 09:30:00 2027", want: "2027-03-18T09:30:00Z", precision: zoneless},
		{text: "Thu Mar 18 09:30:00 UTC 2027", want: "2027-03-18T09:30:00Z", precision: exact},
		{text: "3/18/2027 9:30:00 PM", want: "2027-03-18T21:30:00Z", precision: zoneless},
		{text: "Mar 18, 2027, 12:05 a.m.", want: "2027-03-18T00:05:00Z", precision: zoneless},
		// Days, months and years in every order that can be told.
		{text: "18/03/2027", want: day, precision: whole},
		{text: "03/18/2027", want: day, precision: whole},
		{text: "18-03-2027", want: day, precision: whole},
		{text: "18.03.2027", want: day, precision: whole},
		{text: "05.04.2027", want: "2027-04-05T00:00:00Z", precision: whole}, // with dots the day comes first
		{text: "18. 3. 2027", want: day, precision: whole},
		{text: "04/04/2027", want: "2027-04-04T00:00:00Z", precision: whole},
		{text: "04/05/2027", order: dates.DayFirst, want: "2027-05-04T00:00:00Z", precision: whole},
		{text: "04/05/2027", order: dates.MonthFirst, want: "2027-04-05T00:00:00Z", precision: whole},
		{text: "18/03/2027", order: dates.MonthFirst, want: day, precision: whole},
		{text: "2027. 3. 18.", want: day, precision: whole},
		{text: "2027年3月18日", want: day, precision: whole},
		{text: "2027년 3월 18일", want: day, precision: whole},
		{text: "١٨/٠٣/٢٠٢٧", want: day, precision: whole},
		// Names of months.
		{text: "18 Mar 2027", want: day, precision: whole},
		{text: "18-Mar-2027", want: day, precision: whole},
		{text: "Mar 18, 2027", want: day, precision: whole},
		{text: "March 18th, 2027", want: day, precision: whole},
		{text: "18th of March 2027", want: day, precision: whole},
		{text: "Thursday, March 18, 2027", want: day, precision: whole},
		{text: "2027 March 18", want: day, precision: whole},
		{text: "18. März 2027", want: day, precision: whole},
		{text: "Donnerstag, den 18. März 2027", want: day, precision: whole},
		{text: "1er août 2027", want: "2027-08-01T00:00:00Z", precision: whole},
		{text: "jeudi 18 mars 2027", want: day, precision: whole},
		{text: "18 de marzo de 2027", want: day, precision: whole},
		{text: "18 de março de 2027", want: day, precision: whole},
		{text: "18 marzo 2027", want: day, precision: whole},
		{text: "18 maart 2027", want: day, precision: whole},
		{text: "18 marca 2027", want: day, precision: whole},
		{text: "18. března 2027", want: day, precision: whole},
		{text: "18 mars 2027", want: day, precision: whole},
		{text: "18. marts 2027", want: day, precision: whole},
		{text: "18 Mart 2027", want: day, precision: whole},
		{text: "18 марта 2027 г.", want: day, precision: whole},
		{text: "18 березня 2027", want: day, precision: whole},
		{text: "18 martie 2027", want: day, precision: whole},
		{text: "Posted on March 18, 2027", want: day, precision: whole},
		{text: "5 listopada 2027", want: "2027-11-05T00:00:00Z", precision: whole},
		{text: "9 Ağustos 2027", want: "2027-08-09T00:00:00Z", precision: whole},
		{text: "12 июня 2027", want: "2027-06-12T00:00:00Z", precision: whole},
		{text: "3 déc. 2027", want: "2027-12-03T00:00:00Z", precision: whole},
		{text: "7 Sept 2027", want: "2027-09-07T00:00:00Z", precision: whole},

		// What can be read in two ways, or is no day.
		{text: "04/05/2027"},
		{text: "4-5-2027"},
		{text: "04/05/27"},
		{text: "18/03/27"},
		{text: "27.03.18"},
		{text: "March 2027"},
		{text: "2027-03"},
		{text: "2027"},
		{text: "18 March"},
		{text: "03/18"},
		{
			text: "30/02/2027",
		},
		{text: "2027-02-30"},
		{text: "2027-13-01"},
		{text: "31 April 2027"},
		{
			text: "32/01/2027",
		},
		{
			text: "2027-03-18T25:00:00Z",
		},
		{text: "2027-03-18T09:75:00Z"},
		{text: "2027-366"},
		{text: "2027-W54-1"},
		{
			text: "2027-W11-8",
		},
		{
			text: "0001-01-01T00:00:00Z",
		},
		{text: "0000-00-00"},
		{text: "1000-01-01"},
		{text: "12"},
		{
			text: "123456789012",
		},
		{text: ""},
		{text: "soon"},
		{text: "N/A"},
		{text: "null"},
		{text: "May"},
		{text: "Immediately"},
		{
			text: "18 March 2027 to 20 March 2027",
		},
		{text: "18/03/2027 - 20/03/2027"},
		{text: "-1805362200"},
		{
			text: "{{date}}",
		},
		{text: strings.Repeat("1", 4000)},
		{text: strings.Repeat("18 March ", 500)},
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range parseCases() {
		t.Run(c.text[:min(len(c.text), 40)], func(t *testing.T) {
			t.Parallel()
			got, precision := dates.Parse(c.text, c.order)
			if c.want == "" {
				require.Zero(t, got)
				require.Equal(t, dates.Unknown, precision)
				return
			}
			require.Equal(t, c.want, got.Format(time.RFC3339Nano))
			require.Equal(t, time.UTC, got.Location())
			require.Equal(t, c.precision, precision)
		})
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 18, 2, 30, 0, 0, time.FixedZone("", 5*3600+1800)) // the 17th in UTC
	for _, c := range []struct {
		text string
		back int // days; -1: unknown
	}{
		{
			"Just now", 0,
		},
		{"Today", 0},
		{"Few hours ago", 0},
		{"few minutes ago", 0},
		{
			"5 minutes ago", 0,
		},
		{
			"2 hours ago", 0,
		},
		{
			"3 hours ago", 1,
		},
		{"yesterday", 1},
		{"1 Day Ago", 1},
		{"a day ago", 1},
		{
			"3 days ago", 3,
		},
		{
			"Posted 3 days ago", 3,
		},
		{
			"Reposted 2 weeks ago", 14,
		},
		{"1 week ago", 7},
		{"a week ago", 7},
		{
			"one month ago", 30,
		},
		{"3 Months Ago", 90},
		{
			"3d ago", 3,
		},
		{
			"vor 3 Tagen", 3,
		},
		{"vor einem Tag", 1},
		{"vor einer Woche", 7},
		{"vor 2 Monaten", 60},
		{
			"heute", 0,
		},
		{
			"gestern", 1,
		},
		{
			"vorgestern", 2,
		},
		{"il y a 3 jours", 3},
		{"il y a une semaine", 7},
		{"hier", 1},
		{
			"aujourd'hui", 0,
		},
		{
			"hace 6 días", 6,
		},
		{
			"hace una semana", 7,
		},
		{"ayer", 1},
		{"hoy", 0},
		{"há 4 dias", 4},
		{"ontem", 1},
		{
			"3 giorni fa", 3,
		},
		{
			"una settimana fa", 7,
		},
		{
			"ieri", 1,
		},
		{"3 dagen geleden", 3},
		{"vandaag", 0},
		{"gisteren", 1},
		{
			"3 dni temu", 3,
		},
		{"tydzień temu", 7},
		{
			"wczoraj", 1,
		},
		{
			"för 3 dagar sedan", 3,
		},
		{"for 2 uger siden", 14},
		{"3 gün önce", 3},
		{
			"10 ay önce", 300,
		},
		{"3 дня назад", 3},
		{
			"вчера", 1,
		},
		{"3日前", 3},
		{"昨日", 1},
		{"3 天前", 3},
		{"3일 전", 3},
		{"قبل ٤ أسبوع", 28},
		{"před 3 dny", 3},

		{
			"30+ days ago", -1,
		},
		{"More than 30 days ago", -1},
		{
			"over a month ago", -1,
		},
		{"vor mehr als 30 Tagen", -1},
		{
			"Starts in 1-3 months", -1,
		},
		{
			"in 3 days", -1,
		},
		{"3 days", -1},
		{"HOT JOB", -1},
		{"", -1},
		{
			"Updated 3 days ago", -1,
		},
		{"2-3 days ago", -1},
		{
			"closes tomorrow", -1,
		},
		{
			"99999 days ago", -1,
		},
		{"3 days ago, 2 applicants", -1},
		{"3 years experience", -1},
		{
			"ago", -1,
		},
		{
			"days ago", -1,
		},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			got, ok := dates.Ago(c.text, now)
			require.Equal(t, c.back >= 0, ok)
			if !ok {
				require.Zero(t, got)
				return
			}
			require.Equal(t, time.Date(2027, 3, 18-c.back, 0, 0, 0, 0, time.UTC), got)
		})
	}
}

func TestOrderOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		texts []string
		want  dates.Order
	}{
		{"one day above twelve in front", []string{"04/05/2027", "18/03/2027"}, dates.DayFirst},
		{
			"one day above twelve behind the month",
			[]string{"04/05/2027", "03/18/2027 10:00"},
			dates.MonthFirst,
		},
		{"none", []string{"04/05/2027", "2027-03-18", "18.03.2027"}, dates.UnknownOrder},
		{"both", []string{"18/03/2027", "03/18/2027"}, dates.UnknownOrder},
		{"no texts", nil, dates.UnknownOrder},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, dates.OrderOf(c.texts...))
		})
	}
}

func TestParseReadsWhatTimeWrites(t *testing.T) {
	t.Parallel()
	moment := time.Date(2027, 11, 9, 17, 4, 5, 0, time.UTC)
	for _, layout := range []string{
		time.RFC3339, time.RFC3339Nano, time.RFC1123, time.RFC1123Z, "Monday, 02 January 2006 15:04:05 MST",
		time.UnixDate, time.RubyDate, "2006-01-02 15:04:05 -0700 MST", "January 2, 2006 3:04:05 PM MST",
	} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			got, precision := dates.Parse(moment.Format(layout), dates.UnknownOrder)
			require.Equal(t, moment, got)
			require.Equal(t, dates.Exact, precision)
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range parseCases() {
		f.Add(c.text)
	}
	f.Add("3 days ago")
	f.Fuzz(func(t *testing.T, text string) {
		got, precision := dates.Parse(text, dates.UnknownOrder)
		require.Equal(t, got.IsZero(), precision == dates.Unknown)
		if !got.IsZero() {
			require.True(t, got.Year() >= 1970 && got.Year() <= 9999, got)
			for _, order := range []dates.Order{dates.DayFirst, dates.MonthFirst} {
				hinted, _ := dates.Parse(text, order)
				require.Equal(t, got, hinted, "a hint changes only what is unknown")
			}
		}
		if day, ok := dates.Ago(text, time.Unix(1805362200, 0)); ok {
			require.False(t, day.After(time.Unix(1805362200, 0)))
		}
	})
}
