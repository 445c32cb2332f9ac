package server

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/agent-forge/forge/store/rest"
)

// apiCalls are the calls of the API, with a body that is valid.
var apiCalls = []struct{ method, path, body string }{
	{
		"POST", "/jobs/sync",
		`[{"source":"example","external_id":"1","title":"E","url":"https://a.example/1"}]`,
	},
	{"POST", "/jobs/claim", `{"limit":1,"lease_seconds":60}`},
	{"POST", "/jobs/1/enrich", `{"match_score":0,"status":"AUTO_REJECTED"}`},
	{"POST", "/jobs/1/renew", `{"claim_token":1,"lease_seconds":60}`},
	{"POST", "/jobs/1/release", `{"claim_token":1,"status":"FAILED"}`},
	{"POST", "/jobs/1/mark", `{"status":"DISMISSED"}`},
	{"POST", "/jobs/1/judge", `{"verdict":"WORTH"}`},
	{"POST", "/jobs/reopen", `{"ids":[1]}`},
	{"POST", "/jobs/audit", `{"limit":3}`},
	{"GET", "/jobs", ""},
	{"GET", "/jobs/stats", ""},
	{"GET", "/jobs/evidence", ""},
}

const apiPrefix = "/agent-forge"

var (
	ok          = []int{http.StatusOK}
	notFound    = []int{http.StatusNotFound}
	malformed   = []int{http.StatusBadRequest}
	invalid     = []int{http.StatusBadRequest, http.StatusUnprocessableEntity}
	forbidden   = []int{http.StatusForbidden}
	unknown     = []int{http.StatusUnauthorized}
	wrongHost   = []int{http.StatusMisdirectedRequest}
	wrongMethod = []int{http.StatusMethodNotAllowed}
	elsewhere   = []int{http.StatusSeeOther}
)

var verbs = []string{
	"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get", "PROPFIND",
}

// methodChecks try every method that a path does not have.
func methodChecks() (all []httpCheck) {
	for _, call := range apiCalls {
		for _, verb := range verbs {
			if verb == call.method || call.method == "GET" && verb == "HEAD" {
				continue
			}
			all = append(all, httpCheck{
				name:    verb + " " + call.path,
				request: request(verb, apiPrefix+call.path, "", bearer(bobToken), "X-Echo: trace-me"),
				status:  wrongMethod, want: []string{"Allow: " + call.method}, never: []string{"trace-me"},
			})
		}
	}
	for _, path := range []string{
		"/", "/sign-in", "/sign-out", "/export.csv", "/jobs/1/mark", "/static/style.css", "/healthz",
		"/metrics",
	} {
		for _, verb := range []string{"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
			all = append(all, httpCheck{
				name: verb + " " + path, request: request(verb, path, "", "X-Echo: trace-me"),
				status: []int{404, 405}, never: []string{"trace-me"},
			})
		}
	}
	return all
}

// tokenChecks make each call without a token that may make it.
func tokenChecks() (all []httpCheck) {
	sum := hashOf(adaToken)
	for _, call := range apiCalls {
		for _, c := range []struct {
			name   string
			header []string
		}{
			{"no token", nil},
			{"an empty token", []string{"Authorization: Bearer "}},
			{"no scheme", []string{"Authorization: " + adaToken}},
			{"another scheme", []string{"Authorization: Token " + adaToken}},
			{"a password", []string{
				"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("ada:"+adaToken)),
			}},
			{"the token's hash", []string{bearer(hex.EncodeToString(sum[:]))}},
			{"a part of a token", []string{bearer(adaToken[:len(adaToken)-1])}},
			{"more than a token", []string{bearer(adaToken + "x")}},
			{"another case", []string{bearer(strings.ToLower(adaToken))}},
			{"two tokens in one", []string{bearer(adaToken + " " + bobToken)}},
			{"a list of tokens", []string{bearer(adaToken + "," + bobToken)}},
			{"a wrong token before", []string{bearer("forge_X"), bearer(adaToken)}},
			{"a token in a cookie", []string{"Cookie: forge_session=" + adaToken}},
			{"a user's name", []string{"X-Forwarded-User: ada", "X-User: ada"}},
			{"a long token", []string{bearer(strings.Repeat("x", 20_000))}},
		} {
			all = append(all, httpCheck{
				name:    c.name + ": " + call.path,
				request: request(call.method, apiPrefix+call.path, call.body, c.header...),
				status:  unknown, want: []string{"Www-Authenticate: Bearer", "application/problem+json"},
			})
		}
		inQuery := request(call.method, apiPrefix+call.path+"?access_token="+adaToken, call.body)
		all = append(all, httpCheck{name: "in the query: " + call.path, request: inQuery, status: unknown})
		if call.method == "POST" {
			all = append(all, httpCheck{
				name:    "a token to look: " + call.path,
				request: request("POST", apiPrefix+call.path, call.body, bearer(adaLooks)), status: forbidden,
			})
		}
		if strings.Contains(call.path, "/1/") {
			all = append(all, httpCheck{
				name:    "another user's job: " + call.path,
				request: request("POST", apiPrefix+call.path, call.body, bearer(bobToken)), status: notFound,
			})
		}
	}
	return all
}

