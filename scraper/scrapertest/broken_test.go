package scrapertest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/suite"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

// A flaw is what a board does wrong, and the case that must catch it.
type flaw struct{ name, caughtBy string }

var flaws = []flaw{
	{"the source changes", "the_name_is_a_valid_key_and_never_changes"},
	{"leads do not say their board", "leads_carry_the_name_of_the_board"},
	{"a page has ten cards", "every_job_is_listed_once_from_pages_of_[7]_cards"},
	{"a short page ends the list", "every_job_is_listed_once_from_pages_of_[10_3_25_7_1]_cards"},
	{"new leads are counted, not cards", "jobs_that_are_repeated_on_the_next_page_are_listed_once"},
	{"repeats are listed", "jobs_that_are_repeated_on_the_next_page_are_listed_once"},
	{"a page of repeats ends the list", "a_page_of_repeats_alone_does_not_end_the_search"},
	{"the limit is not kept", "25_of_40_jobs_are_listed_from_3_pages"},
	{"pages are fetched ahead", "pages_are_fetched_as_they_are_consumed"},
	{"searches share their place", "two_searches_in_step_list_their_own_jobs"},
	{
		"unreadable cards are skipped in silence",
		"a_card_without_a_title_costs_neither_its_page_nor_the_next_one",
	},
	{"a card costs its page", "a_card_without_a_title_costs_neither_its_page_nor_the_next_one"},
	{
		"unreadable pages are passed over",
		"a_first_page_of_unreadable_cards_alone_is_markup_that_is_not_known",
	},
	{"titles lose their markup", "titles_in_every_script_and_with_markup_in_them_arrive_as_written"},
	{"text loses what looks like markup", "text_is_plain_text:_what_looks_like_markup_is_kept_as_text"},
	{"empty text is data", "a_posting_without_text_is_an_error,_never_empty_data"},
	{"the closed notice is not read", "the_notice_that_a_job_is_closed_closes_it"},
	{"a job is closed by its words", "an_open_job_is_not_closed_by_what_its_text_says"},
	{"a refusal closes the job", "HTTP_403_does_not_close_the_job"},
	{"a refusal is an empty result", "a_refusal_on_the_first_page"},
	{"a login wall is unknown markup", "a_refusal_of_a_posting"},
	{"a busy board is a blocked one", "HTTP_429_may_pass"},
	{"an outage is unknown markup", "HTTP_503_may_pass"},
	{"Retry-After is not read", "HTTP_429_says_how_long_to_wait,_as_a_date"},
	{"a page that breaks off is read as it is", "a_good_page_that_breaks_off_lists_no_half_of_it_in_silence"},
	{
		"an unknown page is an empty result",
		"an_unknown_page_instead_of_the_first_one_is_ErrMarkup,_never_an_empty_result",
	},
	{"errors repeat the query", "a_connection_that_is_reset"},
	{
		"errors repeat the page",
		"an_unknown_page_instead_of_the_first_one_is_ErrMarkup,_never_an_empty_result",
	},
	{"a cancellation blames the board", "a_cancellation_in_mid-page_ends_the_search"},
	{"bodies stay open", "one_job_is_one_lead"},
	{"another job's text is taken", "another_posting's_page_does_not_give_its_text"},
	{"a page is read without a limit", "a_page_without_end_costs_no_other_posting_and_no_search"},
	{"a redirect closes the job", "a_redirect_to_another_host_costs_no_other_posting_and_no_search"},
	{"a blank text blames the board", "a_posting_without_a_text_costs_no_other_posting_and_no_search"},
	{"a wall is told by words", "a_posting_that_speaks_of_walls_and_of_closed_jobs_is_read"},
	{"a field is ignored in silence", "Query.EasyApply_changes_the_search_or_is_named_as_unfiltered"},
	{"the place is ignored", "Query.Location_changes_the_search_or_is_named_as_unfiltered"},
	{
		"what is not filtered is told of another board",
		"Query.EasyApply_changes_the_search_or_is_named_as_unfiltered",
	},
	{"what is not filtered is told last", "Query.EasyApply_changes_the_search_or_is_named_as_unfiltered"},
	{
		"easy apply is never read",
		"easy_apply_arrives_as_the_advert_says_it,_and_is_nil_if_it_does_not_say",
	},
	{
		"no word of easy apply is a no",
		"easy_apply_arrives_as_the_advert_says_it,_and_is_nil_if_it_does_not_say",
	},
	{"it panics", "one_job_is_one_lead"},
	{"a goroutine is left behind", "one_job_is_one_lead"},
	{"the context is not passed on", "a_cancellation_in_mid-page_ends_the_search"},
	{
		"a consumer that stops is not heard",
		"a_consumer_that_stops_early_leaves_no_request_and_no_goroutine_behind",
	},
}

func TestEveryFlawIsCaught(t *testing.T) {
	t.Parallel()
	for _, f := range flaws {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			caught := func(name string) bool {
				return strings.HasSuffix(strings.ReplaceAll(name, " ", "_"), "/"+f.caughtBy)
			}
			said := scrapertest.Failures(t, openJSON(f.name), caught)
			require.NotEmpty(t, said, "a board on which %s passes the case %q", f.name, f.caughtBy)
			for name, text := range said {
				require.NotContains(t, text, suite.Misread, name)
			}
		})
	}
}

// No flaw ends the test binary, whatever case meets it, and no case reads what is not there.
func TestNoFlawEndsTheSuite(t *testing.T) {
	t.Parallel()
	const step = 9
	for i, f := range flaws {
		if i%step != 0 && os.Getenv("FORGE_SOAK") != "1" {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			quick := func(name string) bool { return !strings.HasPrefix(name, "Hostile/") }
			for name, said := range scrapertest.Failures(t, openJSON(f.name), quick) {
				require.NotContains(t, said, suite.Misread, name)
				require.NotContains(t, said, "has not ended", name)
			}
		})
	}
}

// A board with a client of its own fails at once: every other case would wait for a real network.
func TestBoardWithItsOwnClientIsCaught(t *testing.T) {
	t.Parallel()
	for _, flaw := range []string{ownClient, ownClientForAdverts} {
		said := scrapertest.Failures(t, openJSON(flaw), func(string) bool { return true })
		require.Len(t, said, 1, flaw)
		require.Contains(t, said["Client/the board asks through the client that it was given"],
			"it must reach the network through that client alone", flaw)
	}
}
