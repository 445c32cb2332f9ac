package rest

import (
	"bytes"
	"cmp"
	"context"
	_ "embed" // the OpenAPI file
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Config configures a handler. ForUser and Authenticate are required.
type Config struct {
	// ForUser returns one user's view of a store, such as the method ForUser of a DB. It is called
	// for each request and must do no I/O.
	ForUser func(user string) forge.Store
	// Authenticate returns who sent a request. If its error wraps [ErrForbidden], the answer is
	// 403. If it wraps [ErrUnavailable], because tokens cannot be checked now, the answer is 503.
	// If the error has a method RetryAfter() time.Duration or wraps [ErrRateLimited], the answer is
	// 429. Any other error is answered with 401. See [BearerToken].
	Authenticate func(*http.Request) (Identity, error)
	// Logger logs why the store failed, with the name of the call. It never sees a body or a token.
	// If nil, nothing is logged.
	Logger *slog.Logger
	// MaxStreams is how many streams of changes one user can have open at the same time. Further ones
	// are answered with 429. If zero, 8 is used.
	MaxStreams int
	// Stopping ends all streams of changes when it is closed. http.Server.Shutdown waits for requests
	// and would wait for them: close the channel with http.Server.RegisterOnShutdown. If nil, streams
	// end with their connections.
	Stopping <-chan struct{}

	heartbeat time.Duration // of streams; set by tests
}

//go:embed openapi.yaml
var openAPI []byte

// OpenAPI returns the contract that the handler serves, as YAML.
func OpenAPI() []byte { return bytes.Clone(openAPI) }

// prefix begins the path of every call.
const prefix = "/agent-forge"

type handler struct {
	cfg       Config
	log       *slog.Logger
	streams   streams
	heartbeat time.Duration
}

// A route is one call of the contract.
type route struct {
	method, path string
	viewers      bool // a token for viewing may call it
	call         func(h *handler, ctx context.Context, s forge.Store, r *http.Request) (answer any, err error)
}

var routes = []route{
	{http.MethodPost, prefix + "/jobs/sync", false, (*handler).sync},
	{http.MethodPost, prefix + "/jobs/close-unlisted", false, (*handler).closeUnlisted},
	{http.MethodPost, prefix + "/jobs/claim", false, (*handler).claim},
	{http.MethodPost, prefix + "/jobs/{id}/enrich", false, (*handler).decide},
	{http.MethodPost, prefix + "/jobs/{id}/renew", false, (*handler).renew},
	{http.MethodPost, prefix + "/jobs/{id}/release", false, (*handler).release},
	{http.MethodPost, prefix + "/jobs/{id}/mark", false, (*handler).mark},
	{http.MethodPost, prefix + "/jobs/{id}/judge", false, (*handler).judge},
	{http.MethodPost, prefix + "/jobs/{id}/put", false, (*handler).put},
	{http.MethodPost, prefix + "/jobs/reopen", false, (*handler).reopen},
	{http.MethodPost, prefix + "/jobs/keep", false, (*handler).keep},
	{http.MethodPost, prefix + "/jobs/restore", false, (*handler).restore},
	{http.MethodPost, prefix + "/jobs/regate", false, (*handler).regate},
	{http.MethodPost, prefix + "/jobs/audit", false, (*handler).audit},
	{http.MethodGet, prefix + "/jobs", true, (*handler).list},
	{http.MethodGet, prefix + "/jobs/stats", true, (*handler).stats},
	{http.MethodGet, prefix + "/jobs/evidence", true, (*handler).evidence},
	{http.MethodGet, prefix + "/jobs/sketches", true, (*handler).sketches},
	{http.MethodGet, prefix + "/jobs/changes", true, (*handler).changes},
	{http.MethodGet, prefix + "/jobs/twins", true, (*handler).twins},
	{http.MethodPost, prefix + "/jobs/{id}/separate", false, (*handler).separate},
}

// NewHandler returns the HTTP side of a store: every path below /agent-forge/. It is safe for
// concurrent use. It sets no timeouts, which are http.Server's, and reads at most [MaxBodyBytes] of
// a request. Each missing field is a [*lead.FieldError].
func NewHandler(cfg Config) (http.Handler, error) {
	h := &handler{cfg: cfg, log: cfg.Logger, heartbeat: cmp.Or(cfg.heartbeat, heartbeat)}
	h.cfg.MaxStreams = cmp.Or(cfg.MaxStreams, defaultMaxStreams)
	var problems []error
	if cfg.ForUser == nil {
		problems = append(problems, problem("Config.ForUser",
			"missing: give a function such as func(user string) forge.Store { return db.ForUser(user) }"))
	}
	if cfg.Authenticate == nil {
		problems = append(problems, problem("Config.Authenticate",
			`missing: give a function such as rest.Tokens(map[string]string{"secret": "ada"})`))
	}
	if cfg.MaxStreams < 0 {
		problems = append(problems, problem("Config.MaxStreams", "negative; use 0 for the default of 8"))
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	allowed := map[string][]string{}
	for _, rt := range routes {
		mux.Handle(rt.method+" "+rt.path, h.serve(rt))
		allowed[rt.path] = append(allowed[rt.path], rt.method)
	}
	mux.HandleFunc("GET "+prefix+"/openapi.yaml", serveOpenAPI)
	allowed[prefix+"/openapi.yaml"] = []string{http.MethodGet}
	for path, methods := range allowed {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			h.fail(w, errNoMethod)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { h.fail(w, errNoRoute) })
	return mux, nil
}

func serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(openAPI) // a client that went away needs no answer
}

// serve authenticates a request, runs the call and answers.
func (h *handler) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := h.cfg.Authenticate(r)
		switch wait := backoff.FromError(err); {
		case err == nil && who.ViewOnly && !rt.viewers:
			err = ErrForbidden
		case err == nil, errors.Is(err, ErrForbidden), errors.Is(err, ErrRateLimited),
			errors.Is(err, ErrUnavailable):
		case wait > 0:
			err = &Error{Wait: wait, Err: ErrRateLimited}
		default:
			err = ErrUnauthorized
		}
		if err != nil {
			h.fail(w, err)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, MaxBodyBytes)
		answer, err := h.answer(rt, h.cfg.ForUser(who.User), r)
		switch {
		case err != nil:
			//nolint:errorlint // a row of the table, not an error that happened
			if classOf(err).err == ErrUnavailable && r.Context().Err() == nil {
				h.log.Error("store failed", "call", rt.method+" "+rt.path, "error", err)
			}
			h.fail(w, err)
		case answer == nil:
			headers(w, "")
			w.WriteHeader(http.StatusNoContent)
		default:
			if s, ok := answer.(stream); ok {
				h.send(w, r, who.User, s)
				return
			}
			h.write(w, http.StatusOK, "application/json", answer)
		}
	})
}

