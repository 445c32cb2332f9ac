package advert_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/internal/measure"
)

func TestTextFromHTMLKeepsWhatAReaderSees(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, html, text string }{
		{"nothing", "", ""},
		{"plain text", "We  bake\n bread.", "We bake bread."},
		{"entities", "R&amp;D &lt;3 &#8364;50 &eacute;", "R&D <3 €50 é"},
		{"paragraphs", "<p>One.</p><p>Two.</p>", "One.\n\nTwo."},
		{"unclosed paragraphs", "<p>One.<p>Two.", "One.\n\nTwo."},
		{"line breaks", "One.<br>Two.<br/>Three.", "One.\nTwo.\nThree."},
		{"a blank line of breaks", "One.<br><br><br><br>Two.", "One.\n\nTwo."},
		{"break in a paragraph", "<p>One.<br></p><p><br></p><p>Two.</p>", "One.\n\nTwo."},
		{"blocks", "<div>One.<div>Two.</div></div>Three.", "One.\nTwo.\nThree."},
		{"inline", "Know <b>Go</b>, <i>SQL</i>and<em> more</em>.", "Know Go, SQLand more."},
		{"no-break spaces", "<b>Go</b>&nbsp;and&nbsp;<b>SQL</b>", "Go and SQL"},
		{"list", "<p>You:</p><ul><li>Go</li><li>SQL</li></ul><p>We:</p>", "You:\n\n- Go\n- SQL\n\nWe:"},
		{"unclosed items", "<ul><li>Go<li>SQL</ul>", "- Go\n- SQL"},
		{"paragraphs in items", "<ul><li><p>Go</p></li><li><p>SQL</p><p>PL</p></li></ul>", "- Go\n- SQL\nPL"},
		{"empty items", "<ul><li></li><li> </li><li>Go</li></ul>", "- Go"},
		{"numbered", "<ol><li>Go</li><li>SQL</li></ol>", "1. Go\n2. SQL"},
		{"nested lists", "<ul><li>Go<ul><li>net</li></ul></li><li>SQL</li></ul>", "- Go\n  - net\n- SQL"},
		{"item without a list", "<li>Go</li>", "- Go"},
		{
			"table",
			"<table><tr><th>Pay</th><td>10</td></tr><tr><th>Place</th><td>Ulm</td></tr></table>",
			"Pay 10\nPlace Ulm",
		},
		{"preformatted", "<pre>a:\n  - b\n\n  - c <b>d</b></pre>", "a:\n  - b\n\n  - c d"},
		{"headings", "<h2>Who</h2>You.<h3>What</h3>That.", "Who\n\nYou.\n\nWhat\n\nThat."},
		{"soft hyphens", "data&shy;base, micro&#8203;service", "database, microservice"},
		{"emoji of many parts", "👩\u200d💻", "👩\u200d💻"},
		{"end tags of nothing", "</p></ul></li>Go</div></nothing>", "Go"},
		{"a lone less-than", "if a < b then", "if a < b then"},
		{"unknown elements", "<x-card><x-line>Go</x-line> SQL</x-card>", "Go SQL"},
		{"an end tag that breaks a line", "One.</br>Two.</ br>", "One.\nTwo."},
		{"definitions", "<dl><dt>Pay</dt><dd>10</dd><dt>Place</dt><dd>Ulm</dd></dl>", "Pay\n10\nPlace\nUlm"},
		{"a list that begins at five", `<ol start="5"><li>Go</li><li>SQL</li></ol>`, "5. Go\n6. SQL"},
		{"a list that begins at nought", `<ol start=0><li>Go<li>SQL</ol>`, "0. Go\n1. SQL"},
		{
			"an item that counts itself",
			`<ol><li>Go</li><li value="7">SQL</li><li>net</li></ol>`,
			"1. Go\n7. SQL\n8. net",
		},
		{"a start that is no number", `<ol start="x"><li>Go</li></ol>`, "1. Go"},
		{"a menu", "<menu><li>Go<li>SQL</menu>", "- Go\n- SQL"},
		{"centred blocks", "One.<center>Two.</center>Three.", "One.\nTwo.\nThree."},
		{"a legend", "<fieldset><legend>You</legend>Go</fieldset>", "You\nGo"},
		{
			"a title in bold is set apart",
			"<div>We bake.</div><div><b>Oven benefits</b></div><div>Go</div><div><strong>Place</strong>" +
				"</div><div>Ulm</div>",
			"We bake.\n\nOven benefits\n\nGo\nPlace\nUlm",
		},
		{
			"a sentence in bold is not",
			"<div>Go</div><div><b>We bake for our benefits.</b></div><div>Go</div>",
			"Go\nWe bake for our benefits.\nGo",
		},
		{
			"words in bold are not",
			"<div>We <b>bake</b></div><div><b>Go</b> and</div><div>SQL</div>",
			"We bake\nGo and\nSQL",
		},
		{"bold items stay close", "<ul><li><b>Go</b></li><li><b>SQL</b></li></ul>", "- Go\n- SQL"},
		{
			"bold words that head what follows",
			"<p>We bake. <b>Requirements</b> Two years of dough. <b>Benefits</b> Bread.</p>",
			"We bake.\nRequirements\nTwo years of dough.\nBenefits\nBread.",
		},
		{
			"bold labels of items",
			"<ul><li><b>Experience:</b> two years</li><li><b>Skills</b> Go</li></ul>",
			"- Experience: two years\n- Skills Go",
		},
		{
			"bold words and a colon",
			"<p>We bake <strong>Requirements:</strong> two years <strong>Benefits</strong>: bread</p>",
			"We bake\nRequirements: two years\nBenefits: bread",
		},
		{
			"bold words within a sentence",
			"<p>Your <b>skills</b> and <b>Experience</b> count.</p>",
			"Your skills and Experience count.",
		},
		{
			"cells that head others",
			"<table><tr><th>Requirements<td>Two years<tr><th>Benefits<td>Bread<tr><th>Salary<td>$10</table>",
			"Requirements\nTwo years\nBenefits\nBread\nSalary $10",
		},
		{
			"one job page of breaks",
			"<strong>About<br><br></strong>We bake.<br><br><strong>Requirements<br><br></strong><ul><li>" +
				"Flour<br></li><li>Water<br></li></ul>Thanks<br>",
			"About\n\nWe bake.\n\nRequirements\n\n- Flour\n- Water\n\nThanks",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.text, advert.TextFromHTML(c.html))
		})
	}
}

