package rest

import (
	"crypto/sha256"
	"net/http"
	"strings"
)

// An Identity is who sent a request.
type Identity struct {
	User     string // the user whose jobs the request reaches
	ViewOnly bool   // the token can list and count, and nothing else
}

// BearerToken returns the token of a request's Authorization header, "" if there is none:
// https://www.rfc-editor.org/rfc/rfc6750#section-2.1.
func BearerToken(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// Tokens returns a [Config.Authenticate] that knows a fixed set of tokens, each with the name of
// its user. It is for examples and tests: it has no scopes, and the tokens cannot change. They are
// looked up by their SHA-256, so that the time that an answer takes says nothing about a token. An
// empty token belongs to nobody.
func Tokens(users map[string]string) func(*http.Request) (Identity, error) {
	known := make(map[[sha256.Size]byte]string, len(users))
	for token, user := range users {
		if token != "" {
			known[sha256.Sum256([]byte(token))] = user
		}
	}
	return func(r *http.Request) (Identity, error) {
		user, ok := known[sha256.Sum256([]byte(BearerToken(r)))]
		if !ok {
			return Identity{}, ErrUnauthorized
		}
		return Identity{User: user}, nil
	}
}
