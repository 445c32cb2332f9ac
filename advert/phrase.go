package advert

const maxPhraseWords = 7 // of the longest phrase below

// phraseKind knows the phrases that head sections on the boards, in the languages of their users. Phrases are written as
// headingWords folds them: lower case, no apostrophes, "and" for "&", "i" for "ı".
//
//nolint:misspell // these are not all English
func phraseKind(phrase string) (SectionKind, bool) {
	switch phrase {
	case "preferred", "preferred qualifications", "preferred skills", "preferred requirements", "preferred experience",
		"preferred skills and experience", "nice to have", "nice to haves", "nice to have skills", "good to have", "great to have",
		"bonus", "bonus points", "bonus points if", "bonus skills", "pluses", "plus", "a plus", "big plus", "desirable",
		"desirable skills", "desirable qualifications", "desired", "desired skills", "desired qualifications", "desired experience",
		"additional qualifications", "additional skills", "optional", "extra credit", "what would be great", "would be a plus",
		"its a plus if you have", "ways to stand out", "ways to stand out from the crowd", "stand out", "what sets you apart",
		"what will set you apart", "assets", "secondary skills", "good to have skills", "preferred education",
		"valorado", "se valorará", "se valora", "valoramos", "valorable", "deseable", "deseables", "conocimientos deseables",
		"diferenciais", "diferencial", "desejável", "desejáveis", "requisitos desejáveis", "será um diferencial",
		"wünschenswert", "von vorteil", "idealerweise", "das wäre toll", "nice to have wäre",
		"atouts", "les plus", "un plus", "serait un plus", "apprécié", "gradite", "gradito", "costituisce titolo preferenziale",
		"mile widziane", "dodatkowym atutem będzie", "meriterande", "tercihen", "tercih sebebi":
		return SectionPreferred, true

	case "requirements", "requirement", "job requirements", "role requirements", "position requirements", "qualifications", "qualification",
		"required skills", "required qualifications", "basic qualifications", "minimum qualifications", "minimum requirements",
		"key skills", "skills required", "skills", "core skills", "essential skills", "primary skills", "mandatory skills",
		"must have", "must haves", "must have skills", "essential", "essentials", "essential criteria", "key requirements",
		"who you are", "what you bring", "what youll bring", "what you will bring", "what you bring to the table",
		"what were looking for", "what we are looking for", "what are we looking for", "what we look for", "were looking for",
		"we are looking for", "who were looking for", "who we are looking for", "who are we looking for", "who we look for",
		"looking for", "what you need", "what youll need", "what you will need", "what you need to have", "what we need to see",
		"what we need", "what wed like to see", "what wed love to see", "what we want to see", "what we expect",
		"what you should have", "what you have", "what youve got", "what you know", "your profile", "your background",
		"your experience", "your skills", "your skills and experience", "your qualifications", "about you", "you", "you are", "you have",
		"you should have", "you must have", "you will have", "you bring", "youll have", "youll bring", "you might be a fit if",
		"you may be a good fit if", "you might be a good fit if you have", "youre a great fit if", "eligibility", "eligibility criteria",
		"experience", "experience required", "required experience", "work experience", "experience level", "candidate profile",
		"candidate requirements", "ideal candidate", "the ideal candidate", "our ideal candidate", "the right candidate",
		"ideal candidate profile", "skills and experience", "experience and skills", "skills and qualifications",
		"qualifications and skills", "knowledge", "knowledge and skills", "technical skills", "technical requirements",
		"soft skills", "tech stack", "competencies", "education", "educational qualification", "educational qualifications",
		"education and experience", "certifications", "languages", "language skills", "what it takes", "what makes you a great fit",
		"desired candidate profile", "person specification", "prerequisites", "criteria", "selection criteria", "background",
		"requisitos", "requisitos mínimos", "requisitos obrigatórios", "requisitos imprescindibles", "imprescindible", "perfil",
		"perfil buscado", "perfil requerido", "perfil desejado", "tu perfil", "qué buscamos", "que buscamos", "lo que buscamos",
		"buscamos", "se requiere", "experiencia", "experiencia requerida", "formación", "conocimientos", "habilidades", "aptitudes",
		"competencias", "qualificações", "requisitos e qualificações", "o que buscamos", "o que esperamos", "o que esperamos de você",
		"o que procuramos", "quem procuramos", "experiência", "formação", "conhecimentos", "competências", "obrigatório",
		"ihr profil", "dein profil", "profil", "anforderungen", "anforderungsprofil", "deine qualifikationen", "ihre qualifikationen",
		"qualifikation", "qualifikationen", "das bringst du mit", "das bringen sie mit", "was du mitbringst", "was sie mitbringen",
		"du bringst mit", "sie bringen mit", "voraussetzungen", "das zeichnet dich aus", "kenntnisse", "deine skills",
		"was wir erwarten", "das erwarten wir", "wen wir suchen", "wir suchen",
		"profil recherché", "votre profil", "ton profil", "le profil", "profil du candidat", "compétences", "compétences requises",
		"qualifications requises", "prérequis", "exigences", "ce que nous recherchons", "qui êtes vous", "formation", "vos atouts",
		"requisiti", "requisiti richiesti", "competenze", "competenze richieste", "profilo", "il tuo profilo", "chi cerchiamo",
		"cosa cerchiamo", "vereisten", "functie eisen", "functie-eisen", "functieeisen", "wat vragen wij", "wat wij vragen",
		"wat breng je mee", "jouw profiel", "wie ben jij", "dit ben jij", "wymagania", "nasze wymagania", "oczekiwania",
		"czego oczekujemy", "oczekujemy", "twój profil", "kvalifikationer", "din profil", "vi söker", "krav", "požadavky",
		"požadujeme", "требования", "мы ожидаем", "вимоги", "nitelikler", "aranan nitelikler", "genel nitelikler", "gereksinimler",
		"beklentilerimiz", "المتطلبات", "المؤهلات", "任职要求", "任职资格", "岗位要求", "职位要求", "応募資格", "必須スキル", "応募要件",
		"必須条件", "자격요건", "지원자격", "yêu cầu", "yêu cầu công việc":
		return SectionRequirements, true

	case "responsibilities", "key responsibilities", "roles and responsibilities", "role and responsibilities", "responsibility",
		"main responsibilities", "core responsibilities", "duties", "job duties", "duties and responsibilities", "essential duties",
		"essential functions", "what youll do", "what you will do", "what you will be doing", "what youll be doing", "what you do",
		"what youll work on", "what you will work on", "your role", "the role", "role", "your responsibilities", "your tasks", "tasks",
		"day to day", "a day in the life", "your mission", "your impact", "the impact youll have", "your day", "job summary",
		"job description", "job overview", "role overview", "role summary", "overview", "summary", "description", "about the role",
		"about this role", "about the job", "about the position", "about the opportunity", "the opportunity", "the position",
		"the job", "position summary", "position overview", "in this role", "in this role you will", "you will", "youll",
		"how youll make an impact", "how you will contribute", "responsabilidades", "principais responsabilidades", "funciones",
		"tus funciones", "tareas", "descripción", "descripción del puesto", "qué harás", "qué harás en tu día a día", "tu misión",
		"atividades", "principais atividades", "atribuições", "descrição", "descrição da vaga", "o que você vai fazer", "sobre a vaga",
		"suas responsabilidades", "aufgaben", "ihre aufgaben", "deine aufgaben", "das erwartet dich", "das erwartet sie",
		"was dich erwartet", "was sie erwartet", "deine rolle", "tätigkeiten", "das machst du", "was du tust", "stellenbeschreibung",
		"missions", "vos missions", "tes missions", "les missions", "responsabilités", "vos responsabilités", "description du poste",
		"le poste", "responsabilità", "attività", "mansioni", "cosa farai", "descrizione", "werkzaamheden", "taken", "jouw rol",
		"wat ga je doen", "functieomschrijving", "obowiązki", "zakres obowiązków", "twoje zadania", "zadania", "arbetsuppgifter",
		"dina arbetsuppgifter", "om rollen", "náplň práce", "обязанности", "обов'язки", "задачи", "görevler", "iş tanimi",
		"görev tanimi", "sorumluluklar", "görev ve sorumluluklar", "المسؤوليات", "岗位职责", "工作职责", "职位描述", "工作内容",
		"仕事内容", "業務内容", "주요업무", "담당업무", "mô tả công việc":
		return SectionResponsibilities, true

	case "benefits", "perks", "perks and benefits", "benefits and perks", "what we offer", "we offer", "we offer you", "what you get",
		"what youll get", "what you will get", "what we can offer", "what we can offer you", "why join us", "why us", "why join",
		"why work with us", "why work here", "why youll love working here", "why youll love it here", "compensation",
		"compensation and benefits", "our benefits", "salary", "salary range", "salary and bonus", "pay", "pay range", "total rewards",
		"rewards", "remuneration", "package", "what is in it for you", "whats in it for you", "whats in it for me", "our offer",
		"beneficios", "ofrecemos", "qué ofrecemos", "que ofrecemos", "lo que ofrecemos", "te ofrecemos", "salario", "benefícios",
		"oferecemos", "o que oferecemos", "nossos benefícios", "remuneração", "wir bieten", "wir bieten dir", "wir bieten ihnen",
		"das bieten wir", "das bieten wir dir", "was wir bieten", "was wir dir bieten", "unser angebot", "deine vorteile",
		"ihre vorteile", "deine benefits", "gehalt", "nous offrons", "ce que nous offrons", "nous vous proposons", "avantages",
		"rémunération", "offriamo", "cosa offriamo", "si offre", "wij bieden", "wat bieden wij", "wat wij bieden", "oferujemy",
		"co oferujemy", "vi erbjuder", "nabízíme", "мы предлагаем", "условия", "ми пропонуємо", "yan haklar", "neler sunuyoruz",
		"المزايا", "薪资福利", "福利待遇", "待遇", "福利厚生", "복리후생", "quyền lợi":
		return SectionBenefits, true

	case "about us", "about the company", "about our company", "about the team", "about our team", "who we are", "our company",
		"the company", "the team", "our team", "company overview", "company profile", "our mission", "our story", "our culture",
		"our values", "company description", "what we do", "sobre nosotros", "quiénes somos", "sobre nós", "quem somos",
		"sobre a empresa", "über uns", "wer wir sind", "das sind wir", "unternehmen", "à propos", "à propos de nous", "qui sommes nous",
		"lentreprise", "chi siamo", "over ons", "wie zijn wij", "o nas", "om oss", "о компании", "про компанію", "hakkimizda",
		"biz kimiz", "من نحن", "关于我们", "公司介绍", "会社概要", "회사소개", "về chúng tôi":
		return SectionCompany, true

	case "equal opportunity", "equal opportunity employer", "equal employment opportunity", "eeo", "eeo statement", "diversity",
		"diversity and inclusion", "diversity equity and inclusion", "accommodation", "accommodations", "disclaimer", "privacy",
		"privacy notice", "legal notice", "how to apply", "to apply", "apply", "apply now", "application process", "hiring process",
		"interview process", "recruitment process", "pay transparency", "next steps", "contact", "contact us", "bewerbung", "kontakt",
		"so bewirbst du dich", "pour postuler", "postuler", "cómo aplicar", "como se candidatar", "candidature":
		return SectionLegal, true

	case "location", "locations", "work location", "job location", "job type", "job types", "employment type", "contract type", "schedule",
		"shift", "shift timing", "working hours", "work hours", "hours", "start date", "deadline", "duration", "department", "industry",
		"job id", "reference", "reports to", "reporting to", "work style", "work mode", "notice period", "website", "openings",
		"ubicación", "horario", "tipo de contrato", "localização", "local de trabalho", "standort", "arbeitsort", "lieu", "sede",
		"工作地点", "勤務地", "근무지":
		return SectionOther, true
	}
	return SectionOther, false
}

// filler knows the words that may stand around a phrase in a heading. Any other word makes it a sentence.
func filler(word string) bool {
	switch word {
	case "the", "a", "an", "our", "your", "you", "we", "us", "for", "of", "to", "in", "on", "at", "with", "and", "or", "is", "are", "if", "as",
		"be", "this", "that", "these", "what", "who", "how", "why", "will", "have", "job", "role", "position", "candidate", "team",
		"company", "key", "main", "core", "basic", "general", "minimum", "required", "mandatory", "essential", "technical",
		"additional", "other", "specific", "professional", "working", "following", "list", "section", "details",
		"de", "la", "el", "los", "las", "y", "o", "e", "del", "para", "du", "des", "le", "les", "et", "und", "die", "der", "das", "für",
		"i", "ii", "iii", "iv", "v", "vi", "1", "2", "3", "4", "5", "6", "7", "8", "9":
		return true
	}
	return false
}
