package lexical_test

import (
	"context"
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/lexical"
)

func ExampleNew() {
	s := lexical.New(nil)
	m, err := s.Score(context.Background(), `
Backend engineer with six years of Go and PostgreSQL.
Skills: Go, PostgreSQL, Docker, k8s`, enrich.Posting{
		Lead: lead.Lead{Title: "Senior Go Engineer"},
		Data: enrich.Data{Description: `Requirements
- 5 years of experience with Golang
- Kubernetes and Terraform
- PostgreSQL or MySQL`},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Score, m.By)
	fmt.Println(m.Reasoning)
	fmt.Println(m.MissingSkills)
	// Output:
	// 86 lexical/4
	// Matches on Go, Kubernetes and PostgreSQL; the résumé shows a closely related trade.
	// [Terraform]
}

func ExampleOptions() {
	s := lexical.New(&lexical.Options{Skills: []lexical.Skill{{Name: "Zorptool", Aliases: []string{"zorp"}}}})
	m, err := s.Score(context.Background(), "I have used Python.", enrich.Posting{
		Data: enrich.Data{Description: "You know Python and Zorptool."},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.MissingSkills)
	// Output: [Zorptool]
}
