package resume_test

import (
	"archive/zip"
	"bytes"
	"context"
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
	text, err := resume.Text(context.Background(), "cv.md", []byte("# Ada Quill\n\n**Backend engineer**, seven years of Go\n\n* PostgreSQL\n* Kubernetes\n"), nil)
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
	for name, c := range map[string]struct{ file, data, want string }{
		"UTF-8":                   {"cv.txt", "Résumé of Ada\r\n\r\n\r\n\r\nGo\t5 years  \r\n", "Résumé of Ada\n\nGo\t5 years"},
		"UTF-8 with a mark":       {"cv.txt", "\ufeffAda", "Ada"},
		"Windows-1252":            {"cv.txt", "R\xe9sum\xe9 \x96 caf\xe9", "Résumé – café"},
		"UTF-16, little end":      {"cv.txt", "\xff\xfeA\x00d\x00\xe9\x00", "Adé"},
		"UTF-16, big end":         {"cv.txt", "\xfe\xff\x00A\x00d\x00\xe9", "Adé"},
		"ligatures":               {"cv.txt", "Certiﬁed eﬃcient work\u00adflow", "Certified efficient workflow"},
		"control characters":      {"cv.txt", "A\x07da\x0c\ue000Go", "Ada\n\nGo"},
		"Markdown":                {"cv.MD", "# Ada\n\nSome *text* and [a link](https://example.com)\n\n1. One\n2. Two\n\n<!-- no -->\n", "Ada\n\nSome text and a link\n\n1. One\n2. Two"},
		"HTML":                    {"cv.html", "<h1>Ada</h1><p>Go &amp; SQL</p><style>p{}</style>", "Ada\n\nGo & SQL"},
		"HTML without its ending": {"cv", "<!DOCTYPE html><html><body><p>Ada</p></body></html>", "Ada"},
	} {
		require.Equal(t, c.want, text(t, c.file, []byte(c.data)), name)
	}
}

func TestFilesThatCannotBeReadSayWhy(t *testing.T) {
	t.Parallel()
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	encrypted := "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	for name, c := range map[string]struct {
		file, data string
		opts       *resume.Options
		want       error
	}{
		"empty":                  {"cv.txt", "", nil, resume.ErrEmpty},
		"blank":                  {"cv.txt", " \n\t\n", nil, resume.ErrEmpty},
		"without a letter":       {"cv.txt", "*** 123 ***", nil, resume.ErrEmpty},
		"a picture":              {"cv.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", nil, resume.ErrFormat},
		"rich text":              {"cv.rtf", `{\rtf1\ansi Ada}`, nil, resume.ErrFormat},
		"an old Word file":       {"cv.doc", ole, nil, resume.ErrFormat},
		"DOCX with a password":   {"cv.docx", ole + encrypted, nil, resume.ErrEncrypted},
		"a zip":                  {"cv.zip", string(archive(map[string]string{"a.txt": "Ada"})), nil, resume.ErrFormat},
		"a broken zip":           {"cv.docx", "PK\x03\x04 and nothing else", nil, resume.ErrFormat},
		"DOCX that is no XML":    {"cv.docx", string(archive(map[string]string{"word/document.xml": "<w:p><w:t>Ada"})), nil, resume.ErrFormat},
		"DOCX without text":      {"cv.docx", string(docx("<w:p/>", nil)), nil, resume.ErrEmpty},
		"DOCX that unpacks huge": {"cv.docx", string(docx(strings.Repeat("<w:p><w:r><w:t>text and more text</w:t></w:r></w:p>", 40_000), nil)), nil, resume.ErrTooLarge},
		"DOCX that nests deeply": {"cv.docx", string(docx(strings.Repeat("<w:x>", 1000)+strings.Repeat("</w:x>", 1000), nil)), nil, resume.ErrFormat},
		"a zip bomb":             {"cv.docx", string(docx("<w:p><w:r><w:rPr>"+strings.Repeat(" ", 40<<20)+"</w:rPr></w:r></w:p>", nil)), nil, resume.ErrTooLarge},
		"a file that is large":   {"cv.txt", strings.Repeat("Ada ", 100), &resume.Options{MaxBytes: 100}, resume.ErrTooLarge},
		"a text that is large":   {"cv.txt", strings.Repeat("Ada ", 100), &resume.Options{MaxText: 100}, resume.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := resume.Text(t.Context(), c.file, []byte(c.data), c.opts)
			require.ErrorIs(t, err, c.want)
			require.Empty(t, got)
			require.NotContains(t, err.Error(), "Ada")
		})
	}
}

