package resume_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/resume"
)

func ExampleText() {
	markdown := "# Ada Quill\n\n**Backend engineer**, seven years of Go\n\n* PostgreSQL\n* Kubernetes\n"
	text, err := resume.Text(context.Background(), "cv.md", []byte(markdown), nil)
	fmt.Println(text, err)
	// Output:
	// Ada Quill
	//
	// Backend engineer, seven years of Go
	//
	// - PostgreSQL
	// - Kubernetes <nil>
}

func TestTextFilesAreDecoded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, data, want string }{
		{"UTF-8", "cv.txt", "Résumé of Ada\r\n\r\n\r\n\r\nGo\t5 years  \r\n", "Résumé of Ada\n\nGo\t5 years"},
		{"UTF-8 with a mark", "cv.txt", "\ufeffAda", "Ada"},
		{"Windows-1252", "cv.txt", "R\xe9sum\xe9 \x96 caf\xe9", "Résumé – café"},
		{"UTF-16, little end", "cv.txt", "\xff\xfeA\x00d\x00\xe9\x00", "Adé"},
		{"UTF-16, big end", "cv.txt", "\xfe\xff\x00A\x00d\x00\xe9", "Adé"},
		{"ligatures", "cv.txt", "Certiﬁed eﬃcient workﬂow", "Certified efficient workflow"},
		{
			"a soft hyphen in a line", "cv.txt", "a self\u00adtaught, full\u00adtime cook",
			"a self-taught, full-time cook",
		},
		{"a soft hyphen at the end of a line", "cv.txt", "a certi\u00ad \r\n  ficate", "a certificate"},
		{"soft hyphens in Windows-1252", "cv.txt", "caf\xe9, full\xadtime", "café, full-time"},
		{
			"soft hyphens in HTML, which no browser shows in a line", "cv.html",
			"<p>a certi&shy;ficate, Wasser\u00adbau</p>", "a certificate, Wasserbau",
		},
		{"control characters", "cv.txt", "A\x07da\x0c\ue000Go", "Ada\n\nGo"},
		{
			"Markdown", "cv.MD",
			"# Ada\n\nSome *text* and [a link](https://example.com)\n\n1. One\n2. Two\n\n<!-- no -->\n",
			"Ada\n\nSome text and a link\n\n1. One\n2. Two",
		},
		{"HTML", "cv.html", "<h1>Ada</h1><p>Go &amp; SQL</p><style>p{}</style>", "Ada\n\nGo & SQL"},
		{"HTML without its ending", "cv", "<!DOCTYPE html><html><body><p>Ada</p></body></html>", "Ada"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, text(t, c.file, []byte(c.data)))
		})
	}
}

func TestFilesThatCannotBeReadSayWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	encrypted := "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	for _, c := range []struct {
		name, file, data string
		opts             resume.Options
		want             error
		says             string
	}{
		{"empty", "cv.txt", "", resume.Options{}, resume.ErrEmpty, "no text"},
		{"blank", "cv.txt", " \n\t\n", resume.Options{}, resume.ErrEmpty, "no text"},
		{"without a letter", "cv.txt", "*** 123 ***", resume.Options{}, resume.ErrEmpty, "no text"},
		{
			"a PNG picture", "cv.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
			resume.Options{},
			resume.ErrFormat, "run OCR",
		},
		{
			"a JPEG picture", "cv.pdf", "\xff\xd8\xff\xe0\x00\x10JFIF",
			resume.Options{},
			resume.ErrFormat,
			"run OCR",
		},
		{
			"a picture of a telephone", "cv.heic", "\x00\x00\x00\x18ftypheic\x00\x00",
			resume.Options{},
			resume.ErrFormat, "run OCR",
		},
		{"rich text", "cv.rtf", `{\rtf1\ansi Ada}`, resume.Options{}, resume.ErrFormat, "save it as DOCX"},
		{
			"PostScript", "cv.ps", "%!PS-Adobe-3.0\n(Ada) show",
			resume.Options{},
			resume.ErrFormat,
			"export it as PDF",
		},
		{"a program", "cv.exe", "MZ\x90\x00\x03\x00", resume.Options{}, resume.ErrFormat, "kind is unknown"},
		{"an old Word file", "cv.doc", ole, resume.Options{}, resume.ErrFormat, "save it as DOCX"},
		{
			"DOCX with a password", "cv.docx", ole + encrypted,
			resume.Options{},
			resume.ErrEncrypted,
			"save a copy without one",
		},
		{
			"a file that is large", "cv.txt", strings.Repeat("Ada ", 100),
			resume.Options{MaxBytes: 100},
			resume.ErrTooLarge, "more than 100 bytes",
		},
		{
			"a text that is large", "cv.txt", strings.Repeat("Ada ", 100),
			resume.Options{MaxText: 100},
			resume.ErrTooLarge, "MaxText",
		},
		{
			"Markdown that is large", "cv.md", strings.Repeat("[", 2<<20),
			resume.Options{},
			resume.ErrTooLarge, "Markdown",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := resume.Text(t.Context(), c.file, []byte(c.data), &c.opts)
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
			require.Empty(t, got)
			require.NotContains(t, err.Error(), "Ada")
		})
	}
}

// joined takes four of ten spaces out of a text, as a file does whose words are only drawn apart.
func joined(text string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if r == ' ' {
			if n++; n*4%10 < 4 {
				return -1
			}
		}
		return r
	}, text)
}

func TestGluedTextsAreAWarning(t *testing.T) {
	t.Parallel()
	english := `Experienced logistics coordinator with responsibility for international shipments, customs
documentation and supplier negotiations across several countries. Implemented warehouse
management software, supervised inventory controls, and trained seasonal employees in
accordance with established safety regulations throughout demanding operational periods.`
	german := `Verantwortlich für die Finanzbuchhaltung, die Umsatzsteuervoranmeldungen und den
Jahresabschluss der Gesellschaft. Leitung der Kreditorenbuchhaltung mit vier Mitarbeitenden, Einführung
einer elektronischen Rechnungsprüfung und Betreuung der Wirtschaftsprüfungsgesellschaft während der
jährlichen Abschlussprüfung. Weiterbildung zum Bilanzbuchhalter bei der Industrie- und Handelskammer.
Aufbau eines monatlichen Berichtswesens für die Geschäftsleitung und Abstimmung der Verrechnungskonten
mit den ausländischen Tochtergesellschaften in englischer Sprache.`
	compounds := `Qualitätsmanagementbeauftragter, Medizinproduktesicherheit, Arbeitsschutzausschuss,
Gefährdungsbeurteilungen, Betriebsanweisungen, Lieferantenbewertungen, Prozesslandkarten,
Verfahrensanweisungen, Auditvorbereitung, Kundenreklamationen, Messmittelüberwachung,
Wareneingangsprüfung, Erstmusterprüfberichte, Fehlermöglichkeitsanalysen, Schulungsplanung,
Dokumentenlenkung, Kennzahlenauswertung, Maßnahmenverfolgung, Zertifizierungsbegleitung,
Lagerbestandsführung, Werkzeugbau`
	spanish := `Encargada de administración con amplia experiencia en contabilidad, facturación y negociación
con proveedores internacionales. Coordinación de un equipo de siete personas, implantación de
procedimientos administrativos y seguimiento de indicadores económicos para la dirección
general durante los últimos doce años de actividad profesional.`
	finnish := `Kokenut toiminnanohjausjärjestelmien asiantuntija, jonka erikoisalaa ovat tuotannonsuunnittelu
ja varastonhallinta. Vastasin kahdeksan vuoden ajan tietojärjestelmien käyttöönotosta,
henkilöstön kouluttamisesta sekä liiketoimintaprosessien kehittämisestä kansainvälisessä
teollisuusyrityksessä. Työskentelin ruotsiksi, englanniksi ja saksaksi asiakkaiden kanssa.`
	chinese := strings.Repeat("负责支付平台的后端服务开发与运维工作并带领五人团队完成数据库迁移项目\n", 30)
	japanese := strings.Repeat("決済サービスの設計と開発を担当し、チームの教育も行いました。データベースの移行を三か月で完了しました。\n", 30)
	skills := `Kubernetes, PostgreSQL, Elasticsearch, Terraform, Prometheus, Microservices, Javascript,
Typescript, Observability, Virtualization, Containerization, Cryptography, Elasticsearch,
Infrastructure, Authentication, Authorization, Orchestration, Troubleshooting, Benchmarking,
Documentation, Communication, Architecture, Cybersecurity, Postgresql`
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"English", english, false},
		{"English, joined", joined(english), true},
		{"English without any space", strings.ReplaceAll(english+"\n"+english+"\n"+english, " ", ""), true},
		{"German", german, false},
		{"German, joined", joined(german), true},
		{"German compounds", compounds, false},
		{"Spanish", spanish, false},
		{"Spanish, joined", joined(spanish), true},
		{"Finnish, whose grammar is not known", finnish, false},
		{"Chinese", chinese, false},
		{"Japanese", japanese, false},
		{"a list of skills", skills, false},
		{"a few words", joined("Registered nurse with four years on an intensive care unit"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var warnings []error
			opts := resume.Options{Warn: func(w error) { warnings = append(warnings, w) }}
			got, err := resume.Text(t.Context(), "cv.txt", []byte(c.text), &opts)
			require.NoError(t, err)
			require.Equal(t, strings.TrimSpace(c.text), got, "a warning changes nothing")
			if !c.want {
				require.Empty(t, warnings)
				return
			}
			require.Len(t, warnings, 1)
			require.ErrorIs(t, warnings[0], resume.ErrGlued)
			require.ErrorContains(t, warnings[0], "export it as DOCX or text")
		})
	}
}

func TestReadNamesTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "cv.md")
	require.NoError(t, os.WriteFile(path, []byte("# Ada"), 0o600))
	got, err := resume.Read(t.Context(), path, nil)
	require.NoError(t, err)
	require.Equal(t, "Ada", got)

	_, err = resume.Read(t.Context(), filepath.Join(dir, "none.pdf"), nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = resume.Read(t.Context(), path, nil)
	require.ErrorIs(t, err, resume.ErrEmpty)
	require.ErrorContains(t, err, path)
}

func TestOptionsRefuseNegativeLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field string
		opts  resume.Options
	}{
		{"Options.MaxBytes", resume.Options{MaxBytes: -1}},
		{"Options.MaxPages", resume.Options{MaxPages: -1}},
		{"Options.MaxText", resume.Options{MaxText: -1}},
		{"Options.Timeout", resume.Options{Timeout: -1}},
	} {
		t.Run(c.field, func(t *testing.T) {
			t.Parallel()
			_, err := resume.Text(t.Context(), "cv.txt", []byte("Ada"), &c.opts)
			field, ok := errors.AsType[*lead.FieldError](err)
			require.True(t, ok)
			require.Equal(t, c.field, field.Field)
		})
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range [][]byte{
		[]byte("Ada"), docx(paragraph("Ada")), []byte("\xff\xfeA\x00"), []byte("PK\x03\x04"),
		[]byte("<html><p>Ada"), []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
	} {
		f.Add("cv.md", seed)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if bytes.Contains(data, []byte("%PDF-")) {
			t.Skip("PDFium is not ours to fuzz, and slow to start")
		}
		got, err := resume.Text(t.Context(), name, data, &resume.Options{MaxText: 1 << 16})
		if (err == nil) != (got != "") || strings.Contains(got, "\x00") || strings.Contains(got, "\n\n\n") {
			t.Errorf("got %q, %v", got, err)
		}
	})
}
