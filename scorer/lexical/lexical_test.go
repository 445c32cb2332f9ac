package lexical_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/scorer/scorertest"
)

func TestScorer(t *testing.T) {
	t.Parallel()
	scorertest.Run(t, func(testing.TB) forge.Scorer { return lexical.New(nil) })
}

func posting(title, description string) enrich.Posting {
	return enrich.Posting{Lead: lead.Lead{Title: title}, Data: enrich.Data{Description: description}}
}

func TestAliasesAreOneSkill(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, c := range [][]string{
		{"Kubernetes", "k8s", "KUBERNETES", "kube"},
		{"Go", "golang", "Go programming"},
		{"JavaScript", "ECMAScript", "javascript"},
		{"PostgreSQL", "Postgres", "postgres"},
		{"Node.js", "NodeJS", "node.js"},
		{"C++", "cpp", "c++"},
		{"CI/CD", "ci / cd", "continuous integration"},
		{"Wound care", "wound dressings", "wound-care"},
		{"Food safety", "HACCP", "food hygiene"},
		{"Registered Nurse", "R.N.", "registered nurses"},
		{"General ledger", "general-ledger", "GENERAL LEDGER"},
		{"Forklift", "fork\u00adlift", "forklift licence"},
		{"CRM", "customer relationship management", "CRM systems"},
	} {
		for _, spelling := range c {
			require.Equal(t, []string{c[0]}, s.Found(spelling), "%q", spelling)
		}
	}
}

func TestAmbiguousWordsNeedTheirContext(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, c := range []struct {
		text string
		name string
		is   bool
	}{
		{"Skills: Go, Python and Docker", "Go", true},
		{"Skills: Go", "Go", true},
		{"Backend services in Go and PostgreSQL", "Go", true},
		{"Go developer with five years of practice", "Go Developer", true},
		{"python, go, java", "Go", true},
		{"- Go", "Go", true},
		{"We go the extra mile for our Python team", "Go", false},
		{"Go above and beyond", "Go", false},
		{"Go to our Python and Docker meetup", "Go", false},
		{"You are a go-getter who likes Python", "Go", false},
		{"Ready to go", "Go", false},
		{"Snacks to Go, every day", "Go", false},
		{"Statistics in R and Python", "R", true},
		{"R, Python, SQL", "R", true},
		{"Skills: R", "R", true},
		{"Work in our R&D department", "R", false},
		{"Brother R. Smith leads the choir", "R", false},
		{"Drivers in C, C++ and Rust", "C", true},
		{"Firmware in C on STM32 microcontrollers", "C", true},
		{"Talk to the C-level every week", "C", false},
		{"Vitamins A, B, C", "C", false},
		{"Advanced Excel and pivot tables", "Excel", true},
		{"Excel, Word, PowerPoint", "Excel", true},
		{"You excel at talking to people", "Excel", false},
		{"Excel in a fast place", "Excel", false},
		{"REST and GraphQL interfaces", "REST APIs", true},
		{"RESTful services", "REST APIs", true},
		{"The rest of the team sits in Oslo", "REST APIs", false},
		{"Apps in Swift for iOS", "Swift", true},
		{"A swift reply to every guest", "Swift", false},
		{"Java, Spring and Hibernate", "Spring Boot", true},
		{"We start in Spring", "Spring Boot", false},
		{"Rust, Go, C++", "Rust", true},
		{"Remove Rust from steel doors", "Rust", false},
		{"Fluent in German and English", "German", true},
		{"German shepherds are welcome", "German", false},
	} {
		if c.is {
			require.Contains(t, s.Found(c.text), c.name, "%q", c.text)
		} else {
			require.NotContains(t, s.Found(c.text), c.name, "%q", c.text)
		}
	}
}

