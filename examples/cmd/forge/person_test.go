package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

// asForge in the environment makes this test binary the program.
const asForge = "FORGE_TEST_AS_FORGE"

func TestMain(m *testing.M) {
	if os.Getenv(asForge) == "1" {
		os.Exit(commandline.Main(commandline.One, run))
	}
	os.Exit(m.Run())
}

// A person types commands in a folder of their own and looks at the page in a browser. What they type,
// click and wait for is counted.
type person struct {
	testing.TB
	dir  string          // where commands run
	tab  context.Context // of a real, headless Chromium
	url  string          // of the server
	last string          // command

	cost
	steps []cost
}

// A cost is what a part of the day takes.
type cost struct {
	what         string
	waited       time.Duration
	keys, clicks int
}

func newPerson(tb testing.TB) *person {
	tb.Helper()
	p := &person{TB: tb, dir: tb.TempDir()}
	self, err := os.Executable()
	require.NoError(tb, err)
	require.NoError(tb, os.Symlink(self, filepath.Join(p.dir, commandline.One)))
	path, err := exec.LookPath("chromium")
	require.NoError(tb, err, "install Chromium (Debian: apt-get install chromium)")
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1280, 900))
	if os.Getuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // Chromium refuses to run as root with one
	}
	alloc, stop := chromedp.NewExecAllocator(context.WithoutCancel(tb.Context()), opts...)
	tb.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(alloc)
	tb.Cleanup(closeTab)
	require.NoError(tb, chromedp.Do(tab)) // opens the tab, whose life is not bounded
	limited, cancel := context.WithTimeout(tab, 2*time.Minute)
	tb.Cleanup(cancel)
	p.tab = limited
	return p
}

// step begins another part of the day.
func (p *person) step(what string) {
	done := cost{waited: p.waited, keys: p.keys, clicks: p.clicks}
	for _, s := range p.steps {
		done.waited, done.keys, done.clicks = done.waited-s.waited, done.keys-s.keys, done.clicks-s.clicks
	}
	if done.what = p.what; done.what != "" {
		p.steps = append(p.steps, done)
	}
	p.what = what
}

// wait counts how long something takes.
func (p *person) wait(do func()) {
	begun := time.Now()
	do()
	p.waited += time.Since(begun)
}

// command is a line that a shell runs in the person's folder. To repeat or to lengthen the last line
// takes the arrow and what is new.
func (p *person) command(line string) *exec.Cmd {
	more, longer := strings.CutPrefix(line, p.last)
	if longer && p.last != "" {
		p.keys += len("↑") + len(more)
	} else {
		p.keys += len(line)
	}
	p.keys++ // Enter
	p.last = line
	cmd := exec.CommandContext(context.WithoutCancel(p.Context()), "sh", "-c", "exec "+line)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), asForge+"=1", "PATH="+p.dir+":"+os.Getenv("PATH"))
	return cmd
}

// types runs a command and returns what it printed.
func (p *person) types(line string) (screen string) {
	p.Helper()
	cmd := p.command(line)
	var problems strings.Builder
	cmd.Stderr = &problems
	p.wait(func() {
		out, err := cmd.Output()
		require.NoError(p, err, line+"\n"+problems.String())
		screen = string(out)
	})
	return screen
}

// serve starts a server, which ends with the test, and waits for its address.
func (p *person) serve(line string) {
	p.Helper()
	cmd := p.command(line)
	out, err := cmd.StdoutPipe()
	require.NoError(p, err)
	require.NoError(p, cmd.Start())
	p.Cleanup(func() {
		require.NoError(p, cmd.Process.Signal(syscall.SIGTERM))
		_ = cmd.Wait() // the interrupt is its error
	})
	p.wait(func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if url := regexp.MustCompile(`http://\S+`).FindString(lines.Text()); url != "" {
				p.url = url
			}
			if strings.HasPrefix(lines.Text(), "Agent:") {
				return
			}
		}
		p.Fatal("the server did not start")
	})
}

