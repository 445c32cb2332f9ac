// Package ollama scores postings with a model that an Ollama server runs, qwen2.5:7b by default, through langchaingo.
//
// It is written for a gate that throws text away, so that a wrong or missing answer never looks like a low score:
//
//   - The transport under langchaingo, which hides failures, reads the whole answer itself. One that is cut, empty, late,
//     over-long, not finished or not Ollama's is an error of package scorer, wrapped in an [*Error].
//   - The prompt is bounded by Go before it is sent and by the server's own count afterwards, because an old server cuts the
//     front of a prompt that is too long and says nothing. See [EstimateTokens].
//   - The model rates five criteria and quotes both texts for each. Go checks the quotes and computes the score: see
//     [Weights]. A criterion without a quote that stands in both texts counts nothing, and a reply that is mostly such
//     claims is an error.
//   - The posting is data. It loses what a reader of the page would not see, is fenced with a nonce, and sentences in it that
//     speak to a model are left out and recorded; they never reject a posting.
//
// A résumé is sent to this machine only, unless [Options] say otherwise, and no redirect or proxy is followed.
package ollama

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tmc/langchaingo/llms"
	langchain "github.com/tmc/langchaingo/llms/ollama"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
)

// What the zero values of [Options] stand for.
const (
	DefaultBaseURL    = "http://127.0.0.1:11434"
	DefaultModel      = "qwen2.5:7b"
	DefaultNumCtx     = 8192
	DefaultNumPredict = 2048
	DefaultKeepAlive  = 10 * time.Minute
	DefaultTimeout    = 5 * time.Minute
	DefaultStall      = 30 * time.Second
)

// Options say which server and model score, and within which bounds. The zero value asks qwen2.5:7b on this machine.
type Options struct {
	BaseURL     string // of the server, http or https. Default http://127.0.0.1:11434
	AllowRemote bool   // BaseURL may name another machine: the résumé is sent there. Default: loopback only
	Model       string // as "ollama list" shows it. Default qwen2.5:7b

	// The context window in tokens, and the part of it that is kept free for the reply. One pair for all calls: Ollama loads
	// the model anew when the window changes. NumPredict must be enough for the longest reply that the schema allows (about
	// 2000 characters) and for the rules of the prompt. Default 8192 and 2048.
	NumCtx, NumPredict int

	KeepAlive time.Duration // how long the model stays loaded after a call. Default 10 min; negative: for ever
	Timeout   time.Duration // for one call, loading included. Default 5 min
	Stall     time.Duration // the longest silence once an answer has begun. Default 30 s

	// CountTokens returns at least the number of tokens that the model makes of a text. It is called with parts of a prompt,
	// and must be safe for concurrent use. Default: EstimateTokens, for byte-pair vocabularies like Qwen's.
	CountTokens func(text string) int
	// Client carries the requests. Its Transport is wrapped, and redirects are refused. Default: one of its own, without
	// proxy, that connects to loopback addresses only unless AllowRemote is set.
	Client *http.Client
	// Observe is told of each call to the model, before Score returns, and must be safe for concurrent use. Default: not told.
	Observe func(Call)

	counted bool // CountTokens is the caller's
}

// A Call is what one call to the model took. It holds no text.
type Call struct {
	PromptTokens, ReplyTokens int           // as the server counted; 0: it did not answer
	Load, PromptEval, Eval    time.Duration // loading the model, reading the prompt, writing the reply
	Cut                       bool          // the posting was shortened to fit
	Flagged                   int           // sentences of the posting that speak to a model, and were left out
	Unsupported               int           // criteria that the model rated above 0 and could not back with quotes
	Err                       error         // what Score made of it; nil: a match
}

// A Scorer asks a model. It is safe for concurrent use.
type Scorer struct {
	opts     Options
	llm      llms.Model
	client   *http.Client // for Ping and Identity
	base     string
	words    lexicon
	cleaner  cleaner
	detector detector
}

var (
	_ scorer.Sampler    = (*Scorer)(nil)
	_ scorer.Identifier = (*Scorer)(nil)
)

