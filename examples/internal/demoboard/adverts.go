package demoboard

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/agent-forge/forge/lead"
)

// advertsHTML is the page that Adverts writes.
var advertsHTML = template.Must(template.New("adverts").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The adverts of the demo</title>
<style>body{font:1rem/1.5 system-ui;max-width:42rem;margin:2rem auto;padding:0 1rem}
article{padding:.5rem 0}:target{outline:2px solid;outline-offset:1rem}</style>
<h1>The adverts of the demo</h1>
<p>They are invented, as are their companies. Nobody can apply for these jobs.</p>
{{range .}}<article id="{{.ID}}"><h2>{{.Title}}</h2>
<p>{{.Company}} · {{.Location}}{{with .Salary}} · {{.}}{{end}}</p>
<p>{{.About}}</p>
{{with .Duties}}<h3>What you will do</h3><ul>{{range .}}<li>{{.}}</li>{{end}}</ul>{{end}}
{{with .Must}}<h3>Requirements</h3><ul>{{range .}}<li>{{.}}</li>{{end}}</ul>{{end}}
{{with .Nice}}<h3>Nice to have</h3><ul>{{range .}}<li>{{.}}</li>{{end}}</ul>{{end}}</article>
{{end}}</html>
`))

// Adverts writes all adverts to a file, one page that a browser can open when the boards are no
// longer served. It returns the address of a job's advert on that page, which is empty if the job
// is none of the demo's.
func Adverts(file string) (link func(lead.Key) string, err error) {
	var all []job
	for _, list := range []string{"linkedin.json", "naukri.json", "companies.json"} {
		jobs, err := read(list)
		if err != nil {
			return nil, err
		}
		all = append(all, jobs...)
	}
	var page bytes.Buffer
	if err := advertsHTML.Execute(&page, all); err != nil {
		return nil, fmt.Errorf("demo board: %w", err)
	}
	if file, err = filepath.Abs(file); err != nil {
		return nil, fmt.Errorf("demo board: %w", err)
	}
	if err := os.WriteFile(file, page.Bytes(), 0o600); err != nil {
		return nil, fmt.Errorf("demo board: %w", err)
	}
	return func(k lead.Key) string {
		for _, j := range all {
			if k.ExternalID == j.ID || strings.HasSuffix(k.ExternalID, "/"+j.ID) {
				u := url.URL{Scheme: "file", Path: filepath.ToSlash(file), Fragment: j.ID}
				return u.String()
			}
		}
		return ""
	}, nil
}
