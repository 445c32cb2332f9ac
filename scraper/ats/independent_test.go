package ats_test

import (
	"encoding/xml"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/captures"
)

// independent reads a saved answer without anything of the package that is tested.
func independent(t *testing.T, a captures.Answer) (out []wanted) {
	t.Helper()
	if a.Provider == "personio" {
		return personioReading(t, a.Body)
	}
	whole := decode(t, a.Body)
	list := func(read func(n node) wanted, names ...string) (out []wanted) {
		for _, n := range whole.at(names...).each() {
			out = append(out, read(n))
		}
		return out
	}
	switch a.Provider {
	case "greenhouse":
		return list(greenhouseReading, "jobs")
	case "lever":
		return list(leverReading)
	case "ashby":
		return slices.DeleteFunc(list(ashbyReading, "jobs"), func(w wanted) bool { return w.id == "" })
	case "smartrecruiters":
		if ad := whole.at("jobAd", "sections"); ad.v != nil {
			return []wanted{smartDetail(ad)}
		}
		return list(smartReading, "content")
	case "workable":
		return joined(list(func(n node) wanted { return workableReading(n, whole.at("name").str()) }, "jobs"))
	case "recruitee":
		return list(recruiteeReading, "offers")
	case "teamtailor":
		return list(teamtailorReading, "items")
	case "pinpoint":
		return list(pinpointReading, "data")
	case "bamboohr":
		if job := whole.at("result", "jobOpening"); job.v != nil {
			return []wanted{bambooReading(job)}
		}
		return list(bambooReading, "result")
	case "rippling":
		return list(ripplingReading)
	case "workday":
		return list(workdayReading, "jobPostings")
	}
	require.Fail(t, "no reading of this provider", a.Provider)
	return nil
}

func greenhouseReading(n node) wanted {
	var departments []string
	for _, d := range n.at("departments").each() {
		departments = append(departments, squeeze(d.at("name").str()))
	}
	text := html.UnescapeString(n.at("content").str())
	place := strings.ReplaceAll(squeeze(n.at("location", "name").str()), " ,", ",")
	if place == "N/A" { // the offices say where it is
		var offices []string
		for _, o := range n.at("offices").each() {
			offices = append(offices, o.at("name").str())
		}
		place = strings.Join(offices, "; ")
	}
	w := wanted{
		id: n.at("id").str(), url: n.at("absolute_url").str(), title: ptr(squeeze(n.at("title").str())),
		company: ptr(n.at("company_name").str()), location: &place,
		posted: stamp(n.at("first_published").str()), department: ptr(strings.Join(departments, ", ")),
	}
	if text != "" {
		w.pay = payIn(text)
		w.asked, w.others = itemsIn(text)
	}
	return w
}

func leverReading(n node) wanted {
	c := n.at("categories")
	var places []string
	for _, p := range append([]node{c.at("location")}, c.at("allLocations").each()...) {
		if s := squeeze(p.str()); !slices.Contains(places, s) && s != "" {
			places = append(places, s)
		}
	}
	ms, _ := n.at("createdAt").v.(float64)
	w := wanted{
		id: n.at("id").str(), url: n.at("hostedUrl").str(), title: ptr(squeeze(n.at("text").str())),
		location: remoteIf(n.at("workplaceType").str() == "remote", places),
		posted:   ptr(strconv.FormatInt(int64(ms)/1000, 10)), department: ptr(c.at("department").str()),
		types: ptr(letters(c.at("commitment").str())),
	}
	for _, l := range n.at("lists").each() {
		text := letters(l.at("text").str() + bare(l.at("content").str()))
		if duties.MatchString(l.at("text").str()) {
			w.others = append(w.others, text)
		} else {
			w.asked = append(w.asked, text)
		}
	}
	if s := n.at("salaryRange"); s.v != nil {
		period := strings.Split(s.at("interval").str(), "-")[1] // "per-year-salary"
		w.pay = payOf(s.at("min"), s.at("max"), s.at("currency"), node{period})
	} else {
		w.pay = payIn(n.at("additional").str())
	}
	return w
}

