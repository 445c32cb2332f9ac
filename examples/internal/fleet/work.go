package fleet

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/agent-forge/forge/examples/internal/boards"
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/dsn"
	"github.com/agent-forge/forge/examples/internal/scorers"
	"github.com/agent-forge/forge/examples/internal/telemetry"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scraper/polite"
)

const sweepEvery = 5 * time.Second

func runWork(ctx context.Context, args []string, stdout, stderr *os.File) error {
	f := flag.NewFlagSet("work", flag.ContinueOnError)
	var o workerOptions
	var picked scorers.Options
	var name dsn.Options
	name.Flags(f, purpose)
	host, _ := os.Hostname()
	folder := f.String("resumes", "", "`DIR` with a résumé for each user: ada.md, bob.pdf")
	f.StringVar(&o.address, "address", host,
		"what boards see this machine as, such as its public `IP`; workers with one address share their pace")
	f.DurationVar(&o.interval, "pace", polite.DefaultInterval,
		"time between two requests of the whole fleet to one board from one address")
	f.IntVar(&o.searches, "searches", 2, "searches run at once")
	f.IntVar(&o.enrichs, "users", 4, "users worked for at once")
	f.IntVar(&o.scores, "scores", 1, "jobs of one user scored at once")
	f.DurationVar(&o.events, "events", 0,
		"record what happens to jobs, and keep it for `DURATION`, such as 720h,\n"+
			"for the commands webhook and digest; 0 records nothing")
	f.BoolVar(&o.polite.IgnoreRobots, "ignore-robots", false, "read pages that a board's robots.txt forbids")
	collector := f.String("otlp", "", telemetry.Flag)
	metrics := f.String("metrics", "", "show metrics to Prometheus at /metrics of this `ADDRESS`")
	picked.Flags(f)
	if err := commandline.Parse(f, help(), args, stderr); err != nil {
		return err
	}
	var err error
	if o.dsn, err = name.Read(); err != nil {
		return err
	}
	switch {
	case *folder == "":
		return commandline.Problem("-resumes", "missing: nothing can be judged without a résumé")
	case o.events < 0:
		return commandline.Problem("-events", "want 0 (record nothing) or more")
	case o.interval <= 0 || o.searches < 1 || o.enrichs < 1 || o.scores < 1:
		return commandline.Problem("-pace, -searches, -users, -scores", "want more than 0")
	}
	if err := checkFolder(*folder); err != nil {
		return commandline.Usage("-resumes", err)
	}
	judge, err := scorers.Pick(ctx, picked, gate.Gate{})
	if err != nil {
		return err
	}
	o.log = slog.New(slog.NewJSONHandler(stdout, nil))
	o.scorer, o.resume, o.boards = judge.At(), fromFolder(*folder, o.log), boards.Live()
	o.slice, o.every, o.lease, o.timeout = time.Minute, sweepEvery, time.Minute, 15*time.Minute
	traces, endTraces, err := telemetry.Traces(ctx, "forge-fleet", *collector)
	if err != nil {
		return err
	}
	defer endTraces()
	registry := prometheus.NewRegistry()
	o.telemetry, err = telemetry.New(traces, registry) //nolint:contextcheck // it waits for nothing
	if err != nil {
		return err
	}
	if *metrics != "" {
		end, err := telemetry.Serve(ctx, *metrics, registry)
		if err != nil {
			return err
		}
		defer end()
	}
	w, err := newWorker(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	o.log.Info("worker started", "address", o.address, "pace", o.interval.String(), "scorer", judge.What)
	return w.work(ctx, 30*time.Second)
}
