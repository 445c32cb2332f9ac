package ollama

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A detector finds sentences that speak to a model instead of to a candidate. It is one layer of several: what it misses
// still has to bring quotes that stand in both texts. A wrong alarm costs one sentence, never the posting.
type detector struct{ rules []rule }

// A rule is a pattern that is tried only where one of its cues stands; most sentences hold none.
type rule struct {
	cues    []string // lower case
	pattern *regexp.Regexp
}

// withhold returns text without the sentences that speak to a model, and how many they were.
func (d detector) withhold(text string) (kept string, flagged int) {
	var b strings.Builder
	for line := range strings.Lines(text) {
		start := b.Len()
		dropped := 0
		for _, s := range sentences(line) {
			if d.speaksToAModel(s) {
				dropped++
				continue
			}
			b.WriteString(s)
		}
		if dropped > 0 {
			flagged += dropped
			if b.Len() > start && strings.HasSuffix(line, "\n") && !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte('\n')
			}
		}
	}
	return strings.TrimSpace(b.String()), flagged
}

func (d detector) speaksToAModel(sentence string) bool {
	low := strings.ToLower(sentence)
	for _, r := range d.rules {
		for _, cue := range r.cues {
			if strings.Contains(low, cue) {
				if r.pattern.MatchString(low) {
					return true
				}
				break
			}
		}
	}
	return false
}

// sentences cuts a line after each sentence, losing nothing.
func sentences(line string) []string {
	var out []string
	start, ended := 0, false
	for i, r := range line {
		switch {
		case ended && unicode.IsSpace(r):
			end := i + utf8.RuneLen(r)
			out = append(out, line[start:end])
			start, ended = end, false
		case strings.ContainsRune("。！？", r):
			end := i + utf8.RuneLen(r)
			out = append(out, line[start:end])
			start, ended = end, false
		default:
			ended = strings.ContainsRune(".!?…", r)
		}
	}
	if start < len(line) {
		out = append(out, line[start:])
	}
	return out
}

