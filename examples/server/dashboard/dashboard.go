// Package dashboard is the page where users see what their agents found: matches with the best
// first, what to do about them, and what was rejected. It is rendered on the server, works without
// JavaScript (a script adds keys), and loads nothing from other hosts.
package dashboard

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/rest"
)

// Config configures a dashboard. ForUser and Identify are required.
type Config struct {
	// ForUser returns one user's view of the store.
	ForUser func(user string) forge.Store

	// Identify returns the user of the token with this SHA-256, or rest.ErrUnauthorized if it is
	// unknown. It is called on each request, so that revoking a token ends the sessions that began
	// with it. Any other error is answered with 503 and ends no session.
	Identify func(token hash) (rest.Identity, error)

	// Limit is called on each request of a signed-in user, with the SHA-256 of the token. If it
	// returns an error, the request is refused; RetryAfter of the error says for how long. If nil,
	// nothing is limited.
	Limit func(token hash) error

	// Enter is called before a signed-in user's page is made, and waits until there is room for it.
	// leave is called when it is sent. If nil, any number is made at the same time.
	Enter func(ctx context.Context, token hash) (leave func(), err error)

	// Client names the client of a request, whose failed sign-ins are limited. If nil, the host of
	// the remote address is used.
	Client func(r *http.Request) string

	// Agents returns what is known of a user's agents. If nil, the page says nothing of them.
	Agents func(ctx context.Context, user string) Agents

	// Gate is the score from which agents keep a job, which the chart shows. If zero, 30 is used.
	Gate gate.Gate

	// Address is the server's URL as users reach it. It is shown to users who have no agent yet. If
	// its scheme is https, cookies are Secure and browsers are told to use nothing but https.
	Address string

	// Logger logs failures. If nil, nothing is logged.
	Logger *slog.Logger

	// Now is the clock. If nil, time.Now is used.
	Now func() time.Time
}

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

// A dashboard serves the page.
type dashboard struct {
	cfg      Config
	log      *slog.Logger
	html     *template.Template
	sessions *sessions
	attempts *attempts
	exports  *exports

	overviews *overviews
	secure    bool
}

// New returns the handler of the page at /, its forms, exports and static files. It handles every
// path that the API does not.
func New(cfg Config) (http.Handler, error) {
	d, err := newDashboard(cfg)
	if err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/{file}", cached(http.StripPrefix("/static/", http.FileServerFS(files))))
	mux.HandleFunc("GET /sign-in", d.signInPage)
	mux.HandleFunc("POST /sign-in", d.signIn)
	mux.HandleFunc("POST /sign-out", d.signOut)
	mux.HandleFunc("GET /{$}", d.signedIn(d.jobs))
	mux.HandleFunc("GET "+CSV, d.signedIn(d.export("csv", "text/csv; charset=utf-8",
		func() encoder { return asCSV{} })))
	mux.HandleFunc("GET "+JSON, d.signedIn(d.export("json", "application/json",
		func() encoder { return &asJSON{} })))
	mux.HandleFunc("GET "+gatePath, d.signedIn(d.gate))
	mux.HandleFunc("POST /jobs/{id}/judge", d.signedIn(d.judge))
	mux.HandleFunc("POST /jobs/{id}/separate", d.signedIn(d.separate))
	mux.HandleFunc("POST /jobs/{id}/keep", d.signedIn(d.keep))
	mux.HandleFunc("POST /jobs/{id}/restore", d.signedIn(d.restore))
	mux.HandleFunc("POST /rescore", d.signedIn(d.rescore))
	mux.HandleFunc("POST /regate", d.signedIn(d.regate))
	mux.HandleFunc("POST /jobs/bulk", d.signedIn(d.bulk))
	mux.HandleFunc("POST /jobs/{id}/note", d.signedIn(d.note))
	mux.HandleFunc("POST /jobs/{id}/mark", d.signedIn(d.mark))
	mux.HandleFunc("POST /jobs/{id}/reopen", d.signedIn(d.reopen))
	// The pattern of the files does not match a folder, whose files would be listed.
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		d.problem(w, http.StatusNotFound, "There is nothing here", "Check the address for typing errors.")
	})
	return d.secured(http.NewCrossOriginProtection().Handler(mux)), nil
}

// The paths of the exports, which take longer than other requests.
const (
	CSV  = "/export.csv"
	JSON = "/export.json"
)

func newDashboard(cfg Config) (*dashboard, error) {
	if cfg.ForUser == nil || cfg.Identify == nil {
		return nil, &lead.FieldError{Field: "Config", Problem: "ForUser and Identify are required"}
	}
	address, err := url.Parse(cfg.Address)
	if err != nil {
		return nil, &lead.FieldError{Field: "Config.Address", Problem: "not a URL"}
	}
	if cfg.Limit == nil {
		cfg.Limit = func(hash) error { return nil }
	}
	if cfg.Enter == nil {
		cfg.Enter = func(context.Context, hash) (func(), error) { return func() {}, nil }
	}
	if cfg.Client == nil {
		cfg.Client = func(r *http.Request) string {
			host, _, _ := net.SplitHostPort(r.RemoteAddr) // empty if there is none
			return host
		}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	args := func(p page, c card) cardView { return cardView{p, c} }
	html, err := template.New("").Funcs(template.FuncMap{"args": args, "verdict": newVerdict}).ParseFS(
		templates, "templates/*.html")
	return &dashboard{
		cfg: cfg, log: cfg.Logger, html: html, secure: address.Scheme == "https",
		sessions: newSessions(cfg.Now), attempts: newAttempts(cfg.Now), exports: newExports(),
		overviews: newOverviews(cfg.Now),
	}, err
}

// policy lets the page load its own style sheet, script and images and send its own forms, and
// nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action " +
	"'self'; base-uri 'none'; frame-ancestors 'none'"

// secured adds the headers that restrict what a browser lets the page do, and bounds the body of a
// request.
func (d *dashboard) secured(next http.Handler) http.Handler {
	const maxForm = 64 << 10 // bytes
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if d.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=300")
		next.ServeHTTP(w, r)
	})
}