func TestRequirementsWeighMoreThanBenefits(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := posting(
		"Engineer",
		"We build things.\n\nRequirements\n- Kubernetes\n- PostgreSQL\n- Kafka\n\nBenefits\n- Courses "+
			"in Photoshop, SEO and Bookkeeping",
	)
	asked := scoreOf(t, s, "I know Kubernetes, PostgreSQL and Kafka.", p)
	offered := scoreOf(t, s, "I know Photoshop, SEO and Bookkeeping.", p)
	require.Greater(t, asked, offered+20)
	m, err := s.Score(t.Context(), "I know Redis.", p)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"Kubernetes", "PostgreSQL", "Kafka"}, m.MissingSkills)
}

func TestPreferredSkillsWeighLessThanRequiredOnes(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := posting("Backend Engineer",
		"We build things.\n\nRequirements\n- Go\n- PostgreSQL\n\nNice to have\n- Rust\n- GraphQL")
	required := scoreOf(t, s, "Backend engineer\nSkills: Go, PostgreSQL", p)
	preferred := scoreOf(t, s, "Backend engineer\nSkills: Rust, GraphQL", p)
	require.Greater(t, required, preferred)
}

func TestOneOfSeveralAlternativesIsEnough(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	resume := "Backend engineer\nSkills: Java, PostgreSQL"
	either := posting(
		"Backend Engineer", "Build.\n\nRequirements\n- Java, Go, Python or a similar language\n- PostgreSQL",
	)
	each := posting("Backend Engineer", "Build.\n\nRequirements\n- Java\n- Go\n- Python\n- PostgreSQL")
	require.Greater(t, scoreOf(t, s, resume, either), scoreOf(t, s, resume, each))
	m, err := s.Score(t.Context(), resume, either)
	require.NoError(t, err)
	require.Empty(t, m.MissingSkills, "an alternative is not missing where another is shown")
}

func TestARelatedSkillCountsForSome(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := posting("Engineer", "Build.\n\nRequirements\n- MySQL\n- MongoDB\n- Kafka")
	same := scoreOf(t, s, "MySQL, MongoDB, Kafka", p)
	related := scoreOf(t, s, "PostgreSQL, Cassandra, RabbitMQ", p)
	none := scoreOf(t, s, "Welding, Plumbing, Roofing", p)
	require.Greater(t, same, related)
	require.Greater(t, related, none)
}

func TestYearsAndRankCount(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := posting(
		"Senior Accountant",
		"Close the books.\n\nRequirements\n- At least 6 years of experience in accounting\n- General "+
			"ledger and IFRS",
	)
	resume := func(head string) string { return head + "\n\nSkills\nGeneral ledger, IFRS, month-end close" }
	junior := scoreOf(t, s, resume("Junior accountant with 1 year of experience"), p)
	middle := scoreOf(t, s, resume("Accountant with four years of experience"), p)
	senior := scoreOf(t, s, resume("Senior accountant with 8 years of experience"), p)
	require.Less(t, junior, middle)
	require.Less(t, middle, senior)

	m, err := s.Score(t.Context(), resume("Accountant with four years of experience"), p)
	require.NoError(t, err)
	require.Contains(t, m.Reasoning, "6 years asked for, 4 shown")

	head := posting("Head of Accounting", "General ledger and IFRS. You answer for the books.")
	require.Less(
		t, scoreOf(t, s, resume("Accountant with 1 year of experience"), head),
		scoreOf(t, s, resume("Accountant with 9 years of experience"), head),
	)
	require.Less(
		t, scoreOf(t, s, resume("Junior accountant"), head),
		scoreOf(t, s, resume("Head of accounting"), head),
	)

	plain := posting("Accountant",
		"Close the books.\n\nRequirements\n- 6 years of experience in accounting\n- General ledger and IFRS")
	require.Less(
		t, scoreOf(t, s, resume("Accountant with 3 years of experience"), plain),
		scoreOf(t, s, resume("Accountant with 6 years of experience"), plain),
	)

	trainee := posting("Accounting Intern", "Learn general ledger and IFRS with us.")
	require.Less(
		t, scoreOf(t, s, resume("Accountant with 12 years of experience"), trainee),
		scoreOf(t, s, resume("Accountant"), trainee),
	)
}

