// Package dashboard is the page where a person looks at what the agents found: matches best first,
// what to do about them, and what was kept out of sight. It is rendered on the server, works
// without JavaScript, and loads nothing from elsewhere.
package dashboard

import (
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/rest"
)

// Config is what a dashboard is made of. ForUser and Identify are required.
type Config struct {
	// ForUser returns one user's view of the store.
	ForUser func(user string) forge.Store
	// Identify says whose token has this SHA-256. It is asked on each request, so that a token that
	// was taken back ends the sessions it began.
	Identify func(sum [sha256.Size]byte) (rest.Identity, bool)
	// Gate is the score from which agents keep a job; it is drawn into the chart. The zero value is
	// 30.
	Gate gate.Gate
	// Address is the server's URL as users reach it; it is shown to those whose agent has yet to
	// start. An https address makes cookies Secure.
	Address string
	// Logger is told what failed. Default: nothing is logged.
	Logger *slog.Logger
	// Now is the clock. Default: time.Now.
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
	secure   bool
}

// New returns the handler of every path that is not the API's: the page at /, its forms, its
// exports and its style sheet.
func New(cfg Config) (http.Handler, error) {
	if cfg.ForUser == nil || cfg.Identify == nil {
		return nil, fmt.Errorf("dashboard: %w",
			&lead.FieldError{Field: "Config", Problem: "ForUser and Identify are required"})
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	html, err := template.New("").Funcs(template.FuncMap{
		"args": func(p page, c card) cardView { return cardView{p, c} },
	}).
		ParseFS(templates, "templates/*.html")
	files, subErr := fs.Sub(static, "static")
	if err := errors.Join(err, subErr); err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	d := &dashboard{
		cfg: cfg, log: cfg.Logger, html: html, sessions: newSessions(cfg.Now),
		secure: len(cfg.Address) > 8 && cfg.Address[:8] == "https://",
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", cached(http.StripPrefix("/static/", http.FileServerFS(files))))
	mux.HandleFunc("GET /sign-in", d.signInPage)
	mux.HandleFunc("POST /sign-in", d.signIn)
	mux.HandleFunc("POST /sign-out", d.signOut)
	mux.HandleFunc("GET /{$}", d.signedIn(d.jobs))
	mux.HandleFunc("GET /export.csv", d.signedIn(d.exportCSV))
	mux.HandleFunc("GET /export.json", d.signedIn(d.exportJSON))
	mux.HandleFunc("POST /jobs/{id}/mark", d.signedIn(d.mark))
	mux.HandleFunc("POST /jobs/{id}/reopen", d.signedIn(d.reopen))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		d.problem(w, http.StatusNotFound, "There is nothing here", "The address may be mistyped.")
	})
	return secured(http.NewCrossOriginProtection().Handler(mux)), nil
}

// policy lets the page load its own style sheet and icon and send its own forms, and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// secured sets what a browser must hold the page to, and bounds what it may send.
func secured(next http.Handler) http.Handler {
	const maxForm = 64 << 10
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
