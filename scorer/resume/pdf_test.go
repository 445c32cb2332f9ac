package resume_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/scorer/resume"
)

// A pdf is a PDF file that is made by hand, so that each test says what stands where on the page.
type pdf struct {
	pages    []string    // content streams
	page     string      // entries of every page's dictionary
	more     []pdfObject // numbered from 5 + 2 × len(pages)
	password *string     // nil: not encrypted. RC4 with 40 bits, as in PDF 1.3
}

type pdfObject struct{ body, stream string }

// at draws text in 10-point Helvetica.
func at(x, y int, text string) string {
	text = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(text)
	return fmt.Sprintf("BT /F1 10 Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n", x, y, text)
}

const fontResource = "/Font<</F1 3 0 R>>"

func (p pdf) bytes() []byte {
	key, encrypt := p.encryption()
	var b bytes.Buffer
	var offsets []int
	object := func(body string, stream []byte) {
		offsets = append(offsets, b.Len())
		n := len(offsets)
		fmt.Fprintf(&b, "%d 0 obj\n%s", n, body)
		if stream != nil {
			if key != nil {
				stream = crypt(objectKey(key, n), stream)
			}
			fmt.Fprintf(&b, "\nstream\n%s\nendstream", stream)
		}
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.4\n")
	var kids []string
	for i := range p.pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", 5+2*i))
	}
	object("<</Type/Catalog/Pages 2 0 R>>", nil)
	object(fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", strings.Join(kids, " "), len(p.pages)), nil)
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica"+
		"/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1/fi/ffi/fl]>>>>", nil)
	picture := []byte("\xff\x00\x00\xff")
	object("<</Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8/Length 4>>",
		picture)
	for i, content := range p.pages {
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"+
			"/Resources<<%s/XObject<</Im1 4 0 R>>>>%s>>", 6+2*i, fontResource, p.page), nil)
		object(fmt.Sprintf("<</Length %d>>", len(content)), []byte(content))
	}
	for _, o := range p.more {
		var stream []byte
		if o.stream != "" {
			stream = []byte(o.stream)
			o.body = strings.TrimSuffix(o.body, ">>") + fmt.Sprintf("/Length %d>>", len(stream))
		}
		object(o.body, stream)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n",
		len(offsets)+1, encrypt, start)
	return b.Bytes()
}

const passwordPadding = "\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08" +
	"\x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a"

// encryption computes the standard security handler's entries, revision 2 (PDF 32000-1:2008,
// 7.6.3).
func (p pdf) encryption() (key []byte, entry string) {
	if p.password == nil {
		return nil, ""
	}
	padded := []byte((*p.password + passwordPadding)[:32])
	ownerKey := md5.Sum(padded)
	owner := crypt(ownerKey[:5], padded)
	permissions := int32(-4)
	id := []byte("0123456789abcdef")
	h := md5.New()
	h.Write(padded)
	h.Write(owner)
	_ = binary.Write(h, binary.LittleEndian, permissions)
	h.Write(id)
	key = h.Sum(nil)[:5]
	user := crypt(key, []byte(passwordPadding))
	return key, fmt.Sprintf("/ID[<%x><%x>]/Encrypt<</Filter/Standard/V 1/R 2/O<%x>/U<%x>/P %d>>",
		id, id, owner, user, permissions)
}

func objectKey(key []byte, n int) []byte {
	sum := md5.Sum(append(append([]byte{}, key...), byte(n), byte(n>>8), byte(n>>16), 0, 0))
	return sum[:len(key)+5]
}

func crypt(key, data []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		panic(err)
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out
}

// patient gives a file far more time than it needs, for machines that do other work too.
func patient(o resume.Options) *resume.Options {
	o.Timeout = time.Minute
	return &o
}

func text(t *testing.T, name string, data []byte) string {
	t.Helper()
	s, err := resume.Text(t.Context(), name, data, patient(resume.Options{}))
	require.NoError(t, err)
	return s
}

