package pgdial

import (
	"strings"
	"syscall"
)

// tcpUserTimeout is TCP_USER_TIMEOUT, which package syscall lacks:
// https://man7.org/linux/man-pages/man7/tcp.7.html.
const tcpUserTimeout = 18

// setUserTimeout has the kernel end a connection whose data the other side does not acknowledge. It
// is the only limit on a call without a deadline that the network swallows.
func setUserTimeout(network, _ string, c syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var err error
	control := func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout,
			int(deadAfter.Milliseconds()))
	}
	if controlErr := c.Control(control); controlErr != nil {
		return controlErr
	}
	return err
}
