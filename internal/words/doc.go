// Package words turns texts into words that can be compared, across inflection, spelling and ten
// languages: English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Romanian, and
// Hindi in Latin letters.
//
// [Tokens] splits a text and folds each word: lower case, no accents, singular. [Stem] takes
// endings off. [Keys] names what each token says: a concept that translations and synonyms share
// ("nurse", "Krankenschwester", "infirmier"), or the root of a word that no list knows, or nothing
// for grammar and for what every advert says. Two texts share a term if they share a key. A concept
// is part of a [Field] of work. [MixOf] tells which languages a text is in.
//
// The word lists are files in the folder data. They are read at the first use, and never change.
package words
