package resume

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const (
	maxUnpacked = 32 << 20 // of all parts that are read: a zip can hold far more than it weighs
	maxRelated  = 8        // parts of a kind, such as headers
)

// A pack is an Office file: a zip of parts that name one another in relationship files (ECMA-376,
// part 2).
type pack struct {
	parts map[string]*zip.File // by name, in lower case
	left  int64                // how much may still be unpacked
}

func openPack(data []byte) (*pack, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%w: it is a broken zip or DOCX file: save it again", ErrFormat)
	}
	p := &pack{parts: make(map[string]*zip.File, len(archive.File)), left: maxUnpacked}
	for _, f := range archive.File {
		if name := partName("", f.Name); p.parts[name] == nil {
			p.parts[name] = f
		}
	}
	return p, nil
}

// partName returns the key of a part that the part from names by target. Some programs write
// backslashes.
func partName(from, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if plain, err := url.PathUnescape(target); err == nil {
		target = plain
	}
	if !strings.HasPrefix(target, "/") {
		target = path.Join(path.Dir(from), target)
	}
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+target), "/"))
}

// A relationship names a part by its role.
type relationship struct {
	Role   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// relationships returns what the part name refers to. The empty name is the pack itself.
func (p *pack) relationships(name string) []relationship {
	r, err := p.open(path.Join(path.Dir(name), "_rels", strings.TrimSuffix(path.Base("/"+name), "/")+".rels"))
	if err != nil {
		return nil
	}
	defer r.Close() //nolint:errcheck // it was only read
	var list struct {
		Relationship []relationship
	}
	if newDecoder(r).Decode(&list) != nil {
		return nil
	}
	return list.Relationship
}

// main returns the name of the part that holds the document.
func (p *pack) main() (string, error) {
	main := "word/document.xml"
	for _, r := range p.relationships("") {
		if strings.HasSuffix(r.Role, "/officeDocument") { // ECMA's and ISO's addresses differ
			main = partName("", r.Target)
			break
		}
	}
	if p.parts[main] != nil {
		switch root := p.root(main); root {
		case "workbook", "presentation":
			return "", fmt.Errorf("%w: it is a %s: save the résumé as DOCX or PDF", ErrFormat, root)
		}
		return main, nil
	}
	switch {
	case p.parts["content.xml"] != nil:
		return "", fmt.Errorf("%w: it is an OpenDocument file (.odt): save it as DOCX or PDF", ErrFormat)
	case p.parts["index/document.iwa"] != nil || p.parts["index.zip"] != nil:
		return "", fmt.Errorf("%w: it is a Pages file: export it as DOCX or PDF", ErrFormat)
	}
	return "", fmt.Errorf("%w: it is a zip without a document: give the résumé that is in it", ErrFormat)
}

// root returns the name of a part's outermost element.
func (p *pack) root(name string) string {
	r, err := p.open(name)
	if err != nil {
		return ""
	}
	defer r.Close() //nolint:errcheck // it was only read
	dec := newDecoder(r)
	for {
		token, err := dec.Token()
		if err != nil {
			return ""
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name.Local
		}
	}
}

// related returns the parts that belong to the part main, by their role. Files that some programs
// write leave out who belongs to whom; then the names of the parts tell.
func (p *pack) related(main string) map[string][]string {
	out := make(map[string][]string)
	add := func(role, name string) {
		if p.parts[name] != nil && len(out[role]) < maxRelated && !slices.Contains(out[role], name) {
			out[role] = append(out[role], name)
		}
	}
	list := p.relationships(main)
	for _, r := range list {
		if r.Mode != "External" {
			add(path.Base(r.Role), partName(main, r.Target))
		}
	}
	if list == nil {
		for name := range p.parts {
			if path.Dir(name) == path.Dir(main) && path.Ext(name) == ".xml" {
				add(strings.TrimRight(strings.TrimSuffix(path.Base(name), ".xml"), "0123456789"), name)
			}
		}
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out
}

// open returns the content of a part. Reading more than all parts together may hold is ErrTooLarge.
func (p *pack) open(name string) (io.ReadCloser, error) {
	f := p.parts[strings.ToLower(name)]
	if f == nil {
		return nil, fmt.Errorf("%w: it lacks its part %s: save it again", ErrFormat, name)
	}
	content, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: its part %s cannot be unpacked: save it again", ErrFormat, name)
	}
	return &partReader{content, p}, nil
}

type partReader struct {
	io.ReadCloser
	pack *pack
}

func (r *partReader) Read(b []byte) (int, error) {
	if r.pack.left <= 0 {
		return 0, fmt.Errorf("%w: it unpacks to more than %d MiB", ErrTooLarge, maxUnpacked>>20)
	}
	n, err := r.ReadCloser.Read(b[:min(int64(len(b)), r.pack.left)])
	r.pack.left -= int64(n)
	return n, err
}

// newDecoder returns a decoder for UTF-8, and for UTF-16 with a byte order mark. It knows no
// entities but XML's own, so none can expand.
func newDecoder(r io.Reader) *xml.Decoder {
	dec := xml.NewDecoder(transform.NewReader(r, unicode.BOMOverride(transform.Nop)))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return dec
}
