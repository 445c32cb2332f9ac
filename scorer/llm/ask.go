package llm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
)

// ask sends one prompt and judges the reply.
func (b *bound) ask(ctx context.Context, shown shownPosting, how scorer.Sampling) (enrich.Assessment, error) {
	user := b.resume.message(shown.text)
	x := &Exchange{
		Schema:   schema(shown.labels, b.resume.labels),
		Sampling: how, MaxTokens: b.opts.NumPredict, prompt: user,
	}
	call, cancel := context.WithTimeoutCause(ctx, b.opts.Timeout, errTimeout)
	defer cancel()
	resp, err := b.model.GenerateContent(context.WithValue(call, exchangeKey{}, x), []llms.MessageContent{
		llms.TextParts(llms.ChatMessageTypeSystem, rulesText),
		llms.TextParts(llms.ChatMessageTypeHuman, user),
	}, llms.WithTemperature(how.Temperature), llms.WithSeed(how.Seed), llms.WithMaxTokens(b.opts.NumPredict),
		llms.WithJSONMode())
	took := Call{
		Load: x.Load, PromptEval: x.PromptEval, Eval: x.Eval, Cut: shown.cut, Flagged: shown.flagged,
	}
	var a enrich.Assessment
	content, err := contentOf(ctx, call, x, resp, err)
	if err == nil {
		took.PromptTokens, took.ReplyTokens = tokens(resp, "PromptTokens"), tokens(resp, "CompletionTokens")
		if err = b.checkCount(took.PromptTokens, b.resume.tokens+shown.tokens); err == nil {
			a, took.Unbacked, err = b.judge(content, shown)
		}
	}
	took.Err = err
	b.opts.Observe(took)
	return a, err
}

// contentOf returns what the model wrote, or why there is nothing of use.
func contentOf(
	ctx, call context.Context, x *Exchange, resp *llms.ContentResponse, err error,
) (string, error) {
	empty := resp == nil || len(resp.Choices) == 0 || strings.TrimSpace(resp.Choices[0].Content) == ""
	switch {
	case err == nil && x.Err == nil && !empty:
	case ctx.Err() != nil:
		return "", unavailable(ctx.Err(), "the caller stopped waiting")
	case call.Err() != nil:
		return "", &Error{Kind: scorer.ErrCrashed, Reason: errTimeout.Error()}
	case x.Err != nil:
		return "", x.Err
	case err != nil:
		return "", unknown(err, x)
	default: // clients of langchaingo answer so when the server failed or the stream was cut
		return "", &Error{Kind: scorer.ErrCrashed, Reason: "the answer is empty: look at the server's log"}
	}
	switch resp.Choices[0].StopReason {
	case "length", "max_tokens":
		return "", errLength
	}
	return resp.Choices[0].Content, nil
}

// unknown sorts an error that no transport of ours made.
func unknown(err error, x *Exchange) error {
	if ours, ok := errors.AsType[*Error](err); ok {
		return ours
	}
	if coded, ok := errors.AsType[*llms.Error](err); ok && coded.Code != llms.ErrCodeUnknown {
		if coded.Code == llms.ErrCodeTokenLimit {
			return errTooLong
		}
		return unavailable(nil, "the provider answers %q: check the model's options", coded.Code)
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return unavailable(err, "no connection: is the server running?")
	}
	status := 0 // clients of langchaingo say it in words only
	if _, code, ok := strings.Cut(err.Error(), "status code: "); ok {
		_, _ = fmt.Sscan(code, &status)
	}
	return x.Refused(status, nil, err.Error())
}

// tokens returns a count that langchaingo passes on, 0 if the provider gave none.
func tokens(resp *llms.ContentResponse, kind string) int {
	n, _ := resp.Choices[0].GenerationInfo[kind].(int)
	return n
}

// cutSuspicion is how many times too high an honest estimate can be.
const cutSuspicion = 5

// checkCount compares the server's count of the prompt's tokens with the budget. An old server cuts
// a prompt that is longer than its window to exactly the window, which is more than the budget; a
// server whose window is smaller than was asked for counts far fewer tokens than the text can have.
func (b *bound) checkCount(count, estimate int) error {
	switch budget := b.opts.NumCtx - b.opts.NumPredict; {
	case count == 0: // this provider does not count
	case count > budget:
		return &Error{Kind: scorer.ErrTooLong, Reason: fmt.Sprintf(
			"the prompt has %d tokens, and more than %d leave no room for the reply", count, budget)}
	case count < estimate/cutSuspicion:
		return unavailable(nil, "the server read %d tokens of a prompt of about %d, so it cut the prompt: "+
			"give the model a window of Options.NumCtx tokens", count, estimate)
	}
	return nil
}
