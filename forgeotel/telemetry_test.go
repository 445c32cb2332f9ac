package forgeotel_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/forgeotel"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

// A recording keeps what is exported.
type recording struct {
	*forgeotel.Telemetry
	spans   *tracetest.InMemoryExporter
	metrics *sdkmetric.ManualReader
	tracer  trace.Tracer // of the program around it
}

func record(t *testing.T) recording {
	t.Helper()
	r := recording{spans: tracetest.NewInMemoryExporter(), metrics: sdkmetric.NewManualReader()}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSyncer(r.spans))
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.metrics))
	var err error
	r.Telemetry, err = forgeotel.New(&forgeotel.Options{TracerProvider: tracers, MeterProvider: meters})
	require.NoError(t, err)
	r.tracer = tracers.Tracer("program")
	return r
}

func (r recording) collect(t *testing.T) (data metricdata.ResourceMetrics) {
	t.Helper()
	require.NoError(t, r.metrics.Collect(t.Context(), &data))
	return data
}

// counters returns the sums of a counter by its one label, or all its labels as JSON.
func (r recording) counters(t *testing.T, name string) map[string]int64 {
	t.Helper()
	for _, m := range r.collect(t).ScopeMetrics[0].Metrics {
		if m.Name == name {
			sums := map[string]int64{}
			for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
				var values []string
				for _, kv := range p.Attributes.ToSlice() {
					values = append(values, kv.Value.AsString())
				}
				sums[strings.Join(values, " ")] = p.Value
			}
			return sums
		}
	}
	t.Fatalf("no metric %s", name)
	return nil
}

func (r recording) named(name string) (found []tracetest.SpanStub) {
	for _, s := range r.spans.GetSpans() {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

func attributes(s tracetest.SpanStub) map[string]any {
	all := map[string]any{}
	for _, kv := range s.Attributes {
		all[string(kv.Key)] = kv.Value.AsInterface()
	}
	return all
}

// Each of these words stands in a text that must stay private.
const private = "privateword"

func word(what string) string { return private + "-" + what }

// A tellingBoard lists jobs whose every text is private, over a client whose pages are.
type tellingBoard struct {
	client *http.Client
	url    string
}

func (tellingBoard) Source() string { return "example" }

func (b tellingBoard) get(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+path, nil)
	if err != nil {
		return err
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

func (b tellingBoard) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		if err := b.get(ctx, "/search/"+q.Keywords+"?l="+q.Location); err != nil {
			yield(lead.Lead{}, err)
			return
		}
		for _, id := range []string{"1", "2", word("slug"), "4", "5"} {
			if !yield(lead.Lead{
				Source: "example", ExternalID: id, Title: word("title"), Company: word("company"),
				Location: word("place"), URL: "https://jobs.example.com/" + word("url"),
			}, nil) {
				return
			}
		}
		yield(lead.Lead{}, fmt.Errorf("%w: %s", scraper.ErrCard, word("card")))
	}
}

func (b tellingBoard) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	if err := b.get(ctx, "/advert/"+l.ExternalID); err != nil {
		return enrich.Data{}, err
	}
	switch l.ExternalID {
	case "4":
		return enrich.Data{}, fmt.Errorf("%w: %s", scraper.ErrGone, word("gone"))
	case "5":
		return enrich.Data{}, fmt.Errorf("%w: %s", scraper.ErrPosting, word("posting"))
	}
	return enrich.Data{
		Description: word("description"), Requirements: word("requirements"),
		Attributes: map[string]string{enrich.AttrSalary: word("salary")},
	}, nil
}

func telling(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
	a := enrich.Assessment{
		Score: 80, Reasoning: word("reasoning"), MissingSkills: []string{word("skill")},
		SkillGapRecommendations: []string{word("advice")}, By: "test",
	}
	if p.Lead.ExternalID == "2" {
		a.Score = 10
	}
	return a, nil
}

// runPrivately runs a pipeline all of whose texts are private.
func runPrivately(t *testing.T, r recording) {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Words", word("header"))
		_, _ = io.WriteString(w, word("page"))
	}))
	t.Cleanup(site.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	p, err := forge.New(r.Config(forge.Config{
		Scrapers: []forge.Scraper{tellingBoard{&http.Client{Transport: r.Transport(transport)}, site.URL}},
		Scorer:   forge.ScorerFunc(telling), Store: memory.New(nil).ForUser(word("user")),
		Resume: word("resume"),
	}))
	require.NoError(t, err)
	ctx, span := r.tracer.Start(t.Context(), "program")
	defer span.End()
	_, err = p.Run(ctx, lead.Query{Keywords: word("keywords"), Location: word("location")})
	require.NoError(t, err)
}

func TestNoPrivateTextIsExported(t *testing.T) {
	t.Parallel()
	r := record(t)
	runPrivately(t, r)
	spans, err := json.Marshal(r.spans.GetSpans())
	require.NoError(t, err)
	all := string(spans) + fmt.Sprintf("%+v %+v", r.spans.GetSpans(), r.collect(t))
	require.Contains(t, all, "forge.scrape")
	require.Contains(t, all, "forge.operation.duration")
	require.NotContains(t, all, private)
}

