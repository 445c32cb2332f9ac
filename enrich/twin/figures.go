package twin

// levels are words for how senior a job is, and numbers that are written out.
var levels = set(`
	junior jr senior sr lead leading principal staff head chief director manager management expert
	trainee intern internship apprentice graduate entry werkstudent praktikum praktikant azubi
	ausbildung stage stagiaire alternance becario prácticas student freelance contract
	two three four five six seven eight nine ten twelve fifteen twenty
	zwei drei vier fünf sechs sieben acht neun zehn deux trois quatre cinq dix dos tres cuatro cinco
	part parttime teilzeit minijob temporary befristet`)

// FiguresOf returns a hash of the small numbers and the words for a level in a text, in any order and
// however often each stands there. Two texts that ask for other years of experience or another level
// have other figures, although their signatures can be the same.
func FiguresOf(text string) (h uint64) {
	seen := make(map[string]bool)
	for w := range words(text) {
		if !seen[w] && (levels[w] || len(w) <= 2 && w[0] >= '0' && w[0] <= '9') {
			seen[w] = true
			h += mixed(hash(w))
		}
	}
	return h
}
