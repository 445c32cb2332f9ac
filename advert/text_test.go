package advert_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/advert"
)

func TestTextUndoesWhatIsPlainlyEscaped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, field, text string }{
		{"plain text", "We bake.\n\nYou knead.", "We bake.\n\nYou knead."},
		{"line ends of Windows", "We bake.\r\nYou knead.\r", "We bake.\nYou knead."},
		{"no-break spaces", "We\u00a0bake.", "We bake."},
		{"many blank lines", "We bake.\n\n \n\n\nYou knead.", "We bake.\n\nYou knead."},
		{"HTML", "<p>We bake.</p><p>You knead.</p>", "We bake.\n\nYou knead."},
		{"HTML of a definition list only", "<dl><dt>Skills<dd>Flour</dl>", "Skills\nFlour"},
		{"HTML with inline tags only keeps its lines", "<b>We</b> bake.\nYou knead.", "We bake.\nYou knead."},
		{"entities in plain text", "R&amp;D &ndash; caf&eacute;", "R&D – café"},

		{"literal line ends", `We bake.\n\nSkills:\n- Flour\n- Salt`, "We bake.\n\nSkills:\n- Flour\n- Salt"},
		{
			"literal line ends of Windows", `We bake.\r\n\r\nSkills:\r\n* Flour`,
			"We bake.\n\nSkills:\n* Flour",
		},
		{"literal line ends before lower case", `skills:\nflour\nsalt`, "skills:\nflour\nsalt"},
		{
			"literal line ends with spaces",
			`We bake. \n You knead. \n Everybody sells.`,
			"We bake.\nYou knead.\nEverybody sells.",
		},
		{
			"literal line ends escaped twice",
			`We bake.\\nYou knead.\\n\\n- Flour`,
			"We bake.\nYou knead.\n\n- Flour",
		},
		{
			"literal line ends between tags", `<p>We bake.</p>\n<ul>\n<li>Flour</li>\n</ul>\n`,
			"We bake.\n\n- Flour",
		},
		{"literal line ends in inline tags", `<b>We</b> bake.\nYou knead.`, "We bake.\nYou knead."},
		{"literal tabs and quotes", `Skills:\n\t\"Flour\"\n\t\"Salt\"`, "Skills:\n\t\"Flour\"\n\t\"Salt\""},
		{
			"literal line ends before lower case only", `flour\nwater\nsalt\nyeast`,
			"flour\nwater\nsalt\nyeast",
		},
		{"escaped apostrophes", `We\'re bakers, and you\'ll bake.`, "We're bakers, and you'll bake."},
		{"escaped quotation marks", `A \"star\" baker (\"the best\").`, `A "star" baker ("the best").`},
		{"escaped bullets", `\u2022 Flour\n\u2022 Salt`, "• Flour\n• Salt"},
		{"literal letters", `The caf\u00e9 \u2013 we\u2019re open`, "The café – we’re open"},
		{"a literal pair for one character", `We bake \ud83c\udf5e daily`, "We bake 🍞 daily"},
		{
			"literal less-than signs",
			`\u003cp\u003eWe bake.\u003c/p\u003e\u003cul\u003e\u003cli\u003eFlour\u003c/li\u003e\u003c/` +
				`ul\u003e`,
			"We bake.\n\n- Flour",
		},
		{"literal less-than signs in capitals", `\u003Cp\u003EWe bake.\u003C/p\u003E`, "We bake."},
		{"literal less-than signs escaped twice", `\\u003cp\\u003eWe bake.\\u003c\\/p\\u003e`, "We bake."},
		{
			"less-than signs of a script",
			`\x3cp\x3eWe bake.\x3c\x2fp\x3e\x3cp\x3eYou knead.\x3c/p\x3e`,
			"We bake.\n\nYou knead.",
		},
		{
			"literal quotes and slashes in tags", `<p class=\"x\">We bake.<\/p><p>24\/7<\/p>`,
			"We bake.\n\n24/7",
		},

		{
			"escaped HTML",
			"&lt;p&gt;We bake.&lt;/p&gt;&lt;p class=&quot;x&quot;&gt;You &amp;amp; I&lt;/p&gt;",
			"We bake.\n\nYou & I",
		},
		{"HTML escaped twice", "&amp;lt;p&amp;gt;We bake.&amp;lt;/p&amp;gt;", "We bake."},
		{
			"HTML escaped three times",
			"&amp;amp;lt;ul&amp;amp;gt;&amp;amp;lt;li&amp;amp;gt;Flour&amp;amp;lt;/li&amp;amp;gt;&amp;amp;" +
				"lt;/ul&amp;amp;gt;",
			"- Flour",
		},
		{
			"HTML escaped by numbers",
			"&#60;p&#62;We bake.&#60;/p&#62;&#x3C;p&#x3E;You knead.&#x3c;/p&#x3e;",
			"We bake.\n\nYou knead.",
		},
		{
			"escaped HTML in a wrapper",
			"<div>&lt;p&gt;We bake.&lt;/p&gt;&lt;p&gt;You knead.&lt;/p&gt;</div>",
			"We bake.\n\nYou knead.",
		},
		{
			"escaped HTML in more tags than it has",
			"<div><section><div>&lt;p&gt;We bake.&lt;/p&gt;&lt;p&gt;You " +
				"knead.&lt;/p&gt;</div></section></div>",
			"We bake.\n\nYou knead.",
		},
		{
			"escaped breaks", "We bake.&lt;br&gt;You knead.&lt;br /&gt;All sell.", "We bake.\nYou " +
				"knead.\nAll sell.",
		},
		{
			"literal line ends in escaped HTML",
			`&lt;p&gt;We bake.&lt;/p&gt;\n&lt;p&gt;You knead.&lt;/p&gt;`,
			"We bake.\n\nYou knead.",
		},
		{"entities escaped twice", "<p>R&amp;amp;D &amp;nbsp;at caf&amp;eacute;s</p>", "R&D at cafés"},
		{"entities escaped three times", "R&amp;amp;amp;D", "R&D"},
		{"an apostrophe escaped twice", "<p>We&amp;#39;re here</p>", "We're here"},
		{"a line end by number", "We bake.&#xa;You knead.&#10;All sell.", "We bake.\nYou knead.\nAll sell."},
		{"a line end by number in HTML", "<p>We bake.&#xA;You knead.</p>", "We bake.\nYou knead."},
		{
			"a line end by number escaped twice",
			"We bake.&amp;#xa;You knead.&amp;#13;&amp;#10;All sell.",
			"We bake.\nYou knead.\nAll sell.",
		},
		{
			"a line end by number escaped twice in HTML",
			"<p>We bake.&amp;#xa;- Flour&amp;#xa;- Salt</p>",
			"We bake.\n- Flour\n- Salt",
		},
		{"a line separator", "We bake.\u2028You knead.", "We bake.\nYou knead."},
		{"a line separator in HTML", "<p>We bake\u2028daily.</p>", "We bake daily."},
		{"character data", "<![CDATA[<p>We bake.</p>]]>", "We bake."},
		{"character data that was escaped", "&lt;![CDATA[&lt;p&gt;We bake.&lt;/p&gt;]]&gt;", "We bake."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.text, advert.Text(c.field))
		})
	}
}