func ashbyReading(n node) wanted {
	if n.at("isListed").v == false {
		return wanted{}
	}
	places := []string{squeeze(n.at("location").str())}
	for _, s := range n.at("secondaryLocations").each() {
		if p := squeeze(s.at("location").str()); !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	workplace := strings.ToLower(n.at("workplaceType").str())
	w := wanted{
		id: n.at("id").str(), url: n.at("jobUrl").str(), title: ptr(squeeze(n.at("title").str())),
		location: remoteIf(workplace == "remote" || workplace == "" && n.at("isRemote").yes(), places),
		posted:   stamp(n.at("publishedAt").str()), department: ptr(squeeze(n.at("department").str())),
		types: ptr(strings.Replace(letters(n.at("employmentType").str())+"$", "intern$", "internship$", 1)),
	}
	w.types = ptr(strings.TrimSuffix(*w.types, "$"))
	w.asked, w.others = itemsIn(n.at("descriptionHtml").str())
	var low, high float64
	var currency, period string
	for _, c := range n.at("compensation", "summaryComponents").each() {
		if c.at("compensationType").v != "Salary" {
			continue
		}
		lo, _ := c.at("minValue").v.(float64)
		hi, _ := c.at("maxValue").v.(float64)
		if low == 0 || lo < low {
			low = lo
		}
		high = max(high, hi)
		currency = c.at("currencyCode").str()
		period = strings.ToLower(strings.TrimPrefix(c.at("interval").str(), "1 "))
	}
	if high > 0 {
		w.pay = ptr(fmt.Sprintf("%.10g %.10g %s %s", low, high, currency, period))
	}
	return w
}

func smartReading(n node) wanted {
	place := n.at("location")
	where := place.at("fullLocation").str()
	if where == "" {
		country := strings.ToUpper(place.at("country").str())
		parts := []string{place.at("city").str(), place.at("region").str(), country}
		where = strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
	}
	company := n.at("company", "name").str()
	id := n.at("id").str()
	address := n.at("postingUrl").str()
	if address == "" {
		address = "https://jobs.smartrecruiters.com/acme/" + id
	}
	return wanted{
		id: id, url: address, title: ptr(squeeze(n.at("name").str())),
		company: &company, location: remoteIf(place.at("remote").yes(), []string{where}),
		posted: stamp(n.at("releasedDate").str()),
	}
}

func smartDetail(sections node) wanted {
	asked := sections.at("qualifications", "text").str()
	w := wanted{id: "1", mentions: []string{bare(sections.at("jobDescription", "text").str())}}
	if asked != "" {
		w.asked = []string{letters("Qualifications" + bare(asked))}
	}
	return w
}

func workableReading(n node, company string) wanted {
	var places []string
	for _, p := range n.at("locations").each() {
		parts := []string{p.at("city").str(), p.at("region").str(), p.at("country").str()}
		parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
		places = append(places, strings.Join(parts, ", "))
	}
	w := wanted{
		id: n.at("shortcode").str(), url: n.at("url").str(), title: ptr(squeeze(n.at("title").str())),
		company: &company, location: remoteIf(n.at("telecommuting").yes(), places),
		posted: stamp(n.at("published_on").str()),
	}
	if text := n.at("description").str(); text != "" {
		w.department = ptr(n.at("department").str())
		w.types = ptr(letters(n.at("employment_type").str()))
		w.asked, w.others = itemsIn(text)
	}
	return w
}

// joined makes one job of those that a provider lists once for each city.
func joined(jobs []wanted) (out []wanted) {
	for _, w := range jobs {
		at := slices.IndexFunc(out, func(o wanted) bool { return o.id == w.id })
		if at < 0 {
			out = append(out, w)
			continue
		}
		rest, _ := strings.CutPrefix(*w.location, "Remote (")
		first, remote := strings.CutSuffix(*out[at].location, ")")
		if !remote {
			first += "; " + rest
		} else {
			first += "; " + strings.TrimSuffix(rest, ")") + ")"
		}
		out[at].location = &first
	}
	return out
}

func recruiteeReading(n node) wanted {
	var places []string
	for _, p := range n.at("locations").each() {
		var parts []string
		for _, name := range []string{"city", "state", "country"} {
			if s := p.at(name).str(); s != "" && !slices.Contains(parts, s) {
				parts = append(parts, s)
			}
		}
		places = append(places, strings.Join(parts, ", "))
	}
	w := wanted{
		id: n.at("id").str(), url: n.at("careers_url").str(), title: ptr(squeeze(n.at("title").str())),
		company: ptr(n.at("company_name").str()), location: remoteIf(n.at("remote").yes(), places),
		posted:     stamp(strings.NewReplacer(" UTC", "Z", " ", "T").Replace(n.at("published_at").str())),
		department: ptr(n.at("department").str()),
	}
	if s := n.at("salary"); s.at("min").str() != "" {
		if least, _ := strconv.ParseFloat(s.at("min").str(), 64); least < 300 && s.at("period").v == "year" {
			w.pay = ptr("   ") // thousands, or what an hour pays: nobody can tell
			return w
		}
		w.pay = payOf(s.at("min"), s.at("max"), s.at("currency"), s.at("period"))
	}
	if asked := n.at("requirements").str(); asked != "" {
		w.asked = []string{letters("Requirements" + bare(asked))}
	}
	return w
}

func teamtailorReading(n node) wanted {
	p := n.at("_jobposting")
	var places []string
	for _, l := range p.at("jobLocation").each() {
		var parts []string
		for _, name := range []string{"addressLocality", "addressRegion", "addressCountry"} {
			if s := l.at("address", name).str(); s != "" && !slices.Contains(parts, s) {
				parts = append(parts, s)
			}
		}
		places = append(places, strings.Join(parts, ", "))
	}
	return wanted{
		id: n.at("id").str(), url: n.at("url").str(), title: ptr(squeeze(n.at("title").str())),
		company:  ptr(p.at("hiringOrganization", "name").str()),
		location: remoteIf(p.at("jobLocationType").str() == "TELECOMMUTE", places),
		posted:   stamp(n.at("date_published").str()), mentions: []string{bare(n.at("content_html").str())},
	}
}

func pinpointReading(n node) wanted {
	l := n.at("location")
	var places []string
	if l.at("city").str() == "" {
		places = []string{l.at("name").str()}
	} else {
		for _, name := range []string{"city", "province", "country"} {
			if s := l.at(name).str(); s != "" {
				places = append(places, s)
			}
		}
		places = []string{strings.Join(places, ", ")}
	}
	return wanted{
		id: n.at("id").str(), url: n.at("url").str(), title: ptr(squeeze(n.at("title").str())),
		location: remoteIf(n.at("workplace_type").str() == "remote", places),
		pay: payOf(n.at("compensation_minimum"), n.at("compensation_maximum"),
			n.at("compensation_currency"), n.at("compensation_frequency")),
		department: ptr(n.at("job", "department", "name").str()),
		types:      ptr(letters(n.at("employment_type_text").str())),
		asked: []string{letters(n.at("skills_knowledge_expertise_header").str() +
			bare(n.at("skills_knowledge_expertise").str()))},
	}
}

func bambooReading(n node) wanted {
	id := n.at("id").str()
	if id == "" {
		id = regexp.MustCompile(`\d+$`).FindString(n.at("jobOpeningShareUrl").str())
	}
	var places []string
	for _, p := range []node{n.at("location"), n.at("atsLocation")} {
		var parts []string
		for _, names := range [][]string{{"city"}, {"state", "province"}, {"country", "addressCountry"}} {
			for _, name := range names {
				if s := p.at(name).str(); s != "" {
					parts = append(parts, s)
					break
				}
			}
		}
		if len(parts) > 0 {
			places = append(places, strings.Join(parts, ", "))
		}
	}
	w := wanted{
		id: "acme/" + id, url: "https://acme.bamboohr.com/careers/" + id,
		title:      ptr(squeeze(n.at("jobOpeningName").str())),
		location:   remoteIf(n.at("isRemote").yes() || n.at("locationType").str() == "1", places),
		department: ptr(n.at("departmentLabel").str()),
		types:      ptr(letters(n.at("employmentStatusLabel").str())),
	}
	if m := dollars.FindStringSubmatch(n.at("compensation").str()); m != nil {
		w.pay = ptr(strings.ReplaceAll(m[1]+" "+m[2], ",", "") + " USD ")
	}
	return w
}

func ripplingReading(n node) wanted {
	return wanted{
		id: n.at("uuid").str(), url: n.at("url").str(), title: ptr(squeeze(n.at("name").str())),
		location: ptr(n.at("workLocation", "label").str()),
	}
}

func workdayReading(n node) wanted {
	path := n.at("externalPath").str()
	_, number, _ := strings.Cut(path[strings.LastIndex(path, "/"):], "_")
	for _, field := range n.at("bulletFields").each()[:min(1, len(n.at("bulletFields").each()))] {
		number = field.str()
	}
	w := wanted{
		id: "acme/" + number, url: "https://acme.wd5.myworkdayjobs.com/Careers" + path,
		title: ptr(squeeze(n.at("title").str())), location: ptr(squeeze(n.at("locationsText").str())),
	}
	today := newClock().Now().Truncate(24 * time.Hour)
	switch posted := n.at("postedOn").str(); posted {
	case "Posted Today":
		w.posted = ptr(strconv.FormatInt(today.Unix(), 10))
	case "Posted Yesterday":
		w.posted = ptr(strconv.FormatInt(today.AddDate(0, 0, -1).Unix(), 10))
	case "":
		w.posted = ptr("")
	default:
		days, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(posted))
		if w.posted = ptr(strconv.FormatInt(today.AddDate(0, 0, -days).Unix(), 10)); err != nil ||
			strings.Contains(posted, "+") {
			w.posted = nil // "30+ Days Ago" is no day
		}
	}
	return w
}

