// Evaluate measures a scorer on labelled pairs of a résumé and a posting.
//
//	go run ./examples/evaluate
//
// Without flags it measures the offline scorer on a sample that comes with it. It prints how well
// scores rank (AUROC, nDCG@10), what the gate does with them (precision and recall of rejection,
// good jobs lost), each with a 95 % bootstrap interval, what a cascade would save, and checks that
// need no labels: adding a skill must not lower a score, the order of paragraphs and the person's
// name must not move it. It draws recall against model calls saved.
//
// It breaks the figures down by language and trade where the pairs name them, with the share that
// the scorer cannot judge. It compares two scorers on the same pairs by a paired bootstrap, and
// keeps a history of its runs.
//
// Pairs are lines of JSON: {"resume": "…", "posting": {"title": "…", "description": "…"}, "label":
// 3, "language": "en", "trade": "nursing"}. A text that begins with "@" names a file beside the
// pairs. Labels are grades from 0 (another trade), or true and false.
package main

import (
	"os"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/evaluate"
)

func main() { os.Exit(commandline.Main("evaluate", commandline.Writing(evaluate.Run))) }