// New checks o and returns a scorer. Nil options are the defaults. It does no I/O: call [Scorer.Ping] to learn whether the
// server and the model are there. Its error is a [*lead.FieldError] that names the option.
func New(o *Options) (*Scorer, error) {
	s := &Scorer{words: newLexicon(), cleaner: newCleaner(), detector: newDetector()}
	if o != nil {
		s.opts = *o
	}
	if err := s.opts.fill(); err != nil {
		return nil, fmt.Errorf("ollama: %w", err)
	}
	base, err := checkURL(s.opts.BaseURL, s.opts.AllowRemote)
	if err != nil {
		return nil, fmt.Errorf("ollama: %w", err)
	}
	s.base = base
	s.client = newClient(s.opts.Client, s.opts.AllowRemote)
	s.llm, err = langchain.New(
		langchain.WithServerURL(base), // parsed before: langchaingo ends the process if it cannot parse it
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
	return s, nil
}

func (o *Options) fill() error {
	orDefault(&o.BaseURL, DefaultBaseURL)
	orDefault(&o.Model, DefaultModel)
	orDefault(&o.NumCtx, DefaultNumCtx)
	orDefault(&o.NumPredict, DefaultNumPredict)
	orDefault(&o.KeepAlive, DefaultKeepAlive)
	orDefault(&o.Timeout, DefaultTimeout)
	orDefault(&o.Stall, DefaultStall)
	if o.CountTokens == nil {
		o.CountTokens = EstimateTokens
	} else {
		o.counted = true
	}
	if o.Observe == nil {
		o.Observe = func(Call) {}
	}
	// The rules must be no longer than the reply. A server that finds a prompt too long may drop the rules and keep the rest:
	// the rest alone is then over the budget too, so that the count which it reports gives it away.
	rules := o.CountTokens(systemPrompt)
	for _, f := range []struct {
		wrong          bool
		field, problem string
	}{
		{
			strings.ContainsFunc(o.Model, func(r rune) bool { return r <= ' ' || r > '~' }) || len(o.Model) > 150, "Model",
			`want a name as "ollama list" shows it, such as qwen2.5:7b`,
		},
		{
			o.NumPredict < rules, "NumPredict",
			fmt.Sprintf("%d is too small: want at least %d tokens, which is what the rules take", o.NumPredict, rules),
		},
		{
			o.NumCtx < o.NumPredict+rules+minTextTokens || o.NumCtx > 1<<20, "NumCtx",
			fmt.Sprintf("%d is out of range: want at least %d with this NumPredict, and at most %d", o.NumCtx, o.NumPredict+rules+minTextTokens, 1<<20),
		},
		{o.Timeout < 0, "Timeout", "negative; leave it 0 for 5 minutes"},
		{o.Stall < 0, "Stall", "negative; leave it 0 for 30 seconds"},
	} {
		if f.wrong {
			return &lead.FieldError{Field: "Options." + f.field, Problem: f.problem}
		}
	}
	return nil
}

func orDefault[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// Score has the model judge the posting at temperature 0.
func (s *Scorer) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	return s.Sample(ctx, resume, p, scorer.Sampling{})
}

// maxTries is how often one posting is sent, each time cut shorter, while the server finds it too long.
const maxTries = 3

// Sample is Score with this sampling. A posting that the server finds too long is cut further and sent again, twice at most:
// the estimate of its tokens was too low.
func (s *Scorer) Sample(ctx context.Context, resume string, p enrich.Posting, how scorer.Sampling) (enrich.Assessment, error) {
	if err := ctx.Err(); err != nil {
		return enrich.Assessment{}, fmt.Errorf("ollama: %w", err)
	}
	r, err := s.readResume(resume)
	if err != nil {
		return enrich.Assessment{}, err
	}
	post, err := s.readPosting(p)
	if err != nil {
		return enrich.Assessment{}, err
	}
	budget := s.opts.NumCtx - s.opts.NumPredict - r.tokens
	for try := 1; ; try++ {
		shown, err := s.fit(post, budget)
		if err != nil {
			return enrich.Assessment{}, err
		}
		m, err := s.ask(ctx, r, shown, how)
		if err == nil {
			return m.WithoutQuotes(p.Data), nil
		}
		if !errors.Is(err, scorer.ErrTooLong) || try == maxTries {
			return enrich.Assessment{}, err
		}
		budget = min(budget, shown.tokens) / 2
	}
}

// ask sends one prompt and judges the reply.
func (s *Scorer) ask(ctx context.Context, r resume, shown shownPosting, how scorer.Sampling) (enrich.Assessment, error) {
	user, err := r.message(shown.text)
	if err != nil {
		return enrich.Assessment{}, err
	}
	x := &exchange{model: s.opts.Model, sampling: how, prompt: user, estimate: r.tokens + shown.tokens}
	_, err = s.llm.GenerateContent(withExchange(ctx, x), []llms.MessageContent{
		llms.TextParts(llms.ChatMessageTypeSystem, systemPrompt),
		llms.TextParts(llms.ChatMessageTypeHuman, user),
	})
	call := x.call
	call.Cut, call.Flagged = shown.cut, shown.flagged
	var m enrich.Assessment
	if err = failure(ctx, x, err); err == nil {
		m, call.Unsupported, err = s.judge(x.content, r, shown)
	}
	call.Err = err
	s.opts.Observe(call)
	if err != nil {
		return enrich.Assessment{}, err
	}
	return m, nil
}

// failure returns what the transport found. langchaingo passes its errors on, but not always as they were, and knows no
// error for an answer that is not there.
func failure(ctx context.Context, x *exchange, err error) error {
	switch {
	case x.err != nil:
		return x.err
	case err != nil && ctx.Err() != nil:
		return unavailable("the caller stopped waiting", ctx.Err())
	case err != nil:
		return unavailable("no answer", err)
	case !x.complete:
		return unavailable("no answer", nil)
	}
	return nil
}
