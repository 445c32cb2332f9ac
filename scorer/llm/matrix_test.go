package llm_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// What becomes of a posting.
const (
	verified   = "verified match"
	unverified = "unverified match"
	undecided  = "asked again later"
	rejected   = "rejected"

	onlyIfBacked = "asked again later, if Go can see that the two fit"
)

// outcome is what a model that answers like this brings a posting.
func outcome(t *testing.T, resume string, p enrich.Posting, answer func(prompt string) string) string {
	t.Helper()
	a, err := newScorer(t, saysIn(answer), nil).Score(t.Context(), resume, p)
	switch {
	case err != nil:
		require.True(t, errorsAre(err, scorer.ErrReply, scorer.ErrCrashed), "%v", err)
		return undecided
	case gate.Gate{}.Decide(a, p.Data).Status == lead.AutoRejected:
		return rejected
	case a.Unverified:
		require.Contains(t, a.Reasoning, "Not verified")
		return unverified
	}
	return verified
}

// A pair is a résumé and a posting that fit each other, with the honest reply.
type pair struct {
	name, resume string
	posting      enrich.Posting
	honest       llmtest.Reply
	backed       bool // Go can see that they fit
}

func pairs() []pair {
	rate := func(posting, resume string) llmtest.Rating {
		return llmtest.Rating{Posting: posting, Resume: resume, Rating: 4}
	}
	nurse := `Mara Linde, nurse
Registered nurse with nine years in hospitals.
- Intensive care at Northfield Hospital: ventilators, medication, wound care
- Mentor of student nurses
Licence to practise since 2015. English and German.`
	return []pair{
		{"one trade, one language", llmtest.Resume, llmtest.Fitting(), llmtest.Fits(), true},
		{
			"lists of single words", "Skills\nGo\nKubernetes\nPostgreSQL\nTerraform\nKafka\ngRPC",
			about("Golang Developer", "Stack\nGolang\nK8s\nPostgres\nTerraform\nKafka\nRust"),
			llmtest.Reply{
				Skills: rate("Golang", "Go"), Experience: rate("K8s", "Kubernetes"),
				Domain: rate("Kafka", "Kafka"),
			},
			true,
		},
		{
			"a German posting", nurse, about("Pflegefachkraft", `Pflegefachkraft für Intensivstation gesucht.
Ihre Aufgaben
- Intensivpflege und Beatmung
- Wundversorgung und Gabe von Medikamenten
- Anleitung von Auszubildenden im Krankenhaus
Examen in der Krankenpflege ist Voraussetzung.`),
			llmtest.Reply{
				Skills:     rate("Wundversorgung", "wound care"),
				Experience: rate("im Krankenhaus", "nine years in hospitals"),
				Domain:     rate("Pflegefachkraft für", "Registered nurse"),
			},
			true,
		},
		{
			"a Chinese posting", llmtest.Resume,
			about("高级后端工程师", "我们正在寻找一名后端工程师。\n要求:五年以上后端开发经验。\n熟悉容器平台和数据库。\n良好的沟通能力。"),
			llmtest.Reply{
				Skills: rate("五年以上", "seven years of Go"), Other: rate("数据库", "PostgreSQL"),
				Domain: rate("后端工程师", "Senior Backend Engineer"),
			},
			false,
		},
		{
			"other words for the same",
			"Support desk\nI help colleagues when their computers fail, reset passwords and close " +
				"tickets.\n" +
				"Six years at a university, first contact for two thousand people.",
			about("Technical Support Specialist",
				"Be the first point of call for our users.\nTroubleshoot laptops and accounts.\n"+
					"Keep the queue of requests short.\nPatience on the telephone."),
			llmtest.Reply{
				Skills:     rate("Troubleshoot laptops", "computers fail"),
				Experience: rate("first point of call", "Six years"),
				Domain:     rate("Technical Support", "Support desk"),
			},
			false,
		},
	}
}

