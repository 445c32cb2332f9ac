package twin

import (
	"slices"
	"strings"
)

// legal are words that say which kind of company a firm is, or which part of itself.
var legal = set(`
	inc incorporated corp corporation co company llc llp lp ltd limited plc pbc pte pty pvt private
	public bhd sdn sa sas sasu sarl sàrl sl slu srl sro spa spzoo sp zoo z o ag gmbh ggmbh kg kgaa ohg ug
	mbh se eg ev nv bv bvba vof cv ab oy oyj as asa aps a s is doo dooel ad ead eood ood kft zrt nyrt rt
	ooo oao zao pao ao tov too pt tbk cia ltda eireli me sociedad limitada sociedade anonima anónima
	societe société anonyme aktiengesellschaft kabushiki kaisha godo gaisha kk gk
	the und and et y e group gruppe groep groupe grupo gruppo holding holdings international global
	worldwide`)

// countries are places that a firm adds to its name for a subsidiary.
var countries = set(`
	deutschland germany österreich osterreich austria schweiz switzerland suisse france frankreich
	españa espana spain iberia italia italy portugal nederland netherlands belgium belgië belgique
	luxembourg uk gb ireland danmark denmark sverige sweden norge norway suomi finland nordics polska
	poland česko czechia czech hungary romania bulgaria greece ukraine türkiye turkey israel uae india
	singapore japan china korea taiwan hongkong vietnam malaysia indonesia philippines thailand
	australia zealand canada mexico méxico brasil brazil argentina chile colombia us usa america
	americas europe emea apac latam mena africa asia dach benelux eu`)

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// forms are legal forms that are written without a space beside the name.
var forms = strings.NewReplacer("株式会社", " ", "合同会社", " ", "有限会社", " ", "(株)", " ", "（株）", " ",
	"有限责任公司", " ", "股份有限公司", " ", "有限公司", " ", "주식회사", " ", "(주)", " ", "㈜", " ", "㈱", " ")

// Firm returns what a company's name says about the firm: without legal form, country, accents,
// case, spaces and signs. "ACME, Inc.", "Acme Deutschland GmbH & Co. KG" and "acme" are one firm. A
// name that consists of such words alone is kept.
func Firm(company string) string {
	company = forms.Replace(strings.ToLower(company))
	if before, _, found := strings.Cut(company, "("); found && strings.TrimSpace(before) != "" {
		company = before
	}
	var parts []string
	for w := range words(initials(company)) {
		parts = append(parts, w)
	}
	if !ascii(company) { // yields single characters too
		parts = strings.FieldsFunc(initials(company), func(r rune) bool { return !inWord(r) })
	}
	rest := slices.Clone(parts)
	for len(rest) > 1 && legal[rest[0]] {
		rest = rest[1:]
	}
	for len(rest) > 1 && (legal[rest[len(rest)-1]] || countries[rest[len(rest)-1]]) {
		rest = rest[:len(rest)-1]
	}
	if len(rest) == 1 && legal[rest[0]] {
		rest = parts
	}
	return plain.Replace(strings.Join(rest, ""))
}

// plain spells a name without accents. The German spelling of an umlaut with an e becomes the same.
var plain = strings.NewReplacer("ä", "a", "ae", "a", "æ", "a", "ö", "o", "oe", "o", "ø", "o", "œ", "o",
	"ü", "u", "ue", "u", "ß", "ss", "á", "a", "à", "a", "â", "a", "ã", "a", "å", "a", "é", "e", "è", "e",
	"ê", "e", "ë", "e", "í", "i", "ì", "i", "î", "i", "ï", "i", "ó", "o", "ò", "o", "ô", "o", "õ", "o",
	"ú", "u", "ù", "u", "û", "u", "ç", "c", "ñ", "n", "ć", "c", "č", "c", "ł", "l", "ń", "n", "ś", "s",
	"š", "s", "ź", "z", "ż", "z", "ž", "z", "ý", "y", "ğ", "g", "ı", "i", "ş", "s")

// initials joins abbreviated forms: "s.a." becomes "sa", "g.m.b.h." becomes "gmbh".
func initials(name string) string {
	var b strings.Builder
	for i := range len(name) {
		// a dot, an ampersand or a slash after a single letter joins it with the next
		if c := name[i]; (c == '.' || c == '/') && i > 0 && isLetter(name[i-1]) &&
			(i == 1 || !isLetter(name[i-2]) && name[i-2] < 0x80) {
			continue
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