func TestTextFromHTMLLeavesOutWhatAReaderDoesNotSee(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, html string }{
		{"script", `<script>evil</script>Go`},
		{"script with a slash", `<script/>evil</script>Go`},
		{"script that never ends", `Go<script>evil <p>evil`},
		{"style", `<style>evil</style>Go`},
		{"comment", `<!-- evil -->Go`},
		{"comment that never ends", `Go<!-- evil <p>evil`},
		{"template", `<template><p>evil</p></template>Go`},
		{"drawing", `<svg><text>evil</text></svg>Go`},
		{"empty drawing", `<svg/>Go`},
		{"form values", `<input value="evil"><select><option>evil</select><textarea>evil</textarea>Go`},
		{"hidden attribute", `<div hidden>evil</div>Go`},
		{"hidden with a slash", `<div hidden/>evil</div>Go`},
		{"nested", `<div hidden>evil<div>evil</div>evil</div>Go`},
		{"display none", `<span style="color:red; DISPLAY : none !important">evil</span>Go`},
		{"display none in a comment", `<span style="display:/* */none">evil</span>Go`},
		{"visibility", `<span style="visibility:hidden">evil</span>Go`},
		{"font of no size", `<span style="font-size:0.0pt">evil</span>Go`},
		{"opacity", `<span style="opacity:0%">evil</span>Go`},
		{"transparent", `<span style="color:transparent">evil</span>Go`},
		{"outside of the window", `<span style="position:absolute;left:-9999px">evil</span>Go`},
		{"indented away", `<span style="text-indent:-999em">evil</span>Go`},
		{"clipped to nothing", `<div style="height:0;overflow:hidden">evil</div>Go`},
		{"closed dialog", `<dialog>evil</dialog>Go`},
		{"hidden void", `<img hidden>Go`},
		{"paragraph ended by a block", `<p hidden>evil<div>Go</div>`},
		{"paragraph ended by another", `<p hidden>evil<p>Go`},
		{"item ended by the next", `<ul><li hidden>evil<li>Go</ul>`},
		{"list in a hidden item", `<ul><li hidden>evil<ul><li>evil</ul>evil</li></ul>Go`},
		{"ended by what is around it", `<div><span hidden>evil</div>Go`},
		{"inline end in a block", `<b><div hidden>evil</b>evil</div>Go`},
		{"stray end", `<span hidden>evil</p></x>evil</span>Go`},
		{"hidden unknown element", `<x-y hidden>evil</x-y>Go`},
		{"hidden row", `<table><tr hidden><td>evil<td>evil<tr><td>Go</table>`},
		{"hidden cell", `<table><tr><td hidden>evil<td>Go</table>`},
		{"hidden term", `<dl><dt hidden>evil<dd>Go</dl>`},
		{
			"a relative size in a wrapper of none",
			`<div style="font-size:0">evil<b style="font-size:2em">evil</b></div>Go`,
		},
		{"a shorthand of no size", `<span style="font:0/0 a">evil</span>Go`},
		{"a size of a pixel", `<span style="font-size:1px">evil</span>Go`},
		{"hardly any opacity", `<span style="opacity:.01">evil</span>Go`},
		{"no alpha", `<span style="color:rgba(0, 0, 0, 0)">evil</span>Go`},
		{"no alpha in hexadecimal", `<span style="color:#ffffff00">evil</span>Go`},
		{"white on white", `<span style="color:#FFF; background-color:white">evil</span>Go`},
		{"the colour of its ground", `<span style="background:rgb(12,34,56);color:#0c2238">evil</span>Go`},
		{"clipped by a rectangle", `<span style="position:absolute;clip:rect(0 0 0 0)">evil</span>Go`},
		{"clipped by a path", `<span style="clip-path:inset(50%)">evil</span>Go`},
		{"scaled to nothing", `<span style="transform:scale(0)">evil</span>Go`},
		{
			"white in a white wrapper",
			`<div style="background-color:#ffffff"><span style="color:white">evil</span></div>Go`,
		},
		{
			"a white ground under white text",
			`<div style="color:#fff"><span style="background:white">evil</span></div>Go`,
		},
		{"hardly any alpha", `<span style="color:rgba(0,0,0,.02)">evil</span>Go`},
		{"moved out of the window", `<span style="transform:translateX(-9999px)">evil</span>Go`},
		{"a pixel of height", `<div style="max-height:1px;overflow:hidden">evil</div>Go`},
		{
			"a pixel in a corner",
			`<span style="position:absolute;width:1px;height:1px;overflow:hidden">evil</span>Go`,
		},
		{
			"shown in what is not displayed",
			`<div style="display:none"><p style="display:block">evil</p></div>Go`,
		},
		{
			"visible in what is not displayed",
			`<div hidden><p style="visibility:visible;font-size:16px">evil</p></div>Go`,
		},
		{
			"hidden again in a visible child",
			`<div style="visibility:hidden"><p style="visibility:visible">` +
				`<b style="visibility:hidden">evil</b></p></div>Go`,
		},
		{"not a panel", `<p class="note" style="display:none">evil</p>Go`},
		{
			"a paragraph in an accordion that is none of its parts",
			`<div class="accordion"><span style="display:none">evil</span>Go</div>`,
		},
		{
			"after the text behind a button",
			`<button>Go</button><!-- --><div style="display:none"></div><div style="display:none">evil</div>`,
		},
		{"named by nothing that is clicked", `<div id="x" hidden>evil</div><a href="/page#x">Go</a>`},
		{"tag characters", "Go\U000E0065\U000E0076\U000E0069\U000E006C"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, "Go", strings.TrimPrefix(advert.TextFromHTML(c.html), "- "))
		})
	}
	for _, c := range []struct{ name, html string }{
		{"a size below one", `<span style="font-size:0.9em;opacity:0.8;line-height:0">Go</span>`},
		{"hidden overflow", `<div style="overflow:hidden;height:10em">Go</div>`},
		{"open dialog", `<dialog open>Go</dialog>`},
		{"aria-hidden", `<span aria-hidden="true">Go</span>`},

		{
			"black on white in white on white",
			`<div style="background:#fff;color:#fff">evil<p style="color:#000">Go</p></div>`,
		},
		{
			"white on a ground that a child has",
			`<div style="background:#fff"><p style="background:#000"><b style="color:#fff">Go</b></p></div>`,
		},
		{"more by its class", `<span class="text more" style="display:none">Go</span>`},
		{"a part behind a script's link", `<a onclick="show()"></a><div style="display:none">Go</div>`},
		{
			"a part behind a trigger",
			`<h3 class="accordion-trigger">\n</h3><div style="display:none">Go</div>`,
		},
		{
			"a size in a wrapper of none",
			`<div style="font-size:0">evil<p style="font-size:16px">Go</p>evil</div>`,
		},
		{
			"a root size in a wrapper of none",
			`<div style="font-size:0px">evil<b style="font-size:1rem">Go</b></div>`,
		},
		{
			"a shorthand in a wrapper of none",
			`<div style="font:0/0 a">evil<b style="font:bold 14px/1.5 serif">Go</b></div>`,
		},
		{"after a wrapper of no size", `<div style="font-size:0">evil<span>evil</span></div>Go`},
		{
			"visible in an invisible wrapper",
			`<div style="visibility:hidden">evil<div><p style="visibility:visible">Go</p>evil</div></div>`,
		},
		{
			"coloured in a transparent wrapper",
			`<div style="color:transparent">evil <span style="color:#333">Go</span></div>`,
		},
		{"indented back", `<div style="text-indent:-9999px">evil<p style="text-indent:0">Go</p></div>`},
		{
			"item in a list of no size",
			`<ul style="font-size:0"><li style="font-size:12pt">Go</li><li>evil</li></ul>`,
		},
		{"white on black", `<span style="color:#fff;background:#000">Go</span>`},
		{"white on what we do not know", `<span style="color:white">Go</span>`},
		{"half transparent", `<span style="color:rgba(0,0,0,.5)">Go</span>`},
		{"clipped a little", `<div style="overflow:hidden;width:1em;height:auto">Go</div>`},
		{"closed details", `<details><summary>Go</summary></details>`},
		{"the text of closed details", `<details>Go</details>`},
		{"a panel of an accordion", `<div class="accordion__panel" style="display:none">Go</div>`},
		{"a part in an accordion", `<div class="Accordion"><div style="display:none"><p>Go</p></div></div>`},
		{"a collapsed part", `<div class="collapse" style="max-height:0;overflow:hidden">Go</div>`},
		{"a tab", `<section class="tab-pane" hidden>Go</section>`},
		{"a tab by its role", `<div role="tabpanel" style="display:none">Go</div>`},
		{"a part that is found", `<div hidden="until-found">Go</div>`},
		{"read more", `<span class="readmore-text" style="display: none">Go</span>`},
		{"a part behind a button", `<button>\n</button><div style="display:none">Go</div>`},
		{
			"a part that a control names",
			`<div id="more" style="display:none">Go</div><a aria-controls="more"></a>`,
		},
		{"a part that a link names", `<a href="#more"></a><p></p><div id="more" hidden>Go</div>`},
		{
			"a part that a script's control names",
			`<i data-bs-target="#more"></i><div id=more style="display:none">Go</div>`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, "Go", strings.TrimPrefix(advert.TextFromHTML(c.html), "- "))
		})
	}
}