// edit changes a reply in the form asked for.
func edit(pattern, with string) func(string) string {
	re := regexp.MustCompile(pattern)
	return func(reply string) string { return re.ReplaceAllString(reply, with) }
}

// A habit is how small models spoil a reply. It gets the honest reply, and the prompt.
type habit struct {
	name string
	say  func(reply, prompt string) string
	// What it brings a fitting pair that Go can see: verified, unverified or undecided.
	want string
}

func always(text string) func(string, string) string {
	return func(string, string) string { return text }
}

func with(edits ...func(string) string) func(string, string) string {
	return func(reply, _ string) string {
		for _, e := range edits {
			reply = e(reply)
		}
		return reply
	}
}

// same gives every criterion these lines and this rating.
func same(posting, resume string, rating int) func(string, string) string {
	c := fmt.Sprintf(`{"posting_lines":[%s],"resume_lines":[%s],"rating":%d}`, posting, resume, rating)
	return always(fmt.Sprintf(`{"skills":%[1]s,"experience":%[1]s,"domain":%[1]s,"location":%[1]s,`+
		`"other":%[1]s,"missing_skills":[],"reasoning":"It fits.","recommendations":[]}`, c))
}

// around puts text before and after a reply.
func around(before, after string) func(string, string) string {
	return func(reply, _ string) string { return before + reply + after }
}

const (
	open = "```json\n"
	end  = "\n```"
)

