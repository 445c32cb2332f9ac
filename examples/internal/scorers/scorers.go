// Package scorers picks the scorer of an example: a local model where there is one, the offline scorer elsewhere.
package scorers

import (
	"context"
	"flag"
	"fmt"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/lexical"
)

// The kinds of scorer that -scorer names.
const (
	auto      = "auto"
	ollamaLLM = "ollama"
	offline   = "lexical"
)

// Options say which scorer to use. The zero value is auto.
type Options struct {
	Kind  string // auto, ollama, lexical; "": auto
	Model string // of Ollama; "": its default
	URL   string // of Ollama; "": the usual port on this machine
}

// Flags registers the options' flags on f.
func (o *Options) Flags(f *flag.FlagSet) {
	f.StringVar(&o.Kind, "scorer", auto, "who judges: `auto|ollama|lexical`; auto is a model on Ollama if it answers, else the offline scorer")
	f.StringVar(&o.Model, "model", "", "the `MODEL` that Ollama runs (default qwen2.5:7b)")
	f.StringVar(&o.URL, "ollama", "", "where Ollama listens: `URL` (default http://127.0.0.1:11434)")
}

// Check reports an unknown kind, with the flag's name.
func (o Options) Check() error {
	switch o.Kind {
	case "", auto, ollamaLLM, offline:
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

// Pick returns the scorer that o names.
func Pick(_ context.Context, o Options) (Picked, error) {
	return Picked{Scorer: lexical.New(nil), What: "offline, by terms and skills", Offline: true}, nil
}
