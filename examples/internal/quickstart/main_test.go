package quickstart

import (
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/commandline"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/scraper"
)

// quickstart runs the program in a folder of its own and returns what it printed.
func quickstart(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	open := func(name string) *os.File {
		f, err := os.Create(filepath.Join(t.TempDir(), name))
		require.NoError(t, err)
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	out, errs := open("out"), open("err")
	err = Run(t.Context(), append([]string{"-scorer", "lexical"}, args...), out, errs)
	read := func(f *os.File) string {
		_, seekErr := f.Seek(0, io.SeekStart)
		require.NoError(t, seekErr)
		b, readErr := io.ReadAll(f)
		require.NoError(t, readErr)
		return string(b)
	}
	return read(out), read(errs), err
}

func TestTheMainJobIsDoneOnceAndRemembered(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "jobs.db")

	out, progress, err := quickstart(t, "-db", db)
	require.NoError(t, err)
	require.Contains(t, out, "Backend Engineer (Golang)")
	require.Contains(t, out, "Not stored:")
	require.Contains(t, out, db)
	require.Contains(t, out, "-reopen lexical")
	require.NotContains(t, out, "Registered Nurse")
	require.NotContains(t, out, "Unpaid Software Internship", "excluded by default")
	require.Contains(t, progress, "linkedin: search done")
	require.NotContains(t, progress, "\x1b", "a pipe gets plain lines")

	out, progress, err = quickstart(t, "-db", db)
	require.NoError(t, err)
	require.Contains(t, out, "Nothing was read or scored")
	require.Contains(t, out, "Backend Engineer (Golang)", "matches stay")
	require.NotContains(t, progress, "matched, score")
}

func TestJSONHoldsTheReportAndTheMatches(t *testing.T) {
	t.Parallel()
	out, _, err := quickstart(t, "-db", filepath.Join(t.TempDir(), "jobs.db"), "-json")
	require.NoError(t, err)
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.NotEmpty(t, r.Matches)
	require.Equal(t, 1, r.Report.Twins)
	require.Len(t, r.Matches, r.Report.Matched-1, "one advert stands on two boards")
	var noted []string
	for _, m := range r.Matches {
		noted = append(noted, m.Notes...)
	}
	require.Len(t, noted, 2)
	require.Contains(t, strings.Join(noted, "\n"), "also on ")
	require.Contains(t, strings.Join(noted, "\n"), "older than 60 days: posted 75 days ago")
	require.Equal(t, r.Report.Found, r.Report.Blacklisted+r.Report.New)
	require.Equal(t, 2, r.Report.Closed, "one advert is closed, one is gone")
	require.Positive(t, r.Report.JunkBytes)
	require.GreaterOrEqual(t, r.Matches[0].Score, r.Matches[len(r.Matches)-1].Score)
}

func TestReopenedRejectionsAreJudgedAgain(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "jobs.db")
	_, _, err := quickstart(t, "-db", db, "-json")
	require.NoError(t, err)
	out, _, err := quickstart(t, "-db", db, "-json", "-reopen", "lexical")
	require.NoError(t, err)
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Positive(t, r.Reopened)
	require.Equal(t, r.Reopened, r.Report.Rejected)
	require.Zero(t, r.Report.Matched)
}

const chef = "Bo Example\n\nHead Chef, 2010 to 2020\nMenu planning, kitchen management, food safety, stock " +
	"control and the training of cooks.\n"

