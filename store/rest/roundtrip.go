package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/store"
)

var retries = backoff.Doubling{First: 50 * time.Millisecond, Longest: 5 * time.Second}

// A call is one request of the contract.
type call struct {
	method, path string
	query        url.Values
	body         any // nil: none
	into         any // nil: no answer is expected
	repeatable   bool
	doneIf       error // what a repeat finds if the attempt before it did the work; nil: nothing special
}

// A failure is one attempt's error, and what it says about another attempt.
type failure struct {
	err     error
	passing bool // another attempt can succeed
	unseen  bool // the server did nothing: another attempt is the first one
}

// do makes a call. It repeats the call while the failure passes and a repeat is safe.
func (c *Client) do(ctx context.Context, k call) error {
	body, err := encode(k.body)
	if err != nil {
		return err
	}
	if len(body) > MaxBodyBytes {
		return fmt.Errorf("%w: %w", errTooLarge,
			wrong("body", fmt.Sprintf("%d bytes, at most %d are allowed", len(body), MaxBodyBytes)))
	}
	start, lost := time.Now(), false
	for attempt := 1; ; attempt++ {
		f := c.attempt(ctx, k, body)
		switch {
		case f == nil:
			return nil
		case lost && k.doneIf != nil && errors.Is(f.err, k.doneIf):
			return nil
		case ctx.Err() != nil:
			return ended(ctx, f.err)
		case !f.passing, !f.unseen && !k.repeatable, c.opts.RetryFor < 0:
			return f.err
		}
		lost = lost || !f.unseen
		pause := max(retries.Delay(attempt), backoff.FromError(f.err))
		if time.Since(start)+pause > c.opts.RetryFor {
			return fmt.Errorf("gave up after %d attempts in %v: %w", attempt,
				time.Since(start).Round(time.Millisecond), f.err)
		}
		if backoff.Sleep(ctx, pause) != nil {
			return ended(ctx, f.err)
		}
	}
}

// ended returns the error of a call whose context has ended.
func ended(ctx context.Context, err error) error {
	if errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w: %w", ctx.Err(), err)
}

func encode(body any) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	if encoded, ok := body.(json.RawMessage); ok {
		return encoded, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// attempt makes one request and reads its answer.
func (c *Client) attempt(ctx context.Context, k call, body []byte) *failure {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	at := c.base.JoinPath(prefix, k.path)
	at.RawQuery = k.query.Encode()
	request, err := http.NewRequestWithContext(ctx, k.method, at.String(), bytes.NewReader(body))
	if err != nil {
		return &failure{err: err}
	}
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	c.authorize(request)

	response, err := c.http.Do(request)
	if err != nil {
		return &failure{err: transport(err), passing: true, unseen: neverSent(err)}
	}
	defer func() { _ = response.Body.Close() }() // the answer was read whole, or is not used
	data, err := io.ReadAll(io.LimitReader(response.Body, c.opts.MaxAnswerBytes+1))
	switch {
	case err != nil:
		return &failure{
			err: fmt.Errorf("%w: the answer was cut short: %w", ErrUnavailable, err), passing: true,
		}
	case int64(len(data)) > c.opts.MaxAnswerBytes:
		return &failure{
			err: fmt.Errorf(
				"the answer is larger than %d bytes: raise ClientOptions.MaxAnswerBytes, or ask for less",
				c.opts.MaxAnswerBytes,
			),
		}
	}
	return read(response, data, k.into)
}

// read turns an answer into a result or a failure.
func read(response *http.Response, data []byte, into any) *failure {
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch {
	case response.StatusCode == http.StatusNoContent && into == nil:
		return nil
	case response.StatusCode == http.StatusOK && into != nil && media == "application/json":
		if err := json.Unmarshal(data, into); err != nil {
			return &failure{err: fmt.Errorf("read the answer: %w", err)}
		}
		return nil
	}
	e := &Error{Status: response.StatusCode}
	var p problemAnswer
	if media == "application/problem+json" && json.Unmarshal(data, &p) == nil {
		e.Detail, e.Field, e.rejected = p.Detail, p.Field, p.Rejected
	}
	if e.Err = errorOf(response.StatusCode, p.Code); e.Err != nil && e.Detail == e.Err.Error() {
		e.Detail = ""
	}
	if e.Err == store.ErrPruned { //nolint:errorlint // a row of the table, not an error that happened
		e.Err = &store.PrunedError{After: p.After}
	}
	e.Wait, _ = backoff.FromHeader(response.Header, time.Now())
	f := &failure{err: e, unseen: response.StatusCode == http.StatusTooManyRequests}
	switch response.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		f.passing = true
	}
	return f
}

// transport describes an error of the network without the URL, whose query holds what the user
// looks for.
func transport(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// neverSent reports whether a request failed before there was a connection to send it over.
func neverSent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}