func archive(files map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const wordNamespace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`

// docx makes a document of a body and other parts, by name.
func docx(body string, parts map[string]string) []byte {
	files := map[string]string{
		"[Content_Types].xml": "<Types/>",
		"word/document.xml":   `<?xml version="1.0" encoding="UTF-8"?><w:document ` + wordNamespace + `><w:body>` + body + `</w:body></w:document>`,
	}
	for name, part := range parts {
		files[name] = `<w:hdr ` + wordNamespace + `>` + part + `</w:hdr>`
	}
	return archive(files)
}

func paragraph(text string) string { return "<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>" }

func TestDOCXTextIsWhatAReaderSees(t *testing.T) {
	t.Parallel()
	item := func(s string) string {
		return `<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr><w:r><w:t xml:space="preserve">` + s + `</w:t></w:r></w:p>`
	}
	body := paragraph("Ada Quill") +
		`<w:p><w:r><w:t>Back</w:t></w:r><w:r><w:t>end </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>engineer</w:t></w:r></w:p>` +
		`<w:p/>` +
		`<w:p><w:r><w:t>Northwind</w:t></w:r><w:r><w:tab/><w:t>2021 &amp; on</w:t><w:br/><w:t>Berlin</w:t></w:r></w:p>` +
		item("Go") + item("SQL") +
		`<w:p><w:del><w:r><w:delText>Cobol</w:delText></w:r></w:del><w:ins><w:r><w:t>Rust</w:t></w:r></w:ins></w:p>` +
		`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden words</w:t></w:r><w:r><w:rPr><w:vanish w:val="false"/></w:rPr><w:t>shown words</w:t></w:r></w:p>` +
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK "https://example.com"</w:instrText></w:r><w:r><w:t>my page</w:t></w:r></w:p>` +
		`<w:tbl><w:tr><w:tc>` + paragraph("Languages") + `</w:tc><w:tc>` + paragraph("German") + `</w:tc></w:tr></w:tbl>` +
		`<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>` + paragraph("In a box") + `</w:txbxContent></mc:Choice>` +
		`<mc:Fallback><w:txbxContent>` + paragraph("In a box") + `</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>`
	got := text(t, "cv.docx", docx(body, map[string]string{
		"word/header1.xml": paragraph("ada@example.com"), "word/header2.xml": paragraph("ada@example.com"), "word/footer1.xml": paragraph("Page"),
	}))
	for _, want := range []string{
		"ada@example.com\n\nAda Quill\nBackend engineer\n\nNorthwind\t2021 & on\nBerlin\n- Go\n- SQL\nRust\nshown words\nmy page\nLanguages",
		"German", "In a box", "Page",
	} {
		require.Contains(t, got, want)
	}
	require.Equal(t, 1, strings.Count(got, "In a box"))
	require.Equal(t, 1, strings.Count(got, "ada@example.com"))
	for _, gone := range []string{"Cobol", "hidden", "HYPERLINK"} {
		require.NotContains(t, got, gone)
	}
}

func TestReadNamesTheFileAndReadsIt(t *testing.T) {
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
	_, err = resume.Read(t.Context(), path, &resume.Options{MaxPages: -1})
	var field *lead.FieldError
	require.ErrorAs(t, err, &field)
}

func FuzzText(f *testing.F) {
	for _, seed := range [][]byte{
		[]byte("Ada"), docx(paragraph("Ada"), nil), []byte("\xff\xfeA\x00"), []byte("PK\x03\x04"), []byte("<html><p>Ada"), []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
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
