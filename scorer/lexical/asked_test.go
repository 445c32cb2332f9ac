package lexical_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/scorer/lexical"
)

// Postings that are described by the skills for which they ask.
const (
	controls = "Write the software of our braking controllers.\n\nRequirements\n- C and C++ on ARM " +
		"microcontrollers\n- RTOS and device drivers\n- CAN bus, SPI and I2C\n- Oscilloscope and JTAG\n" +
		"- Embedded Linux and Yocto\n- MISRA C and functional safety"
	ledgers = "We write accounting software for small firms: invoices, VAT returns and bank " +
		"reconciliation.\n\nRequirements\n- Three years of Kotlin or Java\n- PostgreSQL and message " +
		"queues\n- TypeScript and React\n- Docker, Kubernetes and AWS\n- REST APIs and unit tests"

	storefront = "Mara Quint\nSoftware Engineer, Pebble Shop, 2017 to 2024\n- Built the shop's pages in " +
		"React and TypeScript, with GraphQL and a design system in Storybook\n- Wrote component tests in " +
		"Jest, cut the loading time by half, mended faults of accessibility\nFrontend Developer, Studio " +
		"Lark, 2014 to 2017\n- Sites for museums and theatres in JavaScript, HTML and CSS"
	brakes = "Ruben Falk\nSoftware Engineer, Motorwerk, 2017 to 2024\n- Firmware of gearbox controllers " +
		"in C on ARM microcontrollers, with FreeRTOS, CAN bus and SPI\n- Found faults with oscilloscope " +
		"and JTAG, wrote device drivers\nDeveloper, Sensorik, 2014 to 2017\n- Test benches in C++ and " +
		"Embedded Linux"
	books = "Nell Ambrose\nBookkeeper, Fenwick Bakeries, 2015 to 2024\n- Invoices, bank reconciliation, " +
		"payroll for forty people and VAT returns in accounting software\n- Chased late payers, kept the " +
		"books of three small firms\nAccounts assistant, Tidewater, 2012 to 2015\n- Posted receipts, " +
		"checked expenses, helped at the audit"
)

func TestManySkillsAskedForCountMoreThanATitleOrTheWordsOfAField(t *testing.T) {
	t.Parallel()
	s := lexical.New(nil)
	for _, c := range []struct {
		name, resume, title, text string
		kept                      bool
	}{
		{"the skills of the stack", brakes, "Software Engineer, Controllers", controls, true},
		{"another stack of one title", storefront, "Software Engineer, Controllers", controls, false},
		{"a part of the stack", storefront, "Software Engineer, Accounting", ledgers, true},
		{"another trade of the same words", books, "Software Engineer, Accounting", ledgers, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, err := s.Score(t.Context(), c.resume, posting(c.title, c.text))
			require.NoError(t, err)
			require.False(t, m.Unverified, m.Reasoning)
			require.Equal(t, c.kept, m.Score >= gate.Default, "%d: %s", m.Score, m.Reasoning)
		})
	}
}

func TestATerseResumeIsNotMissedSkills(t *testing.T) {
	t.Parallel()
	m, err := lexical.New(nil).Score(
		t.Context(), strings.Join(strings.SplitAfter(brakes, "\n")[:2], ""),
		posting("Software Engineer, Controllers", controls),
	)
	require.NoError(t, err)
	require.True(t, m.Unverified, "%d: %s", m.Score, m.Reasoning)
	require.GreaterOrEqual(t, m.Score, gate.Default)
	require.Contains(t, m.Reasoning, "the résumé says too little")
}
