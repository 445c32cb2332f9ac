package resume

import (
	"fmt"
	"math"
	"unicode"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// A glyph is one character that a page shows. Lengths are in points. The page is turned so that the
// glyph stands upright: x grows in reading direction and y grows upwards.
type glyph struct {
	text        string
	left, right float64 // of the advance, which includes the space that the font leaves around the ink
	base        float64 // y of the baseline
	em          float64 // the size of the font
	turned      int     // quarter turns of the text on the page, counter-clockwise
	ink         bool    // the box is that of the ink: the font does not tell the advance
}

// A textPage reads the characters of one page out of PDFium.
type textPage struct {
	pdfium.Pdfium
	ref references.FPDF_TEXTPAGE
}

// maxCodes is the share of control characters from which on the codes of a page are not those of
// letters: its fonts do not say what their glyphs stand for. In pages that TeX's bitmap fonts draw
// it is 0.01.
const maxCodes = 0.1

// glyphs returns the characters of the page in the order in which the file draws them, at most
// limit. The spaces and line ends that PDFium adds by its own rules are left out: layOut has better
// ones.
func (p textPage) glyphs(limit int) ([]glyph, error) {
	count, err := p.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: p.ref})
	if err != nil {
		return nil, err
	}
	if count.Count > limit {
		return nil, fmt.Errorf("%w: more than %d characters: save the résumé alone", ErrTooLarge, maxChars)
	}
	glyphs := make([]glyph, 0, count.Count)
	codes := 0
	var last shape
	for i := range count.Count {
		code, err := p.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: p.ref, Index: i})
		if err != nil {
			return nil, err
		}
		r := rune(code.Unicode)
		if r == ' ' || r == '\r' || r == '\n' {
			added, err := p.FPDFText_IsGenerated(&requests.FPDFText_IsGenerated{TextPage: p.ref, Index: i})
			if err != nil || added.IsGenerated {
				continue
			}
		}
		if unicode.IsControl(r) && r != hyphen && r != '\t' {
			codes++
		}
		text := character(r)
		if text == "" {
			continue
		}
		if last, err = p.shape(i, last); err != nil {
			return nil, err
		}
		if g := last.glyph(text); g.seen() {
			glyphs = append(glyphs, g)
		}
	}
	if float64(codes) > maxCodes*float64(len(glyphs)+codes) {
		return nil, nil
	}
	return glyphs, nil
}

const hyphen = '\x02' // how PDFium marks one at the end of a line

// character returns what PDFium's code for a character stands for. It is empty if the page shows
// nothing there.
func character(r rune) string {
	switch r {
	case hyphen, '\ufffe':
		return "-"
	case ' ', '\t', '\u00a0', '\u3000':
		return " "
	}
	if unicode.IsControl(r) {
		return texCodes[r]
	}
	return string(r)
}

// texCodes are characters of TeX's font encodings OT1 and T1. TeX's bitmap fonts do not say what
// their codes stand for.
var texCodes = map[rune]string{
	0x0b: "ff", 0x0c: "fi", 0x0d: "fl", 0x0e: "ffi", 0x0f: "ffl",
	0x1b: "ff", 0x1c: "fi", 0x1d: "fl", 0x1e: "ffi", 0x1f: "ffl",
	0x12: "`", 0x13: "´", 0x14: "ˇ", 0x17: "˚", 0x18: "¸", 0x7f: "¨",
	0x15: "–", 0x16: "—", 0x19: "ß", 0x1a: "æ",
}

// A shape is where a character stands and how large it is. The zero value stands nowhere.
type shape struct {
	left, right, top, bottom float64 // the box that the font gives the character
	x, y                     float64 // where the pen stood
	ink                      bool    // the box is that of the ink
	em                       float64
	turned                   int
}

// shape returns that of character i. Size and direction are asked for only where the height of the
// box differs from that of the character before.
func (p textPage) shape(i int, before shape) (shape, error) {
	s := before
	box, err := p.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: p.ref, Index: i})
	if err == nil && box.Rect.Right > box.Rect.Left && box.Rect.Top > box.Rect.Bottom {
		r := box.Rect
		s.left, s.right, s.ink = float64(r.Left), float64(r.Right), false
		s.top, s.bottom = float64(r.Top), float64(r.Bottom)
	} else { // a font without widths
		box, err := p.FPDFText_GetCharBox(&requests.FPDFText_GetCharBox{TextPage: p.ref, Index: i})
		if err != nil {
			return shape{}, nil //nolint:nilerr // a character without a box is not seen
		}
		s.left, s.right, s.top, s.bottom, s.ink = box.Left, box.Right, box.Top, box.Bottom, true
	}
	origin, err := p.FPDFText_GetCharOrigin(&requests.FPDFText_GetCharOrigin{TextPage: p.ref, Index: i})
	if err != nil {
		return shape{}, nil //nolint:nilerr // nor is one without a place
	}
	s.x, s.y = origin.X, origin.Y
	if before.em > 0 && math.Abs(s.x-before.x) < 0.01 && math.Abs(s.y-before.y) < 0.01 {
		s.ink = true // a ligature, taken apart
	}
	if before.em > 0 && math.Abs(s.top-s.bottom-before.top+before.bottom) < 0.01 {
		return s, nil
	}
	size, err := p.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: p.ref, Index: i})
	if err != nil {
		return shape{}, err
	}
	matrix, err := p.FPDFText_GetMatrix(&requests.FPDFText_GetMatrix{TextPage: p.ref, Index: i})
	if err != nil {
		return shape{}, err
	}
	a, b := float64(matrix.Matrix.A), float64(matrix.Matrix.B)
	s.em = math.Abs(size.FontSize) * math.Hypot(a, b)
	s.turned = int(math.Round(math.Atan2(b, a)/(math.Pi/2))+4) % 4
	return s, nil
}

func (s shape) glyph(text string) glyph {
	g := glyph{text: text, left: s.left, right: s.right, base: s.y, em: s.em, turned: s.turned, ink: s.ink}
	switch s.turned {
	case 1:
		g.left, g.right, g.base = s.bottom, s.top, -s.x
	case 2:
		g.left, g.right, g.base = -s.right, -s.left, -s.y
	case 3:
		g.left, g.right, g.base = -s.top, -s.bottom, s.x
	}
	return g
}

// seen reports whether a glyph has a size and a place on a page that PDF allows. The largest page
// is 14,400 points wide.
func (g glyph) seen() bool {
	const far = 15_000
	return g.em > 1e-3 && g.em < far && max(math.Abs(g.base), math.Abs(g.left), math.Abs(g.right)) < far
}
