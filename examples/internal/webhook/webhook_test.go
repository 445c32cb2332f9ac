package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/outbox"
	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

const secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// asSender in the environment makes this test binary the command, so that it can be killed.
const asSender = "FORGE_TEST_AS_WEBHOOK"

func TestMain(m *testing.M) {
	if os.Getenv(asSender) == "1" {
		os.Exit(commandline.Main("webhook", commandline.Writing(Run)))
	}
	os.Exit(m.Run())
}

// A bench is a catalogue, and receivers of a test's own.
type bench struct {
	testing.TB
	path   string
	db     *sqlite.DB
	sender *sender
	over   chan struct{} // closed when the test has ended, so that no request hangs
}

func newBench(tb testing.TB, o *sqlite.Options) *bench {
	tb.Helper()
	b := &bench{TB: tb, path: filepath.Join(tb.TempDir(), "forge.db"), over: make(chan struct{})}
	o.Events = true
	db, err := sqlite.Open(tb.Context(), b.path, o)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	require.NoError(tb, db.Migrate(tb.Context()))
	b.db = db
	var database outbox.Options
	f := flag.NewFlagSet("", flag.PanicOnError)
	database.Flags(f)
	require.NoError(tb, f.Parse([]string{"-db", b.path}))
	follower, err := database.Open(tb.Context(), tables)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, follower.Close()) })
	client := newClient()
	tb.Cleanup(client.CloseIdleConnections)
	b.sender = &sender{
		db: follower, kinds: []store.ChangeKind{store.ChangeMatched}, client: client,
		retries: backoff.Doubling{First: time.Millisecond, Longest: 4 * time.Millisecond},
		log:     slog.New(slog.DiscardHandler),
	}
	return b
}

// match makes a match of a user's.
func (b *bench) match(user string, n int) {
	b.Helper()
	s, id := b.db.ForUser(user), strconv.Itoa(n)
	refs, err := s.Sync(b.Context(), []lead.Lead{
		{Source: "example", ExternalID: id, Title: "Engineer " + id, URL: "https://jobs.example.com/" + id},
	})
	require.NoError(b, err)
	require.NoError(b, s.Decide(b.Context(), store.Lease{ID: refs[0].ID}, enrich.Decision{
		Assessment: enrich.Assessment{Score: 90, Reasoning: "Go, and remote.", By: "example"},
		Status:     lead.Matched, Data: &enrich.Data{Description: "We write Go in the Alps."},
	}))
}

// run sends until the test ends, or until stop is called.
func (b *bench) run(receivers ...receiver) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	var all sync.WaitGroup
	all.Go(func() { b.sender.run(ctx, receivers) })
	stop = func() { cancel(); all.Wait() }
	b.Cleanup(func() {
		select {
		case <-b.over:
		default:
			close(b.over)
		}
		stop()
	})
	return stop
}

// A hook is a receiver that checks what it is sent, and answers as the test says.
type hook struct {
	testing.TB
	receiver
	got chan request
}

type request struct {
	id    string
	body  string
	reply chan<- int
}

func (b *bench) hook(user string) *hook {
	b.Helper()
	h := &hook{TB: b.TB, got: make(chan request)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = h.sign.Verify(body, r.Header)
		}
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			b.Errorf("not a signed message: %v", err)
		}
		reply := make(chan int, 1)
		select {
		case h.got <- request{r.Header.Get(standardwebhooks.HeaderWebhookID), string(body), reply}:
		case <-b.over:
			return
		}
		switch status := <-reply; status / 100 {
		case 0: // the answer is lost
			panic(http.ErrAbortHandler)
		case 3:
			w.Header().Set("Location", "https://elsewhere.example/")
			fallthrough
		default:
			w.WriteHeader(status)
		}
	}))
	b.Cleanup(server.Close)
	to, err := parseReceiver(server.URL + " " + secret + " " + user)
	require.NoError(b, err)
	h.receiver = to
	return h
}

// next waits for a request and answers it.
func (h *hook) next(status int) (id, body string) {
	h.Helper()
	select {
	case m := <-h.got:
		m.reply <- status
		return m.id, m.body
	case <-time.After(20 * time.Second):
		h.Fatal("no request came")
		return "", ""
	}
}

