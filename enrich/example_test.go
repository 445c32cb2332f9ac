package enrich_test

import (
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

func ExampleData_Validate() {
	fmt.Println(enrich.Data{Description: " "}.Validate())
	// Output: description: blank: text that is not there must not be sent as text
}

func ExampleAssessment_WithoutQuotes() {
	d := enrich.Data{Description: "We look for a baker who rises at three and sings while the oven heats."}
	a := enrich.Assessment{
		Reasoning: "Wants one who rises at three and sings while the oven heats; the résumé shows none.",
	}
	fmt.Println(a.WithoutQuotes(d).Reasoning)
	// Output: Wants one …; the résumé shows none.
}

func ExampleDecision_Validate() {
	d := enrich.Decision{Status: lead.AutoRejected, Data: &enrich.Data{Description: "Bake."}}
	fmt.Println(d.Validate())
	// Output: enrichment_data: an AUTO_REJECTED job carries no text: send null
}
