package resume

import (
	"bytes"
	"path/filepath"
	"strings"
)

type kind int

const (
	plainText kind = iota
	markdownFile
	htmlFile
	pdfFile
	zipFile   // DOCX, and what else is a zip
	oldOffice // .doc, and every Office file with a password
	richText
	picture
	binary
)

// magic is how files of a kind begin.
var magic = []struct {
	prefix string
	kind   kind
}{
	{"PK\x03\x04", zipFile},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", oldOffice},
	{`{\rtf`, richText},
	{"\x89PNG", picture},
	{"\xff\xd8\xff", picture},
	{"GIF8", picture},
	{"II*\x00", picture},
	{"MM\x00*", picture},
	{"%!PS", binary},
}

// kindOf recognises a file by its first bytes, and text by its name.
func kindOf(name string, data []byte) kind {
	head := data[:min(len(data), 1024)]
	if bytes.Contains(head, []byte("%PDF-")) { // readers allow something before it
		return pdfFile
	}
	for _, m := range magic {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			return m.kind
		}
	}
	if len(head) >= 12 && (string(head[4:8]) == "ftyp" || string(head[8:12]) == "WEBP") { // HEIC, WebP
		return picture
	}
	if utf16Order(data) == nil && bytes.IndexByte(head, 0) >= 0 {
		return binary
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".md", ".markdown":
		return markdownFile
	case ".html", ".htm", ".xhtml":
		return htmlFile
	}
	start := bytes.ToLower(bytes.TrimSpace(head))
	if bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html")) {
		return htmlFile
	}
	return plainText
}
