// Package lexical is a forge.Scorer that works offline, in well under a millisecond a posting, on the standard library alone.
// It compares the skills, roles, years and rank that the two texts name, by a vocabulary of many trades (five thousand
// spellings of skills and roles, in the folder vocabulary), and by the words in common where the vocabulary knows little. It
// reads Latin script, and English best. It does not understand sentences: "no Kubernetes" counts as Kubernetes.
//
// # The formula
//
//		score = 100 · (a·curve(skills) + 0.36·role + b·words) · (0.3 + 0.7·affinity) · experience
//
//	  - skills is the share of what the posting asks for that the résumé shows, by weight. A skill weighs 1, a licence or a
//	    language 0.6, what every advert asks for 0.2; times 1.5 in the title, 1 in requirements, 0.7 in responsibilities, 0.5
//	    where it is preferred, 0 among benefits; times up to 1.45 if it is repeated. Alternatives ("Go or Java") weigh together
//	    little more than one. A skill that is not shown is credited 0.4 where a sibling is (MySQL for PostgreSQL), else up to
//	    0.15 by how much of its field the résumé shows.
//	  - curve is steep up to a half and flat after it: nobody has all that an advert wishes for.
//	  - role is 1 for the job's own role, 0.95 for a narrower one, 0.8 for a wider one, 0.6 for another of its kind, and up to
//	    0.35 for the field.
//	  - words is the share of other telling words in common, 1 at two in five. b is 0.12, and up to 0.35 as the vocabulary
//	    knows less of the posting, but less in a posting of few such words; a is what is left of 1.
//	  - affinity is the greatest of role, of the share of the posting's fields that the résumé shows, of the share of the
//	    trade's own skills, and, where the vocabulary knows little, of words. Without it, a stranger to the trade would pass on
//	    what all trades share.
//	  - experience falls to 0.55 as years fall short of those asked for, and by 0.15 for each rank; a post for beginners
//	    takes a fifth from those who are none.
//
// # What holds by construction
//
// Every step is a sum, a product, a maximum or a minimum of values that do not fall when the résumé shows more, and the
// posting's weights do not depend on the résumé. Nothing that is found in one line depends on another line, and in a list
// nothing depends on the items beside it but whether an ambiguous word ("Go") has company. So a skill that is added, as a line
// or an item of a list, never lowers the score, and one that is removed never raises it. The order of paragraphs changes
// nothing. Names do not count: neither a line that reads like one, nor addresses, and no single unknown word weighs
// more than a point or so.
package lexical
