// Package ollama scores postings with a model that an Ollama server runs, qwen2.5:7b by default.
// The judge is that of scorer/llm; this package is its way to Ollama, through langchaingo.
//
// langchaingo's client hides failures of the server, and cannot ask for a JSON schema or set what
// keeps Ollama from cutting a prompt. A transport under it does both: an answer that is cut, empty,
// late, over-long, not finished or not Ollama's is an error of package scorer, wrapped in an
// [*llm.Error], and a complete answer passes as it is.
//
// A résumé is sent to this machine only, unless [Options] say otherwise, and no redirect or proxy
// is followed. In a container, this machine is also host.docker.internal and
// host.containers.internal. [Doctor] finds out what a machine can do.
package ollama

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"

	langchain "github.com/tmc/langchaingo/llms/ollama"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/llm"
)

// What is used where [Options] name no server and no model.
const (
	DefaultBaseURL = "http://127.0.0.1:11434"
	DefaultModel   = "qwen2.5:7b"
)

// Options say which server and model score, and within which bounds. The zero value asks qwen2.5:7b
// on this machine.
type Options struct {
	// BaseURL is the server's, http or https. If empty, http://127.0.0.1:11434 is used.
	BaseURL string
	// AllowRemote lets BaseURL name another machine, to which the résumé is then sent.
	AllowRemote bool
	// Model is a name as "ollama list" shows it. If empty, qwen2.5:7b is used.
	Model string
	// KeepAlive is how long the model stays loaded after a call. If zero, 10 minutes are used.
	KeepAlive time.Duration
	// Stall is the longest silence once an answer has begun. If zero, 30 seconds are used.
	Stall time.Duration

	// Client carries the requests. Its Transport is wrapped, and redirects are refused. If nil, a
	// client without proxy is used that connects to this machine only, unless AllowRemote is set.
	Client *http.Client

	// These are as in [llm.Options]. NumCtx and NumPredict are the same for all calls, because
	// Ollama loads the model anew when the window changes.
	Gate               gate.Gate
	NumCtx, NumPredict int
	Timeout            time.Duration
	CountTokens        func(text string) int
	Observe            func(llm.Call)
}

// A Scorer asks a model on Ollama. It is safe for concurrent use.
type Scorer struct {
	*llm.Scorer
	opts   Options
	client *http.Client // for questions about the server
}

// New returns a scorer. The options can be nil. It does no I/O: call [Scorer.Ping] to learn whether
// the server and the model are there. The error is a [*lead.FieldError].
func New(o *Options) (*Scorer, error) {
	s := &Scorer{}
	if o != nil {
		s.opts = *o
	}
	if err := s.opts.fill(); err != nil {
		return nil, fmt.Errorf("ollama: %w", err)
	}
	s.client = newClient(s.opts)
	model, err := langchain.New(
		langchain.WithServerURL(s.opts.BaseURL), // parsed before: langchaingo ends the process if it cannot
		langchain.WithModel(s.opts.Model),
		langchain.WithHTTPClient(&http.Client{
			Transport:     &transport{base: s.client.Transport, opts: s.opts},
			CheckRedirect: s.client.CheckRedirect,
			Timeout:       s.client.Timeout,
		}),
	)
	if err != nil {
		return nil, fmt.Errorf("ollama: %w", err)
	}
	s.Scorer, err = llm.New(model, &llm.Options{
		Name: "ollama/" + s.opts.Model, Identity: s.digest, Gate: s.opts.Gate, NumCtx: s.opts.NumCtx,
		NumPredict: s.opts.NumPredict, Timeout: s.opts.Timeout, CountTokens: s.opts.CountTokens,
		Observe: s.opts.Observe,
	})
	return s, err
}

var modelName = regexp.MustCompile(`^[!-~]{1,140}$`)

func (o *Options) fill() (err error) {
	o.Model = cmp.Or(o.Model, DefaultModel)
	o.NumCtx = cmp.Or(o.NumCtx, 8192)
	o.KeepAlive = cmp.Or(o.KeepAlive, 10*time.Minute)
	o.Stall = cmp.Or(o.Stall, 30*time.Second)
	for _, f := range []struct {
		wrong          bool
		field, problem string
	}{
		{!modelName.MatchString(o.Model), "Model", `want a name that "ollama list" shows: ` + DefaultModel},
		{o.KeepAlive < 0, "KeepAlive", "negative; leave it 0 for 10 minutes, or give a longer time"},
		{o.Stall < 0, "Stall", "negative; leave it 0 for 30 seconds"},
	} {
		if f.wrong {
			return &lead.FieldError{Field: "Options." + f.field, Problem: f.problem}
		}
	}
	o.BaseURL, err = checkURL(cmp.Or(o.BaseURL, DefaultBaseURL), o.AllowRemote)
	return err
}

// digest names the model by the digest of its files. It asks the server each time: a model that was
// fetched anew is another one.
func (s *Scorer) digest(ctx context.Context) (string, error) {
	m, err := s.find(ctx, "/api/tags")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("ollama %s@%s counted=%t", s.opts.Model, m.Digest, s.opts.CountTokens != nil), nil
}