func habits() []habit {
	labels := `"([PR])(\d+)"`
	noLines := edit(`"(posting|resume)_lines":\[[^\]]*\]`, `"${1}_lines":[]`)
	pretty := func(reply string) string {
		var v any
		_ = json.Unmarshal([]byte(reply), &v)
		text, _ := json.MarshalIndent(v, "", "  ")
		return string(text)
	}
	cut := func(part float64) func(string, string) string {
		return func(reply, _ string) string { return reply[:int(float64(len(reply))*part)] }
	}
	missing := func(s string) func(string) string {
		return edit(`"missing_skills":\[[^\]]*\]`, `"missing_skills":[`+s+`]`)
	}
	reasoning := func(s string) func(string) string {
		return edit(`"reasoning":"[^"]*"`, `"reasoning":"`+s+`"`)
	}
	swap := []func(string) string{
		edit(`"P(\d+)"`, `"X$1"`), edit(`"R(\d+)"`, `"P$1"`), edit(`"X(\d+)"`, `"R$1"`),
	}
	onlySkills := edit(`("skills":.{1,60}"rating":)\d`, `${1}5`)
	return []habit{
		// Good replies in odd clothes.
		{"as asked", with(), verified},
		{"on many lines", with(pretty), verified},
		{"fenced", around(open, end), verified},
		{"fenced without a language", around("```\n", end), verified},
		{"a fence without end", around(open, ""), verified},
		{"fenced, with a greeting", around("Certainly! Here is it:\n"+open, end), verified},
		{"fenced, with a farewell", around(open, end+"\nLet me know!"), verified},
		{"thinking", around("<think>\nGo, hm.\n</think>\n", ""), verified},
		{"thinking without a beginning", around("Go, hm.\n</think>\n\n", ""), verified},
		{"thinking in JSON", around(`<think>{"skills": 5}</think>`, ""), verified},
		{"thinking, then fenced", around("<think>a</think>\n"+open, end), verified},
		{"reasoning in Chinese", with(reasoning("候选人很合适。")), verified},
		{"reasoning in German", with(reasoning("Passt gut zur Stelle.")), verified},
		{"empty reasoning", with(reasoning("")), verified},
		{"reasoning without end", with(reasoning(strings.Repeat("very ", 200) + "good")), verified},
		{"reasoning that calls it a bad match", with(reasoning("The candidate is a bad match.")), verified},
		{"every skill missing", with(missing(`"Go","Kafka","PostgreSQL"`)), verified},
		{"fifty skills missing", with(missing(strings.Repeat(`"x",`, 49) + `"y"`)), verified},
		{"one more line than asked for", with(edit(`_lines":\[("P\d+")`, `_lines":[$1,"P1","P2"`)), verified},
		{"a little lower throughout", with(edit(`"rating":[345]`, `"rating":3`)), verified},

		// Claims that nothing backs: lazy, paraphrasing, confused.
		{"no lines", with(noLines), unverified},
		{"no lines of the résumé", with(edit(`"resume_lines":\[[^\]]*\]`, `"resume_lines":[]`)), unverified},
		{"no lines of the posting", with(edit(`"posting_lines":\[[^\]]*`, `"posting_lines":[`)), unverified},
		{"lines that are not there", with(edit(labels, `"${1}9$2"`)), unverified},
		{"labels in lower case", with(edit(`"P(\d+)"`, `"p$1"`)), verified},
		{"labels with their lines", with(edit(`"P(\d+)"`, `"P$1: as it says"`)), verified},
		{"labels without letter", with(edit(labels, `"$2"`)), unverified},
		{"posting and résumé swapped", with(swap...), unverified},
		{"quotes in place of labels", with(edit(labels, `"years of experience with it"`)), unverified},
		{"the examples of the rules", same(`"P99"`, `"R99"`, 4), unverified},
		{"everything 3, no lines", same("", "", 3), unverified},
		{"everything 2, no lines", same("", "", 2), unverified},
		{"skills only, no lines", with(noLines, edit(`:[0-4]\}`, `:0}`), onlySkills), unverified},

		// Low without a reason: lazy.
		{"everything 0, no lines", same("", "", 0), undecided},
		{"everything 1, no lines", same("", "", 1), undecided},
		{"everything 0, the first lines", same(`"P1"`, `"R1"`, 0), undecided},
		{"everything 0, lines that are not there", same(`"P99"`, `"R99"`, 0), undecided},
		// Lines of both texts with a 0 are how a model shows a misfit, too: only shared terms give
		// this away.
		{"ratings 0, lines good", with(edit(`"rating":\d`, `"rating":0`), missing("")), onlyIfBacked},

		// Another form.
		{"nothing", always(""), undecided},
		{"white space", always(" \n\n "), undecided},
		{"a number", always("85"), undecided},
		{"a score", always(`{"score": 85, "reasoning": "good"}`), undecided},
		{"a low score", always(`{"score": 5, "reasoning": "bad"}`), undecided},
		{"prose", always("The candidate is an excellent match with a score of 85."), undecided},
		{"low prose", always("The candidate does not match this job at all. Score: 0/100."), undecided},
		{"a refusal", always("I'm sorry, but I can't help with that."), undecided},
		{"a question back", always("Could you please provide the résumé?"), undecided},
		{"Chinese prose", always("该候选人与职位不匹配，评分为0。"), undecided},
		{"a Chinese form", with(edit(`"skills"`, `"技能"`), edit(`"rating"`, `"评分"`)), undecided},
		{"prose before the JSON", around("Here you go: ", ""), undecided},
		{"prose after the JSON", around("", " I hope it helps."), undecided},
		{"twice", func(r, _ string) string { return r + "\n" + r }, undecided},
		{"cut early", cut(0.1), undecided},
		{"cut in the middle", cut(0.5), undecided},
		{"cut at the end", cut(0.97), undecided},
		{"cut in a fence", func(r, _ string) string { return open + r[:len(r)/2] }, undecided},
		{"thinking without end", around("<think>Hm. ", ""), undecided},
		{"null", always("null"), undecided},
		{"an empty object", always("{}"), undecided},
		{"a list", around("[", "]"), undecided},
		{"a string that holds the JSON", quoted, undecided},
		{"under another key", around(`{"result":`, `}`), undecided},
		{"single quotes", with(edit(`"`, `'`)), undecided},
		{"a trailing comma", with(edit(`\}$`, `,}`)), undecided},
		{"a comment", with(edit(`^\{`, `{ // my rating`+"\n")), undecided},
		{"ratings in words", with(edit(`"rating":\d`, `"rating":"high"`)), undecided},
		{"ratings as text", with(edit(`"rating":(\d)`, `"rating":"$1"`)), undecided},
		{"half ratings", with(edit(`"rating":(\d)`, `"rating":$1.5`)), undecided},
		{"ratings up to 10", with(edit(`"rating":[1-5]`, `"rating":9`)), undecided},
		{"ratings in per cent", with(edit(`"rating":[1-5]`, `"rating":80`)), undecided},
		{"negative ratings", with(edit(`"rating":\d`, `"rating":-1`)), undecided},
		{"no ratings", with(edit(`,"rating":\d`, ``)), undecided},
		{"a number for each criterion", always(`{"skills":4,"experience":3,"domain":4}`), undecided},
		{"a label without list", with(edit(`\[("[PR]\d+")\]`, `$1`)), undecided},
		{"a field of its own", with(edit(`^\{`, `{"score":90,`)), undecided},
		{"a field left out", with(edit(`"other":\{[^}]*\},`, ``)), undecided},
		{"the schema", always(`{"type":"object","properties":{"skills":{"type":"object"}}}`), undecided},
		{"the prompt", func(_, prompt string) string { return prompt[len(prompt)-500:] }, undecided},
		{"a turn of its own", around("<|im_start|>assistant\n", ""), undecided},
		{"one token for ever", always(strings.Repeat("0", 5000)), undecided},
	}
}

