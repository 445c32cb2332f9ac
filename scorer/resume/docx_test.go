package resume_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scorer/resume"
)

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

const wordNamespace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
	`xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`

// docx makes a document that nothing refers to.
func docx(body string) []byte {
	return archive(map[string]string{"word/document.xml": wordPart("document", body)})
}

func paragraph(text string) string { return "<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>" }

func run(text string) string { return `<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>` }

func cell(paragraphs ...string) string { return "<w:tc>" + strings.Join(paragraphs, "") + "</w:tc>" }

func box(choice, fallback string) string {
	return "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>" + choice + "</w:txbxContent></mc:Choice>" +
		"<mc:Fallback><w:txbxContent>" + fallback + "</w:txbxContent></mc:Fallback>" +
		"</mc:AlternateContent></w:r>"
}

func TestDOCXTextIsWhatAReaderSees(t *testing.T) {
	t.Parallel()
	item := func(s string) string {
		return `<w:p><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>` + run(s) + `</w:p>`
	}
	ada := paragraph("Ada")
	for _, c := range []struct{ name, body, want string }{
		{
			"runs",
			`<w:p><w:r><w:t>Back</w:t></w:r>` + run("end ") +
				`<w:r><w:rPr><w:b/></w:rPr><w:t>engineer</w:t></w:r></w:p>`,
			"Backend engineer",
		},
		{"paragraphs", ada + "<w:p/>" + paragraph("Quill"), "Ada\n\nQuill"},
		{
			"tabs and breaks",
			`<w:p>` + run("Hill") + `<w:r><w:tab/><w:t>2021 &amp; on</w:t><w:br/><w:t>York</w:t></w:r></w:p>`,
			"Hill\t2021 & on\nYork",
		},
		{
			"tab stops, which are no tabs",
			`<w:p><w:pPr><w:tabs><w:tab w:val="right" w:pos="9000"/></w:tabs></w:pPr>` +
				run("Ada") + `</w:p>`,
			"Ada",
		},
		{
			"hyphens",
			`<w:p>` + run("full") + `<w:r><w:noBreakHyphen/></w:r>` + run("time certi") +
				`<w:r><w:softHyphen/></w:r>` + run("ficate") + `</w:p>`,
			"full-time certificate",
		},
		{"lists", item("Go") + item("SQL"), "- Go\n- SQL"},
		{
			"a list that is switched off",
			`<w:p><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>` + run("Ada") + `</w:p>`, "Ada",
		},
		{
			"hidden text",
			`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r>` +
				`<w:r><w:rPr><w:vanish w:val="false"/></w:rPr><w:t>yes</w:t></w:r></w:p>`,
			"yes",
		},
		{
			"a hidden end of a paragraph",
			`<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>` + run("Ada") + `</w:p>`, "Ada",
		},
		{
			"fields",
			`<w:p><w:r><w:instrText>HYPERLINK "https://example.com"</w:instrText></w:r>` +
				run("my page") + `</w:p>`,
			"my page",
		},
		{
			"content controls",
			`<w:sdt><w:sdtPr><w:alias w:val="Name"/></w:sdtPr><w:sdtContent>` + ada +
				`</w:sdtContent></w:sdt>`,
			"Ada",
		},
		{
			"ruby",
			`<w:p><w:r><w:ruby><w:rt>` + run("あだ") + `</w:rt>` +
				`<w:rubyBase>` + run("阿田") + `</w:rubyBase></w:ruby></w:r></w:p>`,
			"阿田",
		},
		{
			"inserted and deleted text",
			`<w:p><w:del><w:r><w:delText>Cobol</w:delText></w:r></w:del><w:ins>` + run("Rust") +
				`</w:ins></w:p>`,
			"Rust",
		},
		{
			"moved text",
			`<w:p><w:moveFrom>` + run("old") + `</w:moveFrom></w:p><w:p><w:moveTo>` + run("new") +
				`</w:moveTo></w:p>`,
			"new",
		},
		{
			"a deleted end of a paragraph",
			`<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>` + run("Ada ") + `</w:p>` +
				paragraph("Quill"),
			"Ada Quill",
		},
		{
			"what the format was before",
			`<w:p><w:r><w:rPr><w:b/><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr>` +
				`<w:t>Ada</w:t></w:r></w:p>`,
			"Ada",
		},
		{
			"a table",
			"<w:tbl><w:tr>" + cell(paragraph("Dutch")) + cell(paragraph("fluent")) + "</w:tr><w:tr>" +
				cell(paragraph("Polish")) + cell(paragraph("basic")) + "</w:tr></w:tbl>",
			"Dutch\tfluent\nPolish\tbasic",
		},
		{
			"a table that makes columns",
			"<w:tbl><w:tr>" + cell(paragraph("Skills"), paragraph("Go")) +
				cell(paragraph("Work"), paragraph("Hill Labs")) + "</w:tr></w:tbl>",
			"Skills\nGo\n\nWork\nHill Labs",
		},
		{
			"a table in a table",
			"<w:tbl><w:tr>" +
				cell("<w:tbl><w:tr>"+cell(paragraph("a"))+cell(paragraph("b"))+"</w:tr></w:tbl>") +
				cell(paragraph("c")) + "</w:tr></w:tbl>",
			"a\tb\tc",
		},
		{
			"a deleted row",
			"<w:tbl><w:tr><w:trPr><w:del w:id='1'/></w:trPr>" + cell(paragraph("no")) + "</w:tr><w:tr>" +
				cell(paragraph("yes")) + "</w:tr></w:tbl>",
			"yes",
		},
		{
			"a deleted cell",
			"<w:tbl><w:tr>" + cell("<w:tcPr><w:cellDel w:id='1'/></w:tcPr>"+paragraph("no")) +
				cell(paragraph("yes")) + "</w:tr></w:tbl>",
			"yes",
		},
		{
			"a text box, once",
			`<w:p>` + run("Before ") + box(paragraph("In a box"), paragraph("In a box")) + run("after") +
				`</w:p>`,
			"Before after\nIn a box",
		},
		{
			"a text box of an old file",
			`<w:p>` + run("Before") +
				`<w:r><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent>` +
				paragraph("in a box") + `</w:txbxContent></v:textbox></w:pict></w:r></w:p>`,
			"Before\nin a box",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, text(t, "cv.docx", docx(c.body)))
		})
	}
}

