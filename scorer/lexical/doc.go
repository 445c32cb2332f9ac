// Package lexical is a forge.Scorer that works offline, in well under a millisecond a posting. It
// links the standard library, golang.org/x/text/unicode/norm and packages of this module only.
//
// It makes two judgements and puts them together. The vocabulary's judgement compares the skills,
// roles, years and ranks that the two texts name, by a vocabulary of many trades in the folder
// vocabulary: it is sharp where it knows the posting, which is mostly in English. The words'
// judgement compares titles and telling words, by stems and by concepts that ten languages share
// (see internal/words): it works in any trade. The less the vocabulary knows of a posting, the more
// the words count. Neither understands sentences: "no Kubernetes" counts as Kubernetes.
//
// # What it does not know
//
// A low score rejects a job, so it has to be backed. An assessment is unverified where it is not,
// and its score is the default gate's and up to four more:
//
//   - The posting or the résumé says too little, or they are in two languages of which too few words
//     are known.
//   - Words alone would reject, but the fields of work of the two texts are not known to be far
//     apart, and the texts are too short for common words to be missed.
//   - The vocabulary would reject, but it does not know the person's trade, or the fields of work
//     are the same; and the words speak for the job, or the texts are short.
//   - The posting's role is the person's own, and the résumé is so short that the skills which the
//     posting asks for cannot be missed in it.
//
// A skill more in the résumé never lowers a verified score, with one exception: where a résumé has so
// few words that one more tells that it is in the posting's language, the vocabulary has a say, and can
// pull the score down.
//
// The reasoning says that a score is unverified. A language without a word list, and another
// alphabet than the Latin one, is an error.
//
// The field of work (health, transport) is that of the concepts in the posting's title, else of
// most of its text, and of the concepts of the résumé. Fields are the same in all languages, so a
// job of a distant field is rejected in another language, too.
//
// Read are English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Romanian, and
// Hindi in Latin letters. A résumé in one of them can be held against a posting in another.
//
// # The formulas
//
//		vocabulary = 100 · (0.52·curve(skills) + 0.36·role + 0.12·words) · (0.16 + 0.84·affinity)
//		words      = points(body + 0.35·title)
//		score      = k·vocabulary + (1 - k)·words, and at least words - 40, less for experience
//
//	  - skills is the share of what the posting asks for that the résumé shows, by weight. A skill
//	    weighs 1, a licence or a language 0.6, what every advert asks for 0.2; times 1.5 in the
//	    title, 1 in requirements, 0.7 in responsibilities, 0.5 where it is preferred, 0 among
//	    benefits; times up to 1.45 if it is repeated. Alternatives ("Go or Java") weigh together
//	    little more than one. A skill that is not shown is credited 0.4 where a sibling is (MySQL
//	    for PostgreSQL), else up to 0.12 by how much of its field the résumé shows.
//	  - curve is steep up to a half and flat after it: nobody has all that an advert wishes for.
//	  - role is 1 for the job's own role, 0.95 for a narrower one, 0.8 for a wider one, 0.6 for
//	    another of its kind, and up to 0.35 for the field. Where the posting asks for many skills of
//	    its trade, the role counts as far as the résumé shows them, and in full from 0.4 of skills on.
//	  - affinity is the greatest of role, of the share of the posting's fields that the résumé
//	    shows, and of the share of the trade's own skills. Without it, a stranger to the trade
//	    would pass on what all trades share.
//	  - The words of the field rescue a job that the vocabulary would reject. Where the posting asks
//	    for many skills of its trade, they do so as far as affinity goes, and in full from 0.4 on.
//	  - title is the share of the title's words that the résumé has, 1 where it is in a title there
//	    and 0.4 elsewhere. Words of rank do not count, nor much what every title has ("manager"),
//	    and what stands after a comma counts half.
//	  - body is what the two texts share of all telling words, less what chance would do.
//	  - k is up to 0.9 where a third and more of what the posting says is in the vocabulary, and
//	    the role is; 0 below a tenth, and where the texts are in two languages.
//	  - experience takes up to 45 % as years fall short of those asked for, and 15 % for each rank;
//	    a post for beginners takes a fifth from those who are none. It counts as far as k goes. A
//	    post that asks for no experience of the trade and welcomes the résumé's own field is kept.
//
// # What holds by construction
//
// Every step is a sum, a product, a maximum or a minimum of values that do not fall when the résumé
// shows more, and the posting's weights do not depend on the résumé. Nothing that is found in one
// line depends on another line, and in a list nothing depends on the items beside it but whether an
// ambiguous word ("Go") has company. So a skill that is added, as a line or an item of a list,
// never lowers a score that was verified, and one that is removed never raises it to a verified
// one. (Whether two texts are in one language depends on the whole of them: in a résumé of a few
// words one word can decide it.) The order of paragraphs changes nothing. Names do not count:
// neither a line that reads like one, nor addresses.
//
// # Sketches
//
// [Scorer.Sketch] writes what the scorer understood of a posting as numbers, a hundred bytes or so:
// concepts of the vocabulary and of internal/words with their weights, years, rank and languages.
// Place and pay are not among them, because no score depends on them. Of a word that no list knows,
// nothing is kept where the lists know the posting well, and elsewhere the number of one of 2,048
// buckets, which hundreds of words share. A sketch is judged by the same formula as a text. It is
// read only by a scorer with the same lists and options.
package lexical
