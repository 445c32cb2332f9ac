package fetch

import (
	"bytes"
	"strings"
)

// A wall is a page that a bot guard puts before a board, known by texts that stand together on no page of a board.
type wall struct {
	marks  []string // all of them; lower case
	reason string
}

const tryBrowser = "; wait some hours, slow down, or use the browser transport"

func walls() []wall {
	return []wall{
		{[]string{"<title>access denied</title>", "errors.edgesuite.net"}, "Akamai denies this client access" + tryBrowser},
		{[]string{"<title>access denied</title>", "you don't have permission to access"}, "Akamai denies this client access" + tryBrowser},
		{[]string{"_cf_chl_opt", "challenge-platform"}, "Cloudflare asks for a challenge" + tryBrowser},
		{[]string{"<title>just a moment...</title>"}, "Cloudflare asks for a challenge" + tryBrowser},
		{[]string{"<title>attention required! | cloudflare</title>"}, "Cloudflare denies this client access" + tryBrowser},
		{[]string{"window._pxappid", "px-captcha"}, "PerimeterX asks for a captcha" + tryBrowser},
		{[]string{"captcha-delivery.com", "datadome"}, "DataDome asks for a captcha" + tryBrowser},
		{[]string{"_incapsula_resource", "incident_id"}, "Imperva denies this client access" + tryBrowser},
	}
}

// challenge recognises a wall, whatever the status: some come with 200. It never goes by a word such as "captcha", which
// good pages hold too.
func challenge(p *Page) (reason string, ok bool) {
	if strings.EqualFold(p.Header.Get("Cf-Mitigated"), "challenge") {
		return "Cloudflare asks for a challenge" + tryBrowser, true
	}
	body := bytes.ToLower(p.Body)
	for _, w := range walls() {
		found := true
		for _, m := range w.marks {
			found = found && bytes.Contains(body, []byte(m))
		}
		if found {
			return w.reason, true
		}
	}
	return "", false
}