func TestYearsAreReadInManyForms(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for text, want := range map[string]int{
		"7 years of Go":                          7,
		"7+ years of Go":                         7,
		"seven years' experience":                7,
		"3-5 years in sales":                     3,
		"over 10 yrs in kitchens":                10,
		"six Jahre Erfahrung":                    6,
		"a company of 150 years":                 -1,
		"my dog is 7 years old":                  -1,
		"no numbers at all":                      -1,
		"Nurse, City Hospital, 2015 to 2021":     6,
		"Nurse, 2015–2018\nNurse, 2016 - 2021":   6,
		"Nurse, Ward 4, 2019 to today":           5, // the year now is 2024
		"Nurse since 2012\nCook, 2014 - present": 10,
		"BSc Biology, 2010 to 2014":              -1, // no work
	} {
		years, _ := s.YearsAndRank(text, 2024)
		require.Equal(t, want, years, "%q", text)
	}
}

func TestWorkOfOthersIsNotOnesOwn(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := posting("Head Chef", "Run our kitchen.")
	own := scoreOf(t, s, "Head chef of a small restaurant", p)
	for _, resume := range []string{
		"Accountant reporting to the head chef", "Built software for chefs",
		"Built software that chefs use", "Accountant who worked with the head chef",
	} {
		m, err := s.Score(t.Context(), resume, p)
		require.NoError(t, err)
		require.True(t, m.Unverified || m.Score < own/2, "%q: %d, %s", resume, m.Score, m.Reasoning)
	}
}

func TestATradeThatTheVocabularyLacksIsJudgedByItsWords(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := posting("Falconer", `Fly hawks, owls and a pair of kites before visitors of the castle.

Requirements
- Manning, creance work and lure swinging with Harris hawks
- Making jesses, hoods and bells; weighing and coping of beaks and talons
- You see from a casting or a mute whether a bird is keen`)
	keeper := "Falconer at a castle. Manned and flew Harris hawks and barn owls to the lure, creance " +
		"for young birds. Made jesses and hoods, coped beaks and talons, read castings and mutes."
	other := "Car mechanic. Brakes, clutches, engines, wheel alignment and inspections for twelve dealers."
	require.Greater(t, scoreOf(t, s, keeper, p), 60)
	m, err := s.Score(t.Context(), other, p)
	require.NoError(t, err)
	require.Less(t, m.Score, 10, m.Reasoning)

	// Where words are all there is, a name that is made of them still counts for nothing.
	plain, named := scoreOf(t, s, "Ada Quillonby\n"+other, p), scoreOf(t, s, "Jesses Creance\n"+other, p)
	require.Equal(t, plain, named)
}

func TestAttributesOfTheBoardAreRead(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := posting("Engineer", "Join us and build things.")
	p.Data.Attributes = map[string]string{
		enrich.AttrSkills: "Kubernetes, Terraform", enrich.AttrExperience: "8-10 years",
		enrich.AttrSeniority: "Internship",
	}
	m, err := s.Score(t.Context(), "Accountant, knows Terraform, 2 years of experience", p)
	require.NoError(t, err)
	require.Equal(t, []string{"Kubernetes"}, m.MissingSkills)
	require.Contains(t, m.Reasoning, "8 years asked for, 2 shown")
}

func TestTheReasoningNamesWhatMatched(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, tr := range trades(t) {
		m, err := s.Score(t.Context(), tr.resume, tr.posting)
		require.NoError(t, err)
		require.Contains(t, m.Reasoning, "Matches on ", tr.name)
		require.Equal(
			t, 1, strings.Count(m.Reasoning, ".")-strings.Count(m.Reasoning, "Node.js"), "one sentence: %s",
			m.Reasoning,
		)
		require.Equal(t, lexical.By, m.By)
		require.Equal(t, m, m.WithoutQuotes(tr.posting.Data))
	}
}