const (
	ecma = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	iso  = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
)

func relationships(list ...string) string {
	return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		strings.Join(list, "") + `</Relationships>`
}

func relationship(role, target string) string {
	return fmt.Sprintf(`<Relationship Id="r%s" Type="%s%s" Target="%s"/>`, role, ecma, role, target)
}

// wordPart makes a part of paragraphs.
func wordPart(root string, paragraphs ...string) string {
	body := strings.Join(paragraphs, "")
	if root == "document" {
		body = "<w:body>" + body + "</w:body>"
	}
	return fmt.Sprintf("<w:%s %s>%s</w:%[1]s>", root, wordNamespace, body)
}

func TestDOCXPartsAreFoundByTheirRelationships(t *testing.T) {
	t.Parallel()
	main := wordPart("document", paragraph("Ada Quill"))
	for _, c := range []struct {
		name  string
		parts map[string]string
		want  string
	}{
		{"a document of another name", map[string]string{
			"_rels/.rels":         relationships(relationship("officeDocument", "word/document22.xml")),
			"word/document22.xml": main,
		}, "Ada Quill"},
		{"an absolute target in another folder", map[string]string{
			"_rels/.rels":       relationships(relationship("officeDocument", "/doc/Main%20Part.xml")),
			"doc/main part.xml": main,
		}, "Ada Quill"},
		{"ISO's addresses", map[string]string{
			"_rels/.rels": relationships(`<Relationship Type="` + iso + `officeDocument" Target="a.xml"/>`),
			"a.xml":       main,
		}, "Ada Quill"},
		{"backslashes", map[string]string{
			`_rels\.rels`: relationships(relationship("officeDocument", `word\d.xml`)), `word\d.xml`: main,
		}, "Ada Quill"},
		{
			"a zip without relationships",
			map[string]string{
				"word/document.xml": main, "word/header1.xml": wordPart("hdr", paragraph("ada@example.org")),
			},
			"ada@example.org\n\nAda Quill",
		},
		{
			"UTF-16",
			map[string]string{"word/document.xml": toUTF16(`<?xml version="1.0" encoding="UTF-16"?>` + main)},
			"Ada Quill",
		},
		{"headers, footnotes and footers, each text once", map[string]string{
			"_rels/.rels": relationships(relationship("officeDocument", "word/d.xml")), "word/d.xml": main,
			"word/_rels/d.xml.rels": relationships(
				relationship("header", "h1.xml"), relationship("header", "h2.xml"),
				relationship("footer", "f.xml"),
				relationship("footnotes", "notes.xml"), relationship("endnotes", "ends.xml"),
				relationship("comments", "c.xml"), relationship("styles", "gone.xml"),
			),
			"word/h1.xml":     wordPart("hdr", paragraph("ada@example.org")),
			"word/h2.xml":     wordPart("hdr", paragraph("ada@example.org")),
			"word/f.xml":      wordPart("ftr", paragraph("Page 1")),
			"word/notes.xml":  wordPart("footnotes", paragraph("Awarded in 2019")),
			"word/ends.xml":   wordPart("endnotes", paragraph("See the list")),
			"word/c.xml":      wordPart("comments", paragraph("Shorten this")),
			"word/unused.xml": wordPart("hdr", paragraph("not shown")),
		}, "ada@example.org\n\nAda Quill\n\nAwarded in 2019\n\nSee the list\n\nPage 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, text(t, "cv.docx", archive(c.parts)))
		})
	}
}

