package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/flinktarget/flinktarget"
)

// A UsageError is about the command line, though it may take the input to see it.
type UsageError struct{ error }

// Misused returns a UsageError.
func Misused(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// ProblemsOf takes an error apart, and names options by their flags.
func ProblemsOf(err error) []flinktarget.Problem {
	return Flagged(slices.Collect(flinktarget.Problems(err)))
}

// Flagged names options by their flags. It changes the list.
func Flagged(list []flinktarget.Problem) []flinktarget.Problem {
	for i, p := range list {
		list[i].Option = Flag(p.Option)
		if p.Rule == "option" {
			list[i].Field = Flag(p.Field)
		}
	}
	return list
}

// Warning is a warning of the tool itself.
func Warning(message string) flinktarget.Problem {
	return flinktarget.Problem{Severity: flinktarget.SeverityWarning, Message: message}
}

// flags are those of the library's options, and of what a Job has.
var flags = map[string]string{
	"AllowUnknown":               "--allow-unknown",
	"AllowUnresolved":            "--allow-unresolved",
	"BlobStorage":                "--blob-storage",
	"FetcherImage":               "--fetcher-image",
	"FlinkHome":                  "--flink-home",
	"ForPlatform":                "--platform-namespace",
	"ForPlatform.Name":           "--platform-name",
	"ForPlatform.Namespace":      "--platform-namespace",
	"ForPlatform.ServiceAccount": "--service-account",
	"Job.ID":                     "--job-id",
	"Job.SavepointLocation":      "--savepoint",
	"ParseDefaults":              "--defaults",
	"PatchEngine":                "--engine",
	"PodDisruptionBudgets":       "--pod-disruption-budgets",
	"SQLRunner":                  "--sql-runner",
	"StrictPatches":              "--strict-patches",
	"TLSSecret":                  "--tls-secret",
	"UseImages":                  "--image",
	"UseLoggingProfiles":         "--logging-profile",
}

// Flag returns the flag of an option, or the name where it has none.
func Flag(option string) string { return cmp.Or(flags[option], option) }

// WriteJSON writes a document for programs, which people can read, too.
func WriteJSON(w *Output, document any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(document) // w keeps the error
}
