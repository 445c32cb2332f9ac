package llm_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/internal/llmtest"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/llm"
)

func TestJudgeScoresAFittingPostingByItsWeights(t *testing.T) {
	t.Parallel()
	var calls []llm.Call
	s := newScorer(t, says(llmtest.Fits()), &llm.Options{Name: "test/model", Observe: func(c llm.Call) {
		calls = append(calls, c)
	}})
	a, err := s.Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.NoError(t, err)
	// 5/5 of 40, 4/5 of 20, 4/5 of 20, 5/5 of 10, 3/5 of 10.
	require.Equal(t, enrich.Assessment{
		Score: 40 + 16 + 16 + 10 + 6,
		Reasoning: "Long Go practice on the same platform. Backed by both texts, of 5: skills 5, " +
			"experience 4, domain 4, location 5, other 3.",
		// The résumé has Go, and the posting never names quantum computing.
		MissingSkills:           []string{"Rust"},
		SkillGapRecommendations: []string{"Learn Rust to write the newer services."},
		By:                      "test/model/3",
	}, a)
	require.Equal(t, []llm.Call{{}}, calls)
}

func TestJudgeCountsACriterionOnlyIfItsLinesBackIt(t *testing.T) {
	t.Parallel()
	const full = 88
	for _, c := range []struct {
		name   string
		change func(*llmtest.Reply)
		want   int
	}{
		{"as it is", func(*llmtest.Reply) {}, full},
		{"no line of the posting", func(r *llmtest.Reply) { r.Other.Posting = "" }, full - 6},
		{"no line of the résumé", func(r *llmtest.Reply) { r.Other.Resume = "" }, full - 6},
		{
			"lines about different things", func(r *llmtest.Reply) { r.Other.Resume = "Mentored four" },
			full - 6,
		},
		{"lines that share only what every advert says", func(r *llmtest.Reply) {
			r.Other = llmtest.Rating{Posting: "Thirty days of holiday", Resume: "2021 to today", Rating: 3}
		}, full - 6},
		{"only the posting's town in common", func(r *llmtest.Reply) {
			r.Domain = llmtest.Rating{Posting: "Location: Berlin", Resume: "Ada Quill, Berlin", Rating: 4}
			r.Location.Rating = 0
		}, full - 26},
		{"two criteria on one shared term", func(r *llmtest.Reply) {
			r.Other = llmtest.Rating{
				Posting: "backend services in Go", Resume: "seven years of Go",
				Rating: 3,
			}
			r.Experience = r.Other
		}, full - 16 - 6 + 12},
		{"three criteria on two shared terms", func(r *llmtest.Reply) {
			r.Other = llmtest.Rating{
				Posting: "backend services in Go", Resume: "seven years of Go",
				Rating: 3,
			}
			r.Experience, r.Domain = r.Other, r.Other
		}, full - 16 - 16 - 6 + 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := llmtest.Fits()
			c.change(&r)
			a, err := newScorer(t, says(r), nil).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
			require.NoError(t, err)
			require.Equal(t, c.want, a.Score, a.Reasoning)
			require.False(t, a.Unverified)
		})
	}
}

// about is a posting whose description is these lines.
func about(title, description string) enrich.Posting {
	return enrich.Posting{
		Lead: lead.Lead{Title: title, Company: "Example House", Location: "Leeds"},
		Data: enrich.Data{Description: description},
	}
}

