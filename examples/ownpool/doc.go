// Package ownpool shows forge inside a program that has its own PostgreSQL pool, opened with pgx, and
// its own queue, River. Its example decides a job, writes a row of the program's and inserts a job of
// River's in one transaction. Its tests hold forge's store to its suite on such a pool.
package ownpool