// bodyChecks send each call what is not its body.
func bodyChecks() (all []httpCheck) {
	for _, call := range apiCalls {
		if call.method != "POST" {
			continue
		}
		for _, c := range []struct{ name, body string }{
			{"nothing", ""},
			{"half of it", call.body[:len(call.body)-1]},
			{"null", "null"},
			{"a number", "1"},
			{"a string", `"` + adaToken + `"`},
			{"a form", "status=DISMISSED"},
			{"XML", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"},
			{"two", call.body + call.body},
			{"more than it", call.body + "x"},
			{"NUL", "\x00" + call.body},
			{"invalid UTF-8", "\xff" + call.body},
			{"UTF-16", "\xff\xfe{\x00}\x00"},
			{"a comment", "/* */" + call.body},
			{"deep arrays", strings.Repeat("[", 100_000)},
			{"deep objects", strings.Repeat(`{"a":`, 100_000)},
			{"an unknown field", `{"<script>":1}`},
			{"a prototype", `{"__proto__":{"status":"MATCHED"}}`},
		} {
			all = append(all, httpCheck{
				name:    c.name + ": " + call.path,
				request: request("POST", apiPrefix+call.path, c.body, bearer(bobToken)),
				status:  invalid, want: []string{"application/problem+json"},
			})
		}
		large := request("POST", apiPrefix+call.path, strings.Repeat(" ", rest.MaxBodyBytes+1),
			bearer(bobToken))
		all = append(all, httpCheck{
			name: "too large: " + call.path, request: large, status: []int{http.StatusRequestEntityTooLarge},
		})
	}
	return all
}

// framingChecks send bytes in which two readers could see different requests.
func framingChecks() []httpCheck {
	const host = "Host: 127.0.0.1\r\n"
	chunked := func(body string) string {
		return "POST /agent-forge/jobs/claim HTTP/1.1\r\n" + host + bearer("forge_X") +
			"\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + body
	}
	stats := "GET /agent-forge/jobs/stats HTTP/1.1\r\n" + host
	smuggled := stats + bearer(adaToken) + "\r\nConnection: close\r\n\r\n"
	all := []httpCheck{
		{name: "no host", request: "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", status: malformed},
		{name: "two hosts", request: request("GET", "/", "", "Host: a", "Host: b"), status: malformed},
		{name: "a host with a space", request: request("GET", "/", "", "Host: a b"), status: malformed},
		{name: "a host with a slash", request: request("GET", "/", "", "Host: a/b"), status: malformed},
		{
			name: "a host with a user", request: request("GET", "/sign-in", "", "Host: a@evil.example"),
			status: []int{400, 421},
		},
		{name: "a length of text", request: request("GET", "/", "", "Content-Length: x"), status: malformed},
		{
			name: "a negative length", request: request("GET", "/", "", "Content-Length: -1"),
			status: malformed,
		},
		{name: "a signed length", request: request("GET", "/", "", "Content-Length: +1"), status: malformed},
		{
			name:    "two lengths",
			request: request("POST", "/agent-forge/jobs/claim", "{}", "Content-Length: 1"),
			status:  malformed,
		},
		{
			name:    "an endless length",
			request: request("GET", "/", "", "Content-Length: 99999999999999999999"), status: malformed,
		},
		{
			name: "a length in hexadecimal", request: request("GET", "/", "", "Content-Length: 0x1"),
			status: malformed,
		},
		{
			name: "an unknown encoding", request: request("GET", "/", "", "Transfer-Encoding: identity, x"),
			status: []int{http.StatusNotImplemented},
		},
		{
			name: "gzip as an encoding", request: request("GET", "/", "", "Transfer-Encoding: gzip, chunked"),
			status: []int{http.StatusNotImplemented},
		},
		{
			name:    "two encodings",
			request: request("GET", "/", "", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
			status:  []int{400, 501},
		},
		{
			name: "a space before the colon", request: request("GET", "/", "", "Content-Length : 0"),
			status: malformed,
		},
		{name: "a tab in a name", request: request("GET", "/", "", "X\tY: 0"), status: malformed},
		{name: "a header without a name", request: request("GET", "/", "", ": 0"), status: malformed},
		{name: "a header without a colon", request: request("GET", "/", "", "X"), status: malformed},
		{name: "NUL in a header", request: request("GET", "/", "", "X: a\x00b"), status: malformed},
		{name: "CR in a header", request: request("GET", "/", "", "X: a\rb"), status: malformed},
		{
			name: "a folded first header", request: "GET / HTTP/1.1\r\n X: 1\r\n" + host + "\r\n",
			status: malformed,
		},
		{name: "NUL in the target", request: request("GET", "/\x00", ""), status: malformed},
		{name: "a space in the target", request: request("GET", "/a b", ""), status: malformed},
		{name: "no target", request: "GET HTTP/1.1\r\n" + host + "\r\n", status: malformed},
		{name: "no version", request: "GET /\r\n" + host + "\r\n", status: malformed},
		{name: "another protocol", request: "GET / FTP/1.1\r\n" + host + "\r\n", status: malformed},
		{
			name: "a version of the future", request: "GET / HTTP/3.0\r\n" + host + "\r\n",
			status: []int{http.StatusHTTPVersionNotSupported},
		},
		{name: "HTTP/2 without TLS", request: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: []int{400, 505}},
		{name: "TLS", request: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", status: malformed},
		{name: "an invalid method", request: request("G(T", "/", ""), status: malformed},
		{name: "no percent code", request: request("GET", "/%zz", ""), status: malformed},
		{name: "a proxy's target", request: request("GET", "http://evil.example/", ""), status: wrongHost},
		{name: "a tunnel", request: request("CONNECT", "evil.example:443", ""), status: []int{
			400, 404, 405,
			421,
		}},
		{name: "a star", request: request("OPTIONS", "*", ""), status: []int{200, 404}},
		{
			name: "a long header", request: request("GET", "/", "", "X: "+strings.Repeat("x", 64<<10)),
			status: []int{http.StatusRequestHeaderFieldsTooLarge},
		},
		{
			name:    "many headers",
			request: request("GET", "/", "", slices.Repeat([]string{"X: y"}, 10_000)...),
			status:  []int{http.StatusRequestHeaderFieldsTooLarge},
		},
		{
			name: "a long target", request: request("GET", "/"+strings.Repeat("x", 64<<10), ""),
			status: []int{http.StatusRequestHeaderFieldsTooLarge},
		},
		{
			name: "length and chunks", status: []int{400, 401},
			request: strings.Replace(chunked("0\r\n\r\n"+smuggled), "chunked\r\n",
				"chunked\r\nContent-Length: 5\r\n", 1),
		},
		{
			name: "a request behind the length", status: unknown,
			request: request("POST", "/agent-forge/jobs/claim", "", bearer("forge_X")) + smuggled,
		},
		{
			name: "a request in the body", status: unknown,
			request: request("POST", "/agent-forge/jobs/claim", smuggled, bearer("forge_X")),
		},
		{
			name: "two requests, two answers", replies: 2, status: []int{401, 200},
			request: stats + "\r\n" + smuggled,
		},
		{
			name: "the token of one is not the next one's", replies: 2, status: []int{200, 401},
			request: stats + bearer(adaToken) + "\r\n\r\n" + stats + "Connection: close\r\n\r\n",
		},
		{
			name: "an answer split by a parameter", status: []int{303}, never: []string{"\r\nX-Evil"},
			request: request("GET", "/?q=%0d%0aX-Evil:%201", ""),
		},
		{
			name: "an id split in two", status: ok, never: []string{"evil-id"},
			request: request("GET", "/healthz", "", "X-Request-Id: evil-id; x=1"),
		},
	}
	for _, c := range []struct{ name, body string }{
		{"a chunk of text", "x\r\n"},
		{"a negative chunk", "-1\r\n"},
		{
			"an endless chunk",
			"ffffffffffffffffff\r\n",
		},
		{"a chunk without its end", "2\r\n{}0\r\n\r\n"},
		{"a long extension", "0;" + strings.Repeat("x",
			9000) + "\r\n\r\n"},
	} {
		valid := strings.Replace(chunked(c.body), "forge_X", bobToken, 1)
		all = append(all, httpCheck{name: c.name, request: valid, status: malformed})
	}
	return all
}

// pathChecks ask for what is not there, and for what is not theirs.
func pathChecks(v *victim) (all []httpCheck) {
	for _, path := range []string{
		"/static/../main.go", "/static/..%2fmain.go", "/static/%2e%2e/%2e%2e/etc/passwd",
		"/static/..\\main.go",
		"/static//etc/passwd", "/static/", "/static/.env", "/static/style.css/", "/.git/config",
		"/tokens.txt",
		"/forge.db", "/debug/pprof/", "/debug/vars", "/agent-forge", "/agent-forge/", "/agent-forge/jobs/",
		"/agent-forge/jobs/1", "/agent-forge/jobs/../../tokens.txt", "/agent-forge/users",
		"/AGENT-FORGE/jobs",
		"//evil.example/%2e%2e", "/%5cevil.example", "/sign-in/", "/jobs/1", "/jobs/1/mark/x", "/export.xml",
		"/export.csv/x", "/metrics/x", "/healthz/x", "/index.html", "/wp-login.php", "/..;/metrics",
	} {
		all = append(all, httpCheck{
			name: path, request: request("GET", path, "", v.cookies[adaToken], bearer(adaToken)),
			status: []int{301, 307, 308, 400, 404}, never: []string{
				"Location: //", "Location: http",
				"package main",
			},
		})
	}
	for _, id := range []string{"0", "-1", "2", "x", "9223372036854775808", "1%2f2", "%31%00", "1e0", "0x1"} {
		for _, to := range []string{"mark", "reopen", "judge", "keep", "restore"} {
			all = append(all, httpCheck{
				name:    "job " + id + "/" + to,
				request: request("POST", "/jobs/"+id+"/"+to, "status=DISMISSED", v.cookies[adaToken], form),
				status:  []int{404, 422},
			})
		}
	}
	return all
}

// actions are the forms of the page that change a job.
var actions = []string{
	"/jobs/1/mark", "/jobs/1/reopen", "/jobs/1/judge", "/jobs/1/keep", "/jobs/1/restore",
	"/rescore", "/regate",
}

const form = "Content-Type: application/x-www-form-urlencoded"

// crossSiteChecks send forms of other sites, in the name of a user who is signed in.
func crossSiteChecks(v *victim) (all []httpCheck) {
	for _, path := range slices.Concat(actions, []string{"/sign-in", "/sign-out"}) {
		for _, header := range []string{
			"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: evil",
			"Origin: https://evil.example", "Origin: null", "Origin: http://127.0.0.1:1",
			"Origin: http://localhost",
			"Origin: http://127.0.0.1.evil.example", "Origin: ://",
			"Origin: http://evil.example@127.0.0.1:80x",
		} {
			all = append(all, httpCheck{
				name: header + " " + path, status: forbidden,
				request: request("POST", path, "status=DISMISSED&token="+adaToken, v.cookies[adaToken], form,
					header),
			})
		}
	}
	for _, page := range []string{
		"/", "/sign-in", "/nowhere", "/export.csv", "/export.json",
		"/static/style.css",
	} {
		for _, want := range []string{
			"frame-ancestors 'none'", "default-src 'none'", "X-Frame-Options: DENY",
			"Referrer-Policy: no-referrer",
			"Cross-Origin-Resource-Policy: same-origin", "Cross-Origin-Opener-Policy: same-origin",
		} {
			all = append(all, httpCheck{
				name:    want + " " + page,
				request: request("GET", page, "", v.cookies[adaToken], "Origin: https://evil.example"),
				status:  []int{200, 303, 404}, want: []string{want}, never: []string{"Access-Control-Allow"},
			})
		}
	}
	for _, call := range apiCalls { // a browser asks before it sends a token
		all = append(all, httpCheck{
			name: "preflight " + call.path, status: wrongMethod, never: []string{"Access-Control-Allow"},
			request: request("OPTIONS", apiPrefix+call.path, "", "Origin: https://evil.example",
				"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization"),
		})
	}
	return all
}

// hostChecks come under a name that an attacker has made to lead here (DNS rebinding).
func hostChecks(v *victim) (all []httpCheck) {
	for _, host := range []string{
		"evil.example", "evil.example:80", "127.0.0.1.evil.example",
		"localhost.evil.example",
	} {
		for _, path := range []string{
			"/", "/sign-in", "/gate", "/export.csv", "/export.json",
			"/static/style.css",
		} {
			all = append(all, httpCheck{
				name: host + path, status: wrongHost, never: []string{"Engineer", "Paste your token"},
				request: request("GET", path, "", "Host: "+host, v.cookies[adaToken], "Origin: http://"+host),
			})
		}
		for _, path := range slices.Concat(actions, []string{"/sign-in", "/sign-out"}) {
			all = append(all, httpCheck{
				name: host + path, status: wrongHost,
				request: request("POST", path, "status=DISMISSED&token="+adaToken, "Host: "+host,
					v.cookies[adaToken], form, "Origin: http://"+host, "Sec-Fetch-Site: same-origin"),
			})
		}
	}
	for _, header := range []string{
		"X-Forwarded-Host: evil.example", "Forwarded: host=evil.example",
		"X-Original-URL: /x",
	} {
		all = append(all, httpCheck{
			name: header, request: request("GET", "/", "", header), status: elsewhere,
			want: []string{"Location: /sign-in\r\n"}, never: []string{"evil.example"},
		})
	}
	return all
}

// scriptChecks put script and addresses where the page could repeat them.
func scriptChecks(v *victim) (all []httpCheck) {
	for _, text := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'onfocus=alert(1) autofocus '`,
		`javascript:alert(1)`, `</title><script>`, `{{.}}`, `<svg/onload=alert(1)>`, "\u2028alert(1)",
		`\"<b>`,
	} {
		never := []string{`href="javascript`}
		if strings.ContainsAny(text, `<>"'`) {
			never = append(never, text) // it must be escaped
		}
		for _, name := range []string{"q", "view", "min", "at", "new", "other"} {
			all = append(all, httpCheck{
				name: name + "=" + text, status: ok, never: never,
				request: request("GET", "/?"+url.Values{name: {text}}.Encode(), "", v.cookies[adaToken]),
			})
		}
	}
	for i, back := range []string{
		"//evil.example", "https://evil.example", "\\\\evil.example", "view=//evil.example",
		"q=x&at=//evil.example",
		"view=saved%0d%0aX-Evil:1", "%zz", "javascript:alert(1)", "/../..//evil.example",
	} {
		body := url.Values{"status": {"MATCHED"}, "from": {"MATCHED"}, "back": {back}}.Encode()
		all = append(all, httpCheck{
			name: fmt.Sprint("back ", i, " ", back), status: elsewhere, want: []string{"Location: /"},
			request: request("POST", "/jobs/1/mark", body, v.cookies[adaToken], form),
			never:   []string{"Location: //", "Location: /\\", "X-Evil:1", "javascript"},
		})
	}
	for _, status := range []string{
		"", "AUTO_REJECTED", "FAILED", "CLOSED", "<script>", "matched", "A\x00",
		"DISCOVERED",
	} {
		all = append(all, httpCheck{
			name: "mark as " + status, status: []int{http.StatusUnprocessableEntity},
			request: request("POST", "/jobs/1/mark", url.Values{"status": {status}}.Encode(),
				v.cookies[adaToken], form),
		})
	}
	return all
}

// sessionChecks bring cookies that are nobody's, and a token's session where it may not act.
func sessionChecks(v *victim) (all []httpCheck) {
	_, value, _ := strings.Cut(v.cookies[adaToken], "=")
	sum := hashOf(value)
	for _, cookie := range []string{
		"", "x", adaToken, "ada", value[:len(value)-1], value + "x", strings.ToLower(value),
		hex.EncodeToString(sum[:]),
		strings.Repeat("x", 10_000), "../../etc/passwd", "%00", "null",
	} {
		for _, path := range []string{"/", "/gate", "/export.csv", "/export.json"} {
			all = append(all, httpCheck{
				name:    "cookie " + cookie[:min(len(cookie), 20)] + " " + path,
				request: request("GET", path, "", "Cookie: forge_session="+cookie), status: elsewhere,
				want: []string{"Location: /sign-in"}, never: []string{"Engineer"},
			})
		}
	}
	for _, token := range []string{adaLooks, bobToken} {
		for _, path := range actions {
			if token == bobToken && path == "/rescore" {
				continue // of what is Bob's own
			}
			all = append(all, httpCheck{
				name:    token + " " + path,
				request: request("POST", path, "status=DISMISSED", v.cookies[token], form),
				status:  []int{403, 404, 422},
			})
		}
	}
	for _, token := range []string{
		"", " ", "forge_X", "<script>", strings.Repeat("x", 60_000), "\x00",
		adaToken + "x",
	} {
		body := url.Values{"token": {token}}.Encode()
		all = append(all, httpCheck{
			name:    "sign in with " + token[:min(len(token), 20)],
			request: request("POST", "/sign-in", body, form), status: []int{401},
			never: []string{"Set-Cookie"},
		})
	}
	large := request("POST", "/sign-in", "token="+strings.Repeat("x", 100<<10), form)
	return append(all, httpCheck{name: "a form of 100 kB", request: large, status: []int{401, 413}})
}
