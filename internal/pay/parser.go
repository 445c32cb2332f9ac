package pay

// A kind is what a part of a text means for the pay.
type kind int

const (
	other     kind = iota // a word that says nothing of figures
	amount                // a number of money, with its multiplier
	separator             // stands between the bounds of a range
	conjunct              // "and": stands between the bounds after "between"
	between               // "between"
	added                 // something is paid beside the amount: "+", "plus"
	atMost                // the amount is an upper bound
	atLeast               // the amount is a lower bound
	money                 // a currency
	period                // a period
	aboutPay              // "gross", "salary": can stand between an amount and its period
	bonus                 // what is paid beside the pay
	unfit                 // a period that is none of ours, such as "fortnightly"
	mark                  // punctuation
)

// A part is one or more tokens that mean something together.
type part struct {
	kind   kind
	number []float64 // of an amount: see readings
	dotted bool      // the number holds a dot
	factor float64   // of an amount, by its multiplier; 1: it has none
	code   string    // of a currency or a period
}

// A parser turns the tokens of a text into parts.
type parser struct {
	tokens []token
	at     int // the next token
	parts  []part
}

// read fills p.parts. It returns false for a text that cannot be about one pay.
func (p *parser) read() bool {
	for p.at < len(p.tokens) {
		t := p.tokens[p.at]
		p.at++
		switch {
		case t.isNum:
			p.number(t)
		case t.symbol('/'), perWords[t.word]:
			if !p.per(t) {
				return false
			}
		case words[t.word] == unfit:
			return false
		default:
			p.word(t)
		}
	}
	return true
}

// peek returns a token that is not read yet; an empty one behind the end.
func (p *parser) peek(ahead int) token {
	if i := p.at + ahead; i >= 0 && i < len(p.tokens) {
		return p.tokens[i]
	}
	return token{}
}

func (p *parser) add(k kind, code string) { p.parts = append(p.parts, part{kind: k, code: code}) }

func (p *parser) last() kind {
	if len(p.parts) == 0 {
		return other
	}
	return p.parts[len(p.parts)-1].kind
}

// number reads an amount and its multiplier, or passes over a number that is not money.
func (p *parser) number(t token) {
	next := p.peek(0)
	switch {
	case next.symbol('%'), times[next.word], ordinals[next.word] && !next.spaced:
		p.at++
		return
	case words[next.word] == separator && p.peek(1).isNum && p.peek(2).symbol('%'):
		p.at += 3
		return
	case p.last() != money && len(t.number) > 0 && t.number[0] <= 100 && p.notMoney(next):
		return
	case p.at > 1 && times[p.tokens[p.at-2].word] && len(t.number) > 0 && t.number[0] <= 100:
		return
	}
	a := part{kind: amount, number: t.number, dotted: t.dotted, factor: 1}
	if f, ok := factors[next.word]; ok && !next.isNum &&
		(next.word != "t" || currencies[p.peek(1).word] != "") {
		a.factor = f
		p.at++
	}
	p.parts = append(p.parts, a)
	switch next.word {
	case "lpa":
		p.add(money, "INR?")
		p.add(period, Year)
	case "teur", "keur":
		p.add(money, "EUR")
	default:
		if lakhs[next.word] {
			p.add(money, "INR?")
		}
	}
}

// notMoney passes over what a number counts if that is no money: "40 hours per week", "13. Gehalt".
func (p *parser) notMoney(next token) bool {
	switch {
	case counted[next.word]:
		p.at++
		if p.peek(0).symbol('/') || perWords[p.peek(0).word] {
			p.at++
		}
		if periods[p.peek(0).word] != "" {
			p.at++
		}
		return true
	case next.symbol('.') && salaries[p.peek(1).word]:
		p.at += 2
		return true
	}
	return false
}

// per reads "/ hour" and "per annum". "Per mile" is no period, and then the amounts are not the pay
// of one.
func (p *parser) per(t token) bool {
	for articles[p.peek(0).word] {
		p.at++
	}
	next := p.peek(0)
	switch {
	case periods[next.word] != "":
		p.at++
		p.add(period, periods[next.word])
	case t.symbol('/') && (p.last() != amount && p.last() != money || next.word == "-"):
		p.add(mark, "")
	case t.symbol('/') && (currencies[next.word] != "" || words[next.word] == aboutPay):
	case weakPer[t.word]: // "a" is also a separator, or an article
		p.word(t)
	default:
		return false
	}
	return true
}

func (p *parser) word(t token) {
	switch {
	case t.symbol('+') && !t.spaced && !p.peek(0).isNum && (p.last() == amount || p.last() == money):
		p.add(atLeast, "")
	case periods[t.word] != "":
		p.add(period, periods[t.word])
	case currencies[t.word] != "":
		p.add(money, currencies[t.word])
	case t.isMark():
		p.add(mark, t.word)
	default:
		p.add(words[t.word], t.word)
	}
}
