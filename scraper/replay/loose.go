package replay

import (
	"cmp"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
)

// A looseFolder serves pages that were saved without their URLs.
type looseFolder struct {
	searches []string          // files, in order of their names
	adverts  map[string]string // by the id of the job: its file

	mu   sync.Mutex
	next map[string]int // by search, without its offset: how many pages were served
}

// loose reads the folder once and sorts its pages.
func loose(fsys fs.FS) (func(*http.Request) (saved, error), error) {
	f := &looseFolder{adverts: map[string]string{}, next: map[string]int{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || contentType(name) == "" || strings.HasSuffix(name, ".expected.json") {
			return err
		}
		what := kindOfFolder(path.Dir(name))
		if what == notServed {
			return nil
		}
		body, err := readPage(fsys, name)
		if err != nil {
			return err
		}
		if what == unknown {
			what = kindOfPage(body)
		}
		switch what {
		case listing:
			f.searches = append(f.searches, name)
			if id := openID(body); id != "" && f.adverts[id] == "" {
				f.adverts[id] = name
			}
		case advert:
			for _, id := range idsOf(body) {
				if f.adverts[id] == "" {
					f.adverts[id] = name
				}
			}
		}
		return nil
	})
	slices.SortFunc(f.searches, func(a, b string) int {
		return cmp.Or(cmp.Compare(path.Base(a), path.Base(b)), cmp.Compare(a, b))
	})
	return f.answer, err
}

func (f *looseFolder) answer(r *http.Request) (saved, error) {
	if r.URL.Path == robotsPath {
		return saved{status: http.StatusNotFound}, nil
	}
	if id := idInPath(r.URL.Path); id != "" {
		file := f.adverts[id]
		if file == "" {
			return saved{status: http.StatusNotFound}, nil
		}
		return saved{file: file, status: http.StatusOK, contentType: contentType(file)}, nil
	}
	searches := f.searchesFor(r.URL.Hostname())
	search, fresh := searchKey(r.URL)
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.next[search]
	if fresh {
		n = 0
	}
	f.next[search] = n + 1
	if n >= len(searches) {
		return saved{status: http.StatusOK, contentType: htmlType}, nil
	}
	return saved{file: searches[n], status: http.StatusOK, contentType: contentType(searches[n])}, nil
}

// searchesFor returns the pages under the folder that the host is named after, or all pages if
// there is no such folder: a folder can hold linkedin/ and naukri/.
func (f *looseFolder) searchesFor(host string) []string {
	var own []string
	for _, name := range f.searches {
		board, _, below := strings.Cut(name, "/")
		if below && kindOfFolder(board) == unknown && strings.Contains(host, strings.ToLower(board)) {
			own = append(own, name)
		}
	}
	if own == nil {
		return f.searches
	}
	return own
}

// searchKey names a search, whichever of its pages is asked for. fresh reports whether the request
// names the first page.
func searchKey(u *url.URL) (key string, fresh bool) {
	q := u.Query()
	for _, offset := range []string{"start", "offset"} {
		fresh = fresh || q.Get(offset) == "0"
		q.Del(offset)
	}
	for _, page := range []string{"pageNo", "pageNum", "page"} {
		q.Del(page)
	}
	return u.Host + strings.TrimRight(u.Path, "-0123456789") + "?" + q.Encode(), fresh
}
