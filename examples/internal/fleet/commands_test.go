package fleet

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/gate"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/internal/pgtest"
	"github.com/agent-forge/forge/lead"
)

// fleet runs a command, and returns what it printed.
func fleet(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var files [2]*os.File
	for i := range files {
		f, err := os.CreateTemp(t.TempDir(), "")
		require.NoError(t, err)
		defer f.Close() //nolint:errcheck // it is read by its name
		files[i] = f
	}
	err = Run(t.Context(), args, files[0], files[1])
	var texts [2]string
	for i, f := range files {
		text, readErr := os.ReadFile(f.Name())
		require.NoError(t, readErr)
		texts[i] = string(text)
	}
	return texts[0], texts[1], err
}

func TestCommandsAddListPauseResumeAndRemove(t *testing.T) {
	t.Parallel()
	dsn := server.DSN(t)
	folder := t.TempDir()
	require.NoError(t, write("The résumé")(filepath.Join(folder, "ada.md")))
	do := func(command string, args ...string) string {
		out, _, err := fleet(t, append([]string{command, "-postgres", dsn}, args...)...)
		require.NoError(t, err)
		return out
	}
	require.Contains(t, do("migrate"), "up to date")
	require.Contains(t, do("add", "-user", "ada", "-keywords", "go", "-resumes", folder), "Search 1: ada")
	require.Contains(t, do("add", "-user", "ada", "-keywords", "rust"), "was not checked")
	require.Contains(t, do("add", "-user", "ada", "-keywords", "go", "-every", "24h"), "Search 1: ada")
	require.Contains(t, do("add", "-user", "bob", "-board", "naukri"), "bob")
	cy := do("add", "-user", "cy", "-search", "golang @ Berlin; remote; limit=7; 7d; entry",
		"-search", "nurse", "-exclude", "unpaid", "-threshold", "45")
	require.Equal(t, 2, strings.Count(cy, "Search "), cy)
	do("add", "-user", "cy", "-keywords", "cook", "-exclude", "night") // keeps the gate
	require.Equal(t, 3, strings.Count(do("list"), " 45+ "))
	require.Contains(t, do("list"), `"Berlin"`)
	require.Contains(t, do("list"), `["unpaid"]`)
	require.Contains(t, do("list"), `"remote; 7d; entry"`)
	pool, err := openFleet(t.Context(), dsn)
	require.NoError(t, err)
	defer pool.Close()
	g, err := gateOf(t.Context(), pool, "cy")
	require.NoError(t, err)
	require.Equal(t, 45, g.Threshold())
	g, err = gateOf(t.Context(), pool, "nobody")
	require.NoError(t, err)
	require.Equal(t, gate.Default, g.Threshold())
	require.Contains(t, do("remove", "-user", "cy"), ": 3")
	list := do("list")
	require.Equal(t, 4, strings.Count(list, "\n"), list)
	require.Contains(t, list, "24h0m0s")
	require.Contains(t, do("pause", "-user", "ada"), ": 2")
	require.Equal(t, 2, strings.Count(do("list"), "paused"))
	require.Contains(t, do("resume", "-search", "1"), ": 1")
	require.Equal(t, 1, strings.Count(do("list"), "paused"))
	require.Contains(t, do("remove", "-user", "ada"), ": 2")
	require.NotContains(t, do("list"), "ada")
	_, _, err = fleet(t, "remove", "-postgres", dsn, "-user", "ada")
	require.ErrorContains(t, err, "no such search")

	_, _, err = fleet(t, "add", "-postgres", dsn, "-user", "BOB")
	require.ErrorAs(t, err, new(*commandline.UsageError))
	require.ErrorContains(t, err, `write "bob"`)
	_, _, err = fleet(t, "add", "-postgres", dsn, "-user", "cy", "-resumes", folder)
	require.ErrorAs(t, err, new(*commandline.UsageError))
	require.ErrorContains(t, err, `no worker could serve "cy": no file`)
	require.NoError(t, write(" ")(filepath.Join(folder, "cy.txt")))
	_, _, err = fleet(t, "add", "-postgres", dsn, "-user", "cy", "-resumes", folder)
	require.ErrorContains(t, err, "no text")
	require.NotContains(t, do("list"), "cy")
}

