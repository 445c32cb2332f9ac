package fetch

import (
	"bytes"
	"strings"
)

// A wall is a page that a bot guard answers instead of the board. It is recognised by texts that
// stand together on no page of a board.
type wall struct {
	marks  []string // all of them must be there; lower case
	reason string
}

const tryBrowser = "; wait some hours, ask more slowly, or use the browser transport"

// maxWall is larger than any wall. A longer page is the board's own, and searching it would cost as
// much as a tenth of reading it.
const maxWall = 128 << 10

var walls = []wall{
	{[]string{"<title>access denied</title>", "errors.edgesuite.net"}, "Akamai denies access"},
	{[]string{"<title>access denied</title>", "don't have permission to access"}, "Akamai denies access"},
	{[]string{"_cf_chl_opt", "challenge-platform"}, "Cloudflare asks for a challenge"},
	{[]string{"<title>just a moment...</title>"}, "Cloudflare asks for a challenge"},
	{[]string{"<title>attention required! | cloudflare</title>"}, "Cloudflare denies access"},
	{[]string{"window._pxappid", "px-captcha"}, "PerimeterX asks for a captcha"},
	{[]string{"captcha-delivery.com", "datadome"}, "DataDome asks for a captcha"},
	{[]string{"_incapsula_resource", "incident_id"}, "Imperva denies access"},
}

// challenge recognises a wall whatever the status, because some come with 200. It never goes by one
// word such as "captcha", which good pages hold too.
func challenge(p *Page) (reason string, ok bool) {
	if strings.EqualFold(p.Header.Get("Cf-Mitigated"), "challenge") {
		return "Cloudflare asks for a challenge" + tryBrowser, true
	}
	if len(p.Body) > maxWall {
		return "", false
	}
	body := bytes.ToLower(p.Body)
	for _, w := range walls {
		if w.stands(body) {
			return w.reason + tryBrowser, true
		}
	}
	return "", false
}

func (w wall) stands(body []byte) bool {
	for _, m := range w.marks {
		if !bytes.Contains(body, []byte(m)) {
			return false
		}
	}
	return true
}