func TestSpansNestAndHoldIdsAndCounts(t *testing.T) {
	t.Parallel()
	r := record(t)
	runPrivately(t, r)
	search := r.named("forge.search")
	require.Len(t, search, 1)
	require.Equal(t, map[string]any{
		"forge.source": "example", "forge.cards": int64(5), "forge.cards.skipped": int64(1),
	}, attributes(search[0]))

	pages := r.named("forge.page")
	require.Len(t, pages, 6)
	require.Equal(t, search[0].SpanContext.SpanID(), pages[0].Parent.SpanID())
	require.Equal(t, map[string]any{
		"http.request.method": "GET", "http.response.status_code": int64(200),
		"http.response.body.size": int64(len(word("page"))),
	}, attributes(pages[0]))

	byID := map[any]tracetest.SpanStub{}
	for _, s := range r.named("forge.scrape") {
		byID[attributes(s)["forge.external_id"]] = s
	}
	require.Len(t, byID, 5)
	require.Equal(t, "gone", attributes(byID["4"])["error.type"])
	require.Equal(t, codes.Unset, byID["4"].Status.Code, "a closed job is an answer")
	require.Equal(t, sdktrace.Status{Code: codes.Error, Description: "posting"}, byID["5"].Status)
	require.Len(t, r.named("forge.score"), 3)
	require.Len(t, r.named("forge.decide"), 3)
	require.Len(t, r.named("forge.release"), 2)
	require.Len(t, r.named("forge.sync"), 1)
	require.NotEmpty(t, r.named("forge.claim"))
	for _, s := range r.spans.GetSpans() {
		require.Equal(t, search[0].SpanContext.TraceID(), s.SpanContext.TraceID())
	}
}

func TestMetricsCountWhatTheStoreWasTold(t *testing.T) {
	t.Parallel()
	r := record(t)
	require.Equal(t, map[string]int64{"kept": 0, "served": 0, "dropped": 0}, r.counters(t, "forge.text"))
	require.Equal(t, map[string]int64{"MATCHED": 0, "AUTO_REJECTED": 0}, r.counters(t, "forge.decisions"))
	runPrivately(t, r)
	require.Equal(t, map[string]int64{"NEW": 5}, r.counters(t, "forge.synced.jobs"))
	require.Equal(t, map[string]int64{"MATCHED": 2, "AUTO_REJECTED": 1, "CLOSED": 1, "DUE_AGAIN": 1},
		r.counters(t, "forge.decisions"))
	text := enrich.Data{Description: word("description"), Requirements: word("requirements")}
	require.Equal(t, int64(2*text.TextBytes()), r.counters(t, "forge.text")["kept"])
	require.Equal(t, int64(2), r.counters(t, "forge.events")["matched example"])

	_, err := r.Store(memory.New(nil).ForUser("ada")).Sync(t.Context(), []lead.Lead{{}})
	require.ErrorIs(t, err, store.ErrInvalid)
	refused := r.named("forge.sync")
	require.Equal(t, int64(1), attributes(refused[len(refused)-1])["forge.leads.refused"])
}

// The SDK attaches the span of an operation to what is measured of it.
func TestMeasurementsHaveExemplars(t *testing.T) {
	t.Parallel()
	r := record(t)
	runPrivately(t, r)
	spans := map[string]string{} // by span id, the operation
	for _, s := range r.spans.GetSpans() {
		spans[s.SpanContext.SpanID().String()] = strings.TrimPrefix(s.Name, "forge.")
	}
	operations := map[string]bool{}
	for _, m := range r.collect(t).ScopeMetrics[0].Metrics {
		if h, ok := m.Data.(metricdata.Histogram[float64]); ok {
			for _, p := range h.DataPoints {
				name, _ := p.Attributes.Value("operation")
				for _, e := range p.Exemplars {
					operations[name.AsString()] = true
					require.Equal(t, name.AsString(), spans[fmt.Sprintf("%x", e.SpanID)])
				}
			}
		}
	}
	require.Equal(t, map[string]bool{
		"search": true, "page": true, "scrape": true, "score": true, "sync": true, "claim": true,
		"decide": true, "release": true,
	}, operations)
}

func TestATransportEndsItsSpansOnce(t *testing.T) {
	t.Parallel()
	r := record(t)
	failing := r.Transport(roundTripFunc(func(*http.Request) (*http.Response, error) {
		return nil, errors.New(private)
	}))
	get := func(through http.RoundTripper) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://jobs.example.com/", nil)
		require.NoError(t, err)
		return through.RoundTrip(req)
	}
	resp, err := get(failing)
	if err == nil {
		require.NoError(t, resp.Body.Close())
	}
	require.Error(t, err)
	require.Equal(t, sdktrace.Status{Code: codes.Error, Description: "_OTHER"},
		r.named("forge.page")[0].Status)

	broken := r.Transport(roundTripFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(io.MultiReader(
			strings.NewReader("half"), iotest.ErrReader(context.DeadlineExceeded)))}, nil
	}))
	resp, err = get(broken)
	require.NoError(t, err)
	_, err = io.ReadAll(resp.Body)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, resp.Body.Close())
	require.NoError(t, resp.Body.Close())
	require.Len(t, r.named("forge.page"), 2)
	require.Equal(t, "timeout", attributes(r.named("forge.page")[1])["error.type"])
	require.Equal(t, int64(4), attributes(r.named("forge.page")[1])["http.response.body.size"])
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
