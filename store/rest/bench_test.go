package rest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

// What the handler itself costs, without a network and with a store that costs almost nothing.
func BenchmarkHandler(b *testing.B) {
	db := memory.New(nil)
	h, err := rest.NewHandler(rest.Config{
		ForUser: func(user string) forge.Store { return db.ForUser(user) }, Authenticate: authenticate,
	})
	require.NoError(b, err)
	leads := make([]string, 25)
	for i := range leads {
		leads[i] = fmt.Sprintf(
			`{"source":"example","external_id":"%d","title":"Senior Engineer","company":"Blue Barn",`+
				`"location":"Remote","url":"https://jobs.example.com/view/%d"}`,
			i, i,
		)
	}
	for _, call := range []struct{ name, path, body string }{
		{"sync of 25", "sync", "[" + strings.Join(leads, ",") + "]"},
		{"enrich", "1/enrich", matching},
		{"claim", "claim", `{"limit":1,"lease_seconds":60}`},
	} {
		b.Run(call.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(call.body)))
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "/agent-forge/jobs/"+call.path,
					strings.NewReader(call.body))
				r.Header.Set("Authorization", "Bearer "+tokenOf("ada"))
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatalf("%d %s", w.Code, w.Body)
				}
			}
		})
	}
}
