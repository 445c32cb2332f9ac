// Package examples_test looks at what all the programs of this repository are linked from.
package examples_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A linked module is one that a package of the library or of the examples is compiled from.
type linked struct {
	Path, Version, Dir string
	Main               bool
	Time               *time.Time
}

// list runs go list in the workspace and decodes the values that it prints.
func list[T any](t *testing.T, args ...string) []T {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=Module"}, args...)...)
	if args[0] == "-m" {
		cmd.Args = append([]string{"go", "list", "-json"}, args...)
	}
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []T
	for values := json.NewDecoder(bytes.NewReader(out)); ; {
		var one T
		err := values.Decode(&one)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, one)
	}
}

// modules returns the linked modules with their dates, in alphabetical order.
func modules(t *testing.T) []linked {
	t.Helper()
	var paths []string
	for _, p := range list[struct{ Module *linked }](
		t, "-deps", "./...", "./forgeotel/...", "./examples/...",
	) {
		if p.Module != nil && !p.Module.Main {
			paths = append(paths, p.Module.Path)
		}
	}
	slices.Sort(paths)
	return list[linked](t, append([]string{"-m"}, slices.Compact(paths)...)...)
}

// licences are told by their words, the first match first. The right to choose another licence
// than the GPL makes a module usable.
var licences = []struct {
	name  string
	words *regexp.Regexp
}{
	{"FTL or GPL-2.0", regexp.MustCompile(`your choice of exactly one of the following two licenses`)},
	{"AGPL", regexp.MustCompile(`AFFERO GENERAL PUBLIC LICENSE`)},
	{"LGPL", regexp.MustCompile(`LESSER GENERAL PUBLIC LICENSE`)},
	{"GPL", regexp.MustCompile(`GNU GENERAL PUBLIC LICENSE`)},
	{"MPL-2.0", regexp.MustCompile(`Mozilla Public License Version 2\.0`)},
	{"Apache-2.0", regexp.MustCompile(`Apache License Version 2\.0`)},
	{"MIT", regexp.MustCompile(`Permission is hereby granted, free of charge, to any person`)},
	{"BSD", regexp.MustCompile(`Redistribution and use in source and binary forms`)},
	{"ISC", regexp.MustCompile(`Permission to use, copy, modify, and/?o?r? distribute this software`)},
	{"CC-BY-4.0", regexp.MustCompile(`Creative Commons Attribution 4\.0 International`)},
	{"public domain", regexp.MustCompile(`public domain`)},
}

// allowed are the licences under which a program may be given to anybody, with its notices.
var allowed = []string{
	"MIT", "BSD", "Apache-2.0", "MPL-2.0", "ISC", "FTL or GPL-2.0", "CC-BY-4.0", "public domain",
}

// licenceOf returns the licence of the files that a folder says to be its licence.
func licenceOf(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	file := regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)(\.(txt|md))?$`)
	for _, e := range entries {
		if !file.MatchString(e.Name()) || e.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		words := strings.Join(strings.Fields(string(text)), " ")
		for _, l := range licences {
			if l.words.MatchString(words) {
				return l.name
			}
		}
	}
	return ""
}

func TestLicencesOfLinkedModulesAllowToGiveProgramsAway(t *testing.T) {
	t.Parallel()
	found := modules(t)
	require.NotEmpty(t, found)
	for _, m := range found {
		licence := licenceOf(t, m.Dir)
		t.Logf("%-15s %s %s", licence, m.Path, m.Version)
		require.Contains(t, allowed, licence, "%s: read its licence before it is linked", m.Path)
	}
	t.Logf("%d modules", len(found))
}

func TestLicencesOfTheGPLAreTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"GNU GENERAL PUBLIC LICENSE\n Version 3", "GPL"},
		{"GNU LESSER GENERAL\nPUBLIC LICENSE", "LGPL"},
		{"GNU AFFERO GENERAL PUBLIC LICENSE", "AGPL"},
		{"All rights reserved.", ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "COPYING"), []byte(c.text), 0o600))
			require.Equal(t, c.want, licenceOf(t, dir))
			require.NotContains(t, allowed, c.want)
		})
	}
}

// reviewed is when the dependencies were last looked at as a whole. It is a fixed day, so that time
// alone fails no test.
var reviewed = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)

// A module without a release in three years can be finished or abandoned. ARCHITECTURE.md says
// which.
func TestOldDependenciesAreNamedWithTheReason(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../ARCHITECTURE.md")
	require.NoError(t, err)
	old := 0
	for _, m := range modules(t) {
		require.NotNil(t, m.Time, m.Path)
		row := "\n| `" + m.Path + "`"
		if m.Time.Before(reviewed.AddDate(-3, 0, 0)) {
			old++
			require.Contains(t, string(text), row, "version %s is of %v", m.Version, m.Time)
		} else {
			require.NotContains(t, string(text), row, "the version is of %v: take the row out", m.Time)
		}
	}
	t.Logf("%d are older than three years", old)
}

// An image is built from the modules first, so that it is made again only for what changed.
func TestTheImageIsBuiltFromEveryModuleOfTheWorkspace(t *testing.T) {
	t.Parallel()
	workspace, err := os.ReadFile("../go.work")
	require.NoError(t, err)
	image, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	modules := regexp.MustCompile(`(?m)^\t\./(\S+)$`).FindAllSubmatch(workspace, -1)
	require.NotEmpty(t, modules)
	for _, m := range modules {
		line := "COPY " + string(m[1]) + "/go.mod " + string(m[1]) + "/go.sum ./" + string(m[1]) + "/\n"
		require.Contains(t, string(image), line)
	}
}
