package pgtest

import "testing"

// Reused returns a function that is [Server.Schema] for a suite of many short tests: prepare, which is
// given the schema's name, makes the tables of a schema once, and the next test gets it emptied when a
// test that used it has passed. Rows of the table kept stay. The schemas are dropped when tb ends. The
// function is safe for concurrent use.
func (s *Server) Reused(
	tb testing.TB, kept string, prepare func(tb testing.TB, dsn, schema string),
) func(tb testing.TB) (dsn, schema string) {
	tb.Helper()
	all, free := tb, make(chan string, 100)
	return func(tb testing.TB) (dsn, schema string) {
		tb.Helper()
		select {
		case schema = <-free:
		default:
			_, schema = s.Schema(all)
			prepare(tb, s.dsn, schema)
		}
		tb.Cleanup(func() {
			// A test that failed can have left anything. What holds a lock is given up.
			if !tb.Failed() && s.exec(s.dsn, emptySQL(schema, kept)) == nil {
				select {
				case free <- schema:
				default:
				}
			}
		})
		return s.dsn, schema
	}
}

// emptySQL deletes all rows of a schema and begins its ids anew.
func emptySQL(schema, kept string) string {
	return `SET lock_timeout = '2s';
DO $$ BEGIN EXECUTE (
	SELECT 'TRUNCATE ' || string_agg(format('%I.%I', schemaname, tablename), ', ')
		|| ' RESTART IDENTITY CASCADE'
	FROM pg_tables WHERE schemaname = '` + schema + `' AND tablename <> '` + kept + `'
); END $$`
}
