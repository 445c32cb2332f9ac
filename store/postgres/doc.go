// Package postgres keeps the catalogue in PostgreSQL 14 or later, for many users and agents at
// once. For one machine, store/sqlite needs no server.
//
//	db, err := postgres.Open(ctx, "postgres://forge@db.example.com/forge?sslmode=verify-full", nil)
//	…
//	defer db.Close()
//	err = db.Migrate(ctx)
//	pipeline, err := forge.New(forge.Config{Store: db.ForUser("ada"), …})
//
// # Connecting
//
// The DSN is lib/pq's, a URL or key=value pairs (https://pkg.go.dev/github.com/lib/pq#Config). It
// must name sslmode: "verify-full" for a server across a network, "disable" for a socket or the
// loopback. The tables are in the schema that [Options.Schema] names, which every statement then
// names too. Without it they are in the first schema of the search_path, which the DSN may set: "…
// search_path=forge".
//
// A DSN without connect_timeout gets ten seconds. How many connections a DB holds is
// [Options.MaxOpenConns]; the server must allow that many for every process, and two more for a
// Migrate.
//
// PgBouncer in transaction mode works: no statement is prepared by name, none spans two
// transactions, no session state is set, and Migrate locks by a transaction. The adapter turns on
// lib/pq's binary_parameters to that end; it also saves a round trip a statement. PgBouncer's pool
// must have two connections, for Migrate. It refuses a search_path in the DSN, as it does all startup
// parameters that it does not know: name the schema in [Options.Schema].
//
// The database's encoding must be UTF8.
//
// # A pool and a transaction of your own
//
// [New] takes a pool that the program has opened already, with lib/pq or with pgx's package stdlib,
// and never closes it. [Store.WithTx] lets a job be decided in the same transaction as the program's
// own rows. Both work beside [Options.Schema], which keeps forge's tables apart from the program's.
// docs/migrations.md shows how a migration tool takes the files of [MigrationFiles].
//
// Open makes these settings, and New leaves them to the program:
//
//   - Behind PgBouncer in transaction mode, lib/pq needs binary_parameters=yes, and pgx needs
//     default_query_exec_mode=exec or cache_describe. Without binary_parameters, lib/pq takes two
//     round trips a statement.
//   - The limits of the pool: forge holds one connection for each call under way. Migrate takes two
//     of the pool at once, and waits while the pool has none.
//   - connect_timeout, and an application_name.
//   - TCP keepalive and TCP_USER_TIMEOUT, which notice that a server is gone.
//   - A connection whose server says nothing is cut off when a call's context ends. lib/pq by itself
//     waits for such a server whatever the context says; pgx does not.
//
// No other setting of a session matters. If the program sets a statement_timeout, a call that it
// stops fails. A call that a lock_timeout stops is repeated.
//
// # A server that does not answer
//
// This holds for pools that Open makes. A call returns when its context ends, at most two seconds
// later, even if the server says nothing: the connection is cut off and replaced. A call whose
// context has no deadline waits for an answer for two minutes at most. Connections are probed while
// nothing is sent (TCP keepalive), and ended if the other side acknowledges nothing for 30 seconds
// (TCP_USER_TIMEOUT, on Linux). What was on its way to the server can still happen there, as with
// every answer that is lost.
//
// # What is guaranteed
//
// Reads and writes run at READ COMMITTED. Every transaction locks jobs, then user_job_map, then
// job_match_analysis, and rows of one table in key order, so that calls cannot deadlock. A job's
// text is locked by its row only while it is written; no transaction is open while a page is
// fetched or a model runs.
//
// In a transaction of the caller's nothing is repeated; see [Store.WithTx]. Elsewhere, a call that
// fails because of a deadlock, a serialization failure, a full server, a lost connection or a
// restart is repeated with backoff until [Options.RetryFor] or the context ends. Every call may be
// repeated, also one whose commit was sent and whose answer was lost:
//
//   - Sync: jobs that the lost commit made due are due, but they are not in the refs.
//   - Claim: jobs that the lost commit leased come back when their lease ends. The repeat takes
//     others.
//   - Decide with a token, Renew, Mark: the repeat finds its own work done, and succeeds.
//   - Release: the repeat recognises its own release. If the caller repeats a release, it gets
//     store.ErrLeaseLost.
//
// # What happened
//
// With [Options.Events], each call records what it did in its own transaction, and [Store.Changes]
// and [DB.Changes] read it. A user's changes have ids in the order of the commits, because an
// advisory lock of the user is held from the first id until the commit: the commits of one user
// follow each other, those of different users do not wait. A reader that keeps the id of the last
// change that it dealt with sees each change at least once. If it keeps the id in the transaction in
// which it acts on the change, it acts exactly once; what leaves the database, such as a mail or a
// webhook, can go out again after a crash, and its receiver tells by the id.
//
// # Upkeep
//
// Claims churn the small index of pending jobs. The migration sets user_job_map to be vacuumed by
// the count of dead rows; how often the server looks is autovacuum_naptime, whose default of a
// minute suits thousands of decisions a minute. One claim in sixteen reads the index where leases
// end, so that what they left behind makes room again without a vacuum.
package postgres
