// Package digest is the command forge digest: it mails to each user what matched since the digest
// before. It is started once a day, by cron or a timer.
//
// Each match is in exactly one digest: a digest is a row of the database that holds its text and the
// changes from and to which it goes, and the row is committed before anything is sent. What the mail
// server takes is at least once: a process that is killed after the server has taken a mail, and before
// that is noted, leaves the next one to send it again. It is then the same in every byte, with the same
// Message-ID, by which many mail servers drop it.
package digest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/mail"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/outbox"
	"github.com/agent-forge/forge/store"
)

const help = `Usage: forge digest -mail FILE -smtp HOST:PORT -from ADDRESS [flags]

Mails to each user what matched since the last digest, and ends. Start it once a day. The server must
run with -events on the same database.

`

type options struct {
	database   outbox.Options
	recipients string
	to         []recipient
	server     server
	from       string
}

// A recipient is a user with an address.
type recipient struct{ user, address string }

func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("digest", flag.ContinueOnError)
	f.StringVar(&o.recipients, "mail", "", "a `FILE` with a line for each recipient: the address and the\n"+
		"user, with a space between")
	address := f.String("smtp", "", "the mail server, as `HOST:PORT`; 465 speaks TLS from the beginning,\n"+
		"and others must offer STARTTLS, except on this machine")
	f.StringVar(&o.from, "from", "", "the `ADDRESS` from which the digests come")
	f.StringVar(&o.server.user, "smtp-user", "", "the `NAME` for the mail server")
	password := f.String("smtp-password-file", "", "a `FILE` with the password for the mail server")
	o.database.Flags(f)
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return o, err
	}
	var port string
	if o.server.host, port, err = net.SplitHostPort(*address); err == nil {
		o.server.port, err = strconv.Atoi(port)
	}
	if err != nil {
		return o, commandline.Problem("-smtp", "want the host and the port, such as mail.example:587")
	}
	from, err := mail.ParseAddress(o.from)
	if err != nil {
		return o, commandline.Problem("-from", "want an address, such as forge@example.com")
	}
	o.from = from.Address
	if *password != "" {
		text, err := os.ReadFile(*password)
		if err != nil {
			return o, commandline.Usage("-smtp-password-file", err)
		}
		o.server.password = strings.TrimSpace(string(text))
	}
	if o.recipients == "" {
		return o, commandline.Problem("-mail", "missing; name the file that lists the recipients")
	}
	if o.to, err = readRecipients(o.recipients); err != nil {
		return o, commandline.Usage("-mail", err)
	}
	return o, o.database.Check()
}

func readRecipients(file string) (all []recipient, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for n, line := range commandline.Lines(text) {
		address, user, _ := strings.Cut(line, " ")
		to := recipient{strings.TrimSpace(user), address}
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			return nil, fmt.Errorf("line %d: want an address and a user, with a space between", n)
		}
		if err := store.CheckUser(to.user); err != nil {
			return nil, fmt.Errorf("line %d: want an address and a user, with a space between", n)
		}
		for _, before := range all {
			if before.user == to.user {
				return nil, fmt.Errorf("line %d: the user has an address already", n)
			}
		}
		all = append(all, to)
	}
	if all == nil {
		return nil, errors.New("the file lists no recipient")
	}
	return all, nil
}

// Run sends what is to be sent. The failure of one recipient holds no other.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	db, err := o.database.Open(ctx, tables)
	if err != nil {
		return err
	}
	p := post{db: db, server: o.server, from: o.from, now: time.Now}
	sent := 0
	for line, to := range o.to {
		n, failed := p.send(ctx, to)
		sent += n
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("recipient %d: %w", line+1, failed))
		}
	}
	_, printed := fmt.Fprintf(stdout, "%d digests sent\n", sent)
	return errors.Join(err, printed, db.Close())
}
