package resume

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// docxText returns the text of a WordprocessingML document (ECMA-376, part 1, clause 17): headers,
// body, footnotes and endnotes, footers. Many people put their address into a header. A text that
// several parts repeat is returned once.
func docxText(ctx context.Context, data []byte, opts Options) (text string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, opts.Timeout, opts.slow())
	defer cancel()
	defer func() { err = ended(ctx, err) }()
	pack, err := openPack(data)
	if err != nil {
		return "", err
	}
	main, err := pack.main()
	if err != nil {
		return "", err
	}
	related := pack.related(main)
	names := append(related["header"], main)
	names = append(names, related["footnotes"]...)
	names = append(names, related["endnotes"]...)
	names = append(names, related["footer"]...)
	var texts []string
	for _, name := range names {
		text, err := partText(ctx, pack, name, opts.MaxText)
		if err != nil {
			return "", err
		}
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n\n"), nil
}

func partText(ctx context.Context, p *pack, name string, limit int) (string, error) {
	r, err := p.open(name)
	if err != nil {
		return "", err
	}
	defer r.Close() //nolint:errcheck // it was only read
	text, err := wordText(ctx, r, limit)
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrFormat), ctx.Err() != nil:
		return "", err
	case err != nil:
		return "", fmt.Errorf("%w: its part %s is broken: save it again: %w", ErrFormat, name, err)
	}
	return text, nil
}

const (
	maxDepth   = 512  // of nested elements
	checkEvery = 4096 // XML tokens, after which the context is looked at
)

// wordText returns what a reader of a part sees, with all tracked changes accepted.
func wordText(ctx context.Context, r io.Reader, limit int) (string, error) {
	dec := newDecoder(r)
	w := word{frames: []*frame{{}}}
	for n := 1; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return "", ctx.Err()
		}
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return w.frames[0].text.String(), nil
		}
		if err != nil {
			return "", notXML(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(w.path) >= maxDepth {
				return "", errors.New("nested too deeply")
			}
			if w.unseen(t.Name.Local) {
				if err := dec.Skip(); err != nil {
					return "", notXML(err)
				}
				continue
			}
			w.start(t)
			w.path = append(w.path, t.Name.Local)
		case xml.EndElement:
			w.path = w.path[:len(w.path)-1]
			w.end(t.Name.Local)
		case xml.CharData:
			w.write(string(t))
		}
		if w.written > 2*limit {
			return "", fmt.Errorf("%w: more than %d bytes of text", ErrTooLarge, 2*limit)
		}
	}
}

// notXML keeps an error of the zip, and takes the content out of one of XML.
func notXML(err error) error {
	if errors.Is(err, ErrTooLarge) || errors.Is(err, ErrFormat) {
		return err
	}
	return errors.New("not XML")
}

// A word collects what a document shows.
type word struct {
	path           []string // names of the open elements
	frames         []*frame // what is written into: the part, and in it open table cells and text boxes
	inText, hidden bool
	written        int
}

// A frame is a flow of paragraphs.
type frame struct {
	text    strings.Builder
	bullet  bool     // a list item begins
	merged  bool     // the end of the paragraph was deleted: it goes on with the next one
	boxes   []string // text boxes that are anchored in the open paragraph
	rows    []*tableRow
	dropped bool // a table cell that was deleted
}

type tableRow struct {
	cells   []string
	deleted bool
}

func (w *word) top() *frame { return w.frames[len(w.frames)-1] }

func (w *word) push() { w.frames = append(w.frames, &frame{}) }

func (w *word) pop() (closed *frame, text string) {
	closed = w.top()
	if len(w.frames) > 1 {
		w.frames = w.frames[:len(w.frames)-1]
	}
	return closed, strings.Trim(closed.text.String(), "\n")
}

// within reports whether the innermost open elements have these names, the outer one first.
func (w *word) within(names ...string) bool {
	return len(w.path) >= len(names) && slices.Equal(w.path[len(w.path)-len(names):], names)
}

// unseen reports whether an element shows nothing. It notes what the element says of others.
func (w *word) unseen(name string) bool {
	f := w.top()
	switch name {
	case "del", "moveFrom":
		switch {
		case w.within("trPr"):
			if n := len(f.rows); n > 0 {
				f.rows[n-1].deleted = true
			}
		case w.within("pPr", "rPr"):
			f.merged = true
		}
		return true
	case "cellDel":
		f.dropped = true
		return true
	case "delText", "instrText", "delInstrText", "Fallback", "sectPr", "sdtPr", "tabs", "rt", "rubyPr":
		return true
	}
	return strings.HasSuffix(name, "Change") // what the properties were before
}

func (w *word) start(t xml.StartElement) {
	f := w.top()
	switch t.Name.Local {
	case "p":
		f.bullet, f.merged = false, false
	case "r":
		w.hidden = false
	case "vanish":
		w.hidden = w.within("r", "rPr") && value(t) != "0" && value(t) != "false" && value(t) != "off"
	case "numPr":
		f.bullet = true
	case "numId":
		f.bullet = value(t) != "0" // the list of the style is switched off
	case "t":
		w.inText = true
	case "tab", "ptab":
		w.space("\t")
	case "br", "cr":
		w.space("\n")
	case "noBreakHyphen":
		w.space("-")
	case "txbxContent", "tc":
		w.push()
	case "tr":
		f.rows = append(f.rows, &tableRow{})
	}
}

func (w *word) end(name string) {
	f := w.top()
	switch name {
	case "t":
		w.inText = false
	case "p":
		if !f.merged {
			f.text.WriteByte('\n')
		}
		for _, box := range f.boxes {
			f.text.WriteString(box + "\n")
		}
		f.boxes = nil
	case "txbxContent":
		_, text := w.pop()
		w.top().boxes = append(w.top().boxes, text)
	case "tc":
		cell, text := w.pop()
		if n := len(w.top().rows); n > 0 && !cell.dropped {
			w.top().rows[n-1].cells = append(w.top().rows[n-1].cells, text)
		}
	case "tr":
		if n := len(f.rows); n > 0 {
			f.text.WriteString(f.rows[n-1].String())
			f.rows = f.rows[:n-1]
		}
	}
}

// String returns a row as one line. Cells of several lines, such as those that put a résumé into
// columns, follow each other.
func (r *tableRow) String() string {
	if r.deleted || len(r.cells) == 0 {
		return ""
	}
	cells := slices.DeleteFunc(r.cells, func(c string) bool { return strings.TrimSpace(c) == "" })
	for _, c := range cells {
		if strings.Contains(c, "\n") {
			return strings.Join(cells, "\n\n") + "\n"
		}
	}
	return strings.Join(cells, "\t") + "\n"
}

func (w *word) write(s string) {
	if !w.inText || w.hidden {
		return
	}
	f := w.top()
	if f.bullet {
		f.text.WriteString("- ")
		f.bullet = false
	}
	f.text.WriteString(s)
	w.written += len(s)
}

func (w *word) space(s string) {
	if !w.hidden {
		w.top().text.WriteString(s)
		w.written += len(s)
	}
}

func value(t xml.StartElement) string {
	for _, a := range t.Attr {
		if a.Name.Local == "val" {
			return a.Value
		}
	}
	return ""
}
