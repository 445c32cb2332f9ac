package agent

import (
	"flag"
	"io"
	"os"
	"strings"
	"time"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/search"
)

// options are the command line.
type options struct {
	search.Options
	server, token, tokenFile string
	scrapes, scores          int
	every                    time.Duration
	labels, calibrate        string // files to write instead of searching
	rejudge                  int    // rejected jobs to reopen at most; 0 leaves them alone
}

const help = `Usage: go run ./examples/agent -server URL -token-file FILE -resume FILE -keywords WORDS [flags]

Searches job boards, scores what it finds against a résumé on this machine, and sends the decisions
to a server. The résumé never leaves this machine. On a terminal the agent shows one live line; in a
pipe it writes JSON lines.

`

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("agent", flag.ContinueOnError)
	f.StringVar(&o.server, "server", "http://127.0.0.1:8080", "the server's `URL`")
	f.StringVar(&o.token, "token", "",
		"your `TOKEN`; other users of this machine can see it, so prefer -token-file")
	f.StringVar(&o.tokenFile, "token-file", "", "the `FILE` that holds your token")
	f.IntVar(&o.scrapes, "scrapes", 0, "read `N` adverts at the same time (default 4)")
	f.IntVar(&o.scores, "scores", 0, "score `N` jobs at the same time (default 1)")
	f.DurationVar(&o.every, "every", 0, "search again after this `TIME`, such as 6h; 0 searches once")
	f.StringVar(&o.labels, "labels", "",
		"write what you marked and judged as CSV to this `FILE`, print what it says of the gate, and end")
	f.StringVar(&o.calibrate, "calibrate", "",
		"write the `FILE` that -calibration takes, made of what you marked and judged, and end")
	f.IntVar(&o.rejudge, "rejudge", 0,
		"after you changed your résumé, judge the rejected jobs again by what is known of them, and "+
			"reopen the best `N` before the search")
	o.Flags(f)
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return o, err
	}
	return o, commandline.Usage("", o.check())
}

func (o *options) check() error {
	if o.tokenFile != "" {
		b, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return commandline.Usage("-token-file", err)
		}
		o.token = strings.TrimSpace(string(b))
	}
	_, err := commandline.URL("-server", o.server)
	switch problem := commandline.Problem; {
	case err != nil:
		return err
	case o.Scorer.Doctor:
		return o.Scorer.Check()
	case o.token == "" && o.tokenFile != "":
		return problem("-token-file", "the file is empty; write the token that the server printed into it")
	case o.token == "":
		return problem("-token", "missing; the server prints one when it starts. Give it, or -token-file")
	case o.learns():
		return nil // no résumé is needed
	case o.scrapes < 0:
		return problem("-scrapes", "negative")
	case o.scores < 0:
		return problem("-scores", "negative")
	case o.rejudge < 0:
		return problem("-rejudge", "negative")
	case o.every < 0 || o.every > 0 && o.every < time.Minute:
		return problem("-every", "want a minute or more, or 0 to search once")
	}
	return o.Check()
}

// learns reports whether the agent only writes what the labels say.
func (o *options) learns() bool { return o.labels != "" || o.calibrate != "" }