func quoted(reply, _ string) string {
	text, _ := json.Marshal(reply)
	return string(text)
}

func TestMatrixRejectsNoGoodJob(t *testing.T) {
	t.Parallel()
	require.Len(t, habits(), 80) // README.md says so
	for _, p := range pairs() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			counts := make(map[string]int)
			for _, h := range habits() {
				got := outcome(t, p.resume, p.posting, func(prompt string) string {
					return h.say(p.honest.In(prompt), prompt)
				})
				counts[got]++
				switch {
				case h.want == onlyIfBacked && p.backed:
					require.Equal(t, undecided, got, h.name)
				case h.want == onlyIfBacked:
				case p.backed:
					require.Equal(t, h.want, got, h.name)
				default:
					require.NotEqual(t, rejected, got, h.name)
				}
			}
			t.Logf("%d replies: %v", len(habits()), counts)
		})
	}
}

func TestMatrixRejectsWhatIsHonestlyLow(t *testing.T) {
	t.Parallel()
	clothes := habits()[:12] // as asked, fenced, thinking, in other languages
	for i, p := range trades() {
		asked := strings.TrimPrefix(strings.Split(p.Data.Description, "\n- ")[1], "- ")
		for _, honest := range []struct {
			name  string
			reply llmtest.Reply
		}{
			{"nothing said", llmtest.Reply{}},
			{"a line named", llmtest.Reply{Skills: llmtest.Rating{Posting: asked}}},
			{"a line named, rated 1", llmtest.Reply{
				Skills: llmtest.Rating{Posting: asked, Rating: 1}, Other: llmtest.Rating{Rating: 1},
			}},
			{"some points for the place", llmtest.Reply{
				Skills: llmtest.Rating{Posting: asked}, Other: llmtest.Rating{Rating: 3},
				Location: llmtest.Rating{Posting: "Location", Resume: "Berlin", Rating: 5},
			}},
		} {
			h := clothes[i%len(clothes)]
			t.Run(p.Lead.Title+", "+honest.name+", "+h.name, func(t *testing.T) {
				t.Parallel()
				require.Equal(t, rejected, outcome(t, llmtest.Resume, p, func(prompt string) string {
					return h.say(honest.reply.In(prompt), prompt)
				}))
			})
		}
	}
}
