package mcp

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate/promise"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

type gapsInput struct {
	Limit int `json:"limit,omitempty" jsonschema:"1 to 100 skills, default 20"`
}

// gaps are the skills that matches ask for and the résumé lacks.
type gaps struct {
	Matches int   `json:"matches"` // that were looked at
	Skills  []gap `json:"skills"`
}

type gap struct {
	Skill   string `json:"skill"`
	Matches int    `json:"matches"` // that ask for it
	Best    int64  `json:"best"`    // the id of the best match that asks for it
}

func (t *tools) gaps(ctx context.Context, in gapsInput) (gaps, error) {
	limit, err := limited("limit", in.Limit, defaultPage, maxPage)
	if err != nil {
		return gaps{}, err
	}
	lister, err := as[forge.Lister](t.Store)
	if err != nil {
		return gaps{}, err
	}
	var sum gaps
	at := map[string]int{} // by the skill in lower case, its index in sum.Skills
	for e, err := range entries(ctx, lister, store.Filter{
		Statuses: []lead.Status{lead.Matched}, WithoutText: true,
	}) {
		if err != nil {
			return gaps{}, err
		}
		sum.Matches++
		if e.Assessment == nil {
			continue
		}
		seen := map[string]bool{}
		for _, skill := range e.Assessment.MissingSkills {
			key := strings.ToLower(skill)
			if seen[key] {
				continue
			}
			seen[key] = true
			i, known := at[key]
			if !known {
				i = len(sum.Skills)
				at[key] = i
				// The best match is listed first.
				sum.Skills = append(sum.Skills, gap{Skill: skill, Best: e.ID})
			}
			sum.Skills[i].Matches++
		}
	}
	slices.SortStableFunc(sum.Skills, func(a, b gap) int { return cmp.Compare(b.Matches, a.Matches) })
	sum.Skills = append([]gap{}, sum.Skills[:min(limit, len(sum.Skills))]...)
	return sum, nil
}

type promiseInput struct {
	Threshold int `json:"threshold,omitempty" jsonschema:"1 to 100; default: the user's gate"`
}

// promises are what is known of the gate, a line for each scorer.
type promises struct {
	Threshold int           `json:"threshold"`
	Scorers   []promiseLine `json:"scorers"` // empty if nothing is marked or judged yet
}

type promiseLine struct {
	Scorer   string `json:"scorer,omitempty"`
	Sentence string `json:"sentence"`         // what the gate loses, or what is missing to say it
	Enough   bool   `json:"enough"`           // the sentence holds a figure
	Judged   int    `json:"judged"`           // rejected jobs that the user judged
	Good     int    `json:"good"`             // matches that the user marked as worth it
	Needed   int    `json:"needed,omitempty"` // rejected jobs to judge for a figure
}

func (t *tools) promise(ctx context.Context, in promiseInput) (promises, error) {
	threshold, err := limited("threshold", in.Threshold, t.Gate.Threshold(), 100)
	if err != nil {
		return promises{}, err
	}
	auditor, err := as[forge.Auditor](t.Store)
	if err != nil {
		return promises{}, err
	}
	evidence, err := auditor.Evidence(ctx)
	if err != nil {
		return promises{}, err
	}
	p := promises{Threshold: threshold, Scorers: []promiseLine{}}
	for _, part := range evidence.ByScorer() {
		e, err := promise.Of(part, threshold)
		if err != nil {
			return promises{}, err
		}
		p.Scorers = append(p.Scorers, promiseLine{
			Scorer: e.By, Sentence: e.String(), Enough: e.Enough(), Judged: e.Judged, Good: e.Good,
			Needed: e.Needed,
		})
	}
	return p, nil
}
