package advert

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// attributes are those of a start tag that decide what is seen of the element, and how a list
// counts.
type attributes struct {
	none                   bool // the tag has no attributes
	hidden, open           bool
	untilFound, control    bool
	style, class, id, role string
	number                 string // of a list or an item
}

func (a *attributes) read(z *html.Tokenizer, tag atom.Atom, has bool) {
	*a = attributes{none: !has}
	for more := has; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "hidden":
			a.hidden = true
			a.untilFound = string(value) == "until-found"
		case "open":
			a.open = true
		case "style":
			a.style = string(value)
		case "class":
			a.class = string(value)
		case "id":
			a.id = string(value)
		case "role":
			a.role = string(value)
		case "aria-expanded", "aria-controls", "data-target", "data-bs-target", "onclick":
			a.control = true
		case "start":
			if tag == atom.Ol {
				a.number = string(value)
			}
		case "value":
			if tag == atom.Li {
				a.number = string(value)
			}
		}
	}
}

// openable reports whether a part that is folded away opens at a click: it is a panel of an
// accordion or a tab, by its own account, by that of an element around it, or because a control
// names it or stands before it.
func (v *visibility) openable(tag atom.Atom, a *attributes, now state) bool {
	switch {
	case a.untilFound, a.role == "tabpanel", isPanel(a.class):
		return true
	case v.control > 0:
		v.control = 0
		return true
	case a.id != "" && v.page.named(a.id):
		return true
	}
	return now&accordion != 0 && isBlock(tag)
}

// isControl reports whether an element opens a part at a click.
func (a *attributes) isControl() bool {
	return a.control || a.role == "button" || containsAny(a.class, controlClasses)
}

// opensParts reports whether a class is one of a widget whose parts open and close.
func opensParts(class string) bool { return containsAny(class, widgetClasses) }

// isPanel reports whether a class is one of a part that opens at a click.
func isPanel(class string) bool {
	return containsAny(class, panelClasses) || slices.Contains(strings.Fields(class), "more")
}

// Parts of the class names that common widgets and frameworks use.
var (
	controlClasses = []string{"trigger", "toggle", "accordion-button", "accordion-header", "collapsible"}
	widgetClasses  = []string{"accordion", "collapsible", "faq", "tabs", "expander"}
	panelClasses   = []string{
		"accordion", "collaps", "panel", "tab-pane", "tab-content", "tabcontent", "toggle", "expand", "faq",
		"answer",
		"spoiler", "drawer", "dropdown", "more-content", "more-text", "moretext", "read-more", "readmore",
		"show-more", "showmore", "see-more", "seemore",
	}
)

func containsAny(class string, words []string) bool {
	if class == "" {
		return false
	}
	class = strings.ToLower(class)
	for _, w := range words {
		if strings.Contains(class, w) {
			return true
		}
	}
	return false
}

// targets are the ids that a page's controls name.
type targets struct {
	page string
	ids  map[string]bool // nil until asked
}

func (t *targets) named(id string) bool {
	if t.ids == nil {
		t.ids = map[string]bool{}
		names := []string{"aria-controls=", "data-target=", "data-bs-target=", "href=", "for="}
		for _, attribute := range names {
			t.collect(attribute)
		}
	}
	return t.ids[id]
}

func (t *targets) collect(attribute string) {
	for rest := t.page; ; {
		_, after, found := strings.Cut(rest, attribute)
		if !found {
			return
		}
		rest = after
		after = strings.TrimLeft(after, `"'`)
		if attribute == "href=" && !strings.HasPrefix(after, "#") {
			continue
		}
		if end := strings.IndexAny(after, "\"'> "); end > 0 {
			t.ids[strings.TrimPrefix(after[:end], "#")] = true
		}
	}
}
