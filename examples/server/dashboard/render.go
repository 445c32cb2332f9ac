package dashboard

import (
	"bytes"
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"
)

// render writes a page after it was rendered completely, so that an error does not leave half a
// page.
func (d *dashboard) render(w http.ResponseWriter, status int, name string, data any) {
	var page bytes.Buffer
	if err := d.html.ExecuteTemplate(&page, name, data); err != nil {
		d.log.Error("page not rendered", "page", name, "error", err)
		http.Error(w, "The page could not be rendered.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // the browser may be gone
}

type problemView struct {
	Title, Text string
}

func (d *dashboard) problem(w http.ResponseWriter, status int, title, text string) {
	d.render(w, status, "problem.html", problemView{title, text})
}

// failed tells the user that a request failed or came too soon, and logs failures.
func (d *dashboard) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // the browser is gone
	}
	var early interface{ RetryAfter() time.Duration }
	if errors.As(err, &early) {
		wait := int(math.Ceil(early.RetryAfter().Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		d.problem(w, http.StatusTooManyRequests, "Too many requests",
			"There were too many requests at once. Wait a moment and try again.")
		return
	}
	d.log.Error("request failed", "page", r.Pattern, "error", err)
	w.Header().Set("Retry-After", "5")
	d.problem(w, http.StatusServiceUnavailable, "The jobs cannot be read at the moment",
		"Nothing is lost. Try again in a moment.")
}
