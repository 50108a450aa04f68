package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget"
)

// A UsageError is about the command line, though it may take the input to see it.
type UsageError struct{ error }

// Misused returns a UsageError.
func Misused(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// ProblemsOf takes an error apart, in the words of the tool.
func ProblemsOf(err error) []flinktarget.Problem {
	return inWords(slices.Collect(flinktarget.Problems(err)))
}

// Warnings returns warnings of the library in the words of the tool.
func Warnings(list []flinktarget.Problem) []flinktarget.Problem { return inWords(list) }

func inWords(list []flinktarget.Problem) []flinktarget.Problem {
	for i := range list {
		list[i].Message = InFlags(list[i].Message)
	}
	return list
}

// Warning is a warning of the tool itself.
func Warning(message string) flinktarget.Problem {
	return flinktarget.Problem{Severity: flinktarget.SeverityWarning, Message: message}
}

// flags are the tool's words for what the library's messages name in Go.
var flags = strings.NewReplacer(
	"with render.Platform{Namespace: …, Name: …}", "with --platform-namespace and --platform-name",
	"render.Platform{Namespace: …}", "--platform-namespace",
	"render.Platform: Namespace", "--platform-namespace",
	"render.Platform: Name", "--platform-name",
	"render.Platform: ServiceAccount", "--service-account",
	"render.Platform", "--platform-namespace",
	"render.PodDisruptionBudgets", "--pod-disruption-budgets",
	"render.AllowUnknown", "--allow-unknown",
	"render.Images", "--image",
	"render.LoggingProfiles", "--logging-profile",
	"render.FetcherImage", "--fetcher-image",
	"render.SQLRunner", "--sql-runner",
	"render.PatchEngine", "--engine",
	"render.TLSSecret", "--tls-secret",
	"render.FlinkHome", "--flink-home",
	"render.BlobStorage", "--blob-storage",
	"deployment.ParseDefaults", "--defaults",
	"Job.ID", "--job-id",
	"Job.SavepointLocation", "--savepoint",
)

// InFlags says what a message of the library means for who uses the tool.
func InFlags(message string) string { return flags.Replace(message) }

// WriteJSON writes a document for programs, which people can read, too.
func WriteJSON(w *Output, document any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(document) // w keeps the error
}