// large is how often hostile input repeats itself.
func large(n int) int {
	if measure.RaceDetector { // the work is the same, and each step of it many times as dear
		return n / 20
	}
	return n
}

// hostile are pages that a quadratic reader does not finish.
func hostile() []struct{ name, html string } {
	n, kilo := large(100_000), large(1<<10)
	return []struct{ name, html string }{
		{"nested blocks", strings.Repeat("<div>", n) + "Go"},
		{"nested hidden blocks", "<div hidden>" + strings.Repeat("<div>", n) + "x"},
		{"nested lists", strings.Repeat("<ul><li>", n) + "Go"},
		{"nested bold", strings.Repeat("<b>", n) + "Go" + strings.Repeat("</b>", n)},
		{"misnested", strings.Repeat("<b><p></b></p><i>", n) + "Go"},
		{"tables", strings.Repeat("<table><tr><td>", n) + "Go"},
		{"less-than signs", strings.Repeat("<", kilo<<10)},
		{"end tags", strings.Repeat("</", kilo<<10)},
		{"end tags of nothing", strings.Repeat("</p>", n) + "Go"},
		{"ampersands", strings.Repeat("&", kilo<<10)},
		{"open comments", strings.Repeat("<!--", kilo<<8)},
		{"open comment dashes", "<!--" + strings.Repeat("-", kilo<<10)},
		{"declarations", strings.Repeat("<!", kilo<<9)},
		{"open scripts", strings.Repeat("<script>", n)},
		{"escaped scripts", "<script><!--" + strings.Repeat("<script>", n)},
		{"open text areas", strings.Repeat("<textarea>", n)},
		{"one huge attribute", `<p title="` + strings.Repeat("x", kilo<<10) + `">Go`},
		{"an attribute never ended", `Go<p title="` + strings.Repeat("x ", kilo<<9)},
		{"many attributes", "<p " + strings.Repeat("a=b ", kilo<<8) + ">Go"},
		{"different attributes", "<p " + manyAttributes(n) + ">Go"},
		{"a style of comments", `<p style="` + strings.Repeat("/**/", kilo<<8) + `">Go`},
		{"breaks", strings.Repeat("<br>", kilo<<8)},
		{"spaces", strings.Repeat(" ", kilo<<10) + "Go"},
		{"line ends", "<pre>" + strings.Repeat("\n", kilo<<10) + "Go"},
		{"NUL", strings.Repeat("\x00", kilo<<10)},
		{"bytes that are no UTF-8", strings.Repeat("\xff", kilo<<10)},
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		for ; i > 0; i /= 26 {
			b.WriteByte(byte('a' + i%26))
		}
		b.WriteString("=1 ")
	}
	return b.String()
}

