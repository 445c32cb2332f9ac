package forge

import (
	"context"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/scorer"
)

// Basis returns what the pipeline's decisions are made with: fingerprints of the résumé and of the
// scorer, and the threshold. It never holds text. The scorer is not known if it is no
// scorer.Identifier, and if the server of its model cannot be asked within ctx.
func (p *Pipeline) Basis(ctx context.Context) enrich.Basis {
	identity := ""
	if id, ok := p.cfg.Scorer.(scorer.Identifier); ok {
		if name, err := id.Identity(ctx); err == nil {
			identity = name
		}
	}
	return enrich.NewBasis(p.cfg.Resume, identity, p.cfg.Gate.Threshold())
}

// basis returns the basis of the run's decisions. The scorer is asked once, after it has scored a
// posting, when its server is up.
func (r *run) basis(ctx context.Context) enrich.Basis {
	r.basisOnce.Do(func() {
		b, err := guarded(ctx, r, "scorer", r.cfg.ScoreTimeout,
			func(ctx context.Context) (enrich.Basis, error) { return r.Basis(ctx), nil })
		if err != nil {
			b = enrich.NewBasis(r.cfg.Resume, "", r.cfg.Gate.Threshold())
		}
		r.basisValue = b
	})
	return r.basisValue
}
