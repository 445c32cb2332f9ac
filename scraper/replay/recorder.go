package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/agent-forge/forge/lead"
)

// A Recorder passes requests on to another transport and saves each answer to a GET, whatever its
// status, in a folder that [Open] reads: the page, and a line in the index of the folder. A second
// recorder on the same folder adds to it.
//
// What identifies a visitor or a recruiter is passed on but not saved: all headers except
// Content-Type, Retry-After and Location; tokens in URLs and forms; the block that names a
// recruiter; and the contact fields in JSON. The rest of a page is saved byte for byte. The words
// of a search are saved, because they tell two searches apart. A page that is larger than 8 MiB is
// passed on and not saved.
//
// A Recorder is safe for concurrent use. A page that cannot be saved is an error, because nobody
// would notice that it is missing.
type Recorder struct {
	dir  string
	next http.RoundTripper

	mu      sync.Mutex // for changes of the folder
	saved   int        // the last number that a page got; 0 before there is one
	checked bool       // the end of the index was checked
}

// NewRecorder returns a recorder around next. It makes the folder dir with the first page. To save
// what a board sent before anything was retried or refused, put the recorder next to the network,
// as the Transport of a polite client. The error of NewRecorder is a [*lead.FieldError].
func NewRecorder(dir string, next http.RoundTripper) (*Recorder, error) {
	if strings.TrimSpace(dir) == "" {
		return nil, missing("dir", "name the folder for the pages")
	}
	if next == nil {
		return nil, missing("next", "give the transport to record, such as http.DefaultTransport")
	}
	return &Recorder{dir: dir, next: next}, nil
}

func missing(field, fix string) error {
	return fmt.Errorf("replay: new recorder: %w", &lead.FieldError{Field: field, Problem: "missing: " + fix})
}

// RoundTrip sends the request by the next transport, saves the answer, and returns it with the same
// body.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err != nil || req.Method != http.MethodGet && req.Method != "" {
		return resp, err
	}
	body, whole := takeBody(resp)
	if !whole {
		return resp, nil
	}
	if err := r.save(req, resp, body); err != nil {
		return nil, fmt.Errorf("replay: record page: %w", err)
	}
	return resp, nil
}

// takeBody reads the body and replaces it by one that reads the same. A page that breaks off or is
// too large is not whole.
func takeBody(resp *http.Response) (body []byte, whole bool) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err != nil || len(body) > maxPage {
		resp.Body = readCloser{io.MultiReader(bytes.NewReader(body), failing{err}, resp.Body), resp.Body}
		return nil, false
	}
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return body, true
}

func (r *Recorder) save(req *http.Request, resp *http.Response, body []byte) error {
	if e := resp.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return errors.New(
			"the answer is compressed, so nothing can be left out; use a transport that inflates",
		)
	}
	e := entry{
		URL:         cleanURL(req.URL),
		Status:      resp.StatusCode,
		ContentType: resp.Header.Get("Content-Type"),
		RetryAfter:  resp.Header.Get("Retry-After"),
	}
	if to, err := req.URL.Parse(resp.Header.Get("Location")); err == nil &&
		resp.Header.Get("Location") != "" {
		e.Location = cleanURL(to)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := os.MkdirAll(r.dir, 0o750); err != nil {
		return err
	}
	var err error
	if e.File, err = r.writePage(pageName(e), redact(body)); err != nil {
		return err
	}
	return r.list(e)
}

// writePage writes the page in one step, under a name that is not used yet.
func (r *Recorder) writePage(name string, page []byte) (string, error) {
	tmp, err := os.CreateTemp(r.dir, ".page-*")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // after a failure
	_, err = tmp.Write(page)
	if err := errors.Join(err, tmp.Close()); err != nil {
		return "", err
	}
	file, err := r.takeName(name)
	if err != nil {
		return "", err
	}
	return file, os.Rename(tmp.Name(), filepath.Join(r.dir, file))
}

// takeName reserves a name with the next free number. Another recorder can work on the same folder.
func (r *Recorder) takeName(name string) (string, error) {
	if r.saved == 0 {
		entries, err := os.ReadDir(r.dir)
		if err != nil {
			return "", err
		}
		r.saved = len(entries)
	}
	for {
		r.saved++
		file := fmt.Sprintf("%06d-%s", r.saved, name)
		f, err := os.OpenFile(filepath.Join(r.dir, file), os.O_CREATE|os.O_EXCL, 0o640)
		if err == nil {
			return file, f.Close()
		}
		if !errors.Is(err, os.ErrExist) {
			return "", err
		}
	}
}

// list adds a line to the index in one write.
func (r *Recorder) list(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(r.dir, indexName), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return err
	}
	if !r.checked {
		if err := dropCutLine(f); err != nil {
			return errors.Join(err, f.Close())
		}
		r.checked = true
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// dropCutLine removes a last line without an end, which a process that died has left, so that the
// next line does not join it.
func dropCutLine(f *os.File) error {
	index, err := io.ReadAll(f)
	if err != nil || len(index) == 0 || index[len(index)-1] == '\n' {
		return err
	}
	return f.Truncate(int64(bytes.LastIndexByte(index, '\n') + 1))
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

const maxNameBytes = 60 // of the part that comes from the URL

// pageName returns the name of a file without its number, such as "jobposting-4300000007-200.html".
func pageName(e entry) string {
	_, rest, _ := strings.Cut(e.URL, "://")
	_, rest, _ = strings.Cut(rest, "/")
	path, _, _ := strings.Cut(rest, "?")
	slug := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(path), "-"), "-")
	if len(slug) > maxNameBytes { // the end says more than the beginning
		slug = strings.TrimLeft(slug[len(slug)-maxNameBytes:], "-")
	}
	ext := ".html"
	switch {
	case strings.Contains(e.ContentType, "json"):
		ext = ".json"
	case strings.HasPrefix(e.ContentType, "text/plain"):
		ext = ".txt"
	}
	if slug == "" {
		slug = "root"
	}
	return fmt.Sprintf("%s-%d%s", slug, e.Status, ext)
}

// failing ends a body as it ended for the recorder. If err is nil, there is more to read.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

type readCloser struct {
	io.Reader
	io.Closer
}
