package ollama

// DirectTransport is the transport of a scorer that is given none.
var DirectTransport = directTransport
