// Package evaluate is the program of examples/evaluate: it measures a scorer on labelled pairs.
package evaluate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scorer"
)

type options struct {
	scorer    scorerOptions
	pairs     string
	database  database
	plots     string
	threshold int
	margin    int
	keep      int
	resamples int
	seed      uint64
	checks    int
	language  string
	against   string
	history   string
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("evaluate", flag.ContinueOnError)
	o.scorer.flags(f)
	f.StringVar(
		&o.pairs, "pairs", "",
		"the labelled pairs, as JSON lines: `FILE` (default: the sample that comes with it)",
	)
	f.StringVar(&o.database.file, "from-db", "",
		"measure what was marked in this SQLite `FILE` instead, such as that of quickstart")
	f.StringVar(&o.database.user, "user", "me", "of -from-db: the `NAME` of the user")
	f.StringVar(&o.database.resume, "resume", "", "of -from-db: the `FILE` of the user's résumé")
	f.StringVar(
		&o.plots, "plot", "",
		"where recall.svg and recall.png go: `DIR` (default: a new one under the system's temporary folder)",
	)
	f.IntVar(&o.threshold, "threshold", gate.Default, "the gate: `SCORE` from which on a job is kept")
	f.IntVar(
		&o.margin, "margin", 0,
		"of the cascade: how many `POINTS` from the gate a cheap score must be to decide (default 20)",
	)
	f.IntVar(
		&o.keep, "keep", 0,
		"the `LABEL` from which on a job is worth keeping (default 2, or 1 where no label is above 1)",
	)
	f.IntVar(&o.resamples, "resamples", 2000, "of the bootstrap: `N`")
	f.Uint64Var(&o.seed, "seed", 1, "of the bootstrap: `N`")
	f.IntVar(
		&o.checks, "checks", 40,
		"how many `PAIRS` the checks without labels use; each costs about eight calls of the scorer",
	)
	f.StringVar(
		&o.language, "language", "",
		"measure only pairs of this `LANGUAGE`, as the file names it: en, de, en-de (default: all)",
	)
	f.StringVar(
		&o.against, "against", "", "compare with this scorer on the same pairs: `lexical|ollama|cascade`",
	)
	f.StringVar(
		&o.history,
		"history",
		"",
		"keep the figures and scores of each run in this `FILE`, and compare with the last run on the "+
			"same pairs",
	)
	if err := commandline.Parse(
		f, "Evaluate measures a scorer on labelled pairs of résumé and posting.\n\n", args, stderr,
	); err != nil {
		return o, err
	}
	switch {
	case o.pairs != "" && o.database.file != "":
		return o, commandline.Problem("-from-db", "cannot be used with -pairs")
	case o.resamples < 100:
		return o, commandline.Usage("-resamples", fmt.Errorf("%d is too few: want 100 or more", o.resamples))
	case o.keep < 0 || o.keep > maxLabel:
		return o, commandline.Usage(
			"-keep", fmt.Errorf("%d is no label: want 1 to %d, or 0 for the default", o.keep, maxLabel),
		)
	case o.checks < 0:
		return o, commandline.Usage(
			"-checks", fmt.Errorf("%d is negative; 0 leaves the checks out", o.checks),
		)
	}
	return o, nil
}

// Run measures the scorer that the flags name, and prints the figures.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	g, err := gate.New(o.threshold)
	if err != nil {
		return commandline.Usage("-threshold", err)
	}
	s, err := o.scorer.pick(ctx, g, o.margin)
	switch {
	case errors.Is(err, scorer.ErrUnavailable):
		return err
	case err != nil:
		return commandline.Usage("-scorer", err)
	}
	pairs, err := o.read(ctx, stderr)
	if err != nil {
		return err
	}
	if o.language != "" {
		pairs = slices.DeleteFunc(pairs, func(p pair) bool { return p.Language != o.language })
		if len(pairs) == 0 {
			return commandline.Usage("-language", fmt.Errorf("no pair is in %q", o.language))
		}
	}
	keep := o.keep
	if keep == 0 {
		keep = defaultKeep(pairs)
	}
	result, err := judge(ctx, s, pairs, keep)
	if err != nil {
		return err
	}
	if len(result.Judged) == 0 {
		return fmt.Errorf(
			"none of the %d pairs could be judged; the first failed with: %w", len(pairs), result.First,
		)
	}
	if result.good() == 0 || result.good() == len(result.Judged) {
		return errors.New(
			"the pairs that were scored are all worth keeping, or none is: nothing can be told apart " +
				"(see -keep)",
		)
	}
	r := report{w: stdout, o: o, gate: g, keep: keep}
	r.print(result, s)
	if err := r.against(ctx, result, pairs); err != nil {
		return err
	}
	if o.checks > 0 {
		checks, err := metamorphic(ctx, s, pairs, o.checks)
		if err != nil {
			return err
		}
		r.checks(checks)
	}
	files, err := drawPlots(o.plots, result.Judged, g, s)
	if err != nil {
		return fmt.Errorf("-plot: %w", err)
	}
	r.line("Recall against model calls saved: %s", files)
	return r.err
}

// read returns the pairs that are measured.
func (o options) read(ctx context.Context, stderr io.Writer) ([]pair, error) {
	if o.database.file == "" {
		pairs, err := readPairs(o.pairs)
		return pairs, commandline.Usage("-pairs", err)
	}
	pairs, err := o.database.pairs(ctx, func(w error) { fmt.Fprintln(stderr, "warning: -resume:", w) })
	return pairs, commandline.Usage("-from-db", err)
}

// against compares with another scorer, and with the last run of the history, to which it adds this
// one.
func (r *report) against(ctx context.Context, res result, pairs []pair) error {
	if r.o.against != "" {
		other := r.o.scorer
		other.kind = r.o.against
		s, err := other.pick(ctx, r.gate, r.o.margin)
		switch {
		case errors.Is(err, scorer.ErrUnavailable):
			return err
		case err != nil:
			return commandline.Usage("-against", err)
		}
		others, err := judge(ctx, s, pairs, r.keep)
		if err != nil {
			return err
		}
		r.compare(res.Judged, others.Judged, r.o.against)
	}
	if r.o.history == "" {
		return nil
	}
	now := recordOf(res, pairs, r.keep, r.gate.Threshold(), time.Now())
	last, err := lastRecord(r.o.history, now.Pairs, r.keep)
	if err != nil {
		return fmt.Errorf("-history: %w", err)
	}
	if last != nil {
		r.compare(
			res.Judged, last.judgedOf(pairs),
			fmt.Sprintf("%s of %s", last.Scorer, last.Time.Format(time.DateTime)),
		)
	}
	if err := appendRecord(r.o.history, now); err != nil {
		return fmt.Errorf("-history: %w", err)
	}
	return nil
}

// defaultKeep is 2, or 1 where labels only say yes and no.
func defaultKeep(pairs []pair) int {
	for _, p := range pairs {
		if p.Label > 1 {
			return 2
		}
	}
	return 1
}