func toUTF16(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestDOCXThatCannotBeReadSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	office := func(target, part string) string {
		return string(archive(map[string]string{
			"_rels/.rels": relationships(relationship("officeDocument", target)), target: part,
		}))
	}
	for _, c := range []struct {
		name, data string
		want       error
		says       string
	}{
		{"a zip", string(archive(map[string]string{"a.txt": "Ada"})), resume.ErrFormat, "that is in it"},
		{"a broken zip", "PK\x03\x04 and nothing else", resume.ErrFormat, "save it again"},
		{"a spreadsheet", office("xl/workbook.xml", "<workbook/>"), resume.ErrFormat, "it is a workbook"},
		{
			"slides", office("ppt/presentation.xml", "<presentation/>"), resume.ErrFormat,
			"it is a presentation",
		},
		{
			"OpenDocument",
			string(archive(map[string]string{"mimetype": "application/vnd.oasis", "content.xml": "<x/>"})),
			resume.ErrFormat, "save it as DOCX",
		},
		{
			"Pages", string(archive(map[string]string{"Index/Document.iwa": "x"})), resume.ErrFormat,
			"export it as DOCX",
		},
		{
			"no XML", string(archive(map[string]string{"word/document.xml": "<w:p><w:t>Ada"})),
			resume.ErrFormat, "save it again",
		},
		{"no text", string(docx("<w:p/>")), resume.ErrEmpty, "no text"},
		{
			"much text",
			string(docx(strings.Repeat("<w:p><w:r><w:t>text and more text</w:t></w:r></w:p>", 40_000))),
			resume.ErrTooLarge, "bytes of text",
		},
		{
			"deep nesting", string(docx(strings.Repeat("<w:x>", 1000) + strings.Repeat("</w:x>", 1000))),
			resume.ErrFormat, "nested too deeply",
		},
		{
			"an entity that expands", string(docx(`<w:p><w:r><w:t>&lol;</w:t></w:r></w:p>`)),
			resume.ErrFormat, "save it again",
		},
		{
			"a zip bomb",
			string(docx("<w:p><w:r><w:rPr>" + strings.Repeat(" ", 40<<20) + "</w:rPr></w:r></w:p>")),
			resume.ErrTooLarge, "32 MiB",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := resume.Text(t.Context(), "cv.docx", []byte(c.data), patient(resume.Options{}))
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
			require.Empty(t, got)
			require.NotContains(t, err.Error(), "Ada")
		})
	}
}

func TestDOCXReadingEndsWithItsLimit(t *testing.T) {
	t.Parallel()
	long := docx(strings.Repeat("<w:p/>", 4<<20))
	_, err := resume.Text(t.Context(), "cv.docx", long, &resume.Options{Timeout: 1})
	require.ErrorIs(t, err, resume.ErrFormat)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