func TestJudgeKnowsSynonymsAndTranslations(t *testing.T) {
	t.Parallel()
	rate := func(posting, resume string) llmtest.Rating {
		return llmtest.Rating{Posting: posting, Resume: resume, Rating: 5}
	}
	for _, c := range []struct {
		name, resume, posting string
		reply                 llmtest.Reply
	}{
		{
			"other names", "Skills\nGo\nKubernetes\nPostgreSQL\nJavaScript\nMachine learning",
			"What you need\nGolang\nK8s\nPostgres\nJS\nML",
			llmtest.Reply{
				Skills: rate("Golang", "Go"), Domain: rate("K8s", "Kubernetes"),
				Experience: rate("Postgres", "PostgreSQL"),
			},
		},
		{
			"one word a line", "Python\nDjango\nRedis\nKafka", "Python\nDjango\nRedis\nKafka",
			llmtest.Reply{
				Skills: rate("Python", "Python"), Domain: rate("Django", "Django"),
				Experience: rate("Kafka", "Kafka"),
			},
		},
		{
			"German and English", "Registered nurse\nTen years in intensive care at a hospital\nWound " +
				"care and medication",
			"Pflegefachkraft gesucht\nErfahrung im Krankenhaus\nIntensivpflege\nWundversorgung und " +
				"Medikamente",
			llmtest.Reply{
				Skills:     rate("Wundversorgung", "Wound care"),
				Domain:     rate("Pflegefachkraft", "Registered nurse"),
				Experience: rate("Krankenhaus", "hospital"),
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := newScorer(t, says(c.reply), nil).Score(t.Context(), c.resume, about("Job", c.posting))
			require.NoError(t, err)
			require.False(t, a.Unverified, a.Reasoning)
			require.GreaterOrEqual(t, a.Score, 60, a.Reasoning)
		})
	}
}

func TestJudgeKeepsAClaimThatNothingBacksAsUnverified(t *testing.T) {
	t.Parallel()
	r := llmtest.Fits()
	r.Skills.Resume, r.Experience.Posting, r.Domain.Resume = "", "", "Mentored"
	m := says(r)
	a, err := newScorer(t, m, nil).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
	require.NoError(t, err)
	require.True(t, a.Unverified)
	require.Equal(t, gate.Default, a.Score, "it stands at the end of what is kept")
	require.Contains(t, a.Reasoning, "Not verified: the model rates this 88 of 100")
	require.Equal(t, lead.Matched, gate.Gate{}.Decide(a, llmtest.Fitting().Data).Status)

	require.Len(t, m.calls, 2, "it was asked again")
	require.Zero(t, m.calls[0].Temperature)
	require.Positive(t, m.calls[1].Temperature, "at 0 every seed gives the same words")
	require.NotEqual(t, m.calls[0].Seed, m.calls[1].Seed)
}

func TestJudgeUsesThePipelinesGate(t *testing.T) {
	t.Parallel()
	r := llmtest.Reply{
		Skills: llmtest.Rating{Posting: "backend services in Go", Rating: 2},
		Other:  llmtest.Rating{Rating: 2},
	} // 20
	at := func(threshold int) enrich.Assessment {
		g, err := gate.New(threshold)
		require.NoError(t, err)
		r.Missing = []string{"Rust", "Solidity"}
		a, err := newScorer(t, says(r), &llm.Options{Gate: g}).Score(t.Context(), llmtest.Resume, demanding())
		require.NoError(t, err)
		return a
	}
	require.True(t, at(15).Unverified)
	low := at(30)
	require.False(t, low.Unverified)
	require.Equal(t, 20, low.Score, "below the gate, the score is what the model claims")
}

func TestJudgeTakesABetterAnswerToTheSecondQuestion(t *testing.T) {
	t.Parallel()
	unbacked := llmtest.Reply{Skills: llmtest.Rating{Rating: 5}, Domain: llmtest.Rating{Rating: 5}}
	low := llmtest.Reply{Skills: llmtest.Rating{Posting: "Rust", Rating: 0}}
	for _, c := range []struct {
		name       string
		turns      []func(string) string
		score      int
		unverified bool
		asked      int
	}{
		{"backed the second time", []func(string) string{of(unbacked), of(llmtest.Fits())}, 88, false, 2},
		{"unbacked again", []func(string) string{of(unbacked), of(unbacked)}, 30, true, 2},
		{"low the second time: the claim stands", []func(string) string{of(unbacked), of(low)}, 30, true, 2},
		{"nonsense the second time", []func(string) string{of(unbacked), nonsense}, 30, true, 2},
		{"nonsense, then good", []func(string) string{nonsense, of(llmtest.Fits())}, 88, false, 2},
		{
			"nonsense twice, then unbacked",
			[]func(string) string{nonsense, nonsense, of(unbacked)},
			30,
			true, 3,
		},
		{"lazy, then good", []func(string) string{of(llmtest.Reply{}), of(llmtest.Fits())}, 88, false, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := saysIn(c.turns...)
			a, err := newScorer(t, m, nil).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
			require.NoError(t, err)
			require.Equal(t, c.score, a.Score)
			require.Equal(t, c.unverified, a.Unverified)
			require.Len(t, m.calls, c.asked)
		})
	}
}