func personioReading(t *testing.T, body []byte) (out []wanted) {
	t.Helper()
	type element struct {
		XMLName xml.Name
		Text    string    `xml:",chardata"`
		Inside  []element `xml:",any"`
	}
	var root element
	require.NoError(t, xml.Unmarshal(body, &root))
	var all func(e element, name string) []element
	all = func(e element, name string) (found []element) {
		for _, c := range e.Inside {
			if c.XMLName.Local == name {
				found = append(found, c)
			}
			found = append(found, all(c, name)...)
		}
		return found
	}
	for _, p := range root.Inside {
		text := func(name string) string {
			for _, e := range p.Inside {
				if e.XMLName.Local == name {
					return squeeze(e.Text)
				}
			}
			return ""
		}
		var places []string
		for _, o := range all(p, "office") {
			places = append(places, squeeze(o.Text))
		}
		w := wanted{
			id: text("id"), url: "https://acme.jobs.personio.de/job/" + text("id"), title: ptr(text("name")),
			location: ptr(strings.Join(places, "; ")), posted: stamp(text("createdAt")),
			department: ptr(text("department")),
		}
		if name := text("subcompany"); name != "" {
			w.company = &name
		}
		for _, d := range all(p, "jobDescription") {
			if name := all(d, "name")[0].Text; strings.Contains(name, "need") {
				w.asked = append(w.asked, letters(name+bare(all(d, "value")[0].Text)))
			} else {
				w.others = append(w.others, letters(bare(all(d, "value")[0].Text)))
			}
		}
		out = append(out, w)
	}
	return out
}

