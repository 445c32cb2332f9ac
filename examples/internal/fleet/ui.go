package fleet

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"riverqueue.com/riverui"

	"github.com/agent-forge/forge/examples/internal/commandline"
)

func runUI(ctx context.Context, args []string, stdout, stderr *os.File) error {
	f := flag.NewFlagSet("ui", flag.ContinueOnError)
	listen := f.String("listen", "127.0.0.1:8090", "`ADDRESS` to serve on")
	public := f.Bool("public", false, "allow an address that other machines can reach: the page has no\n"+
		"sign-in, and everybody who reaches it can cancel and delete jobs")
	var hosts commandline.Repeated
	f.Var(&hosts, "host", "a `NAME` under which browsers may ask for the page, besides localhost and the\n"+
		"machine's own addresses; may be repeated")
	var address *net.TCPAddr
	pool, err := open(ctx, f, args, stderr, func() (err error) {
		if strings.ContainsAny(hosts.String(), ":/") {
			return commandline.Problem("-host", "want a name alone, without https:// and without a port")
		}
		address, err = listenAddress(*listen, *public)
		return err
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	quiet := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: quiet})
	if err != nil {
		return fmt.Errorf("ui: %w", err)
	}
	endpoints := riverui.NewEndpoints(client, nil)
	page, err := riverui.NewHandler(&riverui.HandlerOpts{Endpoints: endpoints, Logger: quiet})
	if err != nil {
		return fmt.Errorf("ui: %w", err)
	}
	if err := page.Start(ctx); err != nil {
		return fmt.Errorf("ui: %w", err)
	}
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return commandline.Usage("-listen", err)
	}
	server := &http.Server{
		Handler: guard(page, hosts), MaxHeaderBytes: 32 << 10,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: time.Minute,
	}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	fmt.Fprintf(stdout, "What runs: http://%s/ (Ctrl-C ends)\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("ui: %w", err)
	}
	return nil
}

// listenAddress refuses an address that other machines can reach, unless that is asked for.
func listenAddress(listen string, public bool) (*net.TCPAddr, error) {
	address, err := net.ResolveTCPAddr("tcp", listen)
	switch {
	case err != nil:
		return nil, commandline.Usage("-listen", err)
	case !address.IP.IsLoopback() && !public:
		return nil, commandline.Problem("-listen", fmt.Sprintf("%q can be reached from other machines, and "+
			"the page has no sign-in: use 127.0.0.1, or add -public", listen))
	}
	return address, nil
}

// policy lets the page load what it is made of, from its own origin, and nothing else. React sets
// styles inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard protects a page that has no sign-in from other pages in the same browser: they can neither
// send it requests that change something, nor read it, nor show it in a frame, nor reach it under a
// name of their own that they made resolve to this machine.
func guard(page http.Handler, names []string) http.Handler {
	const maxBody = 1 << 20
	inner := http.NewCrossOriginProtection().Handler(page)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !knownHost(r, names) {
			http.Error(w,
				"The page is not served under this name. If the name is yours, start fleet ui with "+
					"-host NAME.", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		inner.ServeHTTP(w, r)
	})
}

// knownHost reports whether the request names this machine as its user would: by localhost, by a
// loopback address, by the address that the request came to, or by one of names.
func knownHost(r *http.Request, names []string) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if ip, err := netip.ParseAddr(host); err == nil {
		local, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
		return ip.Unmap().IsLoopback() || local != nil && ip.Unmap() == local.AddrPort().Addr().Unmap()
	}
	named := func(name string) bool { return strings.EqualFold(host, name) }
	return named("localhost") || slices.ContainsFunc(names, named)
}