func TestAnAdvertThatTalksLikeTheScorerIsNotQuoted(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	resume := "Backend engineer\nSkills: Go, PostgreSQL, Docker, Kafka, Redis, Terraform"
	p := posting("Backend Engineer",
		"Requirements\n- Go, PostgreSQL, Docker, Kafka, Redis, Terraform\n- Cost optimisation in the cloud")
	for round := range 8 { // each adds what was said to the advert
		m, err := s.Score(t.Context(), resume, p)
		require.NoError(t, err)
		require.NotEmpty(t, m.Reasoning)
		if round < 3 {
			require.Contains(t, m.Reasoning, "the résumé shows", "fewer names are named first")
		}
		for _, said := range append(m.SkillGapRecommendations, m.Reasoning) {
			require.False(t, enrich.Quotes(said, p.Data.Description), said)
			p.Data.Description += "\n" + said
		}
	}
}

func TestAddressesAreNotRead(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, text := range []string{
		"james.cook@example.com", "cook@kitchen.co.uk", "https://go.dev/python", "www.kubernetes.io/docker",
		"linkedin.com/in/ada-nurse",
		"nurse-ada@example.com, sql_fan@example.org",
	} {
		require.Empty(t, s.Found(text), "%q", text)
	}
	require.Equal(t, []string{"Node.js", "Python", "Docker"}, s.Found("Node.js, Python. Docker"))
}

func TestTheEmployersNameIsNoSkill(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	name := "zorblatt quendle farthingay mossopton wexcombe"
	p := posting(
		"Falconer",
		"We fly hawks.\n\nRequirements\n- You know what "+name+" stands for and what manning, jesses, "+
			"creance and lure mean",
	)
	plain, named := "Manning, jesses, creance, lure", "Manning, jesses, creance, lure, "+name
	require.Less(t, scoreOf(t, s, plain, p), scoreOf(t, s, named, p))
	p.Lead.Company = name
	require.Equal(t, scoreOf(t, s, plain, p), scoreOf(t, s, named, p))
}

func TestAManagerIsNotAManagerOfEverything(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := posting("Manager", "Requirements\n- General ledger\n- IFRS\n- VAT\n- Month-end close")
	require.Less(t, scoreOf(t, s, "Manager of a warehouse\nForklift, order picking, shipping", p), 15)
}

func TestTheAgeOfTheCompanyIsNoRequirement(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	m, err := s.Score(
		t.Context(), "Accountant with 3 years of experience",
		posting("Accountant", "Family-owned for 15 years, we make cheese.\nYou close the books."),
	)
	require.NoError(t, err)
	require.NotContains(t, m.Reasoning, "asked for, 3 shown")
}

func TestAWordOfTheTitleAloneMakesNoMatch(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	p := posting(
		"Falconer",
		"Fly hawks and owls before visitors.\n\nRequirements\n- Manning, creance work and lure "+
			"swinging\n- Making jesses, hoods and bells",
	)
	resume := "Accountant at Falconer and Sons. Closed books, filed taxes and ran the payroll for forty " +
		"people."
	m, err := s.Score(t.Context(), resume, p)
	require.NoError(t, err)
	require.True(t, m.Unverified || m.Score < 15, "%d: %s", m.Score, m.Reasoning)
}

func TestSkillsOfTheCallerAreKnown(t *testing.T) {
	t.Parallel()
	s := lexical.New(&lexical.Options{Skills: []lexical.Skill{
		{
			Name: "Zorptool", Aliases: []string{"zorp"},
		}, {Name: ""}, {Name: strings.Repeat("x", 200)}, {
			Name: "a b c d e f g h i",
		},
	}})
	p := posting("Engineer", "Build.\n\nRequirements\n- Zorptool")
	m, err := s.Score(t.Context(), "I know Python.", p)
	require.NoError(t, err)
	require.Equal(t, []string{"Zorptool"}, m.MissingSkills)
	m, err = s.Score(t.Context(), "I know ZORP.", p)
	require.NoError(t, err)
	require.Empty(t, m.MissingSkills)
}

