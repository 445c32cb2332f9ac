package jobposting

import (
	"slices"
	"strings"
)

// members are the names of the members that are read, by themselves and by their lower case.
// https://schema.org/JobPosting and the types within it.
var members = func() map[string]string {
	m := map[string]string{}
	for _, k := range strings.Fields(`
		@type @id @graph @value @context item itemListElement name legalName alternateName url
		sameAs mainEntityOfPage title description identifier value datePosted validThrough
		hiringOrganization jobLocation jobLocationType location applicantLocationRequirements
		address addressLocality addressRegion addressCountry streetAddress postalCode employmentType
		directApply experienceRequirements monthsOfExperience educationRequirements
		credentialCategory qualifications responsibilities skills jobBenefits benefits
		incentiveCompensation physicalRequirement sensoryRequirement securityClearanceRequirement
		eligibilityToWorkRequirement specialCommitments occupationalCategory category industry
		totalJobOpenings baseSalary estimatedSalary salaryCurrency currency minValue maxValue
		unitText unitCode duration median price priceCurrency text mainEntity`) {
		m[strings.ToLower(k)], m[k] = k, k
	}
	return m
}()

// canonicalKey returns the schema's spelling of a member's name: sites write "Title",
// "schema:title" and " title".
func canonicalKey(k string) string {
	prefix, plain := "", k
	if i := strings.LastIndexAny(k, "/#:"); i >= 0 {
		prefix, plain = k[:i], k[i+1:]
	}
	if prefix != "" && !strings.Contains(strings.ToLower(prefix), "schema") {
		return k
	}
	if name, ok := members[strings.ToLower(strings.TrimSpace(plain))]; ok {
		return name
	}
	return k
}

// respell gives an object's members the schema's spelling. A member that is spelt right stays.
func respell(o object) {
	var wrong []string
	for k := range o {
		if members[k] != k && canonicalKey(k) != k {
			wrong = append(wrong, k)
		}
	}
	slices.Sort(wrong) // two of them can mean the same
	for _, k := range wrong {
		right := canonicalKey(k)
		if _, taken := o[right]; !taken {
			o[right] = o[k]
		}
	}
}
