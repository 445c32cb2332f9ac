package dashboard

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/store"
)

// maxExport bounds an export; the best come first, so what it leaves out is the tail.
const maxExport = 5000

// A row is one job of an export.
type row struct {
	Score         *int     `json:"score"`
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
}

func rowOf(e store.Entry) row {
	r := row{
		Status:        string(e.Status),
		Title:         e.Lead.Title,
		Company:       e.Lead.Company,
		Location:      e.Lead.Location,
		URL:           e.Lead.URL,
		Source:        e.Lead.Source,
		ExternalID:    e.Lead.ExternalID,
		UpdatedAt:     e.UpdatedAt.UTC().Format(time.RFC3339),
		MissingSkills: []string{},
	}
	if !e.Lead.PostedAt.IsZero() {
		r.PostedAt = e.Lead.PostedAt.UTC().Format(time.DateOnly)
	}
	if m := e.Assessment; m != nil {
		r.Score, r.Reasoning = &m.Score, m.Reasoning
		r.MissingSkills = append(r.MissingSkills, m.MissingSkills...)
	}
	if e.Data != nil {
		r.EasyApply = e.Data.IsEasyApply
	}
	return r
}

// exported returns what the filter shows, all its pages.
func (d *dashboard) exported(w http.ResponseWriter, r *http.Request, v visit) ([]row, bool) {
	f := parseFilter(r.URL.Query())
	f.cursor = ""
	entries, _, err := d.entries(r.Context(), v.who.User, f, maxExport, d.lastVisit(r, v))
	if err != nil {
		d.failed(w, r, err)
		return nil, false
	}
	rows := make([]row, len(entries))
	for i, e := range entries {
		rows[i] = rowOf(e)
	}
	return rows, true
}

func (d *dashboard) exportJSON(w http.ResponseWriter, r *http.Request, v visit) {
	rows, ok := d.exported(w, r, v)
	if !ok {
		return
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetIndent("", "  ")
	if err := enc.Encode(rows); err != nil {
		d.failed(w, r, err)
		return
	}
	d.attach(w, "json", "application/json", body.Bytes())
}

func (d *dashboard) exportCSV(w http.ResponseWriter, r *http.Request, v visit) {
	rows, ok := d.exported(w, r, v)
	if !ok {
		return
	}
	var body bytes.Buffer
	out := csv.NewWriter(&body)
	_ = out.Write([]string{ // a buffer takes everything
		"score", "status", "title", "company", "location", "posted_at", "easy_apply", "missing_skills",
		"reasoning", "url",
		"source", "external_id", "updated_at",
	})
	for _, row := range rows {
		cells := []string{
			"", row.Status, row.Title, row.Company, row.Location, row.PostedAt, "",
			strings.Join(row.MissingSkills, "; "),
			row.Reasoning, row.URL, row.Source, row.ExternalID, row.UpdatedAt,
		}
		if row.Score != nil {
			cells[0] = strconv.Itoa(*row.Score)
		}
		if row.EasyApply != nil {
			cells[6] = strconv.FormatBool(*row.EasyApply)
		}
		for i := range cells {
			cells[i] = inert(cells[i])
		}
		_ = out.Write(cells)
	}
	out.Flush()
	d.attach(w, "csv", "text/csv; charset=utf-8", body.Bytes())
}

// inert keeps a spreadsheet from running a board's text as a formula,
// https://owasp.org/www-community/attacks/CSV_Injection.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n|", rune(cell[0])) || strings.HasPrefix(cell, "＝") ||
		strings.HasPrefix(cell, "＋") || strings.HasPrefix(cell, "－") || strings.HasPrefix(cell, "＠") {
		return "'" + cell
	}
	return cell
}

func (d *dashboard) attach(w http.ResponseWriter, extension, contentType string, body []byte) {
	name := "forge-jobs-" + d.cfg.Now().UTC().Format(time.DateOnly) + "." + extension
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a browser that went away needs no file
}
