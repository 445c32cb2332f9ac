package lead_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
)

func TestSourceOfReadsTheBoardFromTheHost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, source string }{
		{"https://www.linkedin.com/jobs/view/1", "linkedin"},
		{"https://de.linkedin.com/x", "linkedin"},
		{"https://LinkedIn.com./x", "linkedin"},
		{"http://linkedin.com:8080/x", "linkedin"},
		{"https://www.naukri.com/x", "naukri"},
		{"https://job-boards.greenhouse.io/acme/jobs/1", "greenhouse"},
		{"https://jobs.eu.lever.co/acme/1", "lever"},
		{"https://acme.jobs.personio.com/job/1", "personio"},
		{"https://www.personio.com/job/1", ""},
		{"https://acme.wd5.myworkdayjobs.com/Careers/job/Oslo/Rigger_R1", "workday"},
		{"https://linkedin.com.evil.example/x", ""},
		{"https://notlinkedin.com/x", ""},
		{"https://jobs.example.com/linkedin.com", ""},
		{"https://linkedin.com@evil.example/x", ""},
		{"https://linkedin.com\\@evil.example/x", ""},
		{"linkedin.com/x", ""},
		{"", ""},
	} {
		t.Run(c.url, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.source, lead.SourceOf(c.url))
		})
	}
}

func TestOwnDomainsAreKnownOfSomeBoardsOnly(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"linkedin.com"}, lead.OwnDomains("linkedin"))
	require.Equal(t, []string{"lever.co"}, lead.OwnDomains("lever"))
	require.Nil(t, lead.OwnDomains("greenhouse"), "companies show its adverts on their own sites")
	require.Nil(t, lead.OwnDomains("example"))
}
