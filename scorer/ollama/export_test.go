package ollama

// DirectTransport is the transport of a scorer that is given none.
var DirectTransport = directTransport

// Examine is Doctor, inside a container or not.
var Examine = examine
