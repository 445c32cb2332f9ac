// Package rest puts a store on the network. [NewHandler] serves the store of each user over HTTP,
// and [Client] is a forge.Store, with all its optional interfaces, that talks to such a server.
// Results and errors are those of a local store.
//
// The token in the Authorization header names the user. No call takes a user's name, so that no
// call can reach another user's rows.
//
// The contract is the OpenAPI file that the package embeds and the handler serves at
// /agent-forge/openapi.yaml. Errors are problem details, https://www.rfc-editor.org/rfc/rfc9457.
//
// Health checks, metrics, rate limits and timeouts belong to the program that serves the handler.
// examples/server has them all.
package rest
