package jobposting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/internal/filter"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/lead"
)

const megabyte = 1 << 20

// fill repeats s to a megabyte.
func fill(s string) string {
	return strings.ToValidUTF8(strings.Repeat(s, megabyte/len(s)+1)[:megabyte], "")
}

func script(s string) string { return `<script type="application/ld+json">` + s + `</script>` }

//nolint:paralleltest // what is allocated is counted for the whole process
func TestHostileMegabyteIsReadInBoundedTimeAndMemory(t *testing.T) {
	if measure.RaceDetector {
		t.Skip("the race detector multiplies time and memory")
	}
	whole := func(s, sep string) string {
		return strings.TrimSuffix(strings.Repeat(s+sep, megabyte/len(s+sep)),
			sep)
	}
	in := func(member, value string) string {
		return script(`{"@type":"JobPosting","title":"T",` + member + `:` + value + `}`)
	}
	f := filter.New(lead.Query{
		Keywords: `"no such" words`, Location: "Bergen, Norway", Remote: true,
		JobTypes: []string{lead.Volunteer}, PostedWithin: 1, EasyApply: true,
	}, time.Now())
	for _, c := range []struct{ name, page string }{
		{"unreadable postings", script("[" + whole(`{"@type":"JobPosting","title":"a"b}`, ",") + "]")},
		{"texts without an end", script(fill(`{"@type":"`))},
		{"braces too many", script(fill(`{"@type":"JobPosting"}},`))},
		{"ends without a start", script(`{"a":1` + fill("}]"))},
		{"keys without values", script("{" + fill(`"a":`) + "}")},
		{"many places in one", in(`"jobLocation"`, `"`+fill("a/b,c;")+`"`)},
		{"one long type", in(`"employmentType"`, `"`+fill("x")+`"`)},
		{"one long place", in(`"jobLocation"`, `"`+fill("x, ")+`"`)},
		{"titles of two letters", in(`"name"`, `"`+fill("ab ")+`"`)},
		{"a long Chinese word", in(`"description"`, `"`+fill("工")+`"`)},
		{"nested arrays", script(fill("["))},
		{"nested objects", script(fill(`{"a":`))},
		{
			"allowed nesting",
			script(strings.Repeat("["+strings.Repeat("[", 4000)+strings.Repeat("]", 4000)+"],", 100)),
		},
		{"empty objects", script("[" + whole("{}", ",") + "]")},
		{"empty arrays", script("[" + whole("[]", ",") + "]")},
		{"numbers", script("[" + whole("1", ",") + "]")},
		{"texts", script("[" + whole(`""`, ",") + "]")},
		{"many postings", script("[" + whole(`{"@type":"JobPosting"}`, ",") + "]")},
		{"many ids", script("[" + whole(`{"@id":"#a","b":1,"c":2}`, ",") + "]")},
		{"many items", script(`{"@type":"ItemList","itemListElement":[` + whole(`"u"`, ",") + "]}")},
		{"many scripts", whole(script("{}"), "")},
		{"many broken scripts", whole(script(`{"JobPosting"`), "")},
		{"trailing commas", script("[" + fill(",") + "]")},
		{"spaces and brackets", script(fill("[ ] "))},
		{"control characters", script(`{"@type":"JobPosting","title":"` + fill("\x01") + `"}`)},
		{"semicolons", script(fill("; "))},
		{"comment ends", script(fill("-->"))},
		{"comment starts", script(fill("/*/"))},
		{"quoted entities", script(fill("&quot;"))},
		{"many places", in(`"jobLocation"`, "["+whole(`"p1"`, ",")+"]")},
		{"many different places", in(`"jobLocation"`, "["+different()+"]")},
		{"many types", in(`"employmentType"`, "["+different()+"]")},
		{"many skills", in(`"skills"`, `"`+strings.ReplaceAll(different(), `"`, "")+`"`)},
		{"many experiences", in(`"experienceRequirements"`, "["+different()+"]")},
		{"many educations", in(`"educationRequirements"`, "["+different()+"]")},
		{"many salaries", in(`"baseSalary"`, "["+different()+"]")},
		{"escaped tags", in(`"description"`, `"`+fill("&lt;p&gt;")+`"`)},
		{"half tags", in(`"description"`, `"`+fill("&lt;p ")+`"`)},
		{"tags", in(`"description"`, `"`+fill("<b><i>")+`"`)},
		{"entities", in(`"description"`, `"`+fill("&amp;")+`"`)},
		{"headings", in(`"description"`, `"`+fill(`Requirements:\n`)[:megabyte-1]+`n"`)},
		{"one long title", in(`"name"`, `"`+fill("x")+`"`)},
		{"nested tags", fill("<div>")},
		{"open tags", fill("<")},
		{"attributes", "<script " + fill("a=1 ") + ">"},
		{"links", fill("<a href=x>")},
	} {
		took, allocated := measure.Cost(func() {
			for _, p := range jobposting.ReadWithLinks([]byte(c.page), "https://board.example/").Postings {
				p.Data()
				f.Wants(p.Job())
			}
		})
		t.Logf(
			"%-22s %8v %6.1f times its size", c.name, took.Round(time.Millisecond),
			float64(allocated)/float64(len(c.page)),
		)
		require.Less(t, took, 2*time.Second, c.name)
		require.Less(t, allocated, uint64(100*len(c.page)), c.name)
	}
}

// different is a list of different texts of a megabyte in all.
func different() string {
	var b strings.Builder
	for i := 0; b.Len() < megabyte; i++ {
		b.WriteString(`"`)
		for j := i + 1; j > 0; j /= 26 {
			b.WriteByte(byte('a' + j%26))
		}
		b.WriteString(`",`)
	}
	return strings.TrimSuffix(b.String(), ",")
}

//nolint:paralleltest // what is allocated is counted for the whole process
func TestRealMegabyteIsReadInGoodTime(t *testing.T) {
	if measure.RaceDetector {
		t.Skip("the race detector multiplies time and memory")
	}
	for _, p := range captures.Pages(t, "jsonld", "") {
		page := []byte(fill(string(p.Body(t))))
		took, allocated := measure.Cost(func() {
			ps := jobposting.Read(page, "https://board.example/").Postings
			require.NotEmpty(t, ps)
			for _, p := range ps {
				p.Data()
			}
		})
		t.Logf("%s %v, %.1f times its size", p.File, took, float64(allocated)/megabyte)
		require.Less(t, took, 150*time.Millisecond, p.File)
	}
}
