package mcp

import (
	"context"
	"fmt"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

type markInput struct {
	ID     int64  `json:"id" jsonschema:"the job's id"`
	Status string `json:"status" jsonschema:"such as APPLIED; MATCHED takes a mark back"`
}

type marked struct {
	ID     int64  `json:"id"`
	Status string `json:"status"`
}

func (t *tools) mark(ctx context.Context, in markInput) (marked, error) {
	marker, err := as[forge.Marker](t.Store)
	if err != nil {
		return marked{}, err
	}
	status := strings.ToUpper(in.Status)
	return marked{in.ID, status}, marker.Mark(ctx, in.ID, lead.Status(status))
}

type reopenInput struct {
	IDs []int64 `json:"ids" jsonschema:"1 to 25 ids of jobs"`
}

// reopened counts the jobs that are due now. Ids that the user does not have are passed over.
type reopened struct {
	Reopened int `json:"reopened"`
}

// maxReopened is how many jobs one call reopens: each costs the user's agent a page and a score.
const maxReopened = 25

func (t *tools) reopen(ctx context.Context, in reopenInput) (reopened, error) {
	if len(in.IDs) == 0 || len(in.IDs) > maxReopened {
		return reopened{}, fmt.Errorf("%w: %w", store.ErrInvalid, &lead.FieldError{
			Field: "ids", Problem: fmt.Sprintf("%d ids: want 1 to %d", len(in.IDs), maxReopened),
		})
	}
	reopener, err := as[forge.Reopener](t.Store)
	if err != nil {
		return reopened{}, err
	}
	n, err := reopener.Reopen(ctx, store.Selection{IDs: in.IDs})
	return reopened{n}, err
}
