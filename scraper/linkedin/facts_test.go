package linkedin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/linkedin"
)

func TestCardIsReadAsAPersonSeesIt(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		old, new string
		want     func(l *lead.Lead)
	}{
		{"a zero-width space in the title", "Ship Cook", "Sh\u200bip Co\u00adok", func(*lead.Lead) {}},
		{"a word for nothing as the place", "Utopia", "null", func(l *lead.Lead) { l.Location = "" }},
		{
			"a word for nothing in the place", "Utopia", "Utopia, undefined",
			func(l *lead.Lead) { l.Location = "Utopia" },
		},
		{"N/A as the place", "Utopia", " N/A ", func(l *lead.Lead) { l.Location = "" }},
		{"a word for nothing as the company", "Acme", "undefined", func(l *lead.Lead) { l.Company = "" }},
		{
			"a moment as the date", `datetime="2026-06-05"`, `datetime="2026-06-05T09:30:00+02:00"`,
			func(l *lead.Lead) { l.PostedAt = day.Add(7*time.Hour + 30*time.Minute) },
		},
		{
			"a date with its month by name", `datetime="2026-06-05"`, `datetime="5 June 2026"`,
			func(l *lead.Lead) { l.PostedAt = day },
		},
		{
			"a date that can be two", `datetime="2026-06-05"`, `datetime="05/06/2026"`,
			func(l *lead.Lead) { l.PostedAt = time.Time{} },
		},
		{
			"a placeholder of a date", `datetime="2026-06-05"`, `datetime="1970-01-01"`,
			func(l *lead.Lead) { l.PostedAt = time.Time{} },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base := lead.Lead{
				Source: linkedin.Source, ExternalID: "460000001", Title: "Ship Cook", Company: "Acme",
				Location: "Utopia", PostedAt: day,
			}
			page := fragmentHTML([]lead.Lead{base})
			require.Contains(t, page, c.old)
			leads, reasons, _, _ := linkedin.ParseSearch([]byte(strings.ReplaceAll(page, c.old, c.new)))
			require.Empty(t, reasons)
			require.Len(t, leads, 1)
			want := base
			c.want(&want)
			want.URL = leads[0].URL
			require.Equal(t, want, leads[0])
		})
	}
}

func criteriaHTML(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(
			`<li class="description__job-criteria-item"><h3 class="description__job-criteria-subheader"> ` +
				pairs[i] +
				` </h3><span class="description__job-criteria-text description__job-criteria-text--` +
				`criteria"> ` + pairs[i+1] + ` </span></li>`,
		)
	}
	return `<ul class="description__job-criteria-list">` + b.String() + `</ul>`
}

// Labels are in the reader's language, and some can be missing.
func TestCriteriaAreToldByTheirLabels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		pairs []string
		want  map[string]string
	}{
		{
			"German, without seniority",
			[]string{
				"Beschäftigungsverhältnis", "Teilzeit", "Tätigkeitsbereich", "Küche", "Branchen",
				"Reedereien",
			},
			map[string]string{
				"employment_type": "Teilzeit", "job_function": "Küche",
				"industries": "Reedereien",
			},
		},
		{
			"French, employment alone",
			[]string{"Type d’emploi", "Temps plein"},
			map[string]string{"employment_type": "Temps plein"},
		},
		{
			"Spanish, another order",
			[]string{"Sectores", "Navieras", "Nivel de antigüedad", "Sin experiencia"},
			map[string]string{"industries": "Navieras", "seniority": "Sin experiencia"},
		},
		{
			"Turkish",
			[]string{
				"Kıdem seviyesi", "Uzman", "İstihdam türü", "Tam zamanlı", "İş fonksiyonu", "Mutfak",
				"Sektörler",
				"Denizcilik",
			},
			map[string]string{
				"seniority": "Uzman", "employment_type": "Tam zamanlı", "job_function": "Mutfak",
				"industries": "Denizcilik",
			},
		},
		{
			"a language that is not known, all four",
			[]string{
				"अनुभव", "क", "प्रकार", "ख", "कार्य", "ग", "उद्योग", "घ",
			},
			map[string]string{
				"seniority": "क", "employment_type": "ख", "job_function": "ग",
				"industries": "घ",
			},
		},
		{"a language that is not known, three", []string{"प्रकार", "ख", "कार्य", "ग", "उद्योग", "घ"}, nil},
		{"words for nothing", []string{"Employment type", "undefined", "Industries", "null"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			page := strings.Replace(
				jobHTML("460000001", "Keeper", "<p>Keep.</p>", "", easyButton),
				`</section>
      </div>`,
				`</section></div>`+criteriaHTML(c.pairs...),
				1,
			)
			require.Contains(t, page, "job-criteria-list")
			_, _, data, err := linkedin.ParsePosting([]byte(page))
			require.NoError(t, err)
			require.Equal(t, c.want, data.Attributes)
		})
	}
}

func TestPayIsWordsAndFigures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ words, min, max, currency, period string }{
		{"$85,000.00/yr - $105,500.50/yr", "85000", "105500.5", "USD", "year"},
		{"€16,80/Std. – €19,20/Std.", "16.8", "19.2", "EUR", "hour"},
		{"CA$52.00/hr", "52", "52", "CAD", "hour"},
		{"₹6,50,000.00/yr - ₹9,00,000.00/yr", "650000", "900000", "INR", "year"},
		{"Competitive", "", "", "", ""},
		{"$45 - $60,000", "", "", "", ""},
	} {
		t.Run(c.words, func(t *testing.T) {
			t.Parallel()
			page := strings.Replace(
				jobHTML("460000001", "Keeper", "<p>Keep.</p>", "", easyButton),
				`<section class="core-section-container description">`,
				`<div class="compensation__salary-range"><h3>Base pay range</h3><div class="salary `+
					`compensation__salary"> `+c.words+
					` </div></div><section class="core-section-container description">`,
				1,
			)
			_, _, data, err := linkedin.ParsePosting([]byte(page))
			require.NoError(t, err)
			require.Equal(t, c.words, data.Attributes[enrich.AttrSalary])
			require.Equal(t, []string{c.min, c.max, c.currency, c.period}, []string{
				data.Attributes[enrich.AttrSalaryMin], data.Attributes[enrich.AttrSalaryMax],
				data.Attributes[enrich.AttrSalaryCurrency], data.Attributes[enrich.AttrSalaryPeriod],
			})
		})
	}
}
