package advert

import (
	"embed"
	"strings"
	"sync"
	"unicode"
)

// phraseFiles hold the phrases that head sections, and those of the sentences that end
// requirements, language by language; en.txt says how they are written.
//
//go:embed phrases/*.txt
var phraseFiles embed.FS

// A vocabulary is what the phrase files hold.
type vocabulary struct {
	headings  phraseSet
	filler    map[string]bool // words that can stand around a heading's phrase; any other makes a sentence
	sentences phraseSet       // that end requirements
	asks      phraseSet       // of items that ask for something
	elsewhere phraseSet       // of teasers
	pointers  []string        // those of elsewhere in scripts that set no spaces between words
	more      phraseSet       // at the end of teasers
}

// words returns the vocabulary, which is read when it is first needed.
var words = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{filler: map[string]bool{}}
	files, err := phraseFiles.ReadDir("phrases")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, f := range files {
		text, err := phraseFiles.ReadFile("phrases/" + f.Name())
		if err != nil {
			panic(err)
		}
		v.read(f.Name(), string(text))
	}
	return v
})

func (v *vocabulary) read(file, text string) {
	section := ""
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case line == "", strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			phrase, open := strings.CutSuffix(line, "*")
			v.add(file, section, phrase, open)
		}
	}
}

// headingKinds are the sections of a file that list headings.
var headingKinds = map[string]SectionKind{
	"requirements":     SectionRequirements,
	"preferred":        SectionPreferred,
	"responsibilities": SectionResponsibilities,
	"benefits":         SectionBenefits,
	"company":          SectionCompany,
	"legal":            SectionLegal,
	"other":            SectionOther,
}

func (v *vocabulary) add(file, section, phrase string, open bool) {
	if kind, heading := headingKinds[section]; heading {
		v.headings.add(phrase, kind, open)
		return
	}
	switch section {
	case "filler":
		word, _ := nextWord(phrase, nil)
		v.filler[string(word)] = true
	case "pay":
		v.sentences.add(phrase, SectionBenefits, open)
	case "rights":
		v.sentences.add(phrase, SectionLegal, open)
	case "asks":
		v.asks.add(phrase, SectionRequirements, open)
	case "elsewhere":
		v.elsewhere.add(phrase, SectionOther, open)
		if unicode.In(firstRune(phrase), unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
			v.pointers = append(v.pointers, phrase)
		}
	case "more":
		v.more.add(phrase, SectionOther, open)
	default:
		panic("advert: " + file + ": unknown section " + section)
	}
}