// stamp reads a date of RFC 3339, or a day.
func stamp(s string) *string {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return ptr(strconv.FormatInt(t.Unix(), 10))
		}
	}
	return ptr("")
}

// remoteIf joins places and says that the job is remote, where no place says it.
func remoteIf(remote bool, places []string) *string {
	s := strings.Join(places, "; ")
	switch {
	case !remote || regexp.MustCompile(`(?i)\bremote\b`).MatchString(s):
		return &s
	case s == "":
		return ptr("Remote")
	}
	return ptr("Remote (" + s + ")")
}

var (
	anyTag = regexp.MustCompile(`(?s)<!--.*?-->|<[^>]*>`)
	// headingIn finds headings, bold paragraphs, and sentences that lead to a list.
	headingIn = regexp.MustCompile(`(?is)<h[1-6][^>]*>(.*?)</h[1-6]>|` +
		`<(?:p|div)[^>]*>\s*(?:<br ?/?>|<span[^>]*>)*` +
		`<(?:strong|b)>([^<]*)</(?:strong|b)>(?:</span>|&nbsp;|[:\s])*</(?:p|div)>|` +
		`<p[^>]*>([^<]*):(?:&nbsp;|\s)*</p>`)
	itemIn  = regexp.MustCompile(`(?is)<li[^>]*>(.*?)(?:</li>|<li|<[ou]l)`)
	asksFor = regexp.MustCompile(`(?i)^\W*(?:` +
		`(?:minimum |preferred |additional )?(?:requirement|qualification)s?|` +
		`what you.{0,3} (?:need|bring)|what we.re looking for|nice[- ]to[- ]haves?|must[- ]haves?|` +
		`what you should have|who you are|skills)\W*$`)
	otherwise = regexp.MustCompile(`(?i)^\W*(?:` +
		`(?:key )?responsibilities|what you.{0,3} (?:do|be doing)|about .*|` +
		`.*benefits.*|other notices|referral instructions|united states|canada|what we offer|who we are|` +
		`what success looks like|how we work)\W*$`)
	duties    = regexp.MustCompile(`(?i)responsib|week in the life|areas of focus`)
	dollars   = regexp.MustCompile(`^\$([\d,]+) - \$([\d,]+)$`)
	payStated = regexp.MustCompile(`(?i)salary[^$£€<]{0,90}([$£€])([\d,.]+)\s*(/hour|/yr|/year)?` +
		`\s*(?:-|–|—|to)\s*[$£€]([\d,.]+)\s*(/hour|/yr|/year)?`)
)