// Several processes add users at the same time whose names differ in case.
func TestCommandsAddOneOfTheUsersThatAreAlike(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t, nil)
	names := []string{"ada", "Ada", "ADA", "aDa", "adA", "AdA"}
	errs := make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() {
			_, errs[i] = addSearch(t.Context(), w.pool, search{User: name, Board: "calm", Every: 60})
		})
	}
	all.Wait()
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
			continue
		}
		require.ErrorAs(t, err, new(*lead.FieldError))
	}
	require.Equal(t, 1, added)
}

// A worker waits for a database that is away, but not for one that it cannot use.
func TestWorkersDoNotWaitForWhatOnlyAPersonCanChange(t *testing.T) {
	t.Parallel()
	empty := server.DSN(t)
	for _, c := range []struct{ name, dsn string }{
		{"no tables", empty},
		{"no database", pgtest.With(empty, "dbname", "none")},
		{"no role", pgtest.With(empty, "user", "nobody")},
		{"no schema", pgtest.With(empty, "search_path", "none")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			_, err := newWorker(ctx, workerConfig{DSN: c.dsn}.options(io.Discard))
			require.Error(t, err)
			require.NoError(t, ctx.Err(), "it did not wait")
		})
	}
}

func TestCommandsRefuseWhatNoWorkerCouldRun(t *testing.T) {
	t.Parallel()
	var count tally
	for _, c := range []struct {
		says string
		args []string
	}{
		{"-every", []string{"add", "-user", "ada", "-every", "700000h"}},
		{"-every", []string{"add", "-user", "ada", "-every", "59s"}},
		{"-search", []string{"add", "-user", "ada", "-search", "go; sideways"}},
		{"-search", []string{"add", "-user", "ada", "-search", "go; sideways"}},
		{"-exclude", []string{"add", "-user", "ada", "-exclude", "a("}},
		{"-threshold", []string{"add", "-user", "ada", "-threshold", "130"}},
		{"-every", []string{"add", "-user", "ada", "-every", "-6h"}},
		{"-every", []string{"add", "-user", "ada", "-every", "90500ms"}},
		{"-limit", []string{"add", "-user", "ada", "-limit", "3000000000"}},
		{"Limit", []string{"add", "-user", "ada", "-limit", "-1"}},
		{"-board", []string{"add", "-user", "ada", "-board", "none"}},
		{"-keywords", []string{"add", "-user", "ada", "-keywords", "\xff"}},
		{"-keywords", []string{"add", "-user", "ada", "-location", "a\x00"}},
		{"-keywords", []string{"add", "-user", "ada", "-keywords", strings.Repeat("a", 3000)}},
		{"user", []string{"add"}},
		{"user", []string{"add", "-user", "a/b"}},
		{"-resumes", []string{"work"}},
		{"-resumes", []string{"work", "-resumes", "/nowhere"}},
		{"-resumes", []string{"work", "-resumes", os.DevNull}},
		{"-pace", []string{"work", "-resumes", ".", "-pace", "0s"}},
		{"-search, -user", []string{"remove"}},
		{"-search, -user", []string{"pause", "-search", "1", "-user", "ada"}},
		{"-user", []string{"resume", "-user", "\xff"}},
		{"-host", []string{"ui", "-host", "fleet.example:443"}},
		{"-host", []string{"ui", "-host", "https://fleet.example"}},
		{"-public", []string{"ui", "-listen", ":8090"}},
		{"want a command: migrate, add", nil},
		{"nothing is not a command", []string{"nothing"}},
		{"-h lists the flags", []string{"list", "-nothing"}},
		{"belongs to no flag", []string{"list", "ada"}},
	} {
		t.Run(strings.Join(c.args, " ")[:min(40, len(strings.Join(c.args, " ")))], func(t *testing.T) {
			defer count.add(t)
			args := c.args
			if len(args) > 0 {
				args = append(args, "-postgres",
					"host=127.0.0.1 port=1 user=ada dbname=forge sslmode=disable")
			}
			_, _, err := fleet(t, args...)
			require.ErrorAs(t, err, new(*commandline.UsageError))
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "SQLSTATE")
		})
	}
	count.log(t, "mistakes on the command line")
}

