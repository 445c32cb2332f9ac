package htmltree_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/internal/measure"
)

// outline writes a tree as nested tags, texts quoted, so that cases can be read.
func outline(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.ElementNode:
			b.WriteString(c.Data)
			for _, a := range c.Attr {
				b.WriteString("[" + a.Key + "=" + a.Val + "]")
			}
			b.WriteString("(" + outline(c) + ")")
		case html.TextNode:
			b.WriteString("'" + c.Data + "'")
		case html.CommentNode:
			b.WriteString("!" + c.Data + "!")
		}
	}
	return b.String()
}

func TestMarkupBecomesTheTreeThatItsAuthorMeant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, page, want string }{
		{"a fragment has no html and no body", `<li>a</li> <li>b</li>`, `li('a')' 'li('b')`},
		{
			"a page has what it says", `<!DOCTYPE html><html><head><title>x</title><body>y</body></html>`,
			`html(head(title('x'))body('y'))`,
		},
		{
			"items end items", `<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e`,
			`ul(li('a')li('b'ul(li('c')))li('d'))'e'`,
		},
		{"blocks end paragraphs", `<p>a<p>b<div>c</div>d`, `p('a')p('b')div('c')'d'`},
		{"terms and their texts end one another", `<dl><dt>a<dd>b<dt>c</dl>`, `dl(dt('a')dd('b')dt('c'))`},
		{
			"cells and rows end cells and rows", `<table><tr><td>a<td>b<tr><th>c</table>d`,
			`table(tr(td('a')td('b'))tr(th('c')))'d'`,
		},
		{"links end links", `<a href=1>a<a href=2>b</a>c`, `a[href=1]('a')a[href=2]('b')'c'`},
		{"options end options", `<select><option>a<option>b</select>c`, `select(option('a')option('b'))'c'`},
		{"an end tag ends what was left open within", `<div><section><b>a</div>b`, `div(section(b('a')))'b'`},
		{"an end tag without a start is nothing", `a</div></span></p>b`, `'a''b'`},
		{"formatting does not end blocks", `<b><div>a</b>b</div>c</b>d`, `b(div('a''b')'c')'d'`},
		{
			"a cell keeps its end tags", `<div><table><tr><td></div>a</td></table>b</div>c`,
			`div(table(tr(td('a')))'b')'c'`,
		},
		{"void elements hold nothing", `<img>a<br/>b<input>c`, `img()'a'br()'b'input()'c'`},
		{"a slash ends nothing in HTML", `<div/>a`, `div('a')`},
		{
			"and everything in SVG", `<svg><title>t</title><path d=1 /><g>a</g></svg>b`,
			`svg(title('t')path[d=1]()g('a'))'b'`,
		},
		{
			"where nothing is raw text", `<svg><style><g>a</g></style></svg><style><g></style>`,
			`svg(style(g('a')))style('<g>')`,
		},
		{"a slash ends the SVG itself", `<svg/>a<div/>b`, `svg()'a'div('b')`},
		{
			"scripts are text", `<script>if (a < b) "</div><li>"</script>x`,
			`script('if (a < b) "</div><li>"')'x'`,
		},
		{
			"entities are read", `<a href="?a=1&amp;b=2">&lt;b&gt; &amp; &#39;c&#39;</a>`,
			`a[href=?a=1&b=2]('<b> & 'c'')`,
		},
		{"comments are kept unless they are empty", `<code><!--"1"--></code><!---->`, `code(!"1"!)`},
		{"space between elements is one space", "<b>a</b>\n\t <b>b</b>", `b('a')' 'b('b')`},
		{"but not in pre", "<pre>a\n\n<b> </b></pre>", "pre('a\n\n'b(' '))"},
		{"the first of two attributes counts", `<a id=1 ID=2 class>x</a>`, `a[id=1][class=]('x')`},
		{"unknown elements nest by their names", `<x-a><x-b>c</x-b></x-a>d`, `x-a(x-b('c'))'d'`},
	} {
		require.Equal(t, c.want, outline(htmltree.Parse([]byte(c.page)).Root), c.name)
	}
}

func TestTreeSaysWhereThePageWasCut(t *testing.T) {
	t.Parallel()
	find := func(tree *htmltree.Tree, selector string) *html.Node {
		return goquery.NewDocumentFromNode(tree.Root).Find(selector).Nodes[0]
	}
	whole := htmltree.Parse([]byte(`<ul><li id=a>x</li><li id=b>y</li></ul>`))
	require.False(t, whole.Partial)
	require.False(t, whole.Cut(find(whole, "#b")))

	cut := htmltree.Parse([]byte(`<ul><li id=a>x</li><li id=b>y`))
	require.False(t, cut.Partial)
	require.False(t, cut.Cut(find(cut, "#a")))
	require.True(t, cut.Cut(find(cut, "#b")))
	require.True(t, cut.Cut(find(cut, "ul")))

	for _, page := range []string{`<li>x</li><li cla`, `x</l`} {
		require.True(t, htmltree.Parse([]byte(page)).Partial, page)
	}
}

