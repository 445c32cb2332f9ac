// Package scorers picks an example's scorer: a local model if there is one, else the offline
// scorer.
package scorers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/scorer/llm"
	"github.com/agent-forge/forge/scorer/ollama"
)

// The values of -scorer.
const (
	auto    = "auto"
	model   = "ollama"
	offline = "lexical"
)

// pingTimeout is short, because a server on this machine answers at once or is not there.
const pingTimeout = 3 * time.Second

// Options say which scorer to use. The zero value picks one automatically.
type Options struct {
	Kind  string // "auto", "ollama" or "lexical"; if empty, auto is used
	Model string // that Ollama runs; if empty, ollama.DefaultModel is used
	URL   string // of Ollama; if empty, ollama.DefaultBaseURL is used

	// Calibration is a file that scorer.Calibrate made of labels. If empty, scores are not mapped.
	Calibration string

	Doctor bool // only examine Ollama, see Examine
}

// Flags registers the options' flags on f.
func (o *Options) Flags(f *flag.FlagSet) {
	f.StringVar(&o.Kind, "scorer", auto,
		"`auto|ollama|lexical`; auto uses a model on Ollama if it answers, else the offline lexical scorer")
	f.StringVar(&o.Model, "model", "", "the `MODEL` that Ollama runs (default \""+ollama.DefaultModel+"\")")
	f.StringVar(&o.URL, "ollama", "",
		"the `URL` of Ollama on this machine (default \""+ollama.DefaultBaseURL+"\")")
	f.StringVar(&o.Calibration, "calibration", "",
		"map scores by the `FILE` that agent -calibrate wrote from what you marked and judged")
	f.BoolVar(&o.Doctor, "doctor", false, "examine Ollama on this machine, print what it can do, and end")
}

// Check reports an unknown kind and an address that is not valid, by the flag's name.
func (o Options) Check() error {
	if o.URL != "" {
		if _, err := commandline.URL("-ollama", o.URL); err != nil {
			return err
		}
	}
	if o.Calibration != "" {
		if _, err := o.calibration(); err != nil {
			return err
		}
	}
	switch o.Kind {
	case "", auto, model, offline:
		return nil
	}
	return &lead.FieldError{
		Field: "-scorer", Problem: fmt.Sprintf("%q is not one of auto, ollama, lexical", o.Kind),
	}
}

// Picked is the scorer that was picked.
type Picked struct {
	Scorer  forge.Scorer
	What    string // describes the scorer to a person, and says why it was picked
	Offline bool   // it is the offline scorer, whose rejections a model can judge again

	at func(gate.Gate) (forge.Scorer, error)
}

// At returns a function that makes the same scorer for other gates, once for each.
func (p Picked) At() func(gate.Gate) (forge.Scorer, error) {
	var mu sync.Mutex
	made := map[int]forge.Scorer{}
	return func(g gate.Gate) (forge.Scorer, error) {
		mu.Lock()
		defer mu.Unlock()
		if s, ok := made[g.Threshold()]; ok {
			return s, nil
		}
		s, err := p.at(g)
		if err == nil {
			made[g.Threshold()] = s
		}
		return s, err
	}
}

// Pick returns the scorer that o names. A model scores jobs near the gate again. If a model was
// asked for and does not answer, the error says what to do.
func Pick(ctx context.Context, o Options, g gate.Gate) (Picked, error) {
	picked, err := pick(ctx, o, g)
	if err != nil || o.Calibration == "" {
		return picked, err
	}
	c, err := o.calibration()
	if err != nil {
		return Picked{}, err
	}
	plain := picked.at
	picked.at = func(g gate.Gate) (forge.Scorer, error) {
		s, err := plain(g)
		if err != nil {
			return nil, err
		}
		return scorer.NewCalibrated(s, c)
	}
	if picked.Scorer, err = picked.at(g); err != nil {
		return Picked{}, fmt.Errorf("-calibration: %w", err)
	}
	picked.What += ", with scores mapped by " + o.Calibration
	return picked, nil
}

func (o Options) calibration() (scorer.Calibration, error) {
	text, err := os.ReadFile(o.Calibration)
	if err != nil {
		return scorer.Calibration{}, fmt.Errorf("-calibration: %w", err)
	}
	c, err := scorer.ParseCalibration(text)
	if err != nil {
		return scorer.Calibration{}, fmt.Errorf("-calibration: %w", err)
	}
	if !c.Enough() {
		return scorer.Calibration{}, &lead.FieldError{Field: "-calibration", Problem: fmt.Sprintf(
			"made of %d good jobs and %d others; at least 20 of each are needed", c.Good, c.Others)}
	}
	return c, nil
}

func pick(ctx context.Context, o Options, g gate.Gate) (Picked, error) {
	if o.Kind == offline {
		return lexicalFor("as -scorer says"), nil
	}
	at := func(g gate.Gate) (forge.Scorer, error) {
		m, err := ollama.New(&ollama.Options{BaseURL: o.URL, Model: o.Model, Gate: g})
		if err != nil {
			return nil, err
		}
		return scorer.NewNearGate(m, &scorer.NearGateOptions{Gate: g})
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
		return lexicalFor("because no model answers: " + why), nil
	}
	careful, err := at(g)
	return Picked{Scorer: careful, What: name + " on Ollama, on this machine", at: at}, err
}

// Examine prints what Ollama can do on this machine, and how long it takes for the jobs that are
// due. If queue is nil or does not answer, it says what 100 jobs take. It takes minutes on a slow
// machine.
func Examine(ctx context.Context, w io.Writer, o Options, queue forge.Counter) error {
	due := 0
	if queue != nil {
		if stats, err := queue.Stats(ctx); err == nil {
			due = stats.ByStatus[lead.Discovered]
		}
	}
	found := ollama.Doctor(ctx, &ollama.Options{BaseURL: o.URL, Model: o.Model}, due)
	fmt.Fprint(w, found)
	if found.Problem != nil {
		return errors.New("-doctor: Ollama cannot be used as it is: see the problem above")
	}
	return nil
}

func lexicalFor(why string) Picked {
	s := lexical.New(nil)
	return Picked{
		Scorer: s, What: "offline, by terms and skills, " + why, Offline: true,
		at: func(gate.Gate) (forge.Scorer, error) { return s, nil },
	}
}
