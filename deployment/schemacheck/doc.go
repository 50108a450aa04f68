// Package schemacheck has no code: its tests hold the JSON Schemas of the library
// against documents, with a validator that the library itself does not need.
package schemacheck
