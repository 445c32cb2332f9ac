package faultboard

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// pageWord is in every page and must be in no error.
const pageWord = "zanzibarite"

// A Fault is one quirk.
type Fault struct {
	Name  string
	Serve http.HandlerFunc // answers every request
	Want  Want
	Wait  time.Duration // what the error's RetryAfter must say; 0: nothing
	Stall bool          // the server stops answering, so that the client's time limit ends it
}

// timeout is the client's for one try: long where the fault is not about time, because the machine
// may be slow.
func (f Fault) timeout() time.Duration {
	if f.Stall {
		return 300 * time.Millisecond
	}
	return maxWait
}

const wait = 2 * time.Minute

// Faults returns the quirks, in a stable order.
func Faults() []Fault {
	page := func(status int, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	redirect := func(to string) http.HandlerFunc { return page(http.StatusFound, "", "Location", to) }
	const unknown = "<!DOCTYPE html><html><head><title>Jobs</title></head><body><main><h1>" +
		pageWord + "</h1></main></body></html>"
	challenge := "<html><head><title>Just a " +
		"moment...</title></head><body><script>window._cf_chl_opt={};</script><script " +
		"src=\"/cdn-cgi/challenge-platform/h\"></script>" +
		pageWord + "</body></html>"
	return []Fault{
		{
			Name: "429 with Retry-After in seconds", Serve: page(429, unknown, "Retry-After", "120"),
			Want: Passing, Wait: wait,
		},
		{Name: "429 with Retry-After as a date", Serve: retryDate, Want: Passing, Wait: wait},
		{Name: "429 without Retry-After", Serve: page(429, unknown), Want: Passing},
		{Name: "503", Serve: page(503, unknown), Want: Passing},
		{
			Name:  "502 from a gateway",
			Serve: page(502, "<html><body><center><h1>502 Bad Gateway</h1></center></body></html>"),
			Want:  Passing,
		},
		{
			Name:  "999",
			Serve: page(999, "<html><head><script>location.href='/authwall'</script></head></html>"),
			Want:  Blocked,
		},
		{
			Name: "403 Access Denied",
			Serve: page(
				403,
				"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>errors.edgesuite.net "+
					pageWord+"</BODY></HTML>",
			),
			Want: Blocked,
		},
		{Name: "captcha with status 403", Serve: page(403, challenge), Want: Blocked},
		{Name: "captcha with status 200", Serve: page(200, challenge), Want: Blocked},
		{Name: "redirect to a login wall", Serve: authwall, Want: Refused},
		{Name: "redirect in circles", Serve: redirect("/again"), Want: Refused},
		{Name: "redirect to 127.0.0.1", Serve: redirect("http://127.0.0.1/jobs"), Want: Refused},
		{
			Name: "redirect to 169.254.169.254", Serve: redirect("http://169.254.169.254/latest/meta-data/"),
			Want: Refused,
		},
		{
			Name: "redirect to an address in disguise", Serve: redirect("http://[::ffff:7f00:1]/jobs"),
			Want: Refused,
		},
		{Name: "redirect to another host", Serve: redirect("http://elsewhere.test/jobs"), Want: Refused},
		{Name: "redirect to a file", Serve: redirect("file:///etc/hostname"), Want: Refused},
		{Name: "200 with no cards", Serve: page(200, unknown), Want: Unknown},
		{Name: "200 with nothing", Serve: page(200, ""), Want: Unknown},
		{
			Name: "200 with an empty object", Serve: page(200, "{}", "Content-Type", "application/json"),
			Want: Unknown,
		},
		{
			Name: "half a page", Serve: page(200, unknown[:len(unknown)/2], "Content-Length", "100000"),
			Want: Passing,
		},
		{Name: "half a page, reset", Serve: halfReset, Want: Passing},
		{Name: "connection reset", Serve: reset, Want: Passing},
		{Name: "connection closed without an answer", Serve: hangUp, Want: Passing},
		{Name: "no HTTP", Serve: noHTTP, Want: Passing},
		{Name: "stall before the answer", Serve: stall(""), Want: Passing, Stall: true},
		{Name: "stall in mid-page", Serve: stall(unknown[:40]), Want: Passing, Stall: true},
		{Name: "a byte at a time, without end", Serve: drip, Want: Passing, Stall: true},
		{Name: "gzip bomb", Serve: bomb, Want: Unknown},
		{
			Name:  "gzip that breaks off",
			Serve: page(200, string(zip([]byte(unknown))[:60]), "Content-Encoding", "gzip"), Want: Passing,
		},
		{
			Name: "20 MB page",
			Serve: page(
				200, "<html><body>"+strings.Repeat("<p>"+pageWord+"</p>", 20<<20/len("<p>"+pageWord+"</p>")),
			),
			Want: Unknown,
		},
		{Name: "page without end", Serve: endless, Want: Unknown},
		{
			Name:  "100,000 nested tags",
			Serve: page(200, "<html><body>"+strings.Repeat("<div>", 100_000)+pageWord), Want: Unknown,
		},
		{
			Name:  "100,000 nested arrays",
			Serve: page(200, strings.Repeat("[", 100_000), "Content-Type", "application/json"), Want: Unknown,
		},
		{
			Name: "bytes of another charset",
			Serve: page(
				200, "<html><body>"+strings.Repeat("\xe4\xf6\xfc ", 100)+"</body></html>", "Content-Type",
				"text/html; charset=utf-16",
			),
			Want: Unknown,
		},
		{
			Name:  "a charset that is none",
			Serve: page(200, unknown, "Content-Type", "text/html; charset=\"x-none"), Want: Unknown,
		},
		{Name: "redirect to the front page", Serve: redirected("/start", unknown), Want: Unknown},
		{Name: "redirect to a list", Serve: redirected("/all-jobs", unknown), Want: Unknown},
		{
			Name:  "words that say closed",
			Serve: page(200, "<html><body><h1>Engineer</h1><p>This position is closed.</p></body></html>"),
			Want:  Unknown,
		},
		{
			Name: "words about walls",
			Serve: page(200, "<html><head><title>Captcha Engineer</title></head><body><p>Build login walls, "+
				"deny access, and look for unusual activity.</p></body></html>"),
			Want: Unknown,
		},
		{
			Name:  "JSON that is cut",
			Serve: page(200, `{"title":"Engineer","text":"We bui`, "Content-Type", "application/json"),
			Want:  Unknown,
		},
		{Name: "JSON null", Serve: page(200, "null", "Content-Type", "application/json"), Want: Unknown},
		{
			Name:  "markup that never ends",
			Serve: page(200, "<html><body><div><p><b>We build <i>bridges<table><tr><td>"), Want: Unknown,
		},
		{
			Name:  "an image",
			Serve: page(200, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "Content-Type", "image/png"),
			Want:  Unknown,
		},
	}
}

// redirected sends every request to a page.
func redirected(to, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != to {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, body)
	}
}

