// Package cli is what the command lines of the examples flinktarget and gitops have in
// common: reading files and folders, the flags of a rendering, the jobs by Deployment,
// and problems as lines with their places, in the words of the flags.
package cli
