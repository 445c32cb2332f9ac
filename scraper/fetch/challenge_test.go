package fetch_test

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/scraper"
)

func TestChallengeIsBlockedWhateverTheStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, header, body string
		blocked            bool
	}{
		{"Akamai", "", `<TITLE>Access Denied</TITLE>You don't have permission to access "/jobs" here.`, true},
		{
			"Akamai, by its page for errors", "",
			`<title>Access Denied</title>https://errors.edgesuite.net/1`, true,
		},
		{"Cloudflare", "", `<title>Just a moment...</title>`, true},
		{"Cloudflare, localised", "", `<script>window._cf_chl_opt={}</script>/challenge-platform/x.js`, true},
		{"Cloudflare's header", "challenge", ``, true},
		{"Cloudflare, denied", "", `<title>Attention Required! | Cloudflare</title>`, true},
		{"PerimeterX", "", `<script>window._pxAppId = "x"</script><div id="px-captcha">`, true},
		{"DataDome", "", `<script src="https://ct.captcha-delivery.com/c.js"></script><p>DataDome</p>`, true},
		{"Imperva", "", `<iframe src="/_Incapsula_Resource?incident_id=1">`, true},
		{
			"a good page with a captcha", "", `<html data-recaptcha="v3"><h1>Access Denied Movies hires</h1>`,
			false,
		},
	} {
		for _, status := range []int{200, 403, 503} {
			t.Run(c.name+" "+strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()
				_, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Cf-Mitigated", c.header)
					w.WriteHeader(status)
					_, _ = io.WriteString(w, c.body)
				})
				if !c.blocked {
					require.Equal(t, status == http.StatusForbidden, errors.Is(err, scraper.ErrBlocked))
					return
				}
				require.ErrorIs(t, err, scraper.ErrBlocked)
				require.ErrorContains(t, err, "browser transport")
			})
		}
	}
}

func TestChallengesThatWereSavedAreRecognised(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"naukri/", "other/"} {
		for _, p := range captures.Pages(t, "blocked", dir) {
			t.Run(p.File, func(t *testing.T) {
				t.Parallel()
				body := p.Body(t)
				_, err := get(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
				require.ErrorIs(t, err, scraper.ErrBlocked)
			})
		}
	}
}