func TestScoresOfAnotherResumeAreSaidAndScoredAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, cook := filepath.Join(dir, "jobs.db"), filepath.Join(dir, "cook.txt")
	require.NoError(t, os.WriteFile(cook, []byte(chef), 0o600))
	first, _, err := quickstart(t, "-board", "linkedin", "-db", db, "-json")
	require.NoError(t, err)
	var before result
	require.NoError(t, json.Unmarshal([]byte(first), &before))
	require.Zero(t, before.Outdated)

	out, _, err := quickstart(t, "-board", "linkedin", "-db", db, "-resume", cook)
	require.NoError(t, err)
	offer, rest, found := strings.Cut(out, "scores are of another résumé; score again with -rescore.")
	require.True(t, found, out)
	require.NotContains(t, offer, "Backend Engineer", "it is said before anything else")
	require.Equal(t, before.Report.Matched, strings.Count(rest, "score of another résumé"))

	again, _, err := quickstart(t, "-board", "linkedin", "-db", db, "-resume", cook, "-rescore", "-json")
	require.NoError(t, err)
	var after result
	require.NoError(t, json.Unmarshal([]byte(again), &after))
	require.Equal(t, before.Report.Matched, after.Rescored.Kept)
	require.Equal(t, after.Outdated.Total(), after.Rescored.Kept+after.Rescored.Rejected)
	require.Equal(t, after.Outdated.Total(), after.Report.Matched+after.Report.Rejected+after.Report.Closed)
	for _, m := range after.Matches {
		require.False(t, m.OtherResume, m.Title)
	}
	out, _, err = quickstart(t, "-board", "linkedin", "-db", db, "-resume", cook)
	require.NoError(t, err)
	require.NotContains(t, out, "another résumé", "nothing is offered twice")
}

func TestAnotherThresholdSaysWhatItWouldChangeAndDoesIt(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "jobs.db")
	out, _, err := quickstart(t, "-board", "linkedin", "-db", db)
	require.NoError(t, err)
	require.NotContains(t, out, "-regate")
	out, _, err = quickstart(t, "-board", "linkedin", "-db", db, "-threshold", "80")
	require.NoError(t, err)
	require.Contains(t, out, "The threshold of 80 would hide")
	require.Contains(t, out, "take -regate.")
	require.NotContains(t, out, "score again", "another threshold makes no other scorer")
	for _, threshold := range []string{"80", "10"} {
		text, _, err := quickstart(t, "-board", "linkedin", "-db", db, "-json",
			"-regate", "-threshold", threshold)
		require.NoError(t, err)
		var r result
		require.NoError(t, json.Unmarshal([]byte(text), &r))
		require.True(t, r.Regated)
		require.Positive(t, r.Regating.Hidden+r.Regating.Reopened)
		require.Equal(t, r.Regating.Reopened, r.Report.Matched+r.Report.Rejected)
		require.Zero(t, r.Outdated)
	}
}

func TestARecordedRunReplays(t *testing.T) {
	t.Parallel()
	pages := t.TempDir()
	first, _, err := quickstart(t, "-db", filepath.Join(t.TempDir(), "a.db"), "-json",
		"-board", "linkedin", "-record", pages)
	require.NoError(t, err)
	again, _, err := quickstart(t, "-db", filepath.Join(t.TempDir(), "b.db"), "-json",
		"-replay", pages, "-keywords", "engineer", "-exclude", "unpaid")
	require.NoError(t, err)
	var a, b result
	require.NoError(t, json.Unmarshal([]byte(first), &a))
	require.NoError(t, json.Unmarshal([]byte(again), &b))
	require.Equal(t, a.Report, b.Report)
}