// pdf prints a text as a PDF file.
func (p *person) pdf(name, text string) {
	p.Helper()
	document := "<meta charset=utf-8><pre style='white-space:pre-wrap'>" + html.EscapeString(text) + "</pre>"
	p.leads(chromedp.Navigate("data:text/html;base64," + base64.StdEncoding.EncodeToString([]byte(document))))
	file, err := chromedp.Run(p.tab,
		func(ctx context.Context, target *chromedp.Target) (page.PrintToPDFResult, error) {
			return cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{})
		})
	require.NoError(p, err)
	require.NoError(p, os.WriteFile(filepath.Join(p.dir, name), file.Data, 0o600))
}

// leads runs steps that lead to another page, and waits for it.
func (p *person) leads(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	p.wait(func() {
		_, err := chromedp.RunResponse(p.tab, steps...)
		require.NoError(p, err)
	})
}

func eval[T any](p *person, script string) T {
	p.Helper()
	v, err := chromedp.Run(p.tab, chromedp.Evaluate[T](script))
	require.NoError(p, err)
	return v
}

func (p *person) signIn(token string) {
	p.Helper()
	p.leads(chromedp.Navigate(p.url))
	p.clicks++ // the token is pasted
	p.keys++
	p.leads(chromedp.SendKeys(chromedp.CSS("input[name=token]"), token+"\r"))
}

// reload shows the matches anew, and returns the lists.
func (p *person) reload() map[string]int {
	p.Helper()
	p.keys++
	p.leads(chromedp.Navigate(p.url))
	return p.lists()
}

// lists returns how many jobs each list has, by its title, and checks that the page counts as many in
// all. Empty lists are left out.
func (p *person) lists() map[string]int {
	p.Helper()
	all := eval[map[string]int](p, `Object.fromEntries(
		[...document.querySelectorAll('nav[aria-label="Lists"] a')]
			.map(a => a.textContent.trim().match(/^(.*?)\s*([\d,]+)$/))
			.filter(m => m && m[2] !== "0").map(m => [m[1], Number(m[2].replaceAll(",", ""))]))`)
	found := eval[int](p, `Number([...document.querySelectorAll("dt")]
		.find(dt => dt.textContent === "Found")?.nextElementSibling.textContent.trim() ?? 0)`)
	require.Equal(p, found, total(all), "the lists hold every job that was found: %v", all)
	return all
}

// follows opens a list by its title.
func (p *person) follows(title string) {
	p.Helper()
	address := eval[string](p, fmt.Sprintf(`[...document.querySelectorAll('nav[aria-label="Lists"] a')]
		.find(a => a.textContent.trim().startsWith(%q)).href`, title))
	p.clicks++
	p.leads(chromedp.Navigate(address))
}

// presses presses the first button with a label, and returns the title of its job.
func (p *person) presses(label string) (title string) {
	p.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll("main button")]
		.find(b => b.firstChild.textContent.trim() === %q)`, label)
	title = eval[string](p, find+`.form.elements.title?.value ?? ""`)
	eval[bool](p, find+`.setAttribute("data-pressed", "") === undefined`)
	p.clicks++
	p.leads(chromedp.Click(chromedp.CSS("[data-pressed]")))
	return title
}

// count returns how often the list says something.
func (p *person) count(text string) int {
	p.Helper()
	return eval[int](p, fmt.Sprintf(`document.querySelector("main").textContent.split(%q).length - 1`, text))
}

// download returns the file behind a link, which the browser's session may read.
func (p *person) download(label string) []byte {
	p.Helper()
	p.clicks++
	address := eval[string](p, fmt.Sprintf(
		`[...document.querySelectorAll("a[download]")].find(a => a.textContent.includes(%q)).href`, label))
	jar, err := chromedp.Run(p.tab,
		func(ctx context.Context, target *chromedp.Target) (network.GetCookiesResult, error) {
			return cdp.Call(ctx, target, network.GetCookies, network.GetCookiesParams{})
		})
	require.NoError(p, err)
	request, err := http.NewRequestWithContext(p.Context(), http.MethodGet, address, nil)
	require.NoError(p, err)
	for _, c := range jar.Cookies {
		request.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(p, err)
	defer func() { require.NoError(p, answer.Body.Close()) }()
	require.Equal(p, http.StatusOK, answer.StatusCode)
	file, err := io.ReadAll(answer.Body)
	require.NoError(p, err)
	return file
}
