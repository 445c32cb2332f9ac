// Package server is the program of examples/server: a store for agents, and a page for people.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/telemetry"
)

// Run serves until ctx ends, and then finishes the requests that it has accepted.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
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
	defer func() { _ = cat.close() }() // every decision is already on the disk
	traces, endTraces, err := telemetry.Traces(ctx, "forge-server", o.otlp)
	if err != nil {
		return err
	}
	defer endTraces()

	listen, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return commandline.Usage("-addr", err)
	}
	proxied := o.url != ""
	if !proxied {
		o.url = "http://" + reachable(listen.Addr())
	}
	s, err := newServer(o, parts{ //nolint:contextcheck // counters are set to zero, which waits for nothing
		catalogue: cat, tokens: tokens, traces: traces, proxied: proxied, log: log,
	})
	if err != nil {
		return errors.Join(err, listen.Close())
	}
	if err := introduce(stdout, o, cat, fresh); err != nil {
		return errors.Join(err, listen.Close())
	}
	go tokens.watch(ctx)
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

// writeToken writes a new file that only its owner can read.
func writeToken(file, token string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(token + "\n")
	return errors.Join(err, f.Close())
}

// introduce prints where the page is and how to start an agent.
func introduce(w io.Writer, o options, cat *catalogue, fresh string) error {
	text := fmt.Sprintf("Page:    %s\nStore:   %s\n", o.url, cat.what)
	if fresh != "" {
		file := strings.TrimSuffix(o.db, filepath.Ext(o.db)) + ".token"
		give := "-token-file " + file // which other users of this machine cannot read
		if err := writeToken(file, fresh); err != nil {
			give = "-token " + fresh // the folder is read-only
		}
		text += fmt.Sprintf("Token:   %s\n"+
			"         for user %q, until the server stops (-tokens FILE makes lasting ones)\n"+
			"Agent:   %s -server %s %s\n",
			fresh, o.user, commandline.Called("agent"), o.url, give)
	} else {
		text += fmt.Sprintf("Tokens:  %s\n", o.tokens)
	}
	_, err := io.WriteString(w, text+"\n")
	return err
}

// The server's limits.
const (
	headerTimeout   = 5 * time.Second  // to read a request's header
	readTimeout     = 30 * time.Second // to read a request
	requestTimeout  = 30 * time.Second // to work on a request
	exportTimeout   = 10 * time.Minute // to work on an export
	writeTimeout    = 60 * time.Second // from a request's header to the end of the answer; exports extend it
	idleTimeout     = 2 * time.Minute  // between two requests of one connection
	shutdownTimeout = 30 * time.Second // to finish accepted requests when the server stops
	maxHeaderBytes  = 32 << 10
)

// serve answers requests until ctx ends. Then it accepts no more, and finishes those it has
// accepted.
func (s *server) serve(ctx context.Context, listen net.Listener) error {
	web := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	web.RegisterOnShutdown(func() { close(s.end) })
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listen) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	s.log.Info("stopping; accepted requests are finished")
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := web.Shutdown(finish); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	s.log.Info("stopped")
	return nil
}
