// Package chaostest holds tests alone: a real agent process works on a real PostgreSQL server, one
// of the two is hurt again and again, and in the end every job that a Sync acknowledged must have
// been decided, once.
package chaostest