func TestCommandsSayWhatToDoAboutTheDatabaseAndShowNoPassword(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	empty := server.DSN(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := closed.Addr().(*net.TCPAddr).Port
	require.NoError(t, closed.Close())
	commands := [][]string{
		{"migrate"},
		{"add", "-user", "ada"},
		{"list"},
		{"pause", "-user", "ada"},
		{"resume", "-user", "ada"},
		{"remove", "-user", "ada"},
		{"ui", "-listen", "127.0.0.1:0"},
	}
	var count tally
	for _, c := range []struct {
		name, dsn, says string
		migrates        bool // what migrate succeeds at
	}{
		{"no tables", pgtest.With(empty, "password", secret), "run fleet migrate first", true},
		{
			"no database", pgtest.With(pgtest.With(empty, "dbname", "none"), "password", secret),
			"CREATE DATABASE", false,
		},
		{"no schema", pgtest.With(pgtest.With(empty, "search_path", "none"), "password", secret), "", false},
		{
			"no role", pgtest.With(pgtest.With(empty, "user", "nobody"), "password", secret),
			"correct -postgres", false,
		},
		{
			"no server",
			fmt.Sprintf("host=127.0.0.1 port=%d user=ada password=%s dbname=forge sslmode=disable", port,
				secret),
			"the server cannot be reached", false,
		},
		{
			"no server, by URL",
			fmt.Sprintf("postgres://ada:%s@127.0.0.1:%d/forge?sslmode=disable", secret, port),
			"the server cannot be reached", false,
		},
		{
			"no socket", "host=/nowhere user=ada password=" + secret + " dbname=forge sslmode=disable",
			"the server cannot be reached", false,
		},
		{
			"a URL with an open password", "postgres://ada:" + secret + "%zz@127.0.0.1/forge", "-postgres",
			false,
		},
		{"a slash in the password", "postgres://ada:a/" + secret + "@127.0.0.1/forge", "-postgres", false},
		{"a space in the password", "host=127.0.0.1 password=my " + secret + " user=ada", "-postgres", false},
		{"a password alone", secret, "-postgres", false},
		{
			"a port that is none", "host=127.0.0.1 port=" + secret + " user=ada dbname=forge", "-postgres",
			false,
		},
		{"no sslmode that exists", "host=127.0.0.1 sslmode=" + secret + " user=ada", "-postgres", false},
	} {
		for _, command := range commands {
			if c.migrates && command[0] == "migrate" {
				continue // the other commands show what is missing
			}
			t.Run(c.name+"/"+command[0], func(t *testing.T) {
				defer count.add(t)
				stdout, stderr, err := fleet(t, append(command, "-postgres", c.dsn)...)
				require.Error(t, err)
				says := c.says
				if c.name == "no schema" {
					says = "run fleet migrate first"
					if command[0] == "migrate" {
						says = "CREATE SCHEMA"
					}
				}
				require.ErrorContains(t, err, says)
				require.NotContains(t, stdout+stderr+err.Error(), secret)
				var printed strings.Builder
				commandline.Code(context.Background(), &printed, "fleet", err)
				require.NotContains(t, printed.String(), secret)
			})
		}
	}
	count.log(t, "databases that do not work")
}
