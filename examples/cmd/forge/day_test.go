package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/demoboard"
	"github.com/agent-forge/forge/examples/internal/search"
)

const cook = "Bo Example\n\nHead Chef, 2010 to 2020\nMenu planning, kitchen management, food safety, stock " +
	"control and the training of cooks.\n"

// A job seeker's whole day, through the binary and a browser: the demo, three searches with a résumé in
// PDF and a blacklist, the next day, another résumé, another gate, a rejected job that is kept anyway, a
// reopening that is undone, an application, an interview, and the export. Whatever a screen counts adds
// up, and what two screens count agrees.
func TestAWholeDayOfAJobSeekerAddsUp(t *testing.T) {
	t.Parallel()
	if os.Getenv("FORGE_SOAK") != "1" {
		t.Skip("a whole day; set FORGE_SOAK=1")
	}
	p := newPerson(t)
	p.step("sees the demo")
	screen := p.types("forge quickstart -scorer lexical") // an Ollama of this machine is left alone
	found, due := p.sum(screen, "Found"), p.sum(screen, "Due")
	require.Positive(t, found["excluded unread"])
	database := regexp.MustCompile(`Database: .*\((.*)\)`).FindStringSubmatch(screen)
	require.Len(t, database, 2, screen)
	require.Equal(t, due["matched"], numbers(database[1])["matches"])
	require.Equal(t, due["rejected"], numbers(database[1])["rejections"])
	require.Equal(t, found["new"], total(numbers(database[1])))

	p.step("starts the server and signs in")
	p.pdf("cv.pdf", demoboard.Resume)
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "cook.txt"), []byte(cook), 0o600))
	p.serve("forge server -addr 127.0.0.1:0")
	token, err := os.ReadFile(filepath.Join(p.dir, "forge-server.token"))
	require.NoError(t, err)
	p.signIn(strings.TrimSpace(string(token)))
	require.Zero(t, total(p.lists()))

	p.step("searches three times with a résumé in PDF and a blacklist")
	agent := "forge agent -server " + p.url + " -token-file forge-server.token -scorer lexical"
	three := ` -search "golang @ Berlin; limit=40" -search "backend; remote" -search engineer -exclude unpaid`
	first := p.agent(agent + " -resume cv.pdf" + three)
	require.Zero(t, first.review.Outdated)
	require.Positive(t, first.report.Blacklisted)
	require.Positive(t, first.report.Matched)
	lists := p.reload()
	require.Equal(t, map[string]int{
		"Matches": first.report.Matched, "Rejected": first.report.Rejected, "Closed": first.report.Closed,
	}, lists)
	require.Equal(t, first.report.New, total(lists))

	p.step("runs it again the next day")
	next := p.agent(p.last)
	require.Zero(t, next.report.New)
	require.Zero(t, next.worked())
	require.Equal(t, first.report.Found, next.report.Found)
	require.Equal(t, lists, p.reload(), "nothing is decided twice")

	p.step("takes another résumé")
	offer := p.agent(agent + " -resume cook.txt" + three).review
	require.Equal(t, lists["Matches"], offer.Outdated.Total()-offer.Outdated.Rejected)
	require.Equal(t, lists, p.reload(), "an offer changes nothing")
	other := p.agent(p.last + " -rescore")
	require.Equal(t, offer.Outdated, other.review.Outdated)
	require.Equal(t, offer.Outdated.Total(), other.review.Rescored.Kept+other.review.Rescored.Rejected)
	require.Equal(t, offer.Outdated.Total(), other.worked())
	chefs := p.reload()
	require.Equal(t, total(lists), total(chefs))
	require.Less(t, chefs["Matches"], lists["Matches"])
	require.Zero(t, p.count("Another résumé"), "no score is of another résumé")
	require.Zero(t, p.agent(agent+" -resume cook.txt"+three).review, "nothing is offered twice")
	back := p.agent(agent + " -resume cv.pdf -rescore" + three)
	require.Equal(t, back.review.Outdated.Total(), back.worked())
	lists = p.reload()
	require.Equal(t, total(chefs), total(lists))
	require.GreaterOrEqual(t, lists["Matches"]+back.review.Rescored.Stay, first.report.Matched,
		"a match that is not back was judged by its sketch, and is counted")

	p.step("takes another gate, and takes it back")
	wide := agent + " -resume cv.pdf" + three
	gated := p.agent(wide + " -threshold 70").review.Regating
	require.Positive(t, gated.Hidden)
	require.Equal(t, lists, p.reload(), "an offer changes nothing")
	require.Equal(t, gated, p.agent(p.last+" -regate").review.Regating)
	narrow := p.reload()
	require.Equal(t, lists["Matches"]-gated.Hidden, narrow["Matches"])
	require.Equal(t, lists["Rejected"]+gated.Hidden, narrow["Rejected"])
	reopened := p.agent(wide + " -regate")
	require.Equal(t, gated.Hidden, reopened.review.Regating.Reopened)
	require.Equal(t, gated.Hidden, reopened.worked())
	require.Equal(t, lists, p.reload(), "the same jobs are back")

	p.step("keeps a rejected job anyway")
	p.follows("Rejected")
	title := p.presses("Keep anyway")
	kept := p.agent(wide)
	require.Equal(t, 1, kept.report.Matched)
	after := p.reload()
	require.Equal(t, lists["Matches"]+1, after["Matches"])
	require.Equal(t, lists["Rejected"]-1, after["Rejected"])

	p.step("reopens another by mistake, and undoes it")
	p.follows("Rejected")
	p.presses("Reopen")
	require.Equal(t, 1, p.lists()["Waiting"])
	p.presses("Undo")
	require.Equal(t, after, p.lists())

	p.step("applies, and is asked to an interview")
	p.follows("Matches")
	require.Positive(t, p.count(title), "what was kept anyway is among the matches")
	applied := p.presses("I applied")
	group := p.lists()["Applied"] // the best advert stands on two boards
	require.Positive(t, group)
	require.Equal(t, after["Matches"]-group, p.lists()["Matches"])
	p.follows("Applied")
	require.Equal(t, applied, p.presses("Interview"))
	end := p.lists()
	require.Equal(t, group, end["Interview"], end)
	require.Equal(t, total(after), total(end))

	p.step("takes the matches along")
	p.follows("Matches")
	rows, err := csv.NewReader(bytes.NewReader(p.download("CSV"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+end["Matches"], "a heading and a line for each match")
	p.report()
}

// A ran is what an agent said: what it found of earlier decisions, and what it did.
type ran struct {
	review search.Review
	report forge.Report
}

// worked returns the number of jobs that were due.
func (r ran) worked() int {
	return r.report.Matched + r.report.Rejected + r.report.Closed + r.report.Retried + r.report.Failed
}

// agent runs an agent, and checks that its report adds up.
func (p *person) agent(line string) (r ran) {
	p.Helper()
	claimed := 0
	for text := range strings.Lines(p.types(line)) {
		var event struct {
			Msg    string       `json:"msg"`
			N      int          `json:"n"`
			Report forge.Report `json:"report"`
			search.Review
		}
		require.NoError(p, json.Unmarshal([]byte(text), &event), text)
		switch event.Msg {
		case "earlier decisions":
			r.review = event.Review
		case string(forge.EventClaimed):
			claimed += event.N
		case "run done":
			r.report = event.Report
		}
	}
	known := r.report.Found - r.report.New - r.report.Blacklisted
	require.Positive(p, r.report.Found)
	require.GreaterOrEqual(p, known, 0)
	require.Equal(p, claimed, r.worked(), "each job that was due is counted once")
	return r
}

// sum reads a line such as "Due 3: 2 matched · 1 rejected", and checks that it adds up.
func (p *person) sum(screen, what string) map[string]int {
	p.Helper()
	line := regexp.MustCompile(`(?m)^` + what + ` (\d+): (.*)$`).FindStringSubmatch(screen)
	require.Len(p, line, 3, screen)
	parts := numbers(line[2])
	require.Equal(p, line[1], strconv.Itoa(total(parts)), line[0])
	return parts
}

var numbered = regexp.MustCompile(`(\d+) ([a-z ]*[a-z])`)

// numbers reads "2 matched · 1 rejected".
func numbers(text string) map[string]int {
	parts := map[string]int{}
	for _, m := range numbered.FindAllStringSubmatch(text, -1) {
		parts[m[2]], _ = strconv.Atoi(m[1])
	}
	return parts
}

func total(parts map[string]int) (n int) {
	for _, part := range parts {
		n += part
	}
	return n
}

// report prints what the day took.
func (p *person) report() {
	p.step("")
	for _, s := range append(p.steps, cost{"in all", p.waited, p.keys, p.clicks}) {
		p.Logf("%5.1f s %5d keys %3d clicks  %s", s.waited.Seconds(), s.keys, s.clicks, s.what)
	}
}
