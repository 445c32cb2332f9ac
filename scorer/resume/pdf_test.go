package resume_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scorer/resume"
)

// A pdf is a PDF file that is made by hand, so that each test says what stands where on the page.
type pdf struct {
	pages    []string // content streams
	password *string  // nil: not encrypted. RC4 with 40 bits, as in PDF 1.3
}

// at draws text in 10-point Helvetica.
func at(x, y int, text string) string {
	text = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(text)
	return fmt.Sprintf("BT /F1 10 Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n", x, y, text)
}

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
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[1/fi/ffi/fl]>>>>", nil)
	picture := []byte("\xff\x00\x00\xff")
	object(fmt.Sprintf("<</Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>", len(picture)), picture)
	for i, content := range p.pages {
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>/XObject<</Im1 4 0 R>>>>>>", 6+2*i), nil)
		object(fmt.Sprintf("<</Length %d>>", len(content)), []byte(content))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, encrypt, start)
	return b.Bytes()
}

const passwordPadding = "\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a"

// encryption computes the standard security handler's entries, revision 2 (PDF 32000-1:2008, 7.6.3).
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
	return key, fmt.Sprintf("/ID[<%x><%x>]/Encrypt<</Filter/Standard/V 1/R 2/O<%x>/U<%x>/P %d>>", id, id, owner, user, permissions)
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

func text(t *testing.T, name string, data []byte) string {
	t.Helper()
	s, err := resume.Text(t.Context(), name, data, nil)
	require.NoError(t, err)
	return s
}

func TestPDFTextIsInReadingOrderWhateverTheOrderOfDrawing(t *testing.T) {
	t.Parallel()
	page := at(50, 640, "- Moved forty services to Kubernetes") + at(50, 652, "- Built payment services in Go") +
		at(50, 700, "Experience") + at(50, 750, "Ada Quill") + at(50, 738, "Backend engineer, Berlin")
	require.Equal(t, "Ada Quill\nBackend engineer, Berlin\n\nExperience\n\n- Built payment services in Go\n- Moved forty services to Kubernetes",
		text(t, "cv.pdf", pdf{pages: []string{page}}.bytes()))
}

func TestPDFColumnsAreReadOneAfterTheOther(t *testing.T) {
	t.Parallel()
	page := at(50, 770, "Ada Quill, a backend engineer whose name and summary go across both of the columns below") + "\n"
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
	page += at(50, 600, "References on request, which again goes from the left margin to the right one of the page")
	got := text(t, "cv.pdf", pdf{pages: []string{page}}.bytes())
	require.Equal(t, `Ada Quill, a backend engineer whose name and summary go across both of the columns below

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

References on request, which again goes from the left margin to the right one of the page`, got)
}

func TestPDFDatesAtTheRightMarginStayOnTheirLines(t *testing.T) {
	t.Parallel()
	page := ""
	for i, line := range [][2]string{
		{"Senior Engineer, Northwind", "2021 - today"},
		{"Engineer, Lakeshore Maps", "2018 - 2021"},
		{"Junior Engineer, Hill Labs", "2016 - 2018"},
		{"Intern, Quarry Tools", "06/2015 - 09/2015"},
		{"Tutor, University of Leeds", "2014 - 2015"},
	} {
		page += at(50, 740-14*i, line[0]) + at(480, 740-14*i, line[1])
	}
	require.Equal(t, `Senior Engineer, Northwind  2021 - today
Engineer, Lakeshore Maps  2018 - 2021
Junior Engineer, Hill Labs  2016 - 2018
Intern, Quarry Tools  06/2015 - 09/2015
Tutor, University of Leeds  2014 - 2015`, text(t, "cv.pdf", pdf{pages: []string{page}}.bytes()))
}

func TestPDFLigaturesAndLineEndHyphensAreLetters(t *testing.T) {
	t.Parallel()
	page := at(50, 740, "Certi\x01ed o\x02ce work\x03ow") + at(50, 726, "with much experi-") + at(50, 712, "ence in Go")
	got := text(t, "cv.pdf", pdf{pages: []string{page}}.bytes())
	require.Contains(t, got, "Certified office workflow")
	require.Contains(t, got, "much experience in Go")
}

func TestPDFPagesFollowOneAnother(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Page one\n\nPage two", text(t, "", pdf{pages: []string{at(50, 700, "Page one"), at(50, 700, "Page two")}}.bytes()))
}

func TestPDFsThatCannotBeReadSayWhy(t *testing.T) {
	t.Parallel()
	secret := "secret"
	good := pdf{pages: []string{at(50, 700, "Ada Quill")}}.bytes()
	for name, c := range map[string]struct {
		data []byte
		opts *resume.Options
		want error
	}{
		"scanned":          {pdf{pages: []string{"q 500 0 0 700 50 50 cm /Im1 Do Q"}}.bytes(), nil, resume.ErrScanned},
		"an empty page":    {pdf{pages: []string{""}}.bytes(), nil, resume.ErrEmpty},
		"encrypted":        {pdf{pages: []string{at(50, 700, "Ada")}, password: &secret}.bytes(), nil, resume.ErrEncrypted},
		"cut":              {good[:len(good)/3], nil, resume.ErrFormat},
		"a header alone":   {[]byte("%PDF-1.7\n"), nil, resume.ErrFormat},
		"too many pages":   {pdf{pages: []string{"", "", ""}}.bytes(), &resume.Options{MaxPages: 2}, resume.ErrTooLarge},
		"too large a file": {good, &resume.Options{MaxBytes: 100}, resume.ErrTooLarge},
		"too much text":    {pdf{pages: []string{at(50, 700, strings.Repeat("text ", 20))}}.bytes(), &resume.Options{MaxText: 50}, resume.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := resume.Text(t.Context(), "cv.pdf", c.data, c.opts)
			require.ErrorIs(t, err, c.want)
			require.Empty(t, got)
		})
	}
}

func TestAPDFThatOnlyItsOwnerMayChangeIsRead(t *testing.T) {
	t.Parallel()
	none := ""
	require.Equal(t, "Ada Quill", text(t, "cv.pdf", pdf{pages: []string{at(50, 700, "Ada Quill")}, password: &none}.bytes()))
}

func TestReadingAPDFEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := resume.Text(ctx, "cv.pdf", pdf{pages: []string{at(50, 700, "Ada")}}.bytes(), nil)
	require.ErrorIs(t, err, context.Canceled)
}
