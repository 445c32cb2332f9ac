package driver_test

import (
	"errors"
	"fmt"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// A store repairs and checks a batch before it touches a table. One bad lead does not cost the
// others.
func ExamplePrepareSync() {
	batch, err := driver.PrepareSync([]lead.Lead{
		{
			Source:     "linkedin",
			ExternalID: "2",
			Title:      " Head of\nbread ",
			URL:        "https://www.linkedin.com/jobs/view/2",
		},
		{Source: "linkedin", ExternalID: "1", URL: "https://www.linkedin.com/jobs/view/1"},
	})
	for _, l := range batch.Leads {
		fmt.Printf("%s %q\n", l.Key(), l.Title)
	}
	if partial, ok := errors.AsType[*store.PartialError](err); ok {
		for _, r := range partial.Rejected {
			fmt.Println(r.Index, r.Key, r.Err)
		}
	}
	// Output:
	// linkedin:2 "Head of bread"
	// 1 linkedin:1 title: missing
}

func ExamplePrepareOutcome() {
	_, err := driver.PrepareOutcome(store.Outcome{Status: lead.AutoRejected})
	fmt.Println(err)
	// Output: store: invalid: status: want none, FAILED or CLOSED
}
