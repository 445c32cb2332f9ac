package lexical_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/lexical"
)

const (
	occupationColumns = "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,hiddenLabels,status," +
		"modifiedDate,regulatedProfessionNote,scopeNote,definition,inScheme,description,code\n"
	skillColumns = "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels," +
		"status,modifiedDate,scopeNote,definition,inScheme,description\n"
	broaderColumns = "conceptType,conceptUri,broaderType,broaderUri\n"
)

// escoFiles are small files of the portal's form, with invented occupations.
func escoFiles() fstest.MapFS {
	file := func(parts ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.Join(parts,
			""))}
	}
	return fstest.MapFS{
		"en/occupations_en.csv": file(
			"\ufeff",
			occupationColumns,
			"Occupation,urn:o1,7316,kite painter,\"painter of kites\nkite "+
				"decorator\",,released,,,,,,\"Paints, and dries.\",7316.9\n",
			"Occupation,urn:o2,7316,paper lantern maker,lantern folder,,released,,,,,,,7316.8\n",
			"Occupation,urn:o3,7316,retired trade,,,obsolete,,,,,,,7316.7\n",
			"Occupation,urn:o4,7316,silk kite painter,,,released,,,,,,,7316.9.1\n",
		),
		"de/occupations_de.csv": file(occupationColumns,
			"Occupation,urn:o1,7316,Drachenmaler,\"Drachenbemaler\",,released,,,,,,,7316.9\n"),
		"en/skills_en.csv": file(
			skillColumns,
			"KnowledgeSkillCompetence,urn:s1,skill/competence,occupation-specific,balance bridle "+
				"lines,bridle balancing,,released,,,,,\n",
			"KnowledgeSkillCompetence,urn:s2,skill/competence,transversal,greet festival "+
				"crowds,,,released,,,,,\n",
		),
		"de/skills_de.csv": file(
			skillColumns,
			"KnowledgeSkillCompetence,urn:s1,skill/competence,occupation-specific,Waageschnüre "+
				"austarieren,,,released,,,,,\n",
		),
		"broaderRelationsOccPillar.csv": file(
			broaderColumns, "Occupation,urn:o4,Occupation,urn:o1\nOccupation,urn:o1,ISCOGroup,urn:g1\n",
		),
		"en/broaderRelationsSkillPillar_en.csv": file(
			broaderColumns, "KnowledgeSkillCompetence,urn:s1,SkillGroup,urn:g2\n",
		),
		"en/occupationSkillRelations_en.csv": file("occupationUri,relationType,skillType,skillUri\n",
			"urn:o1,essential,skill/competence,urn:s1\nurn:o9,essential,skill/competence,urn:s9\n"),
		"en/greenSkillsCollection_en.csv":          file("anything\n"),
		"en/occupationsCollectionOfOthers_en.json": file("{}"),
	}
}

func TestESCOBringsOccupationsAndSkillsOfItsLanguages(t *testing.T) {
	t.Parallel()
	esco, err := lexical.LoadESCO(escoFiles())
	require.NoError(t, err)
	s := lexical.New(&lexical.Options{ESCO: esco})
	for _, c := range []struct{ text, name string }{
		{
			"Kite Painter", "kite painter",
		},
		{"painter of kites", "kite painter"},
		{
			"Drachenmaler", "kite painter",
		},
		{
			"lantern folder", "paper lantern maker",
		},
		{
			"bridle balancing", "balance bridle lines",
		},
		{
			"Waageschnüre austarieren", "balance bridle lines",
		},
	} {
		require.Equal(t, []string{c.name}, s.Found(c.text), c.text)
	}
	require.NotContains(t, s.Found("retired trade"), "retired trade")

	p := posting(
		"Drachenmaler",
		"Wir suchen einen Drachenmaler für unsere Werkstatt am Strand.\n\nAnforderungen\n- Waageschnüre "+
			"austarieren",
	)
	resume := "Kit Arbour\nKite painter, Windy Bay, 2016 to 2023\nBridle balancing of forty kites a " +
		"day, sails of ripstop and bamboo frames"
	with, err := s.Score(t.Context(), resume, p)
	require.NoError(t, err)
	require.Greater(t, with.Score, 60)
	require.Contains(t, with.Reasoning, "balance bridle lines")
	without, err := lexical.New(nil).Score(t.Context(), resume, p)
	require.NoError(t, err)
	require.Less(t, without.Score, with.Score)

	silk := posting(
		"Silk kite painter",
		"You paint silk kites for the festival and for collectors abroad, with brush and "+
			"airbrush.\n\nRequirements\n- Bridle balancing",
	)
	require.Greater(t, scoreOf(t, s, resume, silk), 50, "a broader occupation counts")
}