// answer runs the call. A query that cannot be read is refused, because a part of it would be lost.
func (h *handler) answer(rt route, s forge.Store, r *http.Request) (any, error) {
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		return nil, wrong("query", "cannot be read: write %, & and ; in a value as %25, %26 and %3B")
	}
	return rt.call(h, r.Context(), s, r)
}

func headers(w http.ResponseWriter, contentType string) {
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
}

// write encodes an answer before it sends anything, so that an answer which cannot be encoded is an
// error and not half an answer.
func (h *handler) write(w http.ResponseWriter, status int, contentType string, answer any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	// The store can return what JSON cannot hold, such as the year 10000.
	if err := enc.Encode(answer); err != nil {
		h.log.Error("answer cannot be encoded", "error", err)
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	headers(w, contentType)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a client that went away asks again
}

// fail answers with an error. What the store says about its own failure is for the log alone.
func (h *handler) fail(w http.ResponseWriter, err error) {
	c := classOf(err)
	p := problemAnswer{
		Type: "about:blank", Title: http.StatusText(c.status), Status: c.status, Code: c.code,
		Detail: c.err.Error(),
	}
	if field, ok := errors.AsType[*lead.FieldError](err); ok && c.status < 500 {
		p.Field, p.Detail = wireName(field.Field), field.Problem
	}
	if refused, ok := errors.AsType[*refusedError](err); ok {
		p.Rejected = refused.rejected
	}
	if pruned, ok := errors.AsType[*store.PrunedError](err); ok {
		p.After = pruned.After
	}
	switch c.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		wait := max(backoff.FromError(err), time.Second)
		w.Header().Set("Retry-After", strconv.FormatInt(int64(math.Ceil(wait.Seconds())), 10))
	}
	h.write(w, c.status, "application/problem+json", p)
}

// body reads a request's body into a value.
func body(r *http.Request, into any) error {
	data, err := bodyOf(r)
	if err != nil {
		return err
	}
	return decode(data, into)
}

// bodyOf reads a request's body.
func bodyOf(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(r.Body)
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		problem := fmt.Sprintf("at most %d bytes are allowed", MaxBodyBytes)
		return nil, fmt.Errorf("%w: %w", errTooLarge, &lead.FieldError{Field: "body", Problem: problem})
	}
	if err != nil {
		return nil, fmt.Errorf("%w: it was cut short", errMalformed)
	}
	return data, nil
}

// id returns the job that a path names. A path without a number names no job.
func id(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, store.ErrNotFound
	}
	return n, nil
}

// ability returns the store as one of the optional interfaces.
func ability[T any](s forge.Store) (T, error) {
	a, ok := s.(T)
	if !ok {
		return a, fmt.Errorf("the server's store lacks this ability: %w", errors.ErrUnsupported)
	}
	return a, nil
}

// known refuses a query with a name that the call does not know, or with a name twice.
func known(r *http.Request, names ...string) error {
	for name, values := range r.URL.Query() {
		if !slices.Contains(names, name) {
			return wrong(boundedName(name), "unknown field")
		}
		if len(values) > 1 && !slices.Contains([]string{"status", "word", "source"}, name) {
			return wrong(name, "given twice")
		}
	}
	return nil
}
