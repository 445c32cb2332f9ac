package twin

import (
	"slices"
	"strings"

	"github.com/agent-forge/forge/lead"
)

// spelled are the spellings of a level that titles use beside the whole word.
var spelled = map[string]string{
	"sr": "senior", "snr": "senior", "jr": "junior", "jnr": "junior", "i": "1", "ii": "2", "iii": "3",
	"iv": "4", "v": "5", "l1": "1", "l2": "2", "l3": "3", "l4": "4", "l5": "5", "mgr": "manager",
	"eng": "engineer", "engr": "engineer", "dev": "developer", "asst": "assistant", "assoc": "associate",
	"intern": "internship", "dir": "director", "vp": "vicepresident",
}

// aside are words beside a title that say nothing about the job: the sexes that a law has it name,
// where one works, and how a firm numbers its adverts.
var aside = set(`m f w d x h n div i gn all genders gender mfd mwd fmd wmd mfx mwx hf mf fm diverse
	männlich weiblich divers homme femme
	remote hybrid onsite site on office home homeoffice fully full time fulltime work from anywhere
	worldwide based first friendly in or and the at und oder
	req requisition job id ref no nr r jr`)

// titleWords returns what a title says about the job, sorted: its words without the segments that
// name the place, the firm, the workplace, the sexes or a number of the firm's own.
func titleWords(l lead.Lead) []string {
	beside := make(map[string]bool)
	for w := range words(l.Location) {
		beside[w] = true
	}
	for w := range words(l.Company) {
		beside[w] = true
	}
	var kept, all []string
	for _, segment := range segments(strings.ToLower(l.Title)) {
		var said []string
		about := false // says something about the job
		for w := range words(segment) {
			said = append(said, w)
			about = about || !beside[w] && !aside[w] && !numbering(w)
		}
		all = append(all, said...)
		if about {
			kept = append(kept, said...)
		}
	}
	if kept == nil {
		kept = all
	}
	for i, w := range kept {
		if s, ok := spelled[w]; ok {
			kept[i] = s
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// segments splits a title at what stands between its parts. A hyphen or a slash inside of a word
// does not.
func segments(title string) []string {
	title = strings.NewReplacer(" - ", "|", " – ", "|", " — ", "|", "–", "|", "—", "|", ",", "|", ";", "|",
		"(", "|", ")", "|", "[", "|", "]", "|", " @ ", "|", ": ", "|", " / ", "|", "•", "|", "·", "|",
		" in ", "|", " at ", "|", "（", "|", "）", "|", "【", "|", "】", "|", "、", "|").Replace(title)
	return strings.Split(title, "|")
}

// numbering reports whether a word is a number that a firm gives its adverts: five digits or more,
// behind two letters at most.
func numbering(w string) bool {
	digits := strings.TrimLeft(w, "abcdefghijklmnopqrstuvwxyz")
	return len(w)-len(digits) <= 3 && len(digits) >= 4 && strings.Trim(digits, "0123456789") == ""
}
