// Package ats reads the public job boards of applicant-tracking systems: the services on which
// companies publish their own adverts. They want to be read. They answer JSON or XML without a key,
// with stable ids, and most of them with the whole text of every advert in the list.
//
//	board, err := ats.Detect("https://jobs.lever.co/acme")
//	...
//	scrapers, err := ats.New(&ats.Options{Boards: []ats.Board{board}})
//
// [New] returns one forge.Scraper for each provider, which reads the boards of all its companies.
// An external id is the provider's own where it is unique across companies, and "company/id" at
// BambooHR and Workday, where it is not.
//
// A list is read once. The texts that come with it are kept in a bounded cache, so that Detail asks
// for nothing. The cache belongs to the adapter, because a lead that carried its text through the
// pipeline would also carry it through the store and the HTTP API, which promise that no text
// travels before the gate. A list that was read a moment ago answers the next query too. After
// that it is requested with its validator (ETag, Last-Modified), so that a list that has not changed
// costs one small answer. The job's own address is asked only if the list does not have its text.
//
// A company's list that is complete also says which jobs are gone: see [Scraper.SearchLists]. The
// pipeline passes it to the store, which closes what two complete lists, at least an hour apart, no
// longer have. Lists of Workday with 2000 jobs or more, and empty lists of SmartRecruiters, are never
// complete, because they can hide jobs.
//
// Facts about the providers were collected in 2026-09 and 2026-10. What a provider does not publish
// is left out: Lever, Ashby, Pinpoint and BambooHR do not say the name of the company, so that it is
// made from its name in the URL.
package ats
