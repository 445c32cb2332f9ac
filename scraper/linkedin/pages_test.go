package linkedin_test

import (
	"fmt"
	"html"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// cardHTML is a card as the board's guest API renders it.
func cardHTML(l lead.Lead, i int) string {
	title := ""
	if l.Title != "" {
		title = fmt.Sprintf(`<h3 class="base-search-card__title">
            
        %s
      
          </h3>`, html.EscapeString(l.Title))
	}
	hidden := ""
	if l.Title != "" {
		hidden = `<span class="sr-only">` + html.EscapeString(l.Title) + `</span>`
	}
	day := ""
	if !l.PostedAt.IsZero() {
		day = l.PostedAt.Format("2006-01-02")
	}
	return fmt.Sprintf(`
      <li>
      <div class="base-card relative w-full
         base-search-card base-search-card--link job-search-card" data-entity-urn="urn:li:jobPosting:%[1]s"
         data-impression-id="jobs-search-result-%[2]d" data-reference-id="cmVm" data-tracking-id="dHJr"
         data-column="1" data-row="%[2]d">
        <a class="base-card__full-link absolute top-0"
        href="https://www.linkedin.com/jobs/view/%[3]s-at-acme-%[1]s?position=%[2]d&amp;trk=dHJr%%3D"
        data-tracking-control-name="public_jobs_jserp-result_search-card">
          %[4]s
        </a>
        <div class="base-search-card__info">
          %[5]s
            <h4 class="base-search-card__subtitle">
          <a class="hidden-nested-link"
          href="https://www.linkedin.com/company/acme?trk=public_jobs_jserp-result_job-search-card-subtitle">
            %[6]s
          </a>
            </h4>
<!---->
            <div class="base-search-card__metadata">
          <span class="job-search-card__location">
            %[7]s
          </span>
      <div class="job-posting-benefits text-sm">
        <span class="job-posting-benefits__text">
          Actively Hiring
<!---->        </span>
      </div>
          <time class="job-search-card__listdate--new" datetime="%[8]s">
      1 week ago
          </time>
            </div>
        </div>
      </div>
      </li>`, l.ExternalID, i+1, url.PathEscape(strings.ToLower(l.Title[:min(len(l.Title), 1)])), hidden,
		title,
		html.EscapeString(l.Company), html.EscapeString(l.Location), day)
}

const noResultsHTML = `<!DOCTYPE html><html><head><title>0 Cook jobs in Utopia</title></head><body>
  <section class="no-results"><h1
  class="core-section-container__main-title main-title no-results__main-title-keywords">Cook in Utopia</h1>
  <p class="no-results__main-title">We couldn’t find a match for your search</p></section></body></html>`

// fragmentHTML is an answer of the search API.
func fragmentHTML(cards []lead.Lead) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n")
	for i, l := range cards {
		b.WriteString(cardHTML(l, i))
	}
	return b.String()
}

const (
	easyButton = `<button class="apply-button apply-button--default top-card-layout__cta"
	data-reference-id="cmVm" data-tracking-control-name="public_jobs_apply-link-onsite">
            Apply
      </button>`
	closedFigure = `<figure class="closed-job closed-job__flavor topcard__flavor-row">
      <span class="closed-job__icon closed-job__icon--error-pebble lazy-load"></span>
      <figcaption class="closed-job__flavor--closed">No longer accepting applications</figcaption>
    </figure>`
)

// jobHTML is an answer of the posting API. description is HTML.
func jobHTML(id, title, description, notice, control string) string {
	return fmt.Sprintf(`
    <section class="top-card-layout container-lined">
      <div class="top-card-layout__card">
          <a href="https://www.linkedin.com/jobs/view/job-at-acme-%[1]s?trk=public_jobs_topcard-title"
          class="topcard__link">
            <h2 class="top-card-layout__title topcard__title">%[2]s</h2>
          </a>
                <h4 class="top-card-layout__second-subline">
        <div class="topcard__flavor-row">
          <span class="topcard__flavor"><a class="topcard__org-name-link topcard__flavor--black-link"
          href="https://www.linkedin.com/company/acme">Acme</a></span>
            <span class="topcard__flavor topcard__flavor--bullet">Utopia</span>
        </div>
        %[4]s
                </h4>
              <div class="top-card-layout__cta-container">
<!---->      %[5]s
              </div>
      </div>
    </section>
    <div class="decorated-job-posting__details">
    <section class="core-section-container description">
      <div class="description__text description__text--rich">
    <section class="show-more-less-html" data-max-lines="5">
        <div class="show-more-less-html__markup show-more-less-html__markup--clamp-after-5
            relative overflow-hidden">
          %[3]s
        </div>
    <button class="show-more-less-html__button show-more-less-html__button--more">Show more</button>
    </section>
      </div>
    </section>
    </div>
    <code id="decoratedJobPostingId" style="display: none"><!--"%[1]s"--></code>
      <code id="referenceId" style="display: none"><!--"cmVm"--></code>`, id, html.EscapeString(title),
		description, notice, control)
}

// jobOf renders a posting the way the board shows plain text: lines are kept by br.
func jobOf(p enrich.Posting) string {
	text := strings.ReplaceAll(html.EscapeString(p.Data.Description), "\n", "<br>")
	control := ""
	if easy := p.Data.IsEasyApply; easy != nil && *easy {
		control = easyButton
	} else if easy != nil {
		control = strings.ReplaceAll(easyButton, "onsite", "offsite")
	}
	return jobHTML(p.Lead.ExternalID, p.Lead.Title, text, "", control)
}
