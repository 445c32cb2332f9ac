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

// A Recorder passes requests on to another transport and saves every answer to a GET, whatever its status, in a folder that
// [Open] reads: the page, and a line in the folder's index. A second recorder on the same folder adds to it.
//
// What identifies a visitor is left out of what is saved, though not out of what is passed on: all headers but the type of
// the content, Retry-After and the target of a redirect; tokens in URLs and forms; the block that names a recruiter; and
// the contact fields of a board's JSON. The rest of a page is saved byte for byte. The words of the search stay: they are
// what tells two searches apart. A page larger than 8 MB is passed on and not saved.
//
// A Recorder is safe for concurrent use. A page that cannot be saved is an error, because a recording with holes looks like
// a whole one.
type Recorder struct {
	dir  string
	next http.RoundTripper

	mu     sync.Mutex // serialises what changes the folder
	saved  int        // the last number that a page got; 0: none yet
	healed bool       // the index was looked at once
}

// NewRecorder returns a recorder into the folder dir, which is made with the first page, around next. To save what a board
// sent before anything was retried or refused, put it next to the network: as the Transport of a polite client, or inside it.
func NewRecorder(dir string, next http.RoundTripper) (*Recorder, error) {
	if strings.TrimSpace(dir) == "" {
		return nil, fmt.Errorf("replay: new recorder: %w", &lead.FieldError{Field: "dir", Problem: "missing: name the folder that is to hold the pages"})
	}
	if next == nil {
		return nil, fmt.Errorf("replay: new recorder: %w", &lead.FieldError{Field: "next", Problem: "missing: give the transport to record, such as a client's own"})
	}
	return &Recorder{dir: dir, next: next}, nil
}

// RoundTrip asks the transport within, saves the answer, and returns it with the same body.
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

// takeBody reads the body and leaves one that reads the same. Half a page, or more than a page, is not one to learn from.
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
		return errors.New("the answer is still compressed, so that nothing can be left out of it; let the transport inflate it")
	}
	e := entry{
		URL:         cleanURL(req.URL),
		Status:      resp.StatusCode,
		ContentType: resp.Header.Get("Content-Type"),
		RetryAfter:  resp.Header.Get("Retry-After"),
	}
	if to, err := req.URL.Parse(resp.Header.Get("Location")); err == nil && resp.Header.Get("Location") != "" {
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

// writePage writes the page under a name that nobody else uses, in one step.
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

// takeName reserves a name with the next free number. Another recorder may work on the same folder.
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

// list adds a line to the index, in one write.
func (r *Recorder) list(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(r.dir, indexName), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return err
	}
	if !r.healed {
		if err := dropCutLine(f); err != nil {
			return errors.Join(err, f.Close())
		}
		r.healed = true
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// dropCutLine takes off a last line that a process did not live to end; the next line must not be joined to it.
func dropCutLine(f *os.File) error {
	index, err := io.ReadAll(f)
	if err != nil || len(index) == 0 || index[len(index)-1] == '\n' {
		return err
	}
	return f.Truncate(int64(bytes.LastIndexByte(index, '\n') + 1))
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

const maxNameBytes = 60 // of the part that says what the page is

// pageName makes a file's name of what a page is: "jobposting-4300000007-200.html".
func pageName(e entry) string {
	_, rest, _ := strings.Cut(e.URL, "://")
	_, rest, _ = strings.Cut(rest, "/")
	path, _, _ := strings.Cut(rest, "?")
	slug := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(path), "-"), "-")
	if len(slug) > maxNameBytes { // its end says more than its beginning
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

// failing ends a body that could not be read to its end as it ended for the recorder.
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
