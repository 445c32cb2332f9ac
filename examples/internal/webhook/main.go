// Package webhook is the command forge webhook: it tells programs elsewhere what happens to a user's
// jobs, by signed HTTP requests of the form that https://www.standardwebhooks.com describes.
//
// Each receiver gets the changes of one user in the order in which they were committed, each at least
// once: the cursor is stored after the receiver has answered with 2xx, and a sender that is killed
// between the two repeats the request. The header webhook-id is the same in every repeat, so that a
// receiver that remembers the ids it has seen deals with each change exactly once.
package webhook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/outbox"
	"github.com/agent-forge/forge/store"
)

const help = `Usage: forge webhook -hooks FILE [flags]

Tells programs elsewhere what happens to users' jobs, by signed HTTP requests. The server must run with
-events on the same database.

  forge webhook -new-secret
      prints a secret for signatures
  forge webhook -hooks hooks.txt -postgres-file dsn.txt
      posts the matches of each user to the receivers in hooks.txt, until it is stopped

A receiver answers with 2xx once it has stored a request. Other answers are repeated, and 410 ends it.
A request can come twice, with the same webhook-id.

`

type options struct {
	database  outbox.Options
	hooks     string
	kinds     string
	newSecret bool

	receivers []receiver
	follow    []store.ChangeKind
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("webhook", flag.ContinueOnError)
	f.StringVar(&o.hooks, "hooks", "", "a `FILE` with a line for each receiver: its URL, its secret and\n"+
		"the user, with a space between. Make it readable to yourself only")
	f.StringVar(&o.kinds, "kinds", "MATCHED", "the `KINDS` of changes to send, with commas: NEW,EXPIRED,\n"+
		"MATCHED,REJECTED,FAILED,CLOSED,MARKED,REOPENED")
	f.BoolVar(&o.newSecret, "new-secret", false, "print a new secret, and exit")
	o.database.Flags(f)
	if err := commandline.Parse(f, help, args, stderr); err != nil || o.newSecret {
		return o, err
	}
	for name := range strings.SplitSeq(o.kinds, ",") {
		kind := store.ChangeKind(strings.ToUpper(strings.TrimSpace(name)))
		if !kind.Valid() {
			return o, commandline.Problem("-kinds", "want kinds of changes, such as MATCHED,CLOSED")
		}
		o.follow = append(o.follow, kind)
	}
	if o.hooks == "" {
		return o, commandline.Problem("-hooks", "missing; name the file that lists the receivers")
	}
	if o.receivers, err = readReceivers(o.hooks); err != nil {
		return o, commandline.Usage("-hooks", err)
	}
	return o, o.database.Check()
}

// Run sends until ctx ends. It then finishes the requests that are on their way.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.newSecret {
		secret := make([]byte, 32)
		_, _ = rand.Read(secret) // it never fails
		_, err := fmt.Fprintln(stdout, "whsec_"+base64.StdEncoding.EncodeToString(secret))
		return err
	}
	db, err := o.database.Open(ctx, tables)
	if err != nil {
		return err
	}
	s := &sender{
		db: db, kinds: o.follow, client: newClient(), retries: retries,
		log: slog.New(slog.NewTextHandler(stderr, nil)),
	}
	s.log.Info("sending", "receivers", len(o.receivers))
	s.run(ctx, o.receivers)
	return db.Close()
}

// run sends to all receivers, each on its own, until ctx ends.
func (s *sender) run(ctx context.Context, receivers []receiver) {
	var all sync.WaitGroup
	for _, to := range receivers {
		all.Go(func() { s.follow(ctx, to) })
	}
	all.Wait()
}
