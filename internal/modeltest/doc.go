// Package modeltest holds tests alone: agents of several users do random things in a random order
// to a store, and the same things to store/memory, and both must answer alike. It stands apart from
// store/storetest because it links a library for property-based tests, which a user's program must
// not, and because it reads the tables of the SQL stores.
package modeltest
