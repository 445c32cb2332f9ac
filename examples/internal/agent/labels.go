package agent

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/gate/promise"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store/rest"
)

// learn writes what the user marked and judged as CSV, and the calibration that it supports, and
// prints the promise of each scorer.
func learn(ctx context.Context, o options, stdout io.Writer) (err error) {
	server, err := rest.NewClient(o.server, o.token, nil)
	if err != nil {
		return commandline.Usage("-server", err)
	}
	defer server.CloseIdleConnections()
	ev, err := server.Evidence(ctx)
	if err != nil {
		return err
	}
	parts := ev.ByScorer()
	for _, part := range parts {
		e, err := promise.Of(part, gate.Default)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(stdout, "%s: %s\n", part.Scorer(), e); err != nil {
			return err
		}
	}
	if o.labels != "" {
		if err := writeLabels(o.labels, ev.Labels); err != nil {
			return commandline.Usage("-labels", err)
		}
	}
	if o.calibrate == "" {
		return nil
	}
	if len(parts) == 0 {
		return errors.New("-calibrate: nothing is scored yet")
	}
	c, err := scorer.Calibrate(parts[0].Labels, gate.Gate{}) // of the scorer of most jobs
	if err != nil {
		return err
	}
	if !c.Enough() {
		return fmt.Errorf(
			"-calibrate: %d good jobs and %d others are labelled for %s; at least 20 of each are "+
				"needed: mark matches, and judge rejected jobs on the page", c.Good, c.Others,
			parts[0].Scorer())
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return commandline.Usage("-calibrate", os.WriteFile(o.calibrate, append(text, '\n'), 0o600))
}

// writeLabels writes one line for each label. It holds no text of a job, so that it can be shared.
func writeLabels(file string, labels []gate.Label) (err error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	rows := [][]string{{"job_id", "score", "scored_by", "unverified", "worth", "origin", "probability"}}
	for _, l := range labels {
		rows = append(rows, []string{
			strconv.FormatInt(l.JobID, 10), strconv.Itoa(l.Score), l.By, strconv.FormatBool(l.Unverified),
			strconv.FormatBool(l.Worth), string(l.Origin), strconv.FormatFloat(l.Probability, 'g', -1, 64),
		})
	}
	return w.WriteAll(rows)
}