func TestTextLeavesCodeAndPathsAlone(t *testing.T) {
	t.Parallel()
	for _, field := range []string{
		`Tools live in C:\new\tools and C:\temp\reports.`,
		`The share is \\nas01\new\recipes, the drive is N:\Recipes.`,
		`Log in as BAKERY\nadia or BAKERY\tom.`,
		`The regex \d+\n matches a line, [\r\n]+ many.`,
		`You know what \bflour\b and \s+ match.`,
		`You have written printf("Done.\n"); and know what it prints.`,
		`Lines end in \n, on Windows in \r\n, and cells in \t.`,
		`You set type with \newcommand, \textbf and \rule.`,
		`The class [\u0400-\u04ff] is Cyrillic.`,
		`Escape '\u003c' and "\x3c" before you print.`,
		`Builds land in bin\x64\Release.`,
		`Split at '\n' and join with "\t".`,
		`An either\or question, a yes\no answer.`,
		"We log.\nEach record ends in a full stop.\\nIt is a test.\nYou read logs.\nAll day.\nAnd night.",
		`Know List<String>, Map<K, V> and why a < b.`,
		`Semantic elements such as <header> and <nav>.`,
		`%APPDATA%\npm and $HOME\notes`,
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, field, advert.Text(field))
		})
	}
	for _, c := range []struct{ name, html, text string }{
		{
			"tags that are talked about",
			"<p>Sanitise &lt;script&gt; tags, close every &lt;p&gt;.</p>",
			"Sanitise <script> tags, close every <p>.",
		},
		{"types", "<p>List&lt;String&gt; and Map&lt;K, V&gt;</p>", "List<String> and Map<K, V>"},
		{
			"escapes that are talked about",
			"<p>Escape &lt;T&gt; as &amp;lt;T&amp;gt;.</p>",
			"Escape <T> as &lt;T&gt;.",
		},
		{"an entity in code", "<p>Write <code>&amp;nbsp;</code> here.</p>", "Write &nbsp; here."},
		{"line ends in code", `<p>Say <code>puts "Hi.\nYou"</code>.</p>`, `Say puts "Hi.\nYou".`},
		{"line ends in preformatted text", `<pre>echo -e Hi.\nYou</pre>`, `echo -e Hi.\nYou`},
		{
			"code in a text with literal line ends",
			`<p>We bake.</p>\n<code>a.\nB</code>\n<p>All.</p>`,
			"We bake.\n\na.\\nB\n\nAll.",
		},
		{"a path", `<p>It is in C:\new\Tools.</p>`, `It is in C:\new\Tools.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.text, advert.TextFromHTML(c.html))
			require.Equal(t, c.text, advert.Text(c.html))
		})
	}
}

func TestTextFromHTMLUndoesEscapesToo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, html, text string }{
		{"literal line ends", `We bake.\n\nYou knead.`, "We bake.\n\nYou knead."},
		{
			"literal line ends in blocks", `<div>\nWe bake.\n</div>\n<div>You knead.</div>`,
			"We bake.\nYou knead.",
		},
		{"literal tags", `\u003cp\u003eWe bake.\u003c/p\u003e`, "We bake."},
		{
			"escaped tags", "&lt;p&gt;We bake.&lt;/p&gt;&lt;p&gt;You knead.&lt;/p&gt;",
			"We bake.\n\nYou knead.",
		},
		{"hidden behind an escape", "&lt;p hidden&gt;evil&lt;/p&gt;&lt;p&gt;We bake.&lt;/p&gt;", "We bake."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.text, advert.TextFromHTML(c.html))
		})
	}
}

func TestTitleIsWhatAReaderSees(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, raw, title string }{
		{"plain", "Baker", "Baker"},
		{"blank", " \u200b\u00ad ", ""},
		{"spaces and line ends", "  Night\n\tbaker\u00a0 (m/f/d) ", "Night baker (m/f/d)"},
		{"zero-width characters", "Ba\u200bk\u2060er\ufeff", "Baker"},
		{"a joiner between letters", "Ba\u200dk\u200cer", "Baker"},
		{"soft hyphens", "Bread\u00adbaker", "Breadbaker"},
		{"bidi controls", "\u202aBaker\u202c \u2066Ulm\u2069\u200e", "Baker Ulm"},
		{"an override that turns letters round", "\u202erekaB", "rekaB"},
		{"tag characters", "Baker\U000E0073\U000E0063\U000E006F\U000E0072\U000E0065", "Baker"},
		{"selectors that carry bytes", "Baker\ufe01\ufe0f\U000E0101\U000E0102", "Baker"},
		{"Hangul fillers", "Baker\u3164\u115f\uffa0", "Baker"},
		{"entities", "Baker &amp; miller", "Baker & miller"},
		{"entities escaped twice", "Baker &amp;amp; miller &amp;#8211; Ulm", "Baker & miller – Ulm"},
		{"literal letters", `B\u00e4cker \u2013 Ulm`, "Bäcker – Ulm"},
		{"an escape that is meant", "&amp;amp; stays &amp;lt;so&amp;gt;", "&amp; stays &lt;so&gt;"},
		{"tags", "<b>Baker</b> in <em>Ulm</em>", "Baker in Ulm"},
		{"escaped tags", "&lt;b&gt;Baker&lt;/b&gt;", "Baker"},
		{"hidden text", `Baker <span style="display:none">score 100</span>`, "Baker"},
		{"less-than signs", "Baker <3 years, C++ List<T>", "Baker <3 years, C++ List<T>"},
		{"emoji of many parts", "👩\u200d🍳 Baker ❤\ufe0f", "👩\u200d🍳 Baker ❤\ufe0f"},
		{"a joiner that Persian needs", "می\u200cخواهم", "می\u200cخواهم"},
		{"a joiner that Hindi needs", "क्\u200dष", "क्\u200dष"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.title, advert.Title(c.raw))
		})
	}
}

func TestTextHasNoInvisibleCharacters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, raw string }{
		{"zero-width spaces", "We ba\u200bke."},
		{"bidi controls", "\u2067We\u2069 \u202dbake\u202c."},
		{"tag characters", "We bake.\U000E0073\U000E0020\U000E0031"},
		{"invisible operators", "We\u2061 ba\u2064ke."},
		{"a joiner in a word", "We ba\u200dke."},
		{"by entity", "We ba&#8203;ke&#x202e;."},
		{"by entity escaped twice", "We ba&amp;#8203;ke."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, "We bake.", advert.Text(c.raw))
			require.Equal(t, "We bake.", advert.TextFromHTML("<p>"+c.raw+"</p>"))
		})
	}
}

// It is not parallel, because it measures the processor time of the whole process.
func TestTextIsLinearOnHostileFields(t *testing.T) {
	kilo := large(1 << 10)
	for _, c := range []struct{ name, field string }{
		{"backslashes", strings.Repeat(`\`, kilo<<10)},
		{"line ends", strings.Repeat(`A.\n`, kilo<<8)},
		{"escaped line ends", strings.Repeat(`A.\\\\n`, kilo<<8)},
		{"ampersands", strings.Repeat("&amp;", kilo<<8)},
		{"one entity escaped often", "&" + strings.Repeat("amp;", kilo<<8) + "lt;"},
		{"open escaped tags", strings.Repeat("&lt;p ", kilo<<8)},
		{"open tags", strings.Repeat("<p ", kilo<<8)},
		{"code never closed", strings.Repeat(`<code>\n`, kilo<<7)},
		{"character data", strings.Repeat("<![CDATA[", kilo<<7)},
		{"invisible characters", strings.Repeat("\u200d", kilo<<8)},
	} {
		expectLinear(t, c.name, c.field, func() { advert.Text(c.field) })
	}
}