func retryDate(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", time.Now().Add(wait).UTC().Format(http.TimeFormat))
	w.WriteHeader(http.StatusTooManyRequests)
}

func authwall(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/authwall" {
		http.Redirect(w, r, "/authwall?trk=qf", http.StatusFound)
		return
	}
	_, _ = io.WriteString(
		w,
		`<html><head><title>Sign Up</title><meta name="pageKey" content="auth_wall_desktop_profile"></head>`+
			`<body><form class="authwall-join-form">`+pageWord+`</form></body></html>`,
	)
}

// raw takes the connection over.
func raw(w http.ResponseWriter, send string, reset bool) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, send)
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func reset(w http.ResponseWriter, _ *http.Request)  { raw(w, "", true) }
func hangUp(w http.ResponseWriter, _ *http.Request) { raw(w, "", false) }
func noHTTP(w http.ResponseWriter, _ *http.Request) { raw(w, "SSH-2.0-OpenSSH_9.9\r\n", false) }

func halfReset(w http.ResponseWriter, _ *http.Request) {
	raw(
		w,
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: "+
			"chunked\r\n\r\n10\r\n<html><body><ul>\r\n",
		true,
	)
}

func stall(sent string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if sent != "" {
			_, _ = io.WriteString(w, sent)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done() // the client gives up
	}
}

func drip(w http.ResponseWriter, r *http.Request) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			_, _ = io.WriteString(w, "<")
			_ = http.NewResponseController(w).Flush()
		}
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	chunk := bytes.Repeat([]byte("<p>"+pageWord), 1000)
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// bomb sends a gigabyte of spaces in a megabyte.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	member := zip(bytes.Repeat([]byte(" "), 1<<20))
	for range 1000 {
		if _, err := w.Write(member); err != nil {
			return
		}
	}
}

func zip(page []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(page)
	_ = w.Close()
	return b.Bytes()
}
