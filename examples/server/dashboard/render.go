package dashboard

import (
	"bytes"
	"context"
	"errors"
	"net/http"
)

// render writes a page whole: one that cannot be rendered is an error, and not half a page.
func (d *dashboard) render(w http.ResponseWriter, status int, name string, data any) {
	var page bytes.Buffer
	if err := d.html.ExecuteTemplate(&page, name, data); err != nil {
		d.log.Error("page cannot be rendered", "page", name, "error", err)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // a browser that went away needs no page
}

type problemView struct {
	Title, Text string
}

func (d *dashboard) problem(w http.ResponseWriter, status int, title, text string) {
	d.render(w, status, "problem.html", problemView{title, text})
}

// failed tells a person that the store failed, and the log why.
func (d *dashboard) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // the browser went away
	}
	d.log.Error("store failed", "page", r.Pattern, "error", err)
	w.Header().Set("Retry-After", "5")
	d.problem(w, http.StatusServiceUnavailable, "The jobs cannot be read just now",
		"Nothing is lost. Try again in a moment.")
}
