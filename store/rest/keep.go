package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

type idsRequest struct {
	IDs []int64 `json:"ids"`
}

type keepAnswer struct {
	Kept int `json:"kept"`
}

type restoreAnswer struct {
	Restored int `json:"restored"`
}

type regateRequest struct {
	Threshold *int `json:"threshold"`
}

type regateAnswer struct {
	Hidden   int `json:"hidden"`
	Reopened int `json:"reopened"`
}

func (h *handler) keep(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	n, err := h.ofIDs(ctx, s, r, forge.Keeper.Keep)
	return keepAnswer{n}, err
}

func (h *handler) restore(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	n, err := h.ofIDs(ctx, s, r, forge.Keeper.Restore)
	return restoreAnswer{n}, err
}

// ofIDs makes a call of a Keeper for the ids in the body.
func (h *handler) ofIDs(
	ctx context.Context, s forge.Store, r *http.Request,
	call func(k forge.Keeper, ctx context.Context, ids []int64) (int, error),
) (int, error) {
	keeper, err := ability[forge.Keeper](s)
	if err != nil {
		return 0, err
	}
	var request idsRequest
	if err := body(r, &request); err != nil {
		return 0, err
	}
	return call(keeper, ctx, request.IDs)
}

func (h *handler) regate(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	regater, err := ability[forge.Regater](s)
	if err != nil {
		return nil, err
	}
	var request regateRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	threshold, err := required("threshold", request.Threshold)
	if err != nil {
		return nil, err
	}
	g, err := gate.New(threshold)
	if field, ok := errors.AsType[*lead.FieldError](err); ok {
		return nil, wrong(field.Field, field.Problem)
	}
	done, err := regater.Regate(ctx, g)
	if err != nil {
		return nil, err
	}
	return regateAnswer{done.Hidden, done.Reopened}, nil
}

// Keep reopens rejected jobs and keeps them whatever they score; see forge.Keeper.
func (c *Client) Keep(ctx context.Context, ids []int64) (int, error) {
	var answer keepAnswer
	err := driver.CheckIDs(ids)
	if err == nil {
		err = c.do(ctx, call{
			method: http.MethodPost, path: "/jobs/keep", body: idsRequest{ids}, into: &answer,
			repeatable: true,
		})
	}
	return answer.Kept, named("keep", err)
}

// Restore takes a reopening back; see forge.Keeper.
func (c *Client) Restore(ctx context.Context, ids []int64) (int, error) {
	var answer restoreAnswer
	err := driver.CheckIDs(ids)
	if err == nil {
		err = c.do(ctx, call{
			method: http.MethodPost, path: "/jobs/restore", body: idsRequest{ids}, into: &answer,
			repeatable: true,
		})
	}
	return answer.Restored, named("restore", err)
}

// Regate applies another gate to decided jobs; see forge.Regater. If an answer is lost, the call is
// repeated, and counts only what the repeat does.
func (c *Client) Regate(ctx context.Context, g gate.Gate) (store.Regating, error) {
	threshold := g.Threshold()
	var answer regateAnswer
	err := c.do(ctx, call{
		method: http.MethodPost, path: "/jobs/regate", body: regateRequest{&threshold}, into: &answer,
		repeatable: true,
	})
	return store.Regating{Hidden: answer.Hidden, Reopened: answer.Reopened}, named("regate", err)
}
