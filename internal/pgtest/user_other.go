//go:build !unix

package pgtest

import (
	"errors"
	"syscall"
)

func unprivileged(string) (*syscall.SysProcAttr, error) {
	return nil, errors.New("a throw-away cluster needs a Unix system; set " + Env)
}

func handOver(string, *syscall.SysProcAttr) error { return nil }
