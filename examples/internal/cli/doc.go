// Package cli is what the command lines of the examples flinktarget and gitops have in
// common: reading files and folders, the flags of a rendering, the jobs by Deployment,
// and problems with the flags for options.
package cli