func TestTheIdentityTellsWhatAMatchDependsOn(t *testing.T) {
	t.Parallel()
	identity := func(o *lexical.Options) string {
		id, err := lexical.New(o).Identity(t.Context())
		require.NoError(t, err)
		return id
	}
	require.Equal(t, lexical.By, identity(nil))
	one := identity(&lexical.Options{Skills: []lexical.Skill{{Name: "Zorptool"}}})
	require.NotEqual(t, lexical.By, one)
	require.Equal(t, one, identity(&lexical.Options{Skills: []lexical.Skill{{Name: "Zorptool"}}}))
	require.NotEqual(
		t, one,
		identity(&lexical.Options{Skills: []lexical.Skill{{Name: "Zorptool", Aliases: []string{"zorp"}}}}),
	)
}

func TestWhatCannotBeReadIsAnErrorNeverAScore(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	good := posting("Cook", "Cook soup.")
	for name, c := range map[string]struct {
		resume string
		p      enrich.Posting
		want   error
		field  string
	}{
		"blank résumé":      {" ", good, scorer.ErrUnavailable, "resume"},
		"résumé of signs":   {"— — —", good, scorer.ErrUnavailable, "resume"},
		"Chinese résumé":    {"五年以上后端开发经验", good, scorer.ErrUnavailable, "resume"},
		"blank description": {"Cook", posting("Cook", "\n"), scorer.ErrPosting, "description"},
		"Arabic description": {
			"Cook", posting("Cook", "خبرة خمس سنوات في المطبخ"), scorer.ErrPosting, "description",
		},
		"unknown description": {
			"Cook", posting("", strings.Repeat("lorem dolor amet tempor ipsum ", 10)),
			scorer.ErrPosting, "description",
		},
	} {
		_, err := s.Score(t.Context(), c.resume, c.p)
		require.ErrorIs(t, err, c.want, name)
		var field *lead.FieldError
		require.True(t, errors.As(err, &field), name)
		require.Equal(t, c.field, field.Field, name)
	}
}

func FuzzScore(f *testing.F) {
	s := lexical.New(nil)
	for _, tr := range trades(f) {
		f.Add(tr.resume, tr.posting.Lead.Title, tr.posting.Data.Description)
	}
	f.Add("Go", "Go", "R&D, C++, .NET and node.js\x00 \xff 3-5 years 1999-2003")
	f.Fuzz(func(t *testing.T, resume, title, description string) {
		p := posting(title, description)
		m, err := s.Score(t.Context(), resume, p)
		if err != nil {
			require.True(
				t, errors.Is(err, scorer.ErrReply) || errors.Is(err, scorer.ErrUnavailable), "%v", err,
			)
			return
		}
		require.NoError(t, m.Validate())
		require.True(t, utf8.ValidString(m.Reasoning))
		require.False(t, enrich.Quotes(m.Reasoning, description))
	})
}

// BenchmarkScore judges one résumé against 200 postings, with the résumé read for each of them and
// read once.
func BenchmarkScore(b *testing.B) {
	s := lexical.New(nil)
	var resume string
	for _, tr := range trades(b) {
		if len(resume) < 3000 {
			resume += tr.resume + "\n"
		}
	}
	pairs := sample(b)
	postings := make([]enrich.Posting, 200)
	for i := range postings {
		postings[i] = pairs[i*len(pairs)/len(postings)].posting
	}
	bound, err := s.ForResume(resume)
	require.NoError(b, err)
	for _, way := range []struct {
		name   string
		scorer scorer.Scorer
	}{{"unbound", s}, {"bound", bound}} {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				_, err := way.scorer.Score(b.Context(), resume, postings[n%len(postings)])
				require.NoError(b, err)
				n++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "postings/s")
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		lexical.New(nil)
	}
}
