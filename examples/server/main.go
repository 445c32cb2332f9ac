// Server keeps what agents find, for one user or many, and shows it on a page.
//
//	go run ./examples/server
//
// Without flags it keeps everything in a SQLite file in the working directory, listens on this
// machine only, and prints its address and a fresh token. For a shared server give -postgres and
// -tokens.
//
//	POST /agent-forge/…   what agents call; the contract is at /agent-forge/openapi.yaml
//	/                     the page where a person looks
//	/healthz /readyz      is the process up; can it work
//	/metrics              for Prometheus
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := commandline.Code(context.Background(), os.Stderr, "server",
		run(ctx, os.Args[1:], os.Stdout, os.Stderr))
	stop()
	os.Exit(code)
}

// run serves until ctx ends, and then finishes what it accepted.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if o.newToken != "" {
		return writeNewToken(o, stdout)
	}
	log := o.logger(stderr)
	tokens, fresh, err := openTokens(o, log)
	if err != nil {
		return err
	}
	cat, err := openCatalogue(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = cat.close() }() // every decision is on the disk already
	traces, endTraces, err := startTraces(ctx, o.otlp)
	if err != nil {
		return err
	}
	defer endTraces()

	listen, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return commandline.Usage("-addr", err)
	}
	if o.url == "" {
		o.url = "http://" + reachable(listen.Addr())
	}
	s, err := newServer(o, cat, tokens, traces, log)
	if err != nil {
		return errors.Join(err, listen.Close())
	}
	if err := introduce(stdout, o, cat, fresh); err != nil {
		return errors.Join(err, listen.Close())
	}
	return s.serve(ctx, listen)
}

// reachable returns an address that a browser on this machine can open.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return a.String()
}

// introduce says where the page is, and how to begin.
func introduce(w io.Writer, o options, cat *catalogue, fresh string) error {
	text := fmt.Sprintf("Page:    %s\nStore:   %s\n", o.url, cat.what)
	if fresh != "" {
		text += fmt.Sprintf("Token:   %s\n"+
			"         of user %q, until the server stops; -tokens FILE keeps tokens\n"+
			"Agent:   go run ./examples/agent -server %s -token %s\n",
			fresh, o.user, o.url, fresh)
	} else {
		text += fmt.Sprintf("Tokens:  %s\n", o.tokens)
	}
	_, err := io.WriteString(w, text+"\n")
	return err
}

// How long the server waits.
const (
	headerTimeout   = 5 * time.Second  // for a request's header
	readTimeout     = 30 * time.Second // for a request
	requestTimeout  = 30 * time.Second // for the store's work on one
	writeTimeout    = 60 * time.Second // for a request and its answer
	idleTimeout     = 2 * time.Minute  // between two requests on one connection
	shutdownTimeout = 30 * time.Second // for what was accepted, when the server stops
	maxHeaderBytes  = 32 << 10
)

// serve answers requests until ctx ends. Then it takes no more, finishes those it has, and returns.
func (s *server) serve(ctx context.Context, listen net.Listener) error {
	web := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listen) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	s.log.Info("stopping; finishing what was accepted")
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := web.Shutdown(finish); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	s.log.Info("stopped")
	return nil
}
