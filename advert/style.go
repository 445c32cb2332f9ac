package advert

import (
	"strconv"
	"strings"
)

// A style is what an element's inline style does to the text in it. Style sheets are not read: a
// scraper gets none.
type style struct {
	gone         bool   // out of sight, and so is all within
	folded       bool   // not displayed now; a script may show it
	sets, clears state  // of the inherited properties
	ink, ground  string // colours, blank if they are not set
}

func readStyle(declarations string) style {
	var s style
	clipped, flat := false, false
	for declaration := range strings.SplitSeq(strings.ToLower(withoutComments(declarations)), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		switch strings.TrimSpace(property) {
		case "display":
			s.folded = value == "none"
		case "content-visibility":
			s.gone = s.gone || value == "hidden"
		case "visibility":
			s.inherit(invisible, value == "hidden" || value == "collapse")
		case "font-size":
			if size, known := fontSize(value); known {
				s.inherit(tiny, size)
			}
		case "font":
			for field := range strings.FieldsSeq(value) {
				field, _, _ = strings.Cut(field, "/")
				if size, known := fontSize(field); known && field[0] >= '0' && field[0] <= '9' &&
					!isWeight(field) {
					s.inherit(tiny, size)
				}
			}
		case "color":
			s.ink = colour(value)
			s.inherit(transparent, s.ink == "transparent")
		case "background", "background-color":
			s.ground = colour(value)
		case "opacity", "zoom":
			s.gone = s.gone || isFaint(value)
		case "transform":
			function, arguments, _ := strings.Cut(value, "(")
			s.gone = s.gone || function == "scale" && isZero(arguments) ||
				strings.HasPrefix(function, "translate") && farAway(arguments)
		case "clip", "clip-path":
			s.gone = s.gone || clippedAway(value)
		case "text-indent":
			s.inherit(indented, farAway(value))
		case "left", "top", "right", "bottom", "margin-left", "margin-top":
			s.gone = s.gone || farAway(value)
		case "overflow", "overflow-x", "overflow-y":
			clipped = clipped || value == "hidden" || value == "clip"
		case "height", "max-height", "width", "max-width":
			n, known := number(value)
			flat = flat || known && (n == 0 || n <= 1 && strings.HasSuffix(value, "px"))
		}
	}
	s.folded = s.folded || clipped && flat
	return s
}

// inherit notes that a property hides text, or no longer does.
func (s *style) inherit(property state, hides bool) {
	s.clears |= property
	s.sets &^= property
	if hides {
		s.sets |= property
	}
}

// fontSize reports whether text of a size cannot be read. A size that depends on that of the
// element around says nothing, unless it is nothing itself.
func fontSize(value string) (unreadable, known bool) {
	n, ok := number(value)
	unit := strings.TrimLeft(value, "+-.0123456789")
	switch {
	case !ok:
		return false, value != "inherit" && value != "unset" && value != "smaller" && value != "larger"
	case n == 0:
		return true, true
	case unit == "em", unit == "%", unit == "ex", unit == "ch":
		return false, false
	case unit == "px", unit == "pt":
		return n <= 1, true
	}
	return false, true
}

// isWeight reports a number of a font shorthand that is no size.
func isWeight(field string) bool {
	n, err := strconv.Atoi(field)
	return err == nil && n > 0
}

// colour returns a colour in one way of writing it, "transparent" for one that is not seen.
func colour(value string) string {
	value = strings.ReplaceAll(value, " ", "")
	name, arguments, _ := strings.Cut(strings.TrimSuffix(value, ")"), "(")
	switch name {
	case "white":
		return "#ffffff"
	case "black":
		return "#000000"
	case "rgb", "rgba", "hsl", "hsla":
		parts := strings.FieldsFunc(arguments, func(r rune) bool { return r == ',' || r == '/' })
		if len(parts) == 4 && isFaint(parts[3]) {
			return "transparent"
		}
		if len(parts) >= 3 && strings.HasPrefix(name, "rgb") {
			hex := "#"
			for _, p := range parts[:3] {
				n, err := strconv.ParseUint(p, 10, 8)
				if err != nil {
					return value
				}
				hex += strconv.FormatUint(n+256, 16)[1:]
			}
			return hex
		}
	}
	switch {
	case len(value) == 4 && value[0] == '#':
		return "#" + strings.Repeat(value[1:2], 2) + strings.Repeat(value[2:3], 2) + strings.Repeat(
			value[3:4], 2,
		)
	case len(value) == 5 && value[0] == '#' && value[4] == '0',
		len(value) == 9 && value[0] == '#' && value[7:] == "00":
		return "transparent"
	}
	return value
}

// clippedAway reports whether nothing is left of an element.
func clippedAway(value string) bool {
	name, arguments, _ := strings.Cut(strings.TrimSuffix(value, ")"), "(")
	switch name {
	case "rect":
		for _, n := range strings.FieldsFunc(arguments, func(r rune) bool { return r == ',' || r == ' ' }) {
			if size, ok := number(n); !ok || size > 1 {
				return false
			}
		}
		return arguments != ""
	case "inset":
		n, ok := number(arguments)
		return ok && n >= 50 && strings.HasSuffix(arguments, "%")
	case "circle":
		return isZero(arguments)
	}
	return false
}

func withoutComments(style string) string {
	before, after, found := strings.Cut(style, "/*")
	if !found {
		return style
	}
	var b strings.Builder
	for found {
		b.WriteString(before)
		_, after, _ = strings.Cut(after, "*/")
		before, after, found = strings.Cut(after, "/*")
	}
	b.WriteString(before)
	return b.String()
}

// number reads the number that a length begins with.
func number(value string) (float64, bool) {
	digits := len(value) - len(strings.TrimLeft(value, "+-.0123456789"))
	n, err := strconv.ParseFloat(value[:digits], 64)
	return n, err == nil
}

// isFaint reports whether so little of a colour cannot be seen.
func isFaint(value string) bool {
	n, ok := number(value)
	if strings.HasSuffix(value, "%") {
		n /= 100
	}
	return ok && n <= 0.05
}

func isZero(value string) bool {
	n, ok := number(value)
	return ok && n == 0
}

// farAway reports whether a length moves text out of the window.
func farAway(value string) bool {
	n, ok := number(value)
	return ok && n <= -500
}
