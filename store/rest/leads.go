package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// refusedError is what a batch is answered with of which every lead was refused: the error of the
// first one, and what is wrong with each.
type refusedError struct {
	first    *lead.FieldError
	rejected []rejectedAnswer
}

func (e *refusedError) Error() string   { return "every lead was refused: " + e.first.Error() }
func (e *refusedError) Unwrap() []error { return []error{store.ErrInvalid, e.first} }

// sync stores the leads that are valid and names the others. One that is no lead at all, because a
// member of it is unknown or of another type, costs the others nothing.
func (h *handler) sync(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	data, err := bodyOf(r)
	if err != nil {
		return nil, err
	}
	requests, refused, err := decodeLeads(data)
	if err != nil {
		return nil, err
	}
	if len(requests) > store.MaxBatch {
		return nil, wrong("body",
			fmt.Sprintf("%d leads, at most %d are allowed", len(requests), store.MaxBatch))
	}
	var leads []lead.Lead
	var places []int // in the request, of each of leads
	for i, request := range requests {
		if slices.ContainsFunc(refused, func(r store.Rejected) bool { return r.Index == i }) {
			continue
		}
		l, err := request.lead()
		if err != nil {
			refused = append(refused, store.Rejected{Index: i, Err: err})
			continue
		}
		leads, places = append(leads, l), append(places, i)
	}
	var refs []store.Ref
	if len(leads) > 0 || len(requests) == 0 {
		refs, err = s.Sync(ctx, leads)
		partial, isPartial := errors.AsType[*store.PartialError](err)
		switch {
		case isPartial:
			for _, bad := range partial.Rejected {
				refused = append(refused, store.Rejected{Index: places[bad.Index], Err: bad.Err})
			}
		case err != nil:
			return nil, err
		}
	}
	return syncAnswerOf(refs, refused, len(requests))
}

// syncAnswerOf returns the answer to a batch of n leads, or an error if every one was refused.
func syncAnswerOf(refs []store.Ref, refused []store.Rejected, n int) (any, error) {
	slices.SortFunc(refused, func(a, b store.Rejected) int { return a.Index - b.Index })
	answer := syncAnswer{Jobs: make([]refAnswer, len(refs)), Rejected: make([]rejectedAnswer, len(refused))}
	for i, ref := range refs {
		answer.Jobs[i] = refAnswer{
			ID: ref.ID, Source: ref.Key.Source, ExternalID: ref.Key.ExternalID, State: ref.State,
		}
	}
	for i, bad := range refused {
		answer.Rejected[i] = rejectedAnswer{Index: bad.Index, Error: bad.Err.Error()}
	}
	if len(refused) < n || n == 0 {
		return answer, nil
	}
	first := &lead.FieldError{Field: "[0]", Problem: refused[0].Err.Error()}
	if field, ok := errors.AsType[*lead.FieldError](refused[0].Err); ok {
		first.Problem = field.Problem
		if field.Field != wholeLead {
			first.Field += "." + field.Field
		}
	}
	return nil, &refusedError{first: first, rejected: answer.Rejected}
}

// wholeLead is the field of an error about a lead that is not even an object.
const wholeLead = "lead"

// decodeLeads reads a batch as strictly as decode reads another body. A lead that breaks the
// contract is among the refused, and its place in the batch holds none. If such a lead is not even
// JSON, the whole batch is refused.
func decodeLeads(body []byte) (leads []leadRequest, refused []store.Rejected, err error) {
	r, err := readerOf(body)
	if err != nil {
		return nil, nil, err
	}
	if r.next() != '[' {
		var none []leadRequest
		return nil, nil, decode(body, &none) // which refuses it
	}
	r.at++
	one := shapes[reflect.TypeFor[[]leadRequest]()].elem
	for !r.take(']') {
		if len(leads) > 0 && !r.take(',') {
			return nil, nil, r.malformed()
		}
		r.space()
		start := r.at
		var l leadRequest
		switch err := r.value(one, nil); {
		case errors.Is(err, errMalformed):
			return nil, nil, err
		case err != nil:
			if r.at = start; !r.skip() {
				return nil, nil, inBatch(len(leads), err)
			}
			refused = append(refused, store.Rejected{Index: len(leads), Err: ofLead(err)})
		default:
			if err := unmarshal(r.body[start:r.at], &l); err != nil {
				return nil, nil, err
			}
		}
		leads = append(leads, l)
	}
	if err := r.end(); err != nil {
		return nil, nil, err
	}
	if !json.Valid(body) { // inside of what was skipped
		return nil, nil, r.malformed()
	}
	return leads, refused, nil
}

// ofLead returns the field's error alone, as a store names it.
func ofLead(err error) error {
	field, ok := errors.AsType[*lead.FieldError](err)
	if !ok {
		return err
	}
	name := field.Field
	if name == "body" {
		name = wholeLead
	}
	return &lead.FieldError{Field: name, Problem: field.Problem}
}

// inBatch names a lead's field by the lead's place.
func inBatch(i int, err error) error {
	field, _ := errors.AsType[*lead.FieldError](ofLead(err))
	name := fmt.Sprintf("[%d]", i)
	if field.Field != wholeLead {
		name += "." + field.Field
	}
	return wrong(name, field.Problem)
}

// skip moves past the value that begins here, and reports whether it ends.
func (r *reader) skip() bool {
	for depth := 0; r.at < len(r.body); {
		switch r.body[r.at] {
		case '"':
			if _, err := r.str(); err != nil {
				return false
			}
			if depth == 0 {
				return true
			}
			continue
		case '[', '{':
			depth++
		case ']', '}', ',':
			if r.body[r.at] != ',' {
				depth--
			}
			if depth < 0 || depth == 0 && r.body[r.at] == ',' {
				return true // a word ends before what follows it
			}
			if depth == 0 {
				r.at++
				return true
			}
		}
		r.at++
	}
	return false
}

// sourceOf returns the board of a lead that names none: what the host of its URL says, else the
// host itself. It returns "" if the URL has no host.
func sourceOf(rawURL string) string {
	if known := lead.SourceOf(rawURL); known != "" {
		return known
	}
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}