// quiet reports that no request came while others did.
func (h *hook) quiet() {
	h.Helper()
	select {
	case m := <-h.got:
		h.Fatal("a request came: " + m.body)
	default:
	}
}

func TestWebhookSendsMatchesInOrderAndNoText(t *testing.T) {
	t.Parallel()
	b := newBench(t, &sqlite.Options{})
	b.match("ada", 1)
	ada := b.hook("ada")
	stop := b.run(ada.receiver)
	_, body := ada.next(204)
	require.NotContains(t, body, "Alps")
	var m struct {
		Type string    `json:"type"`
		At   time.Time `json:"timestamp"`
		Data struct {
			User  string `json:"user"`
			Score int    `json:"match_score"`
			Title string `json:"title"`
		} `json:"data"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &m))
	require.Equal(t, "job.matched", m.Type)
	require.WithinDuration(t, time.Now(), m.At, time.Minute)
	require.Equal(t, "ada Engineer 1 90", fmt.Sprint(m.Data.User, " ", m.Data.Title, " ", m.Data.Score))
	b.match("ada", 2)
	b.match("ada", 3)
	for _, want := range []string{"Engineer 2", "Engineer 3"} {
		_, body := ada.next(200)
		require.Contains(t, body, want)
	}
	stop()
	b.match("ada", 4)
	b.run(ada.receiver)
	_, body = ada.next(200)
	require.Contains(t, body, "Engineer 4", "what the receiver has is not sent again")
}

// Whatever goes wrong with a request: it is sent again under the same id, and nothing overtakes it.
func TestWebhookRepeatsUnderOneID(t *testing.T) {
	t.Parallel()
	b := newBench(t, &sqlite.Options{})
	ada := b.hook("ada")
	b.match("ada", 1)
	b.match("ada", 2)
	stop := b.run(ada.receiver)
	var ids []string
	for _, status := range []int{500, 0, 302, 404, 429, 0} {
		id, body := ada.next(status)
		require.Contains(t, body, "Engineer 1")
		ids = append(ids, id)
	}
	stop()
	b.run(ada.receiver) // another process: the last answer was lost
	id, _ := ada.next(200)
	require.Len(t, slices.Compact(append(ids, id)), 1)
	id, body := ada.next(200)
	require.NotEqual(t, ids[0], id)
	require.Contains(t, body, "Engineer 2")
}

func TestWebhookOfADeadReceiverHoldsNoOther(t *testing.T) {
	t.Parallel()
	b := newBench(t, &sqlite.Options{})
	ada, bob := b.hook("ada"), b.hook("bob")
	b.match("ada", 1)
	b.run(ada.receiver, bob.receiver) // nobody answers ada's request
	for n := range 3 {
		b.match("bob", 10+n)
		_, body := bob.next(200)
		require.Contains(t, body, fmt.Sprint("Engineer ", 10+n))
	}
}

func TestWebhookThatIsGoneGetsNothingMore(t *testing.T) {
	t.Parallel()
	b := newBench(t, &sqlite.Options{})
	ada, bob := b.hook("ada"), b.hook("bob")
	b.match("ada", 1)
	b.match("ada", 2)
	stop := b.run(ada.receiver)
	ada.next(410)
	stop()
	b.run(ada.receiver, bob.receiver)
	b.match("bob", 3)
	bob.next(200)
	ada.quiet()
	_, err := b.sender.cursor(t.Context(), ada.receiver)
	require.ErrorIs(t, err, errGone, "also in another process")
}

// A receiver that was away for longer than changes are kept is told that some are missing.
func TestWebhookTellsOfAGap(t *testing.T) {
	t.Parallel()
	var now time.Time
	b := newBench(t, &sqlite.Options{KeepEvents: time.Hour, Now: func() time.Time { return now }})
	now = time.Now()
	b.match("ada", 1)
	now = now.Add(2 * time.Hour)
	for n := range 64 {
		b.match("ada", 100+n)
	}
	ada := b.hook("ada")
	b.run(ada.receiver)
	_, body := ada.next(200)
	require.Contains(t, body, `"type":"changes.pruned"`)
	_, body = ada.next(200)
	require.Contains(t, body, "job.matched")
}

func TestWebhookReceiversAreReadStrictlyAndNotShown(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "hooks.txt")
	read := func(text string) ([]receiver, error) {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return readReceivers(file)
	}
	all, err := read("# mine\nhttps://jobs.example/hook?k=1 " + secret + " ada lovelace\n\n")
	require.NoError(t, err)
	require.Equal(t, "ada lovelace jobs.example", all[0].user+" "+all[0].host)
	for _, c := range []struct{ name, text, want string }{
		{"empty", "\n", "no receiver"},
		{"no user", "https://jobs.example/hook " + secret, "line 1: want a URL, a secret and a user"},
		{"plain http", "http://jobs.example/hook " + secret + " ada", "want a URL with https"},
		{"password", "https://me:hunter2@jobs.example/ " + secret + " ada", "without a user"},
		{"scheme", "ftp://jobs.example/hook " + secret + " ada", "want a URL with https"},
		{"short secret", "https://jobs.example/hook whsec_aHVudGVyMg== ada", "24 bytes"},
		{"no secret", "https://jobs.example/hook hunter2 ada", "want a secret"},
		{"twice", strings.Repeat("https://jobs.example/hook "+secret+" ada\n", 2), "line 2: the same"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.text)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "hunter2")
			require.NotContains(t, err.Error(), secret)
		})
	}
}

func TestWebhookCommandPrintsSecretsAndNamesMistakes(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, Run(t.Context(), []string{"-new-secret"}, &out, io.Discard))
	_, err := parseReceiver("https://jobs.example/hook " + strings.TrimSpace(out.String()) + " ada")
	require.NoError(t, err)
	for _, args := range [][]string{nil, {"-hooks", "missing.txt"}, {"-hooks", "x", "-kinds", "NEWS"}} {
		require.ErrorAs(t, Run(t.Context(), args, io.Discard, io.Discard), new(*commandline.UsageError))
	}
}

// However the command is killed, the receiver has each match, in order, and knows a repeat by its id.
func TestWebhookIsWholeWhenItIsKilled(t *testing.T) {
	t.Parallel()
	kills := 20
	switch {
	case os.Getenv("FORGE_MEASURE") == "1":
		kills = 200
	case os.Getenv("FORGE_SOAK") != "1":
		t.Skip("kills processes: 20 times with FORGE_SOAK=1, 200 times with FORGE_MEASURE=1")
	}
	b := newBench(t, &sqlite.Options{})
	self, err := os.Executable()
	require.NoError(t, err)
	var mu sync.Mutex
	var order []string // of the matches as they came first
	seen, repeats := map[string]string{}, 0
	check, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the sender was killed in the middle of the request
		}
		mu.Lock()
		defer mu.Unlock()
		if err := check.Verify(body, r.Header); err != nil {
			t.Errorf("not a signed message: %v", err)
		}
		id := r.Header.Get(standardwebhooks.HeaderWebhookID)
		if before, ok := seen[id]; ok {
			repeats++
			if before != string(body) {
				t.Errorf("two bodies with one id: %s and %s", before, body)
			}
			return
		}
		seen[id] = string(body)
		var m struct{ Data lead.Lead }
		if err := json.Unmarshal(body, &m); err != nil {
			t.Error(err)
		}
		order = append(order, m.Data.ExternalID)
	}))
	defer server.Close()
	hooks := filepath.Join(t.TempDir(), "hooks.txt")
	require.NoError(t, os.WriteFile(hooks, []byte(server.URL+" "+secret+" ada"), 0o600))
	var want []string
	start := func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, self, "-hooks", hooks, "-db", b.path)
		cmd.Env = append(os.Environ(), asSender+"=1")
		require.NoError(t, cmd.Start())
		return cmd
	}
	for range kills {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond+rand.N(150*time.Millisecond))
		cmd := start(ctx)
		for range 5 {
			want = append(want, strconv.Itoa(len(want)))
			b.match("ada", len(want)-1)
		}
		require.Error(t, cmd.Wait(), "killed")
		cancel()
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := start(ctx)
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(order) >= len(want)
	}, time.Minute, 10*time.Millisecond)
	cancel()
	_ = cmd.Wait() // killed
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, want, order)
	t.Logf("%d kills: %d matches received once, in order, after %d repeats", kills, len(want), repeats)
}
