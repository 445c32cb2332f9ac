package scorertest

import (
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Words that are in the texts below and nowhere else, so that a leak is seen.
const (
	resumeMark  = "Quillonby"
	postingMark = "Zephyrdale"
)

const resumeText = `Ada Quillonby
Berlin · ada@example.com

Summary
Backend engineer with seven years of experience in Go, PostgreSQL and Kubernetes.
I like small services and boring technology.

Experience
Senior Backend Engineer, Northwind Payments, 2021 to today
- Designed gRPC services in Go that settle two million payments a day on PostgreSQL
- Moved forty services from virtual machines to Kubernetes with Terraform and Helm

Backend Engineer, Lakeshore Maps, 2018 to 2021
- Wrote REST APIs in Go and Python, with Redis and Kafka behind them

Education
BSc Computer Science, University of Leeds

Skills
Go, Python, SQL, PostgreSQL, Redis, Kafka, Docker, Kubernetes, Terraform, gRPC, Git, CI/CD`

// ordinary returns an everyday posting. Its requirements are long sentences: a scorer that repeats
// them is caught quoting.
func ordinary() enrich.Posting {
	easy := true
	requirements := `- At least five years of building and running backend services that customers depend on
- Fluent in Go, and comfortable enough with PostgreSQL to read a query plan and explain its costs
- You have run Kubernetes in production and you know why the pager went off at three in the morning
- Experience with event streaming on Kafka or with a message broker of a similar kind is expected
- Rust is welcome and so is a background in payments`
	return enrich.Posting{
		Lead: lead.Lead{
			Source: "example", ExternalID: "1001", URL: "https://jobs.example.com/view/1001",
			Title: "Senior Backend Engineer (Go)", Company: "Zephyr Freight", Location: "Berlin, Germany",
			PostedAt: time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC),
		},
		Data: enrich.Data{
			Description: `About us
Zephyr Freight moves parcels between Zephyrdale and the rest of Europe.

What you will do
- Own the tracking service from its first line to its last incident
- Work with product people to make delivery dates that hold

Requirements
` + requirements + `

What we offer
- Thirty days of holiday, a yoga class, and a dog called Python`,
			Requirements: requirements,
			IsEasyApply:  &easy,
			Attributes: map[string]string{
				enrich.AttrSeniority: "Mid-Senior level", enrich.AttrWorkplace: "hybrid",
			},
		},
	}
}

// otherTrade returns a posting that has nothing to do with the résumé.
func otherTrade() enrich.Posting {
	return enrich.Posting{
		Lead: lead.Lead{
			Source: "example", ExternalID: "1002", Title: "Pastry Chef", Company: "Kaffeehaus Morgenrot",
			Location: "Vienna, Austria", URL: "https://jobs.example.com/view/1002",
		},
		Data: enrich.Data{Description: `We are looking for a pastry chef for our two shops in Vienna.

Your profile
- Completed apprenticeship as a pastry chef or confectioner
- Three years in a production kitchen, with laminated dough and sugar work
- HACCP certificate and early mornings

We offer a full-time contract, meals, and closing on Mondays.`},
	}
}

// saying returns the everyday posting with another description and nothing beside it.
func saying(description string) enrich.Posting {
	p := ordinary()
	p.Data = enrich.Data{Description: description}
	return p
}