func TestESCOIsPartOfTheIdentity(t *testing.T) {
	t.Parallel()
	identity := func(files fstest.MapFS) string {
		esco, err := lexical.LoadESCO(files)
		require.NoError(t, err)
		id, err := lexical.New(&lexical.Options{ESCO: esco}).Identity(t.Context())
		require.NoError(t, err)
		return id
	}
	english := escoFiles()
	for name := range english {
		if strings.HasPrefix(name, "de/") {
			delete(english, name)
		}
	}
	require.Equal(t, identity(escoFiles()), identity(escoFiles()))
	require.NotEqual(t, identity(escoFiles()), identity(english))
}

func TestESCOThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	_, err := lexical.LoadESCO(fstest.MapFS{"readme.txt": {}})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "occupations_xx.csv")
	for _, c := range []struct{ name, text, says string }{
		{"occupations_fr.csv", "conceptUri,preferredLabel\n", "altLabels"},
		{"skills_fr.csv", "", "header"},
		{"occupationSkillRelations.csv", "occupationUri,skillUri\n", "relationType"},
	} {
		files := escoFiles()
		files[c.name] = &fstest.MapFile{Data: []byte(c.text)}
		_, err := lexical.LoadESCO(files)
		require.ErrorContains(t, err, c.name)
		require.ErrorContains(t, err, c.says)
		if c.text != "" {
			var field *lead.FieldError
			require.ErrorAs(t, err, &field)
		}
	}
}

// BenchmarkESCO loads one language of the size of the official files.
func BenchmarkESCO(b *testing.B) {
	var occupations, skills, relations strings.Builder
	occupations.WriteString(occupationColumns)
	for i := range 3000 {
		fmt.Fprintf(&occupations, "Occupation,urn:o%d,%d,occupation number %d,\"", i, 1000+i%400, i)
		for j := range 9 {
			fmt.Fprintf(&occupations, "title %d of occupation %d\n", j, i)
		}
		occupations.WriteString("\",,released,,,,,,,\n")
	}
	skills.WriteString(skillColumns)
	relations.WriteString("occupationUri,relationType,skillType,skillUri\n")
	for i := range 14000 {
		fmt.Fprintf(
			&skills,
			"K,urn:s%d,knowledge,sector-specific,do task %d well,\"task %d done\ncare of task %d\ntask "+
				"%d in short\",,released,,,,,\n",
			i,
			i,
			i,
			i,
			i,
		)
		for j := range 9 {
			fmt.Fprintf(&relations, "urn:o%d,essential,knowledge,urn:s%d\n", (i*7+j)%3000, i)
		}
	}
	files := fstest.MapFS{
		"occupations_en.csv": {
			Data: []byte(occupations.String()),
		},
		"skills_en.csv":                   {Data: []byte(skills.String())},
		"occupationSkillRelations_en.csv": {Data: []byte(relations.String())},
	}
	b.ReportAllocs()
	for b.Loop() {
		esco, err := lexical.LoadESCO(files)
		require.NoError(b, err)
		lexical.New(&lexical.Options{ESCO: esco})
	}
}
