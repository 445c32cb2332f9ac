// Package scorers picks the scorer of an example: a local model where there is one, the offline scorer elsewhere.
package scorers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/scorer/llm"
	"github.com/agent-forge/forge/scorer/ollama"
)

// The kinds of scorer that -scorer names.
const (
	auto    = "auto"
	model   = "ollama"
	offline = "lexical"
)

const pingTimeout = 3 * time.Second // a server on this machine answers at once, or is not there

// Options say which scorer to use. The zero value is auto.
type Options struct {
	Kind  string // auto, ollama, lexical; "": auto
	Model string // of Ollama; "": its default
	URL   string // of Ollama; "": the usual port on this machine
}

// Flags registers the options' flags on f.
func (o *Options) Flags(f *flag.FlagSet) {
	f.StringVar(&o.Kind, "scorer", auto, "who judges: `auto|ollama|lexical`; auto is a model on Ollama if it answers, else the offline scorer")
	f.StringVar(&o.Model, "model", "", "the `MODEL` that Ollama runs (default \""+ollama.DefaultModel+"\")")
	f.StringVar(&o.URL, "ollama", "", "where Ollama listens on this machine: `URL` (default \""+ollama.DefaultBaseURL+"\")")
}

// Check reports an unknown kind, with the flag's name.
func (o Options) Check() error {
	switch o.Kind {
	case "", auto, model, offline:
		return nil
	}
	return &lead.FieldError{Field: "-scorer", Problem: fmt.Sprintf("%q is not one of auto, ollama, lexical", o.Kind)}
}

// A Picked is the scorer that was picked.
type Picked struct {
	Scorer  forge.Scorer
	What    string // for people: which, and why
	Offline bool   // it is the offline scorer, whose rejections a model may want to see again
}

// Pick returns the scorer that o names. A model has a second look at what it scores near the gate. A model that was asked
// for and is not there is an error that says what to do.
func Pick(ctx context.Context, o Options, g gate.Gate) (Picked, error) {
	if o.Kind == offline {
		return lexicalFor("as asked"), nil
	}
	m, err := ollama.New(&ollama.Options{BaseURL: o.URL, Model: o.Model, Gate: g})
	if err != nil {
		return Picked{}, fmt.Errorf("-ollama, -model: %w", err)
	}
	name := o.Model
	if name == "" {
		name = ollama.DefaultModel
	}
	ping, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if err := m.Ping(ping); err != nil {
		if o.Kind == model {
			return Picked{}, fmt.Errorf("-scorer ollama: %w", err)
		}
		why := err.Error()
		if problem, ok := errors.AsType[*llm.Error](err); ok {
			why = problem.Reason
		}
		return lexicalFor("because no model can be asked: " + why), nil
	}
	careful, err := scorer.NewNearGate(m, &scorer.NearGateOptions{Gate: g})
	if err != nil {
		return Picked{}, err
	}
	return Picked{Scorer: careful, What: name + " on Ollama, on this machine"}, nil
}

func lexicalFor(why string) Picked {
	return Picked{Scorer: lexical.New(nil), What: "offline, by terms and skills, " + why, Offline: true}
}
