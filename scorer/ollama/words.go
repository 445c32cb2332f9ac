package ollama

import (
	"strings"
	"unicode"
)

// A lexicon knows which words tell nothing about who fits a job.
type lexicon struct {
	empty map[string]bool // grammar, and what every advert and résumé says
	weak  map[string]bool // true of many: languages, degrees, ways of working. They back location and other, nothing else
}

// A wordIndex is a text as a row of words.
type wordIndex struct {
	words  []string
	joined string          // with a space on both sides of every word, so that runs are found at word bounds
	terms  map[string]bool // the words that tell something, without endings; pairs of characters where words have no spaces
}

func (l lexicon) index(text string) wordIndex {
	words := wordsOf(text)
	return wordIndex{words: words, joined: join(words), terms: l.terms(words)}
}

// terms returns the telling words among words, weak ones included.
func (l lexicon) terms(words []string) map[string]bool {
	terms := make(map[string]bool)
	for i, w := range words {
		if spaceless(firstRune(w)) {
			if i+1 < len(words) && spaceless(firstRune(words[i+1])) {
				terms[w+words[i+1]] = true
			}
			continue
		}
		if s := l.term(w); s != "" {
			terms[s] = true
		}
	}
	return terms
}

// term returns a word as it is compared, or "" if it tells nothing.
func (l lexicon) term(w string) string {
	if l.empty[w] || !strings.ContainsFunc(w, unicode.IsLetter) {
		return ""
	}
	s := stem(w)
	if l.empty[s] || len([]rune(s)) < 2 && !strings.ContainsAny(s, "+#") {
		return ""
	}
	return s
}

// wordsOf splits a text into lower-case words of letters, digits and marks. C++, C# and .NET keep their signs; every
// character of a script without spaces is a word.
func wordsOf(text string) []string {
	var words []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			words = append(words, b.String())
			b.Reset()
		}
	}
	for _, r := range text {
		switch {
		case spaceless(r):
			flush()
			words = append(words, string(r))
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			b.WriteRune(unicode.ToLower(r))
		case (r == '+' || r == '#') && b.Len() > 0 && b.Len() <= 4:
			b.WriteRune(r)
		case r == '\'' || r == '’': // don’t is one word
		default:
			flush()
		}
	}
	flush()
	return words
}

func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func join(words []string) string { return " " + strings.Join(words, " ") + " " }

// stem takes common English endings off, so that a nurse and nurses, testing and tested are one term. It errs on the side of
// leaving a word as it is.
func stem(w string) string {
	if w != strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, w) {
		return w
	}
	switch {
	case len(w) > 5 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 6 && strings.HasSuffix(w, "ing"):
		return strings.TrimSuffix(w[:len(w)-3], "e")
	case len(w) > 5 && strings.HasSuffix(w, "ed"):
		return strings.TrimSuffix(w[:len(w)-2], "e")
	case len(w) > 4 && strings.HasSuffix(w, "es") && !strings.HasSuffix(w, "ses"):
		return strings.TrimSuffix(w[:len(w)-2], "e")
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us"):
		return strings.TrimSuffix(w[:len(w)-1], "e")
	case len(w) > 4:
		return strings.TrimSuffix(w, "e")
	}
	return w
}

// longestRun returns the longest row of the quote's words that stands in the text.
func (t wordIndex) longestRun(quote []string) []string {
	best := []string(nil)
	for i := range quote {
		n := len(best) // a run that is not longer is no use
		for i+n < len(quote) && strings.Contains(t.joined, join(quote[i:i+n+1])) {
			n++
		}
		if n > len(best) {
			best = quote[i : i+n]
		}
	}
	return best
}

