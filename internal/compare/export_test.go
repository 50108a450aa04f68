package compare

// Decoded is an object as Kubernetes reads it.
var Decoded = decoded
