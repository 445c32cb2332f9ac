package rest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
	"github.com/agent-forge/forge/store/storetest"
)

// A contract checks requests and answers against the OpenAPI file.
type contract struct {
	doc    *openapi3.T
	router routers.Router

	mu   sync.Mutex
	seen map[string]bool // "operation status"
}

func newContract(tb testing.TB) *contract {
	tb.Helper()
	openapi3filter.RegisterBodyDecoder("application/yaml", openapi3filter.PlainBodyDecoder)
	doc, err := openapi3.NewLoader().LoadFromData(rest.OpenAPI())
	require.NoError(tb, err)
	require.NoError(tb, doc.Validate(tb.Context(), openapi3.EnableSchemaFormatValidation()))
	router, err := gorillamux.NewRouter(doc)
	require.NoError(tb, err)
	return &contract{doc: doc, router: router, seen: map[string]bool{}}
}

// hold returns a handler that holds each request and answer of next to the contract. What the
// contract refuses must be refused; what is answered, refusals included, must be an answer of the
// contract.
func (c *contract) hold(tb testing.TB, next http.Handler) http.Handler {
	tb.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "jsonl") { // a stream, which is never answered whole
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler) // the client went away
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		recorded := httptest.NewRecorder()
		next.ServeHTTP(recorded, r)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if err := c.judge(r.Context(), r, body, recorded); err != nil {
			tb.Errorf("%s %s: %d: %v", r.Method, r.URL.Path, recorded.Code, err)
		}
		maps.Copy(w.Header(), recorded.Header())
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(recorded.Body.Bytes())
	})
}

func (c *contract) judge(
	ctx context.Context, r *http.Request, body []byte, answer *httptest.ResponseRecorder,
) error {
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		if answer.Code == http.StatusNotFound || answer.Code == http.StatusMethodNotAllowed {
			return nil
		}
		return errors.New("answered, and the contract knows no such route")
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json") // the handler takes any
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
		},
	}
	refused := openapi3filter.ValidateRequest(ctx, input)
	if refused != nil && answer.Code < 400 {
		return errors.Join(errors.New("the contract refuses what the handler took"), refused)
	}
	c.mu.Lock()
	c.seen[route.Operation.OperationID+" "+strconv.Itoa(answer.Code)] = true
	c.mu.Unlock()
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(), Options: input.Options,
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())),
	})
}

func TestContractHasEveryRouteAndNoOther(t *testing.T) {
	t.Parallel()
	var documented []string
	for path, item := range newContract(t).doc.Paths.Map() {
		for method := range item.Operations() {
			documented = append(documented, method+" "+path)
		}
	}
	require.ElementsMatch(t, documented, rest.ServedRoutes())
}

func TestContractHasEveryFieldAndNoOther(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	var schemas []string
	for name, ref := range c.doc.Components.Schemas {
		if ref.Value.Type.Is("object") && name != "Data" { // Data is enrich.Data, which has its own tags
			schemas = append(schemas, name)
		}
	}
	require.ElementsMatch(t, schemas, slices.Collect(maps.Keys(rest.Schemas())))
	for name, goType := range rest.Schemas() {
		require.ElementsMatch(t, slices.Collect(maps.Keys(c.doc.Components.Schemas[name].Value.Properties)),
			fieldsOf(goType), name)
	}
	var codes []string
	for _, v := range c.doc.Components.Schemas["Problem"].Value.Properties["code"].Value.Enum {
		codes = append(codes, v.(string))
	}
	require.ElementsMatch(t, codes, rest.Codes())
}

// fieldsOf returns the names that a type has in JSON.
func fieldsOf(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			names = append(names, fieldsOf(f.Type)...)
			continue
		}
		names = append(names, name)
	}
	return names
}

// Every request and answer of the suite of stores is one of the contract.
func TestContractHoldsTheTrafficOfTheSuite(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	storetest.Run(t, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
		tb.Helper()
		db := memory.New(&memory.Options{Now: env.Now, RecheckAfter: env.RecheckAfter, Events: env.Events})
		h, err := rest.NewHandler(rest.Config{
			ForUser: func(user string) forge.Store { return db.ForUser(user) }, Authenticate: authenticate,
		})
		require.NoError(tb, err)
		s := httptest.NewServer(c.hold(tb, h))
		tb.Cleanup(s.Close)
		return clients(tb, s.URL)
	})
}