func TestPDFPageIsReadAsAReaderSeesIt(t *testing.T) {
	t.Parallel()
	glued := func(adjust int) string { // words drawn apart, without space characters
		const line = "Registered nurse with four years on a busy ward"
		words := strings.ReplaceAll(line, " ", fmt.Sprintf(") %d (", -adjust))
		return "BT /F1 10 Tf 1 0 0 1 50 700 Tm [(" + words + ")] TJ ET"
	}
	spread := func(s string, letters, words int) string { // letters drawn apart, words more
		var b strings.Builder
		b.WriteString("BT /F1 14 Tf 1 0 0 1 50 700 Tm [")
		for _, r := range s {
			if r == ' ' {
				fmt.Fprintf(&b, "%d ", -words)
				continue
			}
			fmt.Fprintf(&b, "(%c) %d ", r, -letters)
		}
		return b.String() + "] TJ ET"
	}
	cases := []struct{ name, page, want string }{
		{
			"whatever the order of drawing",
			at(50, 620, "- Moved services to Kubernetes") + at(50, 632, "- Built payments in Go") +
				at(50, 690, "Experience") + at(50, 750, "Ada Quill") + at(50, 738, "Engineer, Berlin"),
			"Ada Quill\nEngineer, Berlin\n\n" +
				"Experience\n\n- Built payments in Go\n- Moved services to Kubernetes",
		},
		{"words 0.08 em apart", glued(80), "Registered nurse with four years on a busy ward"},
		{"words 0.10 em apart", glued(100), "Registered nurse with four years on a busy ward"},
		{"words 0.12 em apart", glued(120), "Registered nurse with four years on a busy ward"},
		{"words 0.25 em apart", glued(250), "Registered nurse with four years on a busy ward"},
		{
			"kerned letters",
			"BT /F1 10 Tf 1 0 0 1 50 700 Tm [(W) 80 (A) 70 (VE) -30 (S) -278 (T) 110 (o) 15 (kyo)] TJ ET",
			"WAVES Tokyo",
		},
		{"a heading with letters 0.15 em apart", spread("WORK EXPERIENCE", 150, 580), "WORK EXPERIENCE"},
		{"a heading with letters 0.4 em apart", spread("WORK EXPERIENCE", 400, 900), "WORK EXPERIENCE"},
		{
			"a heading with spaced letters by an operator",
			"BT /F1 14 Tf 5 Tc 1 0 0 1 50 700 Tm (WORK EXPERIENCE) Tj ET", "WORK EXPERIENCE",
		},
		{"a heading written with a space after each letter", at(50, 700, "S K I L L S"), "SKILLS"},
		{"initials and short words", at(50, 700, "I am a B. Sc. in R & D"), "I am a B. Sc. in R & D"},
		{
			"stretched lines", "BT /F1 10 Tf 9 Tw 1 0 0 1 50 700 Tm (planned lessons and kept budgets) Tj ET",
			"planned lessons and kept budgets",
		},
		{
			"each letter set by itself",
			at(50, 700, "H") + at(57, 700, "e") + at(63, 700, "l") + at(65, 700, "p") + at(73, 700, "m") +
				at(81, 700, "e"),
			"Help me",
		},
		{
			"a word in two fonts", "BT /F1 10 Tf 1 0 0 1 50 700 Tm (Post) Tj /F1 9.5 Tf (greSQL) Tj ET",
			"PostgreSQL",
		},
		{"a line drawn twice to look bold", at(50, 700, "Ada Quill") + at(50, 700, "Ada Quill"), "Ada Quill"},
		{
			"what is raised",
			"BT /F1 10 Tf 1 0 0 1 50 700 Tm (the 1) Tj /F1 6 Tf 4 Ts (st) Tj 0 Ts /F1 10 Tf ( of May) Tj ET",
			"the 1st of May",
		},
		{"ligatures", at(50, 740, "Certi\x01ed o\x02ce work\x03ow"), "Certified office workflow"},
		{
			"a word divided at a line's end", at(50, 726, "with much experi-") + at(50, 714, "ence in Go"),
			"with much experience in Go",
		},
		{
			"a compound divided at its hyphen",
			at(50, 726, "open-source work; likes open-") + at(50, 714, "source tools"),
			"open-source work; likes open-source tools",
		},
		{
			"a name divided at its hyphen", at(50, 726, "worked at Hill-") + at(50, 714, "Works in York"),
			"worked at Hill-Works in York",
		},
		{
			"a hyphen for the rest of a word",
			at(50, 726, "Gesundheits-") + at(50, 714, "und Krankenpfleger"),
			"Gesundheits- und Krankenpfleger",
		},
		{
			"soft hyphens within a line", at(50, 726, "Hands\xadon and open\xadsource work"),
			"Hands-on and open-source work",
		},
		{
			"an accent drawn over a letter", at(50, 700, "M") + at(59, 700, "\xa8") + at(58, 700, "uller"),
			"Müller",
		},
	}
	// Each is a page of one file, below its number: starting PDFium takes longer than reading a
	// page.
	mark := func(i int) string { return fmt.Sprintf("[%d]", i) }
	var file pdf
	for i, c := range cases {
		file.pages = append(file.pages, at(50, 780, mark(i))+c.page)
	}
	read := text(t, "cv.pdf", file.bytes()) + "\n\n" + mark(len(cases))
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, rest, _ := strings.Cut(read, mark(i))
			got, _, found := strings.Cut(rest, mark(i+1))
			require.True(t, found)
			require.Equal(t, c.want, strings.TrimSpace(got))
		})
	}
}

