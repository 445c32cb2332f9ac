package rest

import (
	"context"
	"net/http"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

type listedRequest struct {
	Source     string          `json:"source"`
	Name       string          `json:"name"`
	AgeSeconds *float64        `json:"age_seconds"` // null: 0
	Jobs       []listedJobBody `json:"jobs"`        // null: none
}

type listedJobBody struct {
	ExternalID string  `json:"external_id"`
	Title      *string `json:"title"`
}

type listedAnswer struct {
	Jobs []refAnswer `json:"jobs"`
}

func (h *handler) closeUnlisted(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	closer, err := ability[forge.ListCloser](s)
	if err != nil {
		return nil, err
	}
	var request listedRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	l := lead.List{Source: request.Source, Name: request.Name, Age: seconds(value(request.AgeSeconds))}
	for _, j := range request.Jobs {
		l.Jobs = append(l.Jobs, lead.Listed{ExternalID: j.ExternalID, Title: value(j.Title)})
	}
	refs, err := closer.CloseUnlisted(ctx, l)
	if err != nil {
		return nil, err
	}
	answer := listedAnswer{Jobs: make([]refAnswer, len(refs))}
	for i, ref := range refs {
		answer.Jobs[i] = refAnswer{
			ID: ref.ID, Source: ref.Key.Source, ExternalID: ref.Key.ExternalID, State: ref.State,
		}
	}
	return answer, nil
}

// CloseUnlisted closes the jobs that a complete list lacks; see forge.ListCloser.
func (c *Client) CloseUnlisted(ctx context.Context, l lead.List) ([]store.Ref, error) {
	if err := driver.CheckList(l); err != nil {
		return nil, named("close unlisted", err)
	}
	age := l.Age.Seconds()
	request := listedRequest{
		Source: l.Source, Name: l.Name, AgeSeconds: &age, Jobs: make([]listedJobBody, len(l.Jobs)),
	}
	for i, j := range l.Jobs {
		request.Jobs[i] = listedJobBody{ExternalID: j.ExternalID, Title: &j.Title}
	}
	var answer listedAnswer
	err := c.do(ctx, call{
		method: http.MethodPost, path: "/jobs/close-unlisted", body: request, into: &answer,
		repeatable: true,
	})
	if err != nil {
		return nil, named("close unlisted", err)
	}
	var refs []store.Ref
	for _, a := range answer.Jobs {
		key := lead.Key{Source: a.Source, ExternalID: a.ExternalID}
		refs = append(refs, store.Ref{ID: a.ID, Key: key, State: a.State})
	}
	return refs, nil
}