func newLexicon() lexicon {
	set := func(lists ...string) map[string]bool {
		m := make(map[string]bool)
		for _, list := range lists {
			for w := range strings.FieldsSeq(list) {
				m[w] = true
				m[stem(w)] = true
			}
		}
		return m
	}
	return lexicon{
		empty: set(
			// English grammar.
			`a about above after again all also am an and any are as at be because been before being below between both but by can
			could did do does doing done down during each either else ever every few for from further get gets getting got had has
			have having he her here hers him his how i if in into is it its itself just least less let like made make makes making
			many may me might more most much must my near need needs no nor not now of off on once one only or other others our
			ours out over own per plus same shall she should so some such than that the their theirs them then there these they
			this those through to too two three four five six seven eight nine ten under until up upon us use used uses using
			very via was we well were what when where whether which while who whom whose why will with within without would yet
			you your yours yourself etc eg ie vs re ll ve dont im id`,
			// What every advert says, whatever the job.
			`ability able across ad add additional advantage advert all-round amazing apply applicant applicants application
			applications appreciate area areas around aspect aspects attention attitude available background based basic basis
			become begin benefit benefits best better big bonus bring bringing build building business busy call candidate
			candidates capable care career careers carry challenge challenges challenging change changes clear close colleague
			colleagues come commitment committed communicate communication communicator company companies competitive complete
			contact contract contribute coordinate core create culture current currently customer customers client clients daily
			date day days deadline deadlines deliver delivering dependable description desirable detail details develop developing
			development different directly diverse drive driven duties duty dynamic early eager effective efficient email employee
			employees employer employment encourage end energetic engage enjoy ensure ensuring enthusiasm enthusiastic environment
			equal equipment essential establish evening evenings event events everyday excellent exciting expect expected
			experience experienced experiences expert expertise fast field find first fit fitness flexible flexibility focus
			follow following free friendly full fun function future gain general give given go-getter goal goals good great group
			grow growing growth guest guests hand handle handling hands happy hard have head health help helping high highly hire
			hiring holiday holidays home hour hours ideal identify immediate impact important improve include includes including
			independent independently individual individuals industry information inform initiative inside interest interested
			interpersonal interview issue issues job jobs join keep key kind know knowledge large last lead leading learn learning
			level levels life line list little live local long look looking love main maintain maintaining maintenance manage
			managed management manager managing matter meet meeting meetings member members minimum mission modern month months
			morning motivated move name new next nice night number offer offers office on-the-job ongoing open operate operating
			operation operations opportunity opportunities optional order orders organisation organised organization organized
			part participate passion passionate pay people perform performance performing period person personal phone place plan
			planning play please point position positive possible practice practices prefer preferred prepare preparing present
			previous pride procedure procedures process processes product production products professional professionals proactive
			problem problems profile program progress project projects proven provide provided providing punctual qualification
			qualifications qualified quality question quick quickly range rate read ready real record records regular related
			relationship relationships relevant reliable report reporting reports require required requirement requirements
			respond responsibilities responsibility responsible result results reward right role roles run running safe safety
			salary schedule see seek seeking self send senior junior service services set shift shifts shop show similar site
			situation skill skilled skills small solid solution solutions solve someone speak staff standard standards start
			starting state stay store step strong structured style success successful suitable supervise support supporting sure
			systems system take taking talent target task tasks team teams teamwork term terms thing things think third time
			times today together top training travel true trust try turn type understand understanding unit value values variety
			various view visit wage want way ways weekend weekends week weekly weeks welcome wide willing willingness word work
			worked worker workers working workplace works world write writing written year years young
			apprenticeship apprentice degree diploma certificate certificates certified certification licence license licensed
			education educational school college university bachelor bachelors bsc msc ba ma master masters phd graduate study
			studies course courses example mail com www http https org net street road phone address summary objective reference
			references curriculum vitae resume résumé cv date birth january february march april may june july august september
			october november december monday tuesday wednesday thursday friday saturday sunday`,
			// Grammar of other languages that adverts are written in.
			`aber alle als am auch auf aus bei bis das dass dein deine dem den der des die dich dir du durch ein eine einem einen
			einer eines er es für haben hast hat ich ihr ihre im ist kann mit nach nicht oder sein sich sie sind sowie über um und
			uns unser unsere von vor werden wie wir wird zu zum zur arbeit aufgaben erfahrung kenntnisse mitarbeiter jahre team
			alors au aux avec ce ces cette chez comme dans de des du elle en entre est et être il la le les leur lui mais ne nos
			notre nous ou par pas plus pour que qui sa sans se ses son sont sous sur un une vos votre vous poste équipe entreprise
			al como con cual de del desde donde el ella en entre es esta este estas estos la las lo los más me mi muy nos nuestra
			nuestro o para pero por que se ser sin sobre son su sus también tu un una unos y ya experiencia trabajo empresa equipo
			ao aos as à às com da das do dos e em entre é já mais mas na nas no nos nós o os ou para pela pelo por que se sem seu
			sua suas seus um uma você vaga empresa trabalho experiência equipe
			ai agli alla alle anche che con da dal della delle dei di e gli il in la le lo ma nel nella non o per più presso se si
			sono su tra un una voi esperienza lavoro azienda
			aan als bij dat de die deze dit een en er heb hebben het hij ik in is je jij jouw kan met naar niet of om onze ook op
			over te tot uit van voor wat we wij worden zijn werk ervaring bedrijf
			bir bu da daha de dahil en göre gibi için ile ise iş işe kadar mı mi mu mü ne olan olarak olmak olması sahip şu tüm
			ve veya ya çok şirket ekip çalışma deneyim
			a aby ale bez być co czy dla do i jak jest lub na nad nas nie o od oraz po pod przez przy się są ta te to w we z za ze
			praca pracy doświadczenie firma zespół
			а без бы был быть в вам вас ваш во все вы где да для до его если есть же за и из или их к как ко мы на наш не ни но о
			об он она они от по под при с со так то у что это я работа работы опыт компания команда`,
		),
		weak: set(`english german french spanish portuguese italian dutch polish turkish russian arabic chinese mandarin japanese
			korean hindi swedish danish norwegian finnish czech greek hebrew ukrainian romanian hungarian deutsch englisch anglais
			français español inglés fluent fluently native spoken bilingual language languages
			remote remotely hybrid onsite on-site permanent fulltime full-time parttime part-time freelance temporary
			driving driver driven car clean background-check visa citizen citizenship permit relocation relocate
			international national regional europe european eu germany france spain italy portugal netherlands poland turkey austria
			switzerland uk usa kingdom united states ireland city town country area
			computer computers office word excel microsoft powerpoint outlook internet online digital software technology technologies
			tool tools technical data media social web website app design designed designing test testing research analysis analyse analyze
			sales marketing finance financial budget budgets cost costs price prices order stock account accounts administration
			administrative assistant coordinator specialist engineer officer director executive supervisor consultant trainer
			leader leadership mentor mentored mentoring coach coaching train trained`),
	}
}
