// Package llm scores postings with a language model, through any model of langchaingo. For Qwen on
// Ollama use scorer/ollama, which is this judge with a transport that makes up for what langchaingo
// and Ollama leave out. For llama.cpp, LM Studio or vLLM use langchaingo's OpenAI client with
// [OpenAITransport].
//
// The gate throws text away, so a wrong or missing answer must never look like a low score:
//
//   - Résumé and posting are numbered lines. The model rates five criteria from 0 to 5, skills (40
//     points), experience (20), domain (20), location (10) and other (10), and points for each at
//     lines of both texts. Go takes the lines, and counts a criterion only if they share a telling
//     word, a synonym or a translation that no other criterion rests on.
//   - A score below the gate is what the model claims, never what Go could not find. A claim at or
//     above the gate that the lines do not back is asked for again with another seed, and then kept
//     as unverified.
//   - A claim below the gate needs reasons where the two texts have much in common, by telling words
//     or by their field of work: two skills that the résumé lacks, a skill and a line, or more
//     lines that it lacks than lines that it answers. With less, the job is kept as unverified.
//   - A reply that rates such texts low and points at nothing, a reply that is cut or of another
//     form, an answer that did not come: each is an error, an [*Error].
//   - The prompt is bounded before it is sent, and by the server's own count afterwards, because a
//     server can cut a prompt that is too long and say nothing. See [EstimateTokens].
//   - The posting is data. It loses what a reader of the page would not see, and is fenced with a
//     nonce. Sentences in it that speak to a model are left out and recorded. They reject nothing.
package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"time"

	"github.com/tmc/langchaingo/llms"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// Options say how a model is asked. The zero value is usable with a window of 8192 tokens.
type Options struct {
	// Name is the provider and the model without spaces, such as "vllm/qwen2.5-7b". It is part of
	// By. If empty, "llm" is used.
	Name string
	// Identity returns what [Scorer.Identity] names the model by; it must change with the model. If
	// nil, Name is used.
	Identity func(ctx context.Context) (string, error)
	// Gate is the pipeline's gate. A claim at or above it has to be backed. The zero value is the
	// default gate of 30.
	Gate gate.Gate
	// NumCtx is the context window in tokens. If zero, 8192 is used.
	NumCtx int
	// NumPredict is the part of the window that is kept free for the reply. It must be enough for
	// the rules of the prompt and for the longest reply, about 1300 characters. If zero, 2048 is
	// used.
	NumPredict int
	// Timeout bounds one call to the model, loading included. If zero, 5 minutes are used.
	Timeout time.Duration
	// CountTokens returns at least the number of tokens that the model makes of a text. It is
	// called with parts of a prompt, and must be safe for concurrent use. If nil, [EstimateTokens]
	// is used.
	CountTokens func(text string) int
	// Observe is told of each call to the model before the score is returned. It must be safe for
	// concurrent use. If nil, nothing is told.
	Observe func(Call)
}

// A Call is what one call to the model took. It holds no text.
type Call struct {
	// PromptTokens and ReplyTokens are the server's counts; 0 if it did not say.
	PromptTokens, ReplyTokens int
	// Load, PromptEval and Eval are the times for loading the model, reading the prompt and writing
	// the reply; 0 if the server did not say.
	Load, PromptEval, Eval time.Duration
	// Cut reports that the posting was shortened to fit.
	Cut bool
	// Flagged is the number of sentences that speak to a model and were left out of the posting.
	Flagged int
	// Unbacked is the number of criteria rated above 0 whose lines do not back the rating.
	Unbacked int
	// Err is what became of the call. It is nil if the reply is an assessment.
	Err error
}

// A Scorer asks a model. It is safe for concurrent use if the model is.
type Scorer struct {
	model llms.Model
	opts  Options
}

// New returns a scorer that asks model. The options can be nil. It does no I/O. The error is a
// [*lead.FieldError].
func New(model llms.Model, o *Options) (*Scorer, error) {
	if model == nil {
		return nil, fmt.Errorf("llm: %w",
			&lead.FieldError{Field: "model", Problem: "missing: give a model of langchaingo"})
	}
	s := &Scorer{model: model}
	if o != nil {
		s.opts = *o
	}
	if err := s.opts.fill(); err != nil {
		return nil, fmt.Errorf("llm: %w", err)
	}
	return s, nil
}

var name = regexp.MustCompile(`^[!-~]{1,150}$`)

