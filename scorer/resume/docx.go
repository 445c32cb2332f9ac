package resume

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	maxPart   = 32 << 20 // of one part, unpacked: a zip can hold far more than it weighs
	maxDepth  = 512      // of nested elements
	maxHeader = 8        // parts that stand above and below the pages
)

// docxText reads the text of a WordprocessingML document (ECMA-376, part 1, clause 17): the headers, the body, the footers,
// because many people put their address there.
func docxText(data []byte, opts Options) (string, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", fmt.Errorf("%w: a broken zip", ErrFormat)
	}
	var headers, footers []*zip.File
	var body *zip.File
	for _, f := range archive.File {
		switch name := f.Name; {
		case name == "word/document.xml":
			body = f
		case strings.HasPrefix(name, "word/header") && strings.HasSuffix(name, ".xml"):
			headers = append(headers, f)
		case strings.HasPrefix(name, "word/footer") && strings.HasSuffix(name, ".xml"):
			footers = append(footers, f)
		}
	}
	if body == nil {
		return "", fmt.Errorf("%w: a zip that is no DOCX", ErrFormat)
	}
	byName := func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(headers, byName)
	slices.SortFunc(footers, byName)
	parts := append(append(slices.Clone(headers[:min(len(headers), maxHeader)]), body), footers[:min(len(footers), maxHeader)]...)
	var texts []string
	for _, f := range parts {
		text, err := partText(f, opts)
		if err != nil {
			return "", err
		}
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(texts, text) { // first pages have a header of their own
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n\n"), nil
}

func partText(f *zip.File, opts Options) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", fmt.Errorf("%w: %s cannot be unpacked", ErrFormat, f.Name)
	}
	defer r.Close() //nolint:errcheck // it was only read
	limited := &io.LimitedReader{R: r, N: maxPart}
	text, err := wordText(limited, opts.MaxText)
	switch {
	case errors.Is(err, ErrTooLarge), limited.N <= 0:
		return "", fmt.Errorf("%w: %s", ErrTooLarge, f.Name)
	case err != nil:
		return "", fmt.Errorf("%w: %s: %w", ErrFormat, f.Name, err)
	}
	return text, nil
}

// wordText reads paragraphs, tabs, breaks, list items and table cells. What a reader does not see is left out: deleted and
// hidden text, field codes, and the copy of a text box for programs that know no text boxes.
func wordText(r io.Reader, limit int) (string, error) {
	dec := xml.NewDecoder(r)
	dec.Entity = map[string]string{} // none but XML's own
	var b strings.Builder
	w := word{b: &b}
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", errors.New("not XML")
		}
		switch t := token.(type) {
		case xml.StartElement:
			if w.depth++; w.depth > maxDepth {
				return "", errors.New("nested too deeply")
			}
			if skipped(t.Name.Local) {
				if err := dec.Skip(); err != nil {
					return "", errors.New("not XML")
				}
				w.depth--
				continue
			}
			w.start(t)
		case xml.EndElement:
			w.depth--
			w.end(t.Name.Local)
		case xml.CharData:
			w.text(string(t))
		}
		if b.Len() > 2*limit {
			return "", ErrTooLarge
		}
	}
}

func skipped(name string) bool {
	switch name {
	case "delText", "instrText", "del", "moveFrom", "Fallback", "sectPr", "rubyPr":
		return true
	}
	return false
}

// A word collects what a document shows.
type word struct {
	b                      *strings.Builder
	depth                  int
	inText, hidden, bullet bool
	row                    []int // for each open table row, the cells so far
}

func (w *word) start(t xml.StartElement) {
	switch t.Name.Local {
	case "p":
		w.bullet = false
	case "r":
		w.hidden = false
	case "vanish":
		w.hidden = on(t)
	case "numPr":
		w.bullet = true
	case "t":
		w.inText = true
	case "tab":
		if !w.hidden {
			w.b.WriteByte('\t')
		}
	case "br", "cr":
		w.b.WriteByte('\n')
	case "noBreakHyphen":
		w.b.WriteByte('-')
	case "tr":
		w.row = append(w.row, 0)
	case "tc":
		if n := len(w.row); n > 0 {
			if w.row[n-1]++; w.row[n-1] > 1 {
				w.b.WriteByte('\t')
			}
		}
	}
}

func (w *word) end(name string) {
	switch name {
	case "t":
		w.inText = false
	case "p":
		w.b.WriteByte('\n')
	case "tr":
		w.row = w.row[:max(0, len(w.row)-1)]
		w.b.WriteByte('\n')
	}
}

func (w *word) text(s string) {
	if !w.inText || w.hidden {
		return
	}
	if w.bullet {
		w.b.WriteString("- ")
		w.bullet = false
	}
	w.b.WriteString(s)
}

// on reads a switch: <w:vanish/> and <w:vanish w:val="true"/>.
func on(t xml.StartElement) bool {
	for _, a := range t.Attr {
		if a.Name.Local == "val" {
			return a.Value != "0" && a.Value != "false" && a.Value != "off"
		}
	}
	return true
}
