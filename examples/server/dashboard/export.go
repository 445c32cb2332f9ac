package dashboard

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/store"
)

const (
	exportPage    = store.MaxPage    // jobs that are read from the store and written at a time
	exportTimeout = 30 * time.Second // for each such page to reach the client
)

// A row is one job of an export.
type row struct {
	Score         *int     `json:"score"`
	Unverified    bool     `json:"unverified"`
	Status        string   `json:"status"`
	Title         string   `json:"title"`
	Company       string   `json:"company"`
	Location      string   `json:"location"`
	PostedAt      string   `json:"posted_at"`
	EasyApply     *bool    `json:"easy_apply"`
	MissingSkills []string `json:"missing_skills"`
	Reasoning     string   `json:"reasoning"`
	URL           string   `json:"url"`
	Source        string   `json:"source"`
	ExternalID    string   `json:"external_id"`
	UpdatedAt     string   `json:"updated_at"`
	Pay           string   `json:"pay"`
	Advice        []string `json:"advice"`

	Extra map[string]json.RawMessage `json:"extra,omitzero"` // what the user's other programs keep
}

func rowOf(e store.Entry) row {
	r := row{
		Status: string(e.Status), Title: e.Lead.Title, Company: e.Lead.Company, Location: e.Lead.Location,
		URL: e.Lead.URL, Source: e.Lead.Source, ExternalID: e.Lead.ExternalID,
		UpdatedAt: e.UpdatedAt.UTC().Format(time.RFC3339), MissingSkills: []string{}, Advice: []string{},
		Extra: e.Extra,
	}
	if !e.Lead.PostedAt.IsZero() {
		r.PostedAt = e.Lead.PostedAt.UTC().Format(time.DateOnly)
	}
	if a := e.Assessment; a != nil {
		r.Score, r.Unverified, r.Reasoning = &a.Score, a.Unverified, a.Reasoning
		r.MissingSkills = append(r.MissingSkills, a.MissingSkills...)
		r.Advice = append(r.Advice, a.SkillGapRecommendations...)
	}
	if e.Data != nil {
		r.EasyApply, r.Pay = e.Data.IsEasyApply, e.Data.Attributes[enrich.AttrSalary]
	}
	return r
}

// An encoder writes an export in one format.
type encoder interface {
	begin(w io.Writer) error
	row(w io.Writer, r row) error
	end(w io.Writer) error
}

// export returns a handler that writes every job that the filter shows, page after page, so that
// the server never holds all of them.
func (d *dashboard) export(extension, contentType string, format func() encoder) func(
	http.ResponseWriter, *http.Request, visit,
) {
	return func(w http.ResponseWriter, r *http.Request, v visit) {
		release, err := d.exports.acquire(r.Context(), v.session.token)
		if err != nil {
			d.failed(w, r, err)
			return
		}
		defer release()
		f := parseFilter(r.URL.Query())
		listing := f.store(exportPage, d.cfg.Now(), d.lastVisit(r, v))
		listing.Cursor, listing.WithoutText = "", true
		pages := d.pages(v.who.User, listing)
		entries, more, err := pages(r.Context())
		if err != nil {
			d.failed(w, r, err)
			return
		}
		name := "forge-jobs-" + d.cfg.Now().UTC().Format(time.DateOnly) + "." + extension
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		if err := d.stream(r.Context(), w, format(), entries, more, pages); err != nil {
			// The status is sent. Only a broken connection tells the client that the file is
			// incomplete.
			d.log.Warn("export ended early", "page", r.Pattern, "error", err)
			panic(http.ErrAbortHandler)
		}
	}
}

func (d *dashboard) stream(
	ctx context.Context, w http.ResponseWriter, format encoder, entries []store.Entry, more bool, pages pager,
) error {
	connection := http.NewResponseController(w)
	extend := func() { _ = connection.SetWriteDeadline(time.Now().Add(exportTimeout)) } // if there is one
	extend()
	if err := format.begin(w); err != nil {
		return err
	}
	for {
		extend()
		for _, e := range entries {
			if err := format.row(w, rowOf(e)); err != nil {
				return err
			}
		}
		if !more {
			return format.end(w)
		}
		var err error
		if entries, more, err = pages(ctx); err != nil {
			return err
		}
	}
}

// asJSON writes an array with one job a line.
type asJSON struct{ rows int }

func (a *asJSON) begin(w io.Writer) error {
	_, err := io.WriteString(w, "[")
	return err
}

func (a *asJSON) row(w io.Writer, r row) error {
	separator := ",\n"
	if a.rows++; a.rows == 1 {
		separator = "\n"
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(append([]byte(separator), line...))
	return err
}

func (a *asJSON) end(w io.Writer) error {
	_, err := io.WriteString(w, "\n]\n")
	return err
}

// asCSV writes a header and one record a job.
type asCSV struct{}

func (asCSV) begin(w io.Writer) error {
	return record(w, []string{
		"score", "status", "title", "company", "location", "posted_at", "easy_apply", "missing_skills",
		"reasoning", "url", "source", "external_id", "updated_at", "unverified", "extra", "pay", "advice",
	})
}

func (asCSV) row(w io.Writer, r row) error {
	score, easy, extra := "", "", ""
	if r.Extra != nil {
		object, err := json.Marshal(r.Extra)
		if err != nil {
			return err
		}
		extra = string(object)
	}
	if r.Score != nil {
		score = strconv.Itoa(*r.Score)
	}
	if r.EasyApply != nil {
		easy = strconv.FormatBool(*r.EasyApply)
	}
	cells := []string{
		score, r.Status, r.Title, r.Company, r.Location, r.PostedAt, easy,
		strings.Join(r.MissingSkills, "; "), r.Reasoning, r.URL, r.Source, r.ExternalID, r.UpdatedAt,
		strconv.FormatBool(r.Unverified), extra, r.Pay, strings.Join(r.Advice, "; "),
	}
	for i := range cells {
		cells[i] = inert(cells[i])
	}
	return record(w, cells)
}

func (asCSV) end(io.Writer) error { return nil }

func record(w io.Writer, cells []string) error {
	out := csv.NewWriter(w)
	_ = out.Write(cells) // Error returns it
	out.Flush()
	return out.Error()
}

// formula finds where a spreadsheet can begin to read a formula: at the start of a cell, and after
// a separator, because in many countries spreadsheets split cells at semicolons.
var formula = regexp.MustCompile("(^|[;\t\r\n])([\\s\"']*)([=+\\-@|＝＋－＠])")

// inert keeps a spreadsheet from running a board's text as a formula, by putting an apostrophe before
// it: https://owasp.org/www-community/attacks/CSV_Injection.
func inert(cell string) string { return formula.ReplaceAllString(cell, "$1$2'$3") }
