package mcp

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/agent-forge/forge/store/rest"
)

// Path is where a server serves the protocol.
const Path = "/mcp"

// maxBody is the longest request: a tool's arguments are short.
const maxBody = 64 << 10

// userKey is the key of a request's user in its context.
type userKey struct{}

// NewHandler returns the streamable HTTP side of the tools. authenticate says whose request it is, as
// that of [rest.Config] does, and toolsOf what that user's tools work on. Each request is a session of
// its own, so a token that is taken away ends the access at once.
func NewHandler(authenticate func(*http.Request) (rest.Identity, error),
	toolsOf func(rest.Identity) Config,
) http.Handler {
	streamable := sdk.NewStreamableHTTPHandler(func(r *http.Request) *sdk.Server {
		who, ok := r.Context().Value(userKey{}).(rest.Identity)
		if !ok {
			return nil // which is answered with 400
		}
		cfg := toolsOf(who)
		cfg.ViewOnly = who.ViewOnly
		return New(cfg)
	}, &sdk.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, MaxRequestBodyBytes: maxBody, PropagateRequestCancellation: true,
		// A token is in a header that no page of another origin can send. Behind a proxy on the same
		// machine the host is not localhost.
		DisableLocalhostProtection: true,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := authenticate(r)
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		streamable.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, who)))
	})
}

// refuse answers as package rest does.
func refuse(w http.ResponseWriter, err error) {
	early, isEarly := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err)
	switch {
	case isEarly, errors.Is(err, rest.ErrRateLimited):
		wait := time.Second
		if isEarly {
			wait = max(wait, early.RetryAfter())
		}
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		http.Error(w, "too many requests with this token", http.StatusTooManyRequests)
	case errors.Is(err, rest.ErrForbidden):
		http.Error(w, "the token is for something else", http.StatusForbidden)
	case errors.Is(err, rest.ErrUnavailable):
		http.Error(w, "tokens cannot be checked now", http.StatusServiceUnavailable)
	default:
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "token missing or unknown", http.StatusUnauthorized)
	}
}
