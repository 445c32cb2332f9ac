package rest

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

type twinsAnswer struct {
	Jobs []twinAnswer `json:"jobs"`
}

type twinAnswer struct {
	Of int64 `json:"of"`
	ID int64 `json:"id"`
	lead.Lead
	Status lead.Status `json:"status"`
}

type separateRequest struct {
	Apart *bool `json:"apart"`
}

func (h *handler) twins(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	grouper, err := ability[forge.Grouper](s)
	if err != nil {
		return nil, err
	}
	if err := known(r, "ids"); err != nil {
		return nil, err
	}
	var ids []int64
	for text := range strings.SplitSeq(r.URL.Query().Get("ids"), ",") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, wrong("ids", "want the ids of jobs, with commas")
		}
		ids = append(ids, id)
	}
	list, err := grouper.Twins(ctx, ids)
	if err != nil {
		return nil, err
	}
	answer := twinsAnswer{Jobs: make([]twinAnswer, len(list))}
	for i, t := range list {
		answer.Jobs[i] = twinAnswer{Of: t.Of, ID: t.ID, Lead: t.Lead, Status: t.Status}
	}
	return answer, nil
}

func (h *handler) separate(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	grouper, err := ability[forge.Grouper](s)
	if err != nil {
		return nil, err
	}
	job, err := id(r)
	if err != nil {
		return nil, err
	}
	var request separateRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	apart, err := required("apart", request.Apart)
	if err != nil {
		return nil, err
	}
	return nil, grouper.Separate(ctx, job, apart)
}

// Twins returns the other jobs of groups; see forge.Grouper.
func (c *Client) Twins(ctx context.Context, ids []int64) (twins []store.Twin, err error) {
	if err := driver.CheckIDs(ids); err != nil {
		return nil, named("twins", err)
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	var answer twinsAnswer
	err = c.do(ctx, call{
		method: http.MethodGet, path: "/jobs/twins", query: url.Values{"ids": {strings.Join(texts, ",")}},
		into: &answer, repeatable: true,
	})
	for _, a := range answer.Jobs {
		twins = append(twins, store.Twin{Of: a.Of, ID: a.ID, Lead: local(a.Lead), Status: a.Status})
	}
	return twins, named("twins", err)
}

// Separate takes a job out of its group, or lets it join one again; see forge.Grouper.
func (c *Client) Separate(ctx context.Context, id int64, apart bool) error {
	return named("separate", c.do(ctx, call{
		method: http.MethodPost, path: jobPath(id, "separate"), body: separateRequest{&apart},
		repeatable: true,
	}))
}
