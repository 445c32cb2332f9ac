package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/browser"
	"github.com/agent-forge/forge/scraper/naukri"
	"github.com/agent-forge/forge/scraper/polite"
)

// drawn is a page whose cards a script draws, as Naukri's does.
const drawn = `<div id="root"></div><script>
const card = id => '<div class="srp-jobtuple-wrapper" data-job-id="' + id + '">' +
	'<div class="cust-job-tuple layout-wrapper lay-2 sjw__tuple"><div class="row1"><h2>' +
	'<a class="title" ' +
	'href="https://www.naukri.com/job-listings-engineer-acme-pune-2-to-5-years-' + id + '">' +
	'Engineer ' + id + '</a></h2></div>' +
	'<div class="row2"><a class="comp-name mw-25" title="Acme">Acme</a></div></div></div>';
const page = (location.pathname.match(/-(\d+)$/) || [0, 1])[1];
fetch("/cards?page=" + page).then(r => r.json()).then(list => {
	document.getElementById("root").innerHTML =
		'<span class="styles_count-string__a">' + list.from + ' - ' + list.to + ' of 45</span>' +
		'<div class="styles_jlc__main__b">' + list.ids.map(card).join("") + '</div>';
});</script>`

func TestNaukriIsReadThroughTheBrowser(t *testing.T) {
	t.Parallel()
	const jobs, perPage = 45, 20
	srv := serve(t, map[string]http.HandlerFunc{
		"/robots.txt": http.NotFound,
		"/jobapi/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotAcceptable)
			_, _ = w.Write([]byte(`{"message":"recaptcha required"}`))
		},
		"/cards": func(w http.ResponseWriter, r *http.Request) {
			var page int
			_, _ = fmt.Sscan(r.FormValue("page"), &page)
			from, to := (page-1)*perPage+1, min(page*perPage, jobs)
			var ids []string
			for i := from; i <= to; i++ {
				ids = append(ids, fmt.Sprintf(`"2103265%05d"`, i))
			}
			_, _ = fmt.Fprintf(w, `{"from":%d,"to":%d,"ids":[%s]}`, from, to, strings.Join(ids, ","))
		},
		"/": html(drawn),
	})
	client, err := polite.NewClient(&polite.Options{
		AllowLoopback: true, Interval: time.Nanosecond, MaxInterval: time.Millisecond,
		Transport: open(t, browser.Options{}),
	})
	require.NoError(t, err)
	board, err := naukri.New(&naukri.Options{Client: client, BaseURL: srv.URL})
	require.NoError(t, err)
	found := make(map[string]bool)
	for l, err := range board.Search(t.Context(), lead.Query{Keywords: "engineer", Location: "Pune"}) {
		require.NoError(t, err)
		require.Equal(t, "Acme", l.Company)
		found[l.ExternalID] = true
	}
	require.Len(t, found, jobs)
}