func TestJudgeRefusesALowScoreThatPointsAtNothingWhereTheTextsShareMuch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		reply llmtest.Reply
	}{
		{"everything 0", llmtest.Reply{}},
		{"everything 1", llmtest.Reply{
			Skills: llmtest.Rating{Rating: 1}, Experience: llmtest.Rating{Rating: 1},
			Domain:   llmtest.Rating{Rating: 1},
			Location: llmtest.Rating{Rating: 1}, Other: llmtest.Rating{Rating: 1},
		}},
		{"a skill that the résumé has is missing", llmtest.Reply{Missing: []string{"Golang"}}},
		{
			"a line that the résumé answers",
			llmtest.Reply{Skills: llmtest.Rating{Posting: "backend services in Go"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := says(c.reply)
			a, err := newScorer(t, m, nil).Score(t.Context(), llmtest.Resume, llmtest.Fitting())
			require.ErrorIs(t, err, scorer.ErrReply)
			require.NotErrorIs(t, err, scorer.ErrPosting, "it is the model's fault")
			require.ErrorContains(t, err, "larger model")
			require.Zero(t, a)
			require.Len(t, m.calls, 3)
		})
	}
}

// demanding is a posting that llmtest.Resume fits but for two things.
func demanding() enrich.Posting {
	p := llmtest.Fitting()
	more := "\n- Smart contracts in Solidity\n- Rust"
	p.Data.Description = strings.Replace(p.Data.Description, "\n- Rust", more, 1)
	return p
}

func TestJudgeRejectsWhatIsHonestlyLow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		p     enrich.Posting
		reply llmtest.Reply
	}{
		{"another trade, and nothing said", trades()[0], llmtest.Reply{}},
		{
			"another trade, and its lines named", trades()[1],
			llmtest.Reply{Skills: llmtest.Rating{Posting: "Trained pastry chef"}},
		},
		{
			"much shared, and two skills missing", demanding(),
			llmtest.Reply{Missing: []string{"Rust", "Solidity"}},
		},
		{"much shared, and a line named that nothing answers", llmtest.Fitting(), llmtest.Reply{
			Skills:     llmtest.Rating{Posting: "Rust is a plus", Rating: 1},
			Experience: llmtest.Rating{Rating: 2},
		}},
		{"much shared, and a line named with its skill", demanding(), llmtest.Reply{
			Skills: llmtest.Rating{Posting: "Solidity", Rating: 1}, Missing: []string{"Solidity"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := newScorer(t, says(c.reply), nil).Score(t.Context(), llmtest.Resume, c.p)
			require.NoError(t, err)
			require.False(t, a.Unverified)
			require.Equal(t, lead.AutoRejected, gate.Gate{}.Decide(a, c.p.Data).Status)
		})
	}
}

func TestJudgeNeverSaysTheTextsThemselves(t *testing.T) {
	t.Parallel()
	p := llmtest.Fitting()
	long := "You tie bouquets for the harbour market before the sun is up over Parcel Street"
	p.Data.Description += "\n" + long
	r := llmtest.Fits()
	r.Reasoning = "They say: " + long +
		"! Write to boss@example.com, see https://evil.example/x or call +49 30 1234567."
	r.Recommendations = []string{
		long, "Built payment services in Go with gRPC and PostgreSQL that settle two million",
		"Learn Rust at https://evil.example.",
	}
	r.Missing = []string{"rust", "Rust ", "", long, "COBOL"}
	a, err := newScorer(t, says(r), nil).Score(t.Context(), llmtest.Resume, p)
	require.NoError(t, err)
	require.NoError(t, a.Validate())
	require.Equal(t, []string{"rust"}, a.MissingSkills)
	all, err := json.Marshal(a)
	require.NoError(t, err)
	for _, leak := range []string{
		"bouquets", "boss@", "evil.example", "1234567",
		"gRPC and PostgreSQL that settle",
	} {
		require.NotContains(t, string(all), leak)
	}
}