// shape measures a tree.
func shape(n *html.Node) (nodes, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		below, d := shape(c)
		nodes += below + 1
		depth = max(depth, d)
	}
	return nodes, depth + 1
}

// hostilePages are a megabyte each of what breaks parsers.
func hostilePages() map[string]string {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	var formatting strings.Builder
	formatting.WriteString("<div>")
	for i := range 200 {
		formatting.WriteString("<b x=" + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + ">")
	}
	return map[string]string{
		"nested blocks":         fill("<div>"),
		"nested lists":          fill("<ul><li>"),
		"nested tables":         fill("<table><tr><td>"),
		"nested links":          fill("<a><b>"),
		"unknown elements":      fill("<x>"),
		"paragraphs":            fill("<p>x"),
		"end tags":              strings.Repeat("<i>", 300) + fill("</div>"),
		"repeated formatting":   formatting.String() + "</div>" + fill("<div>x</div>"),
		"attributes":            "<a " + fill("a ") + ">",
		"attributes with names": "<a " + strings.Join(strings.Fields(fill("bcd ")), "1 ") + ">",
		"short elements":        fill("<b a=1>"),
		"open tags":             fill("<"),
		"one attribute":         `<a href="` + fill("x") + `">`,
		"comments":              fill("<!--x-->"),
		"entities":              fill("&lt;"),
		"NUL":                   fill("<b>\x00</b>"),
		"text":                  fill("x "),
		"nested svg":            fill("<svg>"),
	}
}

func TestHostilePagesStayShallowAndSmall(t *testing.T) {
	t.Parallel()
	for name, page := range hostilePages() {
		page = page[:len(page)/8]
		tree := htmltree.Parse([]byte(page))
		nodes, depth := shape(tree.Root)
		require.LessOrEqual(t, nodes, len(page)/2+1, name)
		require.LessOrEqual(t, depth, htmltree.MaxDepth+3, name)
	}
}

// TestHostilePagesCostTimeAndMemoryInProportion measures, and so it runs alone.
//
//nolint:paralleltest // what runs beside it would be counted
func TestHostilePagesCostTimeAndMemoryInProportion(t *testing.T) {
	if measure.RaceDetector {
		t.Skip("the race detector's own cost would be measured")
	}
	for name, page := range hostilePages() {
		took, allocated := measure.Cost(func() { htmltree.Parse([]byte(page)) })
		factor := float64(allocated) / float64(len(page))
		t.Logf("%-24s %8v, %5.1f bytes allocated for each byte", name, took.Round(time.Millisecond), factor)
		require.Less(t, took, 2*time.Second, name)
		require.Less(t, factor, 100.0, name)
	}
}

func TestDeepPageIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("<div>", 5000) + "deep" + strings.Repeat(
		"</div>", 5000,
	) + `<p class="after">after</p>`
	doc := goquery.NewDocumentFromNode(htmltree.Parse([]byte(page)).Root)
	require.Equal(t, "after", doc.Find("p.after").Text())
	require.Empty(t, doc.Find("div p.after").Nodes, "the paragraph stands outside")
}

func FuzzParse(f *testing.F) {
	for _, page := range hostilePages() {
		f.Add([]byte(page[:200]))
	}
	f.Add([]byte(`<ul><li>a<li>b</ul><svg><title>t</title><path/></svg><table><tr><td></div>`))
	f.Fuzz(func(t *testing.T, page []byte) {
		tree := htmltree.Parse(page)
		nodes, depth := shape(tree.Root)
		require.LessOrEqual(t, nodes, len(page)+1)
		require.LessOrEqual(t, depth, htmltree.MaxDepth+3)
		require.NoError(t, html.Render(new(bytes.Buffer), tree.Root))
	})
}

// TestSavedPagesReadLikeInABrowser holds the tree against the one that the standard builds, on what
// boards really serve.
func TestSavedPagesReadLikeInABrowser(t *testing.T) {
	t.Parallel()
	pages := append(captures.Pages(t, "", "linkedin/"), captures.Pages(t, "nk-search", "naukri/")...)
	for _, p := range measure.Few(append(pages, captures.Pages(t, "jsonld", "")...)) {
		body := p.Body(t)
		standard, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
		require.NoError(t, err)
		ours := goquery.NewDocumentFromNode(htmltree.Parse(body).Root)
		for _, selector := range []string{
			"li", "a[href]", "h1", "h2", "h3", "h4", "p", "button", "time[datetime]", "code", "script",
			"figure",
			"section", "ul > li", "div > span", "article",
			".job-search-card", ".base-search-card__info h3", ".show-more-less-html__markup",
			".top-card-layout__cta-container button",
			".srp-jobtuple-wrapper", ".cust-job-tuple a.title", ".jobTuple .placeHolderLi",
		} {
			want, got := texts(standard.Find(selector)), texts(ours.Find(selector))
			require.Equal(t, want, got, "%s: %s", p.File, selector)
		}
	}
}

func texts(s *goquery.Selection) []string {
	return s.Map(
		func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") },
	)
}