func (o *Options) fill() error {
	named := o.Name != ""
	o.Name = cmp.Or(o.Name, "llm")
	o.NumCtx = cmp.Or(o.NumCtx, 8192)
	o.NumPredict = cmp.Or(o.NumPredict, 2048)
	o.Timeout = cmp.Or(o.Timeout, 5*time.Minute)
	if o.CountTokens == nil {
		o.CountTokens = EstimateTokens
	}
	if o.Observe == nil {
		o.Observe = func(Call) {}
	}
	if o.Identity == nil {
		o.Identity = func(context.Context) (string, error) {
			if !named {
				return "", &Error{Kind: scorer.ErrUnavailable, Reason: "answers cannot be cached for a " +
					"model without a name: set Options.Name"}
			}
			return o.Name, nil
		}
	}
	// The rules must be no longer than the reply. A server that finds a prompt too long may drop
	// the rules and keep the rest: the rest alone is then over the budget, and the server's count
	// shows it.
	rules := o.CountTokens(rulesText)
	least := o.NumPredict + rules + minTextTokens
	for _, f := range []struct {
		wrong          bool
		field, problem string
	}{
		{!name.MatchString(o.Name), "Name", "want 1 to 150 signs without spaces, such as vllm/qwen2.5-7b"},
		{
			o.NumPredict < rules, "NumPredict",
			fmt.Sprintf("%d is too small: want at least the %d tokens of the rules", o.NumPredict, rules),
		},
		{
			o.NumCtx < least || o.NumCtx > 1<<20, "NumCtx",
			fmt.Sprintf("%d is out of range: want %d to %d with this NumPredict", o.NumCtx, least, 1<<20),
		},
		{o.Timeout < 0, "Timeout", "negative; leave it 0 for 5 minutes"},
	} {
		if f.wrong {
			return &lead.FieldError{Field: "Options." + f.field, Problem: f.problem}
		}
	}
	return nil
}

// Score has the model judge the posting at temperature 0.
func (s *Scorer) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	return s.Sample(ctx, resume, p, scorer.Sampling{})
}

// Sample is Score with this sampling. A reply that cannot be used is asked for again with other
// seeds, and a posting that the server finds too long is cut further.
func (s *Scorer) Sample(
	ctx context.Context, resume string, p enrich.Posting, how scorer.Sampling,
) (enrich.Assessment, error) {
	bound, err := s.bind(resume)
	if err != nil {
		return enrich.Assessment{}, err
	}
	return bound.Sample(ctx, "", p, how)
}

// ForResume reads the résumé once. The error wraps [scorer.ErrUnavailable].
func (s *Scorer) ForResume(resume string) (scorer.Scorer, error) { return s.bind(resume) }

// Identity names the model, the version of the prompt, and what else decides an answer.
func (s *Scorer) Identity(ctx context.Context) (string, error) {
	name, err := s.opts.Identity(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s prompt=%s gate=%d num_ctx=%d num_predict=%d", name, promptVersion,
		s.opts.Gate.Threshold(), s.opts.NumCtx, s.opts.NumPredict), nil
}

// bound is a scorer for one résumé.
type bound struct {
	*Scorer
	resume resume
}

func (s *Scorer) bind(text string) (*bound, error) {
	r, err := s.readResume(text)
	return &bound{s, r}, err
}

func (b *bound) Score(ctx context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
	return b.Sample(ctx, "", p, scorer.Sampling{})
}

// maxTries is how often a posting is sent before its failure is the caller's.
const maxTries = 3

func (b *bound) Sample(
	ctx context.Context, _ string, p enrich.Posting, how scorer.Sampling,
) (enrich.Assessment, error) {
	if err := ctx.Err(); err != nil {
		return enrich.Assessment{}, fmt.Errorf("llm: %w", err)
	}
	post, err := readPosting(p)
	if err != nil {
		return enrich.Assessment{}, err
	}
	budget := b.opts.NumCtx - b.opts.NumPredict - b.resume.tokens
	var doubt *enrich.Assessment // a claim that nothing backs
	for range maxTries {
		var shown shownPosting
		if shown, err = b.fit(post, budget); err != nil {
			return enrich.Assessment{}, err
		}
		var a enrich.Assessment
		a, err = b.ask(ctx, shown, how)
		switch {
		case err == nil && !a.Unverified && (doubt == nil || a.Score >= b.opts.Gate.Threshold()):
			return a.WithoutQuotes(p.Data), nil
		case errors.Is(err, scorer.ErrTooLong):
			budget = min(budget, shown.tokens) / 2
			continue
		case err != nil && !errors.Is(err, scorer.ErrReply):
			return enrich.Assessment{}, err
		case doubt != nil:
			return doubt.WithoutQuotes(p.Data), nil
		case err == nil:
			doubt = &a
		}
		// At temperature 0 every seed writes the same words.
		how = scorer.Sampling{Temperature: max(how.Temperature, 0.5), Seed: 1 + rand.IntN(1<<30)}
	}
	if doubt != nil {
		return doubt.WithoutQuotes(p.Data), nil
	}
	return enrich.Assessment{}, err
}