func newDetector() detector {
	const (
		machine = `(?:ai|a\.i\.|llms?|(?:large )?language models?|chat ?bots?|(?:chat)?gpt(?:-?\d\w*)?|claude|qwen|copilot|gemini|` +
			`(?:ai |automated |virtual )?(?:assistants?|graders?|evaluators?|screeners?)|(?:ai|screening|ats|recruit(?:ing|ment)) (?:models?|agents?|bots?|tools?|systems?|software))`
		top = `(?:100|5 ?/ ?5|10 ?/ ?10|five|maximum|max|highest|perfect|full|top)`
	)
	r := func(pattern string, cues ...string) rule {
		return rule{cues: cues, pattern: regexp.MustCompile(pattern)}
	}
	return detector{rules: []rule{
		// Earlier orders are to be forgotten.
		r(`\b(?:ignor|disregard|forget|overrid|overrul|discard)\w*\W+(?:\w+\W+){0,4}?(?:previous|prior|above|earlier|preceding|all|any|your|former|original|initial)\b\W*(?:\w+\W+){0,4}?(?:instruct|prompt|rule|guideline|direction|command|criteri|constraint|task)`,
			"ignor", "disregard", "forget", "overrid", "overrul", "discard"),
		r(`\b(?:new|updated?|revised|real|actual|following) (?:system )?(?:instructions?|prompts?|rules|task)\b\s*[:=]|\bdo not (?:follow|obey)\b.{0,40}\b(?:instructions?|prompt|rules)\b`,
			"instruction", "prompt", "rules", "task"),
		// The reader is told what it is.
		r(`\byou(?: are|'re|’re) (?:now|no longer|actually) (?:(?:an?|the|in|my|our) .{0,40}\b(?:assistant|ai|model|mode|grader|evaluator|recruiter|bot|judge)\b|dan\b)|\bfrom now on,? you (?:are|will|must)\b|\bpretend (?:to be|that|you)\b`,
			"you are", "you're", "you’re", "from now on", "pretend"),
		// The reader is addressed as a machine.
		r(`\b(?:attention|dear|hey|hello|hi|note|message|notice|instructions?|reminder|memo|directive)\b[\s,:-]*(?:to|for)?\s*(?:all |any |the |every |our |your )?`+machine+`\b`,
			"attention", "dear", "hey", "hello", "hi", "note", "message", "notice", "instruction", "reminder", "memo", "directive"),
		r(`\bif you(?: are|'re|’re) (?:an? |the )?(?:`+machine+`|automated|not (?:a )?human|reading this (?:as|with))|\bas an ai (?:language )?(?:model|assistant)\b|\b(?:any|every) `+machine+` (?:that|which|who|reading|processing|evaluating|screening|scoring)\b`,
			"if you", "as an ai", "any ", "every "),
		r(`^\W*`+machine+`\s*[,:!—–-]+\s.{0,120}\b(?:scor|rat(?:e|ing)|ignor|recommend|approv|match|select|answer|output|must|respond|reply|giv|rank|mark|treat|consider)`,
			"ai", "a.i", "llm", "model", "bot", "gpt", "claude", "qwen", "copilot", "gemini", "assistant", "grader", "evaluator", "screener", "ats", "recruit", "tool", "software"),
		// A score is asked for.
		r(`\b(?:scor|rat|grad|rank|mark|evaluat|judg)(?:e|ing)?\b.{0,50}\b(?:candidates?|applicants?|resumes?|résumés?|cvs?|postings?|match|person|everyone|anyone)\b.{0,50}\b`+top+`\b`,
			"score", "rate", "grade", "rank", "mark", "evaluate", "judge", "rating", "scoring"),
		r(`\b(?:giv|assign|award|return|output|set|report|us|mak|respond|repl|answer|writ|print|record|put|enter)\w*\b.{0,50}\b(?:scores?|ratings?|match_score|marks|grades?)\b.{0,40}\b`+top+`\b`,
			"score", "rating", "marks", "grade"),
		r(`\b(?:giv|assign|award|return|output|set|report|respond|repl|answer|writ|print|record|put|enter)\w*\b.{0,40}(?:\b`+top+`\b|\b5\b).{0,30}\b(?:scores?|ratings?|marks|points|criteri\w+|match|categor\w+|everything|fields?)\b`,
			"score", "rating", "marks", "points", "criteri", "match", "categor", "everything", "field"),
		r(`\b(?:scores?|ratings?|match_score|overall_match|match)\b["'”]?\s*(?:is|to be|must be|should be|shall be|equals?|at|of|to|[:=])\s*["'“]?(?:100|5|10|five|maximum|perfect|the (?:maximum|highest))\b`,
			"score", "rating", "match"),
		r(`^\W*(?:the )?(?:overall |final |match |total |correct )?(?:scores?|ratings?|marks?)\W*(?:(?:is|of)\W*)?(?:100|10|5|five|perfect|maximum)\b\W*(?:(?:/|of|out of)\W*\d+\W*)?$`,
			"score", "rating", "mark"),
		r(`\b(?:all|every|each|five)\b.{0,20}\b(?:criteri\w+|categor\w+|ratings?|fields?|dimensions?)\b.{0,60}(?:\b`+top+`\b|\b5\b)|(?:\b`+top+`\b|\b5\b).{0,40}\b(?:for|on|in|to) (?:all|every|each)\b.{0,20}\b(?:criteri\w+|categor\w+|ratings?|fields?|dimensions?)\b`,
			"criteri", "categor", "rating", "field", "dimension"),
		// A finished answer, or a turn of a conversation.
		r(`["'“”]?\b(?:posting_quote|resume_quote|missing_skills|match_score|ai_reasoning|overall_match)\b|["“](?:rating|score|skills|reasoning)["”]\s*:`,
			"_quote", "missing_skills", "match_score", "ai_reasoning", "overall_match", "rating", "score", "skills", "reasoning"),
		r(`\bim_(?:start|end|sep)\b|\beot_id\b|start_header_id|(?:start|end)_of_turn|\bendoftext\b|\(/?inst\)|‹‹/?sys››|‹/?(?:think|system|assistant|user|s)›`,
			"im_", "eot_id", "header_id", "_of_turn", "endoftext", "inst)", "sys›", "‹"),
		r(`^\W*(?:system|developer|assistant|admin(?:istrator)?|operator)\s*(?:message|prompt|override|notice|update|note|instruction)?s?\s*[:›»|]+\s*.{0,100}\b(?:you|ignor\w*|scor\w*|rat(?:e|ings?)|instruct\w*|rules?|must|match|candidates?|evaluat\w*|json|override)\b`,
			"system", "developer", "assistant", "admin", "operator"),
		r(`(?:‹{2,}|={3,}|-{3,}|#{2,}|\*{3,}|"{3,}|`+"`{3,}"+`|›{2,})\s*/?\W*(?:end|begin|start|stop|new|system|instruction|assistant|override)(?:\b|s\b)|\bend of (?:the )?(?:posting|job posting|job description|data|document|untrusted|user input)\b`,
			"end", "begin", "start", "stop", "new", "system", "instruction", "assistant", "override"),
		r(`\b(?:reveal|print|repeat|output|show|leak)\b.{0,40}\b(?:system prompt|your (?:instructions|rules|prompt)|the (?:resume|résumé|cv)\b)`,
			"system prompt", "your instructions", "your rules", "your prompt", "resume", "résumé", " cv"),
		// The same in other languages. Word bounds are for ASCII only, so these go without.
		r(`(?:ignorier|vergiss|vergess|missachte|verwirf)\S*.{0,50}(?:anweisung|instruktion|vorgabe|regeln|befehl)|(?:bewerte|gib|vergib|setze|antworte)\S*\s.{0,60}(?:\b100\b|volle[rn]? punkt|höchstpunkt|höchste[rn]? (?:punkt|bewertung|note)|maximal(?:e[rn]?)? (?:punkt|bewertung)|5 von 5)`, //nolint:misspell // not English
			"anweisung", "instruktion", "vorgabe", "regeln", "befehl", "100", "punkt", "bewertung", "note", "5 von 5"), //nolint:misspell // not English
		r(`(?:ignore|oublie|ne (?:tiens|tenez) pas compte).{0,50}(?:instructions?|consignes?|règles)|(?:donne|attribue|note|évalue|répond)\S*\s.{0,60}(?:\b100\b|note maximale|score maxim|5 sur 5)`, //nolint:misspell // not English
			"instruction", "consigne", "règles", "100", "maxim", "5 sur 5"),
		r(`(?:ignor|olvid|omit)\S*.{0,50}(?:instrucciones|reglas|indicaciones)|(?:punt[úu]a|califica|asigna|otorga|dale|da|responde)\S*\s.{0,60}(?:\b100\b|máxim|5 de 5)`,
			"instrucciones", "reglas", "indicaciones", "100", "máxim", "5 de 5"),
		r(`(?:ignor|esqueç|desconsider)\S*.{0,50}(?:instruç|regras|orientaç)|(?:dê|atribua|pontue|avalie|responda)\S*\s.{0,60}(?:\b100\b|máxim|5 de 5)`,
			"instruç", "regras", "orientaç", "100", "máxim", "5 de 5"),
		r(`(?:ignora|dimentica)\S*.{0,50}(?:istruzioni|regole)|(?:assegna|dai|valuta|attribuisci|rispondi)\S*\s.{0,60}(?:\b100\b|punteggio massimo|massimo punteggio|5 su 5)`,
			"istruzioni", "regole", "100", "massimo", "5 su 5"),
		r(`(?:negeer|vergeet).{0,50}(?:instructies|regels|opdrachten)|(?:geef|beoordeel|antwoord)\S*\s.{0,60}(?:\b100\b|maximale|hoogste (?:score|cijfer))`,
			"instructies", "regels", "opdrachten", "100", "maximale", "hoogste"),
		r(`(?:zignoruj|ignoruj|zapomnij).{0,50}(?:instrukcj|polece|zasad)|(?:przyznaj|oceń|daj|odpowiedz)\S*\s.{0,60}(?:\b100\b|maksymaln)`,
			"instrukcj", "polece", "zasad", "100", "maksymaln"),
		r(`(?:talimat|kural|komut|yönerge)\S*.{0,50}(?:yok ?say|unut|dikkate alma|görmezden)|(?:puan|skor)\S*.{0,30}\b100\b|\b100\b.{0,30}(?:puan|skor)\S*.{0,20}ver`,
			"talimat", "kural", "komut", "yönerge", "puan", "skor"),
		r(`(?:игнорируй|проигнорируй|забудь|не обращай).{0,60}(?:инструкци|указани|правил)|(?:поставь|оцени|присвой|дай|выстави|ответь)\S*\s.{0,60}(?:100|максимальн|высш)|(?:ігноруй|проігноруй|забудь).{0,60}(?:інструкц|вказівк|правил)`,
			"инструкц", "указани", "правил", "100", "максимальн", "высш", "інструкц", "вказівк"),
		r(`(?:忽略|无视|無視|忘记|忘記|不要理会).{0,30}(?:指令|指示|说明|說明|规则|規則|提示)|(?:评分|打分|分数|得分|评为|給|给|評分|分數).{0,16}(?:100|满分|滿分|最高)|(?:指示|命令|ルール|プロンプト).{0,16}(?:無視|忘れ)|100点(?:を|に|と)|満点(?:を|に|と)`,
			"忽略", "无视", "無視", "忘", "不要理会", "分", "评", "評", "给", "給", "指示", "命令", "ルール", "プロンプト", "点"),
		r(`(?:지시|명령|규칙|지침|프롬프트).{0,16}(?:무시|잊)|(?:100점|만점|최고 ?점수).{0,12}(?:주|부여|평가|매기|출력|답)`,
			"지시", "명령", "규칙", "지침", "프롬프트", "점"),
		r(`(?:تجاهل|انس|تخط).{0,50}(?:التعليمات|الأوامر|القواعد|الإرشادات)|(?:امنح|أعط|قيّم|قيم|ضع).{0,50}(?:100|١٠٠|كاملة|الدرجة القصوى)`,
			"التعليمات", "الأوامر", "القواعد", "الإرشادات", "100", "١٠٠", "كاملة", "القصوى"),
		r(`(?:निर्देश|नियम|आदेश).{0,50}(?:अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल)|(?:100|१००).{0,30}(?:अंक|स्कोर)`,
			"निर्देश", "नियम", "आदेश", "अंक", "स्कोर"),
	}}
}
