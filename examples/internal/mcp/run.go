package mcp

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/store/rest"
	"github.com/agent-forge/forge/store/sqlite"
)

const help = `Usage: go run ./examples/mcp -server URL -token-file FILE
       go run ./examples/mcp -db FILE

Answers an assistant on stdin and stdout, over the Model Context Protocol. Name this command in the
assistant's settings. It asks a server, as an agent does, or reads a SQLite file of this machine. The
server itself answers at /mcp, for assistants that speak HTTP.

`

type options struct {
	server, token, tokenFile string
	db, user                 string
	threshold                int
}

// Run answers the assistant on os.Stdin and stdout until it hangs up or ctx ends.
func Run(ctx context.Context, args []string, stdout, stderr *os.File) error {
	var o options
	f := flag.NewFlagSet("mcp", flag.ContinueOnError)
	f.StringVar(&o.server, "server", "", "the `URL` of a forge server")
	f.StringVar(&o.token, "token", "",
		"your `TOKEN`; other users of this machine can see it, so prefer -token-file")
	f.StringVar(&o.tokenFile, "token-file", "", "the `FILE` that holds your token")
	f.StringVar(&o.db, "db", "", "a SQLite `FILE` instead of a server, such as quickstart's")
	f.StringVar(&o.user, "user", "me", "the `NAME` of the user in that file")
	f.IntVar(&o.threshold, "threshold", gate.Default, "the agent's -threshold, which gate_promise is about")
	if err := commandline.Parse(f, help, args, stderr); err != nil {
		return err
	}
	g, err := gate.New(o.threshold)
	if err != nil {
		return commandline.Problem("-threshold", "want 0 to 100")
	}
	cfg := Config{Gate: g, Logger: slog.New(slog.NewTextHandler(stderr, nil))}
	done, err := o.open(ctx, &cfg)
	if err != nil {
		return err
	}
	defer done()
	err = New(cfg).Run(ctx, &sdk.IOTransport{Reader: os.Stdin, Writer: stdout})
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		return nil // the assistant hung up, or the user ended the program
	}
	return err
}

// open sets the store that the flags name.
func (o *options) open(ctx context.Context, cfg *Config) (done func(), err error) {
	switch {
	case (o.server == "") == (o.db == ""):
		return nil, commandline.Problem("-server, -db", "want one of them (-h says more)")
	case o.db != "":
		if err := commandline.File("-db", o.db); err != nil {
			return nil, err
		}
		if _, err := os.Stat(o.db); err != nil { // Open would make an empty one
			return nil, commandline.Usage("-db", err)
		}
		db, err := sqlite.Open(ctx, o.db, nil)
		if err != nil {
			return nil, commandline.Usage("-db", err)
		}
		if err := db.Migrate(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("-db: %w", err), db.Close())
		}
		cfg.Store = db.ForUser(o.user)
		return func() { _ = db.Close() }, nil // every mark is already on the disk
	case o.token != "" && o.tokenFile != "":
		return nil, commandline.Problem("-token-file", "give the token or its file, not both")
	case o.tokenFile != "":
		text, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return nil, commandline.Usage("-token-file", err)
		}
		o.token = strings.TrimSpace(string(text))
	}
	if o.token == "" {
		return nil, commandline.Problem("-token-file", "missing: give the file that holds your token")
	}
	client, err := rest.NewClient(o.server, o.token, nil)
	if err != nil {
		return nil, commandline.Usage("-server", err)
	}
	cfg.Store = client
	return client.CloseIdleConnections, nil
}
