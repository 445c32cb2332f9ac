package rest

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

type putRequest struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"` // null removes the key
}

func (h *handler) put(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	annotator, err := ability[forge.Annotator](s)
	if err != nil {
		return nil, err
	}
	job, err := id(r)
	if err != nil {
		return nil, err
	}
	var request putRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	return nil, annotator.Put(ctx, job, request.Key, request.Value)
}

// Put keeps a value of the application's own for a job; see forge.Annotator.
func (c *Client) Put(ctx context.Context, id int64, key string, value json.RawMessage) error {
	text, err := driver.PrepareExtra(key, value)
	if err != nil {
		return named("put", err)
	}
	request := putRequest{Key: key}
	if text != "" {
		request.Value = json.RawMessage(text)
	}
	return named("put", c.do(ctx, call{
		method: http.MethodPost, path: jobPath(id, "put"), body: request, repeatable: true,
	}))
}

// extraBytes returns the size of what an entry holds for the application.
func extraBytes(e store.Entry) (n int) {
	for key, value := range e.Extra {
		n += len(key) + len(value)
	}
	return n
}
