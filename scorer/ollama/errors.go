package ollama

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
)

// What the user can do, where several failures have one remedy.
const (
	notRunning       = `no connection: is Ollama running? Start it with "ollama serve"`
	notOllama        = "this is not Ollama's JSON: is this the address of an Ollama server?"
	tooOldForSchemas = "the server is too old for JSON schemas: update Ollama to 0.5.0 or later"
)

func notPulled(model string) string {
	return fmt.Sprintf("the model is not there: fetch it with %q", "ollama pull "+model)
}

func unavailable(cause error, reason string) *llm.Error {
	if u, ok := errors.AsType[*url.Error](cause); ok {
		cause = u.Err // the method and the URL say nothing new
	}
	return &llm.Error{Kind: scorer.ErrUnavailable, Reason: reason, Cause: cause}
}

func crashed(cause error, reason string) *llm.Error {
	return &llm.Error{Kind: scorer.ErrCrashed, Reason: reason + ": look at Ollama's log", Cause: cause}
}

func badReply(format string, args ...any) *llm.Error {
	return &llm.Error{Kind: scorer.ErrReply, Reason: fmt.Sprintf(format, args...)}
}
