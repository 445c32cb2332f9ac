package lead_test

import (
	"fmt"

	"github.com/agent-forge/forge/lead"
)

func ExampleNewBlacklist() {
	b, err := lead.NewBlacklist(`\bsenior\b`, `^Acme`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b.Match(lead.Lead{Title: "Senior Baker", Company: "Ulm Bread"}))
	fmt.Println(b.Match(lead.Lead{Title: "Baker", Company: "Ulm Bread"}))

	_, err = lead.NewBlacklist(`\bsenior\b`, `intern(`)
	fmt.Println(err)
	// Output:
	// \bsenior\b true
	//  false
	// blacklist pattern 2 "intern(": error parsing regexp: missing closing ): `intern(`
}

func ExampleParseKey() {
	k, err := lead.ParseKey("linkedin:4300000007")
	fmt.Println(k.Source, k.ExternalID, err)
	_, err = lead.ParseKey("4300000007")
	fmt.Println(err)
	// Output:
	// linkedin 4300000007 <nil>
	// lead: parse key: key: want "source:external_id"
}

func ExampleLead_Clean() {
	l := lead.Lead{
		Source: "linkedin", ExternalID: "1", Title: "  Head\n of\x00 bread ", URL: "https://acme.example/1",
	}
	fmt.Println(l.Validate())
	fmt.Printf("%q %v\n", l.Clean().Title, l.Clean().Validate())
	// Output:
	// title: holds control characters or invalid UTF-8; call Clean first
	// "Head of bread" <nil>
}

func ExampleStatus_Application() {
	fmt.Println(
		lead.Applied.Application(), lead.Matched.Application(), lead.Status("phone screen").Application(),
	)
	// Output: true false false
}