// bare returns the text of markup.
func bare(markup string) string {
	return html.UnescapeString(anyTag.ReplaceAllString(markup, " "))
}

// itemsIn returns the letters of the list items below headings that ask for something, and of those
// below headings that name something else. Items below headings that say neither are left out.
func itemsIn(markup string) (asked, others []string) {
	at := headingIn.FindAllStringSubmatchIndex(markup, -1)
	for i, m := range at {
		end := len(markup)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		heading := squeeze(bare(markup[m[0]:m[1]]))
		for _, item := range itemIn.FindAllStringSubmatch(markup[m[1]:end], -1) {
			switch text := letters(bare(item[1])); {
			case len(text) < 20: // a word or two stand in other sentences, too
			case asksFor.MatchString(heading):
				asked = append(asked, text)
			case otherwise.MatchString(heading):
				others = append(others, text)
			}
		}
	}
	return asked, slices.DeleteFunc(others, func(s string) bool { return slices.Contains(asked, s) })
}

func payOf(min, max, currency, period node) *string {
	return ptr(strings.Join([]string{min.str(), max.str(), currency.str(), period.str()}, " "))
}

// payIn returns the salary that a text states as a range.
func payIn(markup string) *string {
	text := strings.ReplaceAll(bare(markup), "\u00a0", " ")
	m := payStated.FindStringSubmatch(text)
	if m == nil || strings.Contains(m[0], "OTE") {
		return ptr("   ")
	}
	currency := map[string]string{"$": "USD", "£": "GBP", "€": "EUR"}[m[1]]
	period := map[string]string{"/hour": "hour", "/yr": "year", "/year": "year", "": ""}[m[5]]
	amount := func(s string) string {
		s = strings.TrimRight(strings.ReplaceAll(s, ",", ""), ".")
		f, _ := strconv.ParseFloat(s, 64)
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return ptr(amount(m[2]) + " " + amount(m[4]) + " " + currency + " " + period)
}
