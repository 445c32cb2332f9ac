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
	m := enrich.Assessment{Score: 12, Reasoning: "The advert wants one who rises at three and sings while the oven heats; the résumé shows none."}
	fmt.Println(m.WithoutQuotes(d).Reasoning)
	// Output: The advert wants one …; the résumé shows none.
}

func ExampleDecision_Validate() {
	r := enrich.Decision{Assessment: enrich.Assessment{Score: 12}, Status: lead.AutoRejected, Data: &enrich.Data{Description: "Bake."}}
	fmt.Println(r.Validate())
	// Output: enrichment_data: an AUTO_REJECTED job carries no text: send null
}
