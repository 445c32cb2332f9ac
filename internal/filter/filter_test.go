package filter_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/filter"
	"github.com/agent-forge/forge/lead"
)

var now = time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC)

func says(text string) func() string { return func() string { return text } }

func wants(q lead.Query, j filter.Job) bool { return filter.New(q, now).Wants(&j) }

func TestFilterOfNothingWantsEverything(t *testing.T) {
	t.Parallel()
	no := false
	for _, j := range []filter.Job{
		{}, {
			Title: "Bosun", Text: says("Splice ropes."), EasyApply: &no, PostedBy: now.AddDate(-9, 0, 0),
			Types: []string{"VOLUNTEER"}, Places: []filter.Place{{Text: "Bergen"}},
		},
	} {
		require.True(t, wants(lead.Query{}, j))
		require.True(
			t,
			wants(
				lead.Query{
					Keywords: " ", Location: " ", Experience: []string{lead.ExperienceEntry}, Limit: 1,
				},
				j,
			),
		)
	}
}

func TestFilterWantsWhatSaysNothing(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, c := range []struct {
		name string
		q    lead.Query
		no   filter.Job // says something else
	}{
		{"easy apply", lead.Query{EasyApply: true}, filter.Job{EasyApply: &no}},
		{"age", lead.Query{PostedWithin: time.Hour}, filter.Job{PostedBy: now.Add(-time.Hour - 1)}},
		{"type", lead.Query{JobTypes: []string{lead.FullTime}}, filter.Job{Types: []string{"PART_TIME"}}},
		{"place", lead.Query{Location: "Oslo"}, filter.Job{Places: []filter.Place{{Locality: "Bergen"}}}},
		{"remote", lead.Query{Remote: true}, filter.Job{Places: []filter.Place{{Locality: "Bergen"}}}},
		{"keywords", lead.Query{Keywords: "splice"}, filter.Job{Text: says("Count fares.")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.False(t, wants(c.q, c.no))
			require.True(t, wants(c.q, filter.Job{}))
		})
	}
	require.True(t, wants(lead.Query{EasyApply: true}, filter.Job{EasyApply: &yes}))
	require.True(t, wants(lead.Query{PostedWithin: time.Hour}, filter.Job{PostedBy: now.Add(-time.Hour)}))
}

func TestJobTypesNamesWhatIsKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		says string
		want []string
	}{
		{"FULL_TIME", []string{lead.FullTime}},
		{"fullTimeContractor", []string{lead.FullTime, lead.Contract}},
		{"Part time or Freelance", []string{lead.PartTime, lead.Contract}},
		{"Teilzeitkraft", []string{lead.PartTime}},
		{"Permanent", nil},
		{"OTHER", nil},
		{"", nil},
		{"Internal role", nil},
		{"International", nil},
		{"Ehrenamtliche Tätigkeit", []string{lead.Volunteer}},
		{"Stagiaire", []string{lead.Internship}},
		{"派遣社員", []string{lead.Temporary}},
		{"دوام كامل", []string{lead.FullTime}},
		{"पूर्णकालिक", []string{lead.FullTime}},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			require.ElementsMatch(t, c.want, filter.JobTypes(c.says))
		})
	}
}

func TestRemoteIsCutOutOfAPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		place, rest string
		remote      bool
	}{
		{"Bergen", "Bergen", false},
		{"", "", false},
		{"Remoteville", "Remoteville", false},
		{"Remote", "", true},
		{"100% remote", "", true},
		{"Fully Remote", "", true},
		{"REMOTE", "", true},
		{"Home Office", "", true},
		{"Télétravail", "", true},
		{"リモート", "", true},
		{"Удалённо", "", true},
		{"Remote - Norway", "Norway", true},
		{"Remote – Norway", "Norway", true},
		{"Remote, Norway", "Norway", true},
		{"Norway (Remote)", "Norway", true},
		{"Norway / Remote", "Norway", true},
		{"Remote in Norway", "Norway", true},
		{"Remote within the EU", "EU", true},
		{"Remote (Worldwide)", "Worldwide", true},
		{"US Remote", "US", true},
		{"Bergen, Norway or Remote", "Bergen, Norway", true},
		{"Remote or Bergen", "Bergen", true},
	} {
		t.Run(c.place, func(t *testing.T) {
			t.Parallel()
			rest, remote := filter.CutRemote(c.place)
			require.Equal(t, c.remote, remote)
			require.Equal(t, c.rest, rest)
		})
	}
}