func TestBadInputIsRefusedByName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	notADatabase := file("notes.db", strings.Repeat("not a database ", 100))
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"threshold out of range", []string{"-threshold", "130"}, []string{"130", "0 (keep all) to 100"}},
		{"threshold no number", []string{"-threshold", "high"}, []string{"high"}},
		{"limit negative", []string{"-limit", "-1"}, []string{"0 lists all"}},
		{"regex broken", []string{"-exclude", "ok", "-exclude", "a("}, []string{`"a("`}},
		{"résumé empty", []string{"-resume", file("empty.md", " \n")}, []string{"empty.md", "no text"}},
		{"résumé missing", []string{"-resume", filepath.Join(dir, "none.md")}, []string{"none.md"}},
		{"database not a database", []string{"-db", notADatabase}, []string{"notes.db"}},
		{"database a folder", []string{"-db", dir}, []string{dir}},
		{"replay folder missing", []string{"-replay", filepath.Join(dir, "nowhere")}, []string{"nowhere"}},
		{"board unknown", []string{"-board", "monster"}, []string{"monster"}},
		{"scorer unknown", []string{"-scorer", "tarot"}, []string{"tarot"}},
		{"live without keywords", []string{"-live"}, []string{"-keywords"}},
		{"live without a résumé", []string{"-live", "-keywords", "go"}, []string{"-resume"}},
		{"flag unknown", []string{"-colour"}, []string{"-h"}},
		{"stray argument", []string{"golang"}, []string{"argument 5 belongs to no flag"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"-db", filepath.Join(t.TempDir(), "jobs.db")}, c.args...)
			out, _, err := quickstart(t, args...)
			require.Error(t, err)
			if !strings.HasPrefix(c.name, "live") && c.args[0][0] == '-' {
				require.ErrorContains(t, err, c.args[0], "the flag is named")
			}
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
			require.Empty(t, out)
		})
	}
}

// The password is hunter2. A mistyped command line is often copied into a question for others.
func TestMistypedSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-db", "postgres://ada:hunter2@db.example/forge"},
		{"-db", "postgres:/ada:hunter2@db.example/forge", "password=hunter2"},
		{"-db", "host=db.example user=ada password=hunter2"},
		{"-db", "password = 'hunter2'"},
		{"-ollama", "http://ada:hunter2@127.0.0.1:11434", "-scorer", "ollama"},
		{"-ollama", "http://ada:hunter2%zz@127.0.0.1:11434", "-scorer", "ollama"},
		{"-ollama", "ada:hunter2@127.0.0.1:11434", "-scorer", "ollama"},
		{"-ollama", "//ada:hunter2@127.0.0.1", "-doctor"},
		{"-postgres=host=db.example password=hunter2"},
		{"hunter2"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			out, errs, err := quickstart(t, args...)
			require.ErrorAs(t, err, new(*commandline.UsageError))
			require.NotContains(t, err.Error()+out+errs, "hunter2")
		})
	}
}

func TestHelpListsTheFlags(t *testing.T) {
	t.Parallel()
	_, errs, err := quickstart(t, "-h")
	require.ErrorIs(t, err, flag.ErrHelp)
	for _, f := range []string{
		"-resume", "-keywords", "-location", "-threshold", "-exclude", "-db", "-replay", "-record", "-live",
		"-json", "-scorer", "-reopen",
	} {
		require.Contains(t, errs, "  "+f)
	}
}

func TestAPageOfGarbageIsAnErrorAndLosesNothing(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "jobs.db")
	before, _, err := quickstart(t, "-db", db, "-json")
	require.NoError(t, err)

	pages := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(pages, "search"), 0o755))
	page := filepath.Join(pages, "search", "1.html")
	require.NoError(t, os.WriteFile(page, []byte("<html><p>Welcome to the new site</p>"), 0o600))
	after, _, err := quickstart(t, "-db", db, "-json", "-replay", pages)
	require.ErrorIs(t, err, scraper.ErrMarkup)
	require.ErrorContains(t, err, "linkedin")

	var a, b result
	require.NoError(t, json.Unmarshal([]byte(before), &a))
	require.NoError(t, json.Unmarshal([]byte(after), &b))
	require.Equal(t, a.Total, b.Total)
	require.Equal(t, a.Matches, b.Matches)
}

func TestRealPagesAreFoundAndJudged(t *testing.T) {
	t.Parallel()
	captures.Pages(t, "li-search", "linkedin/") // skips where there are none
	out, _, err := quickstart(t, "-db", filepath.Join(t.TempDir(), "jobs.db"), "-json", "-limit", "0",
		"-replay", filepath.Join(captures.Dir(t), "linkedin"))
	require.NoError(t, err)
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Greater(t, r.Report.Found, 300)
	require.Zero(t, r.Report.Failed)
	t.Logf("%+v", r.Report)
}
