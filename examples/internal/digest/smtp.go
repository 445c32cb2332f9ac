package digest

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/wneessen/go-mail"
)

// timeout is for one mail, from connecting to the last answer.
const timeout = time.Minute

// A server is a mail server.
type server struct {
	host           string
	port           int
	user, password string
}

// send hands one digest to the mail server. The mail is made of nothing but the row: a repeat is the
// same.
func (s server) send(ctx context.Context, d digest, from, to string) error {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.From(from); err != nil {
		return err
	}
	if err := m.To(to); err != nil {
		return err
	}
	m.Subject(d.subject())
	m.SetMessageIDWithValue(d.messageID(from))
	m.SetDateWithValue(time.Unix(d.MadeAt, 0).UTC())
	m.SetGenHeader("Auto-Submitted", "auto-generated") // nobody's holiday answers it
	m.SetBodyString(mail.TypeTextPlain, d.Text)
	options := []mail.Option{mail.WithPort(s.port), mail.WithTimeout(timeout)}
	switch {
	case s.port == 465:
		options = append(options, mail.WithSSL())
	case loopback(s.host):
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.user != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.user),
			mail.WithPassword(s.password))
	}
	client, err := mail.NewClient(s.host, options...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// The server can take the mail and lose the connection before it says goodbye.
	if err := client.DialAndSendWithContext(ctx, m); err != nil && !m.IsDelivered() {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