func TestPlacesOfAdvertsThatDoNotTakeThemApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		place, asked string
		want         bool
	}{
		{"Bergen, Norway", "Norway", true},
		{"Norway, Bergen", "Norway", true},
		{"Bergen (Norway)", "Norge", true},
		{"NO - Bergen", "Norway", true},
		{"Bergen | Oslo", "Oslo", true},
		{"Oslo, Bergen and Tromsø", "Tromso", true},
		{"5003 Bergen", "Bergen", true},
		{"Bergen, Vestland, Norway", "Bergen", true},
		{"Bergen, Vestland, Norway", "Oslo", false},
		{"St. John's, NL", "Canada", true},
		{"Portland, OR", "Portland, Oregon", true},
		{"Portland, ME", "Portland, Oregon", false},
		{"Tbilisi, Georgia", "Georgia", true},
		{"Atlanta, Georgia", "Georgia", true},
		{"Atlanta, Georgia", "United States", true},
		{"New York", "NY", true},
		{"Buffalo, New York", "New York", true},
		{"Kansas City, MO", "Kansas City", true},
		{"Toronto, Ontario, Canada", "Ontario", true},
		{"Multiple locations", "Bergen", true},
		{"3 locations", "Bergen", true},
		{"HQ", "Bergen", true},
		{"On-site", "Bergen", true},
		{"Nationwide", "Bergen", true},
		{"Bergen", "Bergen and surroundings", true},
		{"Singapore", "Singapore", true},
		{"Luxembourg", "Luxemburg", true},
		{"Frankfurt am Main", "Frankfurt", true},
		{"Frankfurt", "Frankfurt am Main, Germany", true},
		{"Paris", "London", false},
		{"Oslo", "Oslo; Bergen", true},
		{"Bergen", "Oslo or Bergen", true},
		{"Bergen", "Oslo, Bergen, Tromsø", true},
		{"Hamburg", "Berlin", false},
		{"Potsdam, Germany", "Berlin", false},
		{"Berlin", "Potsdam", false},
		{"Berlin, DE", "Deutschland", true},
		{"Berlin, Deutschland", "DE", true},
		{"Praha", "Prague, Czech Republic", true},
		{"Kyiv", "Ukraine", true},
		{"東京", "Tokyo", true},
	} {
		t.Run(c.place+" "+c.asked, func(t *testing.T) {
			t.Parallel()
			require.Equal(
				t, c.want,
				wants(lead.Query{Location: c.asked}, filter.Job{Places: []filter.Place{{Text: c.place}}}),
			)
		})
	}
}

func TestPlaceOfAHybridJobIsAPlace(t *testing.T) {
	t.Parallel()
	j := filter.Job{
		Workplace: []string{"Hybrid"}, Places: []filter.Place{{Locality: "Bergen", Country: "NO"}},
	}
	require.False(t, wants(lead.Query{Remote: true}, j))
	require.False(t, wants(lead.Query{Location: "Oslo, Norway"}, j))
	j.Workplace = []string{"Hybrid or remote"}
	require.True(t, wants(lead.Query{Remote: true, Location: "Oslo, Norway"}, j))
}

func TestKeywordsThatAreHalfTyped(t *testing.T) {
	t.Parallel()
	j := filter.Job{
		Title: "Bosun™", Company: "Saltmarsh",
		Text: says("Splice\tropes,\n mend nets; C, C++ and R. Re-rigging."), Skills: []string{"VHF radio"},
	}
	for _, c := range []struct {
		asked string
		want  bool
	}{
		{"bosun", true},
		{"saltmarsh", true},
		{"vhf", true},
		{`"splice ropes"`, true},
		{`"ropes mend"`, false},
		{`"bosun saltmarsh"`, false},
		{"c++", true},
		{"c", true},
		{"r", true},
		{"rerigging", true},
		{"re rigging", true},
		{"()", true},
		{"((((bosun", true},
		{"bosun))))", true},
		{"OR", true},
		{"OR bosun", true},
		{"bosun OR", true},
		{"cook OR", false},
		{"NOT", true},
		{"NOT OR bosun", true},
		{"bosun NOT", true},
		{",,,", true},
		{"cook AND (bosun OR mate)", false},
		{"NOT (cook OR mate)", true},
		{"NOT bosun", false},
		{"rope*", true},
		{"bosun!", true},
		{"'splice'", true},
		{"splice?", true},
		{"«splice ropes»", true},
		{"w/m/d bosun", true},
		{"rope(s)", true},
		{"net(ting) mend", true},
		{"cook(s)", false},
	} {
		t.Run(c.asked, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, wants(lead.Query{Keywords: c.asked}, j))
		})
	}
}

func FuzzWants(f *testing.F) {
	f.Add(`("a OR b" NOT -c,d/e) | [f`, "Oslo; Bergen (NO) - CA / remote", "Full- and Part-time/OTHER")
	f.Add("м/ж 工程 ｒ", "Remote (EMEA), Georgia, CA", "正社員|CDI")
	f.Fuzz(func(t *testing.T, keywords, location, types string) {
		q := lead.Query{
			Keywords: keywords, Location: location, Remote: true, JobTypes: []string{lead.FullTime},
		}
		j := filter.Job{
			Title: keywords,
			Text:  says(types),
			Types: []string{types},
			Places: []filter.Place{
				{Text: location}, {Locality: location, Country: types},
			},
			Workplace:  []string{types},
			Applicants: []string{location},
		}
		if all := filter.New(q, now); all.Wants(&j) &&
			!filter.New(lead.Query{Keywords: keywords}, now).Wants(&j) {
			t.Fatal("a longer query wants more")
		}
		if !wants(q, filter.Job{Title: "Bosun"}) &&
			filter.New(lead.Query{Keywords: keywords}, now).Wants(&filter.Job{Title: "Bosun"}) {
			t.Fatal("a job that says nothing is left out")
		}
		filter.CutRemote(location)
		filter.JobTypes(types)
	})
}