// A quadratic reader takes minutes of processor time on these, a linear one a tenth of a second.
// It is not parallel, because it measures the processor time of the whole process.
func TestTextFromHTMLIsLinearOnHostilePages(t *testing.T) {
	for _, c := range hostile() {
		var text string
		expectLinear(t, c.name, c.html, func() { text = advert.TextFromHTML(c.html) })
		require.LessOrEqual(t, len(text), 4*len(c.html), c.name)
	}
}

// expectLinear measures the processor time of work on input, of about a megabyte.
func expectLinear(t *testing.T, name, input string, work func()) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		took, _ := measure.Cost(work)
		require.Less(t, took, 3*time.Second)
		t.Logf("%d bytes in %v", len(input), took)
	})
}

func BenchmarkTextFromHTML(b *testing.B) {
	page := strings.Repeat("<p><strong>Requirements</strong><br><br></p>"+
		"<ul><li>Five years of <b>Go</b> &amp; SQL</li><li>Calm</li></ul>", 100)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		advert.TextFromHTML(page)
	}
}

func FuzzTextFromHTML(f *testing.F) {
	for _, page := range []string{
		"",
		"Go",
		"<p>a<p hidden>b<div>c",
		"<ul><li>a<ol><li>b</ol></ul>",
		"<pre>\n a\n\n b</pre>",
		"<table><tr hidden><td>a<tr><td>b",
		`<i style="font-size:0">x</i>`,
		"<svg/>a<script/>b</script>",
		"<dialog>x<dialog open>y",
		"&nbsp;&shy;&#0;\xff",
	} {
		f.Add(page)
	}
	f.Fuzz(func(t *testing.T, page string) {
		text := advert.TextFromHTML(page)
		require.Equal(t, strings.TrimSpace(text), text)
		require.NotContains(t, text, "\n\n\n")
		if utf8.ValidString(page) {
			require.True(t, utf8.ValidString(text))
		}
		require.Empty(t, advert.TextFromHTML("<div hidden>"+strings.ReplaceAll(page, "<", "&lt;")+"</div>"))
	})
}

// Words that are shown come out whole and in order, whatever inline and block elements stand around
// them.
func TestTextFromHTMLLosesNoWord(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[a-z]{1,8}`)
	tag := rapid.SampledFrom(strings.Fields("p div ul ol li b i span h2 br table tr td x-y pre a dl dd"))
	rapid.Check(t, func(t *rapid.T) {
		var page strings.Builder
		var want []string
		for range rapid.IntRange(0, 30).Draw(t, "pieces") {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				page.WriteString("<" + tag.Draw(t, "open") + ">")
			case 1:
				page.WriteString("</" + tag.Draw(t, "close") + ">")
			case 2:
				page.WriteString("<span style='display:none'>hidden</span>")
			default:
				w := word.Draw(t, "word")
				want = append(want, w)
				page.WriteString(" " + w + " ")
			}
		}
		notLetter := func(r rune) bool { return !unicode.IsLetter(r) }
		got := strings.FieldsFunc(advert.TextFromHTML(page.String()), notLetter)
		require.Equal(t, want, append([]string(nil), got...))
	})
}