func TestPDFTextThatIsTurnedIsRead(t *testing.T) {
	t.Parallel()
	turned := "BT /F1 10 Tf 0 1 -1 0 300 100 Tm (First line) Tj ET " +
		"BT /F1 10 Tf 0 1 -1 0 312 100 Tm (second line) Tj ET"
	upright := at(50, 700, "Upright text, which is more")
	require.Equal(t, "First line\nsecond line\n\nUpright text, which is more\n\nFirst line\nsecond line",
		text(t, "cv.pdf", pdf{pages: []string{turned, upright + turned}}.bytes()))
}

func TestPDFColumnsAreReadOneAfterTheOther(t *testing.T) {
	t.Parallel()
	const above = "Ada Quill, a backend engineer whose name and summary go across both of the columns below"
	const below = "References on request, which again goes from the left margin to the right one of the page"
	page := at(50, 770, above)
	for i, pair := range [][2]string{
		{"Skills", "Experience"},
		{"Go, Python", "Senior Engineer at Northwind Payments"},
		{"PostgreSQL", "built services that settle payments"},
		{"Kubernetes", "and moved them to Kubernetes"},
		{"Terraform", "Engineer at Lakeshore Maps"},
		{"", "wrote interfaces in Go"},
	} {
		y := 740 - 14*i
		page += at(220, y-3, pair[1]) // the columns' lines are not on one height
		if pair[0] != "" {
			page += at(50, y, pair[0])
		}
	}
	page += at(50, 600, below)
	require.Equal(t, above+`

Skills
Go, Python
PostgreSQL
Kubernetes
Terraform

Experience
Senior Engineer at Northwind Payments
built services that settle payments
and moved them to Kubernetes
Engineer at Lakeshore Maps
wrote interfaces in Go

`+below, text(t, "cv.pdf", pdf{pages: []string{page}}.bytes()))
}

func TestPDFPagesFollowOneAnother(t *testing.T) {
	t.Parallel()
	pages := []string{at(50, 700, "Page one"), at(50, 700, "Page two")}
	require.Equal(t, "Page one\n\nPage two", text(t, "", pdf{pages: pages}.bytes()))
}

func TestPDFFormsAreReadWithWhatIsFilledIn(t *testing.T) {
	t.Parallel()
	form := pdf{
		pages: []string{at(50, 700, "Name and trade:")},
		page:  "/Annots[7 0 R 9 0 R]",
		more: []pdfObject{
			{"<</Type/Annot/Subtype/Widget/FT/Tx/T(trade)/Rect[50 660 300 680]/F 4/AP<</N 8 0 R>>>>", ""},
			{
				"<</Type/XObject/Subtype/Form/BBox[0 0 250 20]/Resources<<" + fontResource + ">>>>",
				"BT /F1 10 Tf 2 4 Td (Ada Quill, electrician) Tj ET",
			},
			{"<</Type/Annot/Subtype/Link/Rect[50 600 300 620]/A<</S/URI/URI(https://example.org)>>>>", ""},
		},
	}
	require.Equal(t, "Name and trade:\nAda Quill, electrician", text(t, "cv.pdf", form.bytes()))
}

func TestPDFsThatCannotBeReadSayWhy(t *testing.T) {
	t.Parallel()
	secret := "secret"
	good := pdf{pages: []string{at(50, 700, "Ada Quill")}}.bytes()
	unmapped, err := os.ReadFile("testdata/unmapped.pdf")
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		data []byte
		opts resume.Options
		want error
		says string
	}{
		{
			"scanned", pdf{pages: []string{"q 500 0 0 700 50 50 cm /Im1 Do Q"}}.bytes(),
			resume.Options{},
			resume.ErrScanned, "run OCR",
		},
		{"characters that nothing maps to letters", unmapped, resume.Options{}, resume.ErrScanned, "run OCR"},
		{"an empty page", pdf{pages: []string{""}}.bytes(), resume.Options{}, resume.ErrEmpty, "no text"},
		{
			"encrypted", pdf{pages: []string{at(50, 700, "Ada")}, password: &secret}.bytes(),
			resume.Options{},
			resume.ErrEncrypted, "without one",
		},
		{"cut", good[:len(good)/3], resume.Options{}, resume.ErrFormat, "export it again"},
		{"a header alone", []byte("%PDF-1.7\n"), resume.Options{}, resume.ErrFormat, "export it again"},
		{
			"too many pages", pdf{pages: make([]string, 1000)}.bytes(),
			resume.Options{},
			resume.ErrTooLarge,
			"1000 pages, and at most 30 are read",
		},
		{"too large a file", good, resume.Options{MaxBytes: 100}, resume.ErrTooLarge, "more than 100 bytes"},
		{
			"too much text", pdf{pages: []string{at(50, 700, strings.Repeat("text ", 20))}}.bytes(),
			resume.Options{MaxText: 50},
			resume.ErrTooLarge, "MaxText",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := resume.Text(t.Context(), "cv.pdf", c.data, patient(c.opts))
			require.ErrorIs(t, err, c.want)
			require.ErrorContains(t, err, c.says)
			require.Empty(t, got)
		})
	}
}