// Every answer that the contract names is one that the handler gives.
func TestContractHasNoStatusThatIsNotAnswered(t *testing.T) {
	t.Parallel()
	c := newContract(t)
	db := memory.New(&memory.Options{Events: true})
	var failing error // of authentication
	h, err := rest.NewHandler(rest.Config{
		ForUser: func(user string) forge.Store {
			switch user {
			case "broken":
				return brokenStore{}
			case "pruned":
				return prunedStore{}
			case "bare":
				return struct{ forge.Store }{db.ForUser(user)} // none of the optional abilities
			}
			return db.ForUser(user)
		},
		Authenticate: func(r *http.Request) (rest.Identity, error) {
			if failing != nil {
				return rest.Identity{}, failing
			}
			return authenticate(r)
		},
	})
	require.NoError(t, err)
	held := c.hold(t, h)
	send := func(token, method, path, body string) int {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		held.ServeHTTP(w, r)
		return w.Code
	}

	good := []struct {
		operation string
		rawCall
	}{
		{"sync", rawCall{"POST", "/agent-forge/jobs/sync", `[` + leadJSON + `]`}},
		{
			"claim",
			rawCall{
				"POST", "/agent-forge/jobs/claim", `{"limit":1,"lease_seconds":60.5,"sources":["linkedin"]}`,
			},
		},
		{
			"enrich",
			rawCall{
				"POST", "/agent-forge/jobs/1/enrich",
				`{"match_score":85,"status":"MATCHED","enrichment_data":{"description":"Text."}}`,
			},
		},
		{"renew", rawCall{"POST", "/agent-forge/jobs/1/renew", `{"claim_token":1,"lease_seconds":60}`}},
		{
			"release",
			rawCall{
				"POST", "/agent-forge/jobs/1/release",
				`{"claim_token":1,"after_seconds":0.5,"counts":true,"error":"cut"}`,
			},
		},
		{"mark", rawCall{"POST", "/agent-forge/jobs/1/mark", `{"status":"APPLIED"}`}},
		{"reopen", rawCall{"POST", "/agent-forge/jobs/reopen", `{"ids":[1]}`}},
		{"audit", rawCall{"POST", "/agent-forge/jobs/audit", `{"limit":3}`}},
		{"judge", rawCall{"POST", "/agent-forge/jobs/1/judge", `{"verdict":"WORTH"}`}},
		{"put", rawCall{"POST", "/agent-forge/jobs/1/put", `{"key":"a","value":{"b":[1,null]}}`}},
		{"evidence", rawCall{"GET", "/agent-forge/jobs/evidence", ""}},
		{
			"closeUnlisted",
			rawCall{
				"POST", "/agent-forge/jobs/close-unlisted",
				`{"source":"linkedin","name":"acme","age_seconds":0.5,"jobs":[{"external_id":"1"}]}`,
			},
		},
		{"sketches", rawCall{"GET", "/agent-forge/jobs/sketches?after=0&limit=10", ""}},
		{"twins", rawCall{"GET", "/agent-forge/jobs/twins?ids=1,2", ""}},
		{"separate", rawCall{"POST", "/agent-forge/jobs/1/separate", `{"apart":true}`}},
		{
			"list",
			rawCall{
				"GET", "/agent-forge/jobs?status=MATCHED,APPLIED&status=SAVED&q=go&min_score=1&limit=5", "",
			},
		},
		{"changes", rawCall{"GET", "/agent-forge/jobs/changes?after=0&limit=10&kind=NEW,MATCHED", ""}},
		{"stats", rawCall{"GET", "/agent-forge/jobs/stats", ""}},
		{"keep", rawCall{"POST", "/agent-forge/jobs/keep", `{"ids":[1]}`}},
		{"restore", rawCall{"POST", "/agent-forge/jobs/restore", `{"ids":[1]}`}},
		{"regate", rawCall{"POST", "/agent-forge/jobs/regate", `{"threshold":40}`}},
		{"openapi", rawCall{"GET", "/agent-forge/openapi.yaml", ""}},
	}
	agent, viewer := tokenOf("ada"), viewTokenOf("ada")
	call := func(token, operation string) int {
		for _, g := range good {
			if g.operation == operation {
				return send(token, g.method, g.path, g.body)
			}
		}
		return 0
	}

	// Every call succeeds once: the claim's token is 1.
	for _, step := range []struct {
		operation string
		status    int
	}{
		{"sync", 200},
		{"claim", 200},
		{"renew", 204},
		{"release", 204},
		{"renew", 409},
		{"release", 409},
		{"enrich", 200},
		{"mark", 204},
		{"list", 200},
		{"stats", 200},
		{"reopen", 200},
		{"openapi", 200},
	} {
		require.Equal(t, step.status, call(agent, step.operation), step.operation)
	}
	require.Equal(t, 200,
		send(agent, "POST", "/agent-forge/jobs/1/enrich", `{"match_score":5,"status":"AUTO_REJECTED"}`))
	require.Equal(t, 200, call(agent, "audit"))
	require.Equal(t, 204, call(agent, "judge"))
	require.Equal(t, 204, call(agent, "put"))
	require.Equal(t, 200, call(agent, "evidence"))
	require.Equal(t, 200, call(agent, "regate"))
	require.Equal(t, 200, call(agent, "sketches"))
	require.Equal(t, 200, call(agent, "closeUnlisted"))
	require.Equal(t, 200, call(agent, "keep"))
	require.Equal(t, 200, call(agent, "restore"))
	require.Equal(t, 200, call(agent, "changes"))
	require.Equal(t, 410, call(tokenOf("pruned"), "changes"))
	require.Equal(t, 200, call(agent, "twins"))
	require.Equal(t, 204, call(agent, "separate"))
	require.Equal(
		t,
		409,
		send(agent, "POST", "/agent-forge/jobs/1/enrich",
			`{"match_score":1,"status":"AUTO_REJECTED","claim_token":99}`),
	)

	for _, g := range good {
		operation, method, path := g.operation, g.method, g.path
		if operation == "openapi" {
			continue
		}
		require.Equal(t, 401, call("", operation), operation)
		require.Equal(t, 401, call("unknown", operation), operation)
		require.Equal(t, 503, call(tokenOf("broken"), operation), operation)
		failing = slow{}
		require.Equal(t, 429, call(agent, operation), operation)
		failing = nil
		switch operation {
		case "mark", "reopen", "list", "stats", "audit", "judge", "put", "evidence", "sketches",
			"closeUnlisted", "changes", "keep", "restore", "regate", "twins", "separate":
			require.Equal(t, 501, call(tokenOf("bare"), operation), operation)
		}
		if method == "GET" {
			require.Equal(t, 422, send(agent, method, strings.Split(path, "?")[0]+"?unknown=1", ""),
				operation)
			require.Equal(t, 200, call(viewer, operation), operation)
			continue
		}
		require.Equal(t, 403, call(viewer, operation), operation)
		require.Equal(t, 400, send(agent, method, path, `not JSON`), operation)
		require.Equal(t, 413, send(agent, method, path, strings.Repeat(" ", rest.MaxBodyBytes+1)), operation)
		require.Equal(t, 422, send(agent, method, path, `"text"`), operation)
		if strings.Contains(path, "/1/") {
			require.Equal(t, 404, send(agent, method, strings.Replace(path, "/1/", "/99/", 1), g.body),
				operation)
		}
	}

	for _, item := range c.doc.Paths.Map() {
		for _, operation := range item.Operations() {
			for status := range operation.Responses.Map() {
				require.True(t, c.seen[operation.OperationID+" "+status], "%s never answered %s",
					operation.OperationID, status)
			}
		}
	}
}

// slow is an error that says how long to wait.
type slow struct{}

func (slow) Error() string             { return "too fast" }
func (slow) RetryAfter() time.Duration { return 1500 * time.Millisecond }

// leadJSON is a lead of an invented job on a real board's host.
const leadJSON = `{"external_id":"1","title":"Engineer","company":"Blue Barn","location":"Berlin",` +
	`"url":"https://www.linkedin.com/jobs/view/1"}`
