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
	docxFile
	oldOffice // .doc, and every Office file with a password
	binary
)

// kindOf recognises a file by its first bytes, and text by its name.
func kindOf(name string, data []byte) kind {
	head := data[:min(len(data), 1024)]
	switch {
	case bytes.Contains(head, []byte("%PDF-")): // readers allow something before it
		return pdfFile
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return docxFile
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return oldOffice
	case utf16Order(data) == nil && bytes.IndexByte(head, 0) >= 0, bytes.HasPrefix(data, []byte(`{\rtf`)):
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
