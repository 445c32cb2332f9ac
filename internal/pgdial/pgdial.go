// Package pgdial connects to PostgreSQL servers, whatever the driver, so that a server or a network
// that went away is found out.
package pgdial

import (
	"context"
	"net"
	"time"
)

const (
	// keepAlive and deadAfter find out that the other side is gone when nothing is sent, and when
	// something is.
	keepAlive = 15 * time.Second
	deadAfter = 30 * time.Second
)

// DialContext connects with TCP keepalive and, on Linux, TCP_USER_TIMEOUT. Both end a connection
// whose other side is gone. Neither ends one whose other side stopped working while its kernel goes
// on: for that, callers need a deadline.
func DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: keepAlive, Interval: keepAlive / 3, Count: 3,
		},
		Control: setUserTimeout,
	}
	return d.DialContext(ctx, network, address)
}
