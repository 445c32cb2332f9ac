package forgeotel_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/forgeotel"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/storetest"
)

func silent(t *testing.T) *forgeotel.Telemetry {
	t.Helper()
	telemetry, err := forgeotel.New(&forgeotel.Options{
		TracerProvider: tracenoop.NewTracerProvider(), MeterProvider: metricnoop.NewMeterProvider(),
	})
	require.NoError(t, err)
	return telemetry
}

// An ability is an interface that a package declares.
type ability struct {
	name    string
	methods []string
}

// declared returns the exported interfaces of the package in a folder that have methods of their own.
func declared(t *testing.T, folder string) (found []ability) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				return true
			}
			if is, ok := spec.Type.(*ast.InterfaceType); ok {
				a := ability{name: parsed.Name.Name + "." + spec.Name.Name}
				for _, m := range is.Methods.List {
					for _, name := range m.Names {
						a.methods = append(a.methods, name.Name)
					}
				}
				found = append(found, a)
			}
			return true
		})
	}
	require.NotEmpty(t, found, folder)
	return found
}

// has reports whether v has the methods of a, of the same types as those of like.
func (a ability) has(v, like any) bool {
	for _, name := range a.methods {
		m, ok := reflect.TypeOf(v).MethodByName(name)
		of, known := reflect.TypeOf(like).MethodByName(name)
		if !ok || !known || m.Type.NumIn() != of.Type.NumIn() || m.Type.NumOut() != of.Type.NumOut() {
			return false
		}
		for i := 1; i < m.Type.NumIn(); i++ { // 0 is the receiver
			if m.Type.In(i) != of.Type.In(i) {
				return false
			}
		}
		for i := range m.Type.NumOut() {
			if m.Type.Out(i) != of.Type.Out(i) {
				return false
			}
		}
	}
	return true
}

// A sampler has all the abilities of a scorer.
type sampler struct{ *lexical.Scorer }

func (s sampler) Sample(ctx context.Context, resume string, p enrich.Posting, _ scorer.Sampling) (
	enrich.Assessment, error,
) {
	return s.Score(ctx, resume, p)
}

func TestEveryOptionalInterfaceSurvivesTheWrapping(t *testing.T) {
	t.Parallel()
	telemetry := silent(t)
	board, err := linkedin.New(nil)
	require.NoError(t, err)
	view := memory.New(nil).ForUser("ada")
	cascade, err := scorer.NewCascade(lexical.New(nil), lexical.New(nil), nil)
	require.NoError(t, err)
	known := append(declared(t, ".."), declared(t, "../scorer")...)
	for _, c := range []struct {
		name           string
		before, after  any
		atLeast, extra string
	}{
		{"store", view, telemetry.Store(view), "forge.Store forge.Lister forge.Reopener forge.Marker " +
			"forge.Counter forge.Watcher forge.Auditor forge.SketchLister", ""},
		{"scorer", sampler{lexical.New(nil)}, telemetry.Scorer(sampler{lexical.New(nil)}), "scorer.Scorer " +
			"scorer.Sampler scorer.Identifier scorer.ResumeBinder scorer.Sketcher", ""},
		{
			"lexical", lexical.New(nil), telemetry.Scorer(lexical.New(nil)),
			"scorer.Identifier scorer.ResumeBinder scorer.Sketcher", "",
		},
		{"cascade", cascade, telemetry.Scorer(cascade), "scorer.Identifier", "scorer.Sketcher"}, // of a part
		{
			"function", forge.ScorerFunc(nil), telemetry.Scorer(forge.ScorerFunc(nil)), "scorer.Scorer",
			"scorer.ResumeBinder",
		},
		{"board", board, telemetry.Scraper(board), "forge.Scraper", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var had, extra []string
			for _, a := range known {
				before, after := a.has(c.before, c.before), a.has(c.after, c.before)
				if before {
					require.True(t, after, "%s is lost", a.name)
					had = append(had, a.name)
				} else if a.has(c.after, c.after) {
					extra = append(extra, a.name)
				}
			}
			require.Subset(t, had, strings.Fields(c.atLeast))
			require.Equal(t, c.extra, strings.Join(extra, " "), "gained")
		})
	}
}

// A bare store has the required methods and nothing else.
type bare struct{ forge.Store }

// A counting store has one ability.
type counting struct {
	forge.Store
	forge.Counter
}

func TestAWrappedStoreHasNoAbilityThatItsStoreLacks(t *testing.T) {
	t.Parallel()
	telemetry, full := silent(t), memory.New(nil).ForUser("ada")
	_, lists := telemetry.Store(bare{full}).(forge.Lister)
	require.False(t, lists)

	some := telemetry.Store(counting{full, full})
	_, err := some.(forge.Counter).Stats(t.Context())
	require.NoError(t, err)
	lister, ok := some.(forge.Lister)
	require.True(t, ok)
	for _, call := range []func() error{
		func() error { _, _, err := lister.List(t.Context(), store.Filter{}); return err },
		func() error { _, err := some.(forge.Reopener).Reopen(t.Context(), store.Selection{}); return err },
		func() error { return some.(forge.Marker).Mark(t.Context(), 1, "APPLIED") },
		func() error {
			for _, err := range some.(forge.Watcher).Changes(t.Context(), 0) {
				return err
			}
			return nil
		},
		func() error { _, err := some.(forge.Watcher).ListChanges(t.Context(), 0, 1); return err },
		func() error { _, err := some.(forge.Keeper).Keep(t.Context(), []int64{1}); return err },
		func() error { _, err := some.(forge.Keeper).Restore(t.Context(), []int64{1}); return err },
		func() error { _, err := some.(forge.Regater).Regate(t.Context(), gate.Gate{}); return err },
		func() error { _, err := some.(forge.Auditor).Audit(t.Context(), 1); return err },
		func() error { return some.(forge.Auditor).Judge(t.Context(), 1, "") },
		func() error { _, err := some.(forge.Auditor).Evidence(t.Context()); return err },
		func() error { _, err := some.(forge.SketchLister).Sketches(t.Context(), 0, 1); return err },
		func() error { _, err := some.(forge.Grouper).Twins(t.Context(), []int64{1}); return err },
		func() error { return some.(forge.Grouper).Separate(t.Context(), 1, true) },
	} {
		require.ErrorIs(t, call(), errors.ErrUnsupported)
	}
	require.Nil(t, telemetry.Store(nil))
	require.Nil(t, telemetry.Scorer(nil))
	require.Nil(t, telemetry.Scraper(nil))
}

// The contract of a store holds through the wrapping.
func TestAWrappedStoreKeepsItsContract(t *testing.T) {
	t.Parallel()
	telemetry := silent(t)
	storetest.Run(t, func(_ testing.TB, env storetest.Env) func(user string) forge.Store {
		db := memory.New(&memory.Options{RecheckAfter: env.RecheckAfter, Now: env.Now})
		return func(user string) forge.Store { return telemetry.Store(db.ForUser(user)) }
	})
}