func TestPDFPagesWithoutTextAreAWarning(t *testing.T) {
	t.Parallel()
	var warnings []error
	picture := "q 500 0 0 700 50 50 cm /Im1 Do Q"
	file := pdf{pages: []string{at(50, 700, "Ada Quill"), picture, "", picture}}
	got, err := resume.Text(t.Context(), "cv.pdf", file.bytes(),
		patient(resume.Options{Warn: func(w error) { warnings = append(warnings, w) }}))
	require.NoError(t, err)
	require.Equal(t, "Ada Quill", got)
	require.Len(t, warnings, 1)
	require.ErrorIs(t, warnings[0], resume.ErrPartial)
	require.ErrorContains(t, warnings[0], "page 2, 4 of 4")
}

func TestPDFThatOnlyItsOwnerMayChangeIsRead(t *testing.T) {
	t.Parallel()
	none := ""
	file := pdf{pages: []string{at(50, 700, "Ada Quill")}, password: &none}
	require.Equal(t, "Ada Quill", text(t, "cv.pdf", file.bytes()))
}

func TestPDFReadingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := resume.Text(ctx, "cv.pdf", pdf{pages: []string{at(50, 700, "Ada")}}.bytes(), nil)
	require.ErrorIs(t, err, context.Canceled)

	cause := errors.New("the user closed the window")
	late, stop := context.WithCancelCause(t.Context())
	time.AfterFunc(100*time.Millisecond, func() { stop(cause) })
	_, err = resume.Text(late, "cv.pdf", exponential(), patient(resume.Options{}))
	require.ErrorIs(t, err, cause)
}

// exponential is a small file that draws a word 10¹² times.
func exponential() []byte {
	p := pdf{pages: []string{"/X Do"}}
	const levels = 12
	for i := range levels {
		content := strings.Repeat("/X Do ", 10)
		if i == levels-1 {
			content = at(50, 700, "Ada")
		}
		p.more = append(p.more, pdfObject{
			fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 600 800]"+
				"/Resources<<%s/XObject<</X %d 0 R>>>>>>", fontResource, 8+i), content,
		})
	}
	return bytes.Replace(p.bytes(), []byte("/Im1 4 0 R"), []byte("/X 7 0 R  "), 1)
}

func deflated(s string, times int) pdf {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	for range times {
		_, _ = io.WriteString(z, s)
	}
	_ = z.Close()
	p := pdf{pages: []string{""}, more: []pdfObject{{"<</Filter/FlateDecode>>", b.String()}}}
	p.page = "/Contents 7 0 R"
	return p
}

func TestPDFThatTakesTooLongEndsInTime(t *testing.T) {
	t.Parallel()
	many := strings.Builder{}
	many.WriteString("BT /F1 9 Tf ")
	for i := range 200_000 {
		fmt.Fprintf(&many, "1 0 0 1 %d %d Tm (word) Tj ", i%600, i%800)
	}
	many.WriteString("ET")
	cases := []struct {
		name string
		data []byte
	}{
		{"forms in forms", exponential()},
		{"a stream that unpacks to 300 MiB", deflated(strings.Repeat(" ", 1<<20), 300).bytes()},
		{"many words", pdf{pages: []string{many.String()}}.bytes()},
		{
			"objects without end",
			[]byte("%PDF-1.7\n" + strings.Repeat("1 0 obj\n<</A 1 0 R>>\nendobj\n", 200_000)),
		},
	}
	if measure.RaceDetector { // it is the same wait, and the reader starts twenty times as slowly
		cases = cases[:1]
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const limit = 300 * time.Millisecond
			begin := time.Now()
			got, err := resume.Text(t.Context(), "cv.pdf", c.data, &resume.Options{Timeout: limit})
			require.ErrorIs(t, err, resume.ErrFormat)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorContains(t, err, "raise Timeout")
			require.Empty(t, got)
			t.Logf("ended after %v with a limit of %v", time.Since(begin).Round(time.Millisecond), limit)
		})
	}
}
