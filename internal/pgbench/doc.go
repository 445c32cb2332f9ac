// Package pgbench holds benchmarks alone: store/postgres beside other ways to do the same, in
// turns, so that what else runs on the machine slows both. docs/benchmarks.md has the figures and
// says how to repeat them.
package pgbench
