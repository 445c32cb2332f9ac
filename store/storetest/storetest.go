// Package storetest is the suite that every forge.Store must pass, in one line of a test of yours:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(tb testing.TB, env storetest.Env) func(user string) forge.Store {
//			db := open(tb, env.Now, env.RecheckAfter) // fresh and empty; closed by tb.Cleanup
//			return func(user string) forge.Store { return db.ForUser(user) }
//		})
//	}
//
// It holds a store to what the interfaces promise, through the interfaces alone, so that it runs as
// well against a store on the other side of a network. It uses package testing only: no assertion
// library comes with it. The optional interfaces (forge.Lister and so on) are tested where the
// store has them; a store without them skips their cases, by name.
package storetest

import (
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/suite"
)

// Env is what the store under test must use.
type Env struct {
	Now          func() time.Time // the clock; safe for concurrent use
	RecheckAfter time.Duration    // the age at which text is old
	Events       bool             // changes are recorded, for forge.Watcher
}

// Open returns a fresh, empty catalogue as a function from a user to that user's view. It fails tb
// if it cannot, and ties what must be closed to tb.Cleanup. Catalogues of two calls share nothing.
type Open func(tb testing.TB, env Env) func(user string) forge.Store

// A topic is what go test -run can select: "-run TestStore/Sync".
type topic struct {
	name   string
	cases  []testCase
	events bool // the cases need a store that records changes
}

type testCase struct {
	name string
	run  func(k *kit)
}

var topics = []topic{
	{name: "Sync", cases: syncCases},
	{name: "Expiry", cases: expiryCases},
	{name: "Input", cases: inputCases},
	{name: "Claim", cases: claimCases},
	{name: "Lease", cases: leaseCases},
	{name: "Decide", cases: decideCases},
	{name: "Text", cases: textCases},
	{name: "Release", cases: releaseCases},
	{name: "Unlisted", cases: unlistedCases},
	{name: "Mark", cases: markCases},
	{name: "Reopen", cases: reopenCases},
	{name: "Basis", cases: basisCases},
	{name: "Keep", cases: keepCases},
	{name: "Regate", cases: regateCases},
	{name: "List", cases: listCases},
	{name: "Where", cases: whereCases},
	{name: "Extra", cases: extraCases},
	{name: "Audit", cases: auditCases},
	{name: "Evidence", cases: evidenceCases},
	{name: "Sketch", cases: sketchCases},
	{name: "Twins", cases: twinCases},
	{name: "Changes", cases: changeCases, events: true},
	{name: "Users", cases: userCases},
	{name: "Tenancy", cases: tenancyCases},
	{name: "Context", cases: contextCases},
	{name: "Concurrency", cases: concurrencyCases},
}

// Run runs the suite. Its subtests are named by topic, so that "-run TestStore/Sync" runs those of
// Sync.
func Run(t *testing.T, open Open) {
	t.Helper()
	suite.Run(t, cases(open))
}

// Failures runs the cases that want accepts, by their names "Topic/case", and returns what the failed
// ones said, by name. It fails nothing, and is for tests of what the suite catches. want is asked in
// the order of the suite.
func Failures(t *testing.T, open Open, want func(name string) bool) map[string]string {
	t.Helper()
	return suite.Failures(t, cases(open), want, 20*time.Second)
}

func cases(open Open) []suite.Topic {
	all := make([]suite.Topic, len(topics))
	for i, t := range topics {
		all[i].Name = t.name
		for _, c := range t.cases {
			all[i].Cases = append(all[i].Cases, suite.Case{
				Name: c.name, Run: func(tb *suite.TB) { c.run(newKit(tb, open, t.events)) },
			})
		}
	}
	return all
}
