// Package driver is for those who write a store. It holds what every store must refuse, repair and
// decide in the same way, so that a new store consists of its statements:
//
//   - A call begins with the function that checks its arguments: [PrepareSync], [PrepareDecision],
//     [CheckClaim] and so on. A Prepare function also repairs what it returns.
//   - [Row] knows who may decide, renew or release a job, and which status a job has then.
//   - [Page] says where a page of a listing begins, and cuts it.
//   - The Columns types read the tables of a SQL database. [LeadColumns] and the others have tags
//     for sqlx.
//
// The suite store/storetest holds a store to the rest. Programs that only use a store do not need
// this package.
package driver
