package webhook

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/store"
)

// A receiver is a URL that is told of one user's jobs.
type receiver struct {
	url, user string
	host      string // for the log: the rest of a URL can be secret
	sign      *standardwebhooks.Webhook
}

// readReceivers reads the file of the receivers. Its errors show nothing of a line, which holds a
// secret.
func readReceivers(file string) (all []receiver, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	seen := map[[2]string]bool{}
	for n, line := range commandline.Lines(text) {
		to, err := parseReceiver(line)
		if err == nil && seen[[2]string{to.user, to.url}] {
			err = errors.New("the same URL and user as in a line before")
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		seen[[2]string{to.user, to.url}] = true
		all = append(all, to)
	}
	if all == nil {
		return nil, errors.New("the file lists no receiver")
	}
	return all, nil
}

func parseReceiver(line string) (receiver, error) {
	address, rest, _ := strings.Cut(line, " ")
	secret, user, found := strings.Cut(strings.TrimSpace(rest), " ")
	to := receiver{url: address, user: strings.TrimSpace(user)}
	if !found || store.CheckUser(to.user) != nil {
		return to, errors.New("want a URL, a secret and a user, with a space between")
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return to, errors.New("want a URL such as https://jobs.example/hook, without a user or a password")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return to, errors.New("want a URL with https; http is for receivers on this machine")
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) < 24 {
		return to, errors.New("want a secret as -new-secret prints it: whsec_ and 24 bytes or more as base64")
	}
	to.host = u.Host
	to.sign, err = standardwebhooks.NewWebhookRaw(key)
	return to, err
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
