package ats

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/agent-forge/forge/internal/hosts"
	"github.com/agent-forge/forge/lead"
)

// Detect reads the board from the URL of a career page, of one job, or of the provider's API. The
// scheme can be missing. It asks nobody: the career page on a company's own host does not say by
// whom it is served, and is an error.
func Detect(careersURL string) (Board, error) {
	raw := strings.TrimSpace(careersURL)
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	fail := func(problem string) (Board, error) {
		wrong := &lead.FieldError{Field: "careersURL", Problem: problem}
		return Board{}, fmt.Errorf("ats: detect: %w", wrong)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || hosts.Name(u) == "" {
		return fail("want an http or https URL")
	}
	for _, p := range providers {
		if hosts.Covering(p.hosts, u) == "" {
			continue
		}
		if company := p.companyOf(u); p.valid(company) {
			return Board{Provider: p.name, Company: company}, nil
		}
		return fail("it names no company of " + p.name + "; want the URL of the company's list of jobs")
	}
	return fail(fmt.Sprintf("the host %s belongs to no provider that is known (%s); look where its jobs lead",
		hosts.Name(u), strings.Join(Providers(), ", ")))
}

// pathOf returns the parts of a path, unescaped. Parts that say a language are left out.
func pathOf(u *url.URL) []string {
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	if len(parts) > 1 && isLanguage(parts[0]) {
		parts = parts[1:]
	}
	return parts
}

// isLanguage reports whether a part of a path is a language with its country, such as "en-US".
func isLanguage(s string) bool {
	return len(s) == len("en-US") && s[2] == '-' && strings.ToLower(s[:2]) == s[:2]
}

// after returns the part of the path that follows these; empty if the path does not begin so.
func after(u *url.URL, before ...string) string {
	parts := pathOf(u)
	if len(parts) <= len(before) || !slices.Equal(parts[:len(before)], before) {
		return ""
	}
	return parts[len(before)]
}

// subdomain returns what stands before a domain in the host; empty if it is the provider's own.
func subdomain(u *url.URL, domain string) string {
	sub, ok := strings.CutSuffix(hosts.Name(u), "."+domain)
	switch {
	case !ok, strings.Contains(sub, "www"):
		return ""
	}
	switch sub {
	case "app", "api", "support", "help", "docs", "blog", "info", "developer", "developers", "careers",
		"career", "go", "get", "login", "resources", "status", "cdn", "images", "apply", "jobs":
		return ""
	}
	return sub
}
