package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

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

// Derived counts the warnings of derived job ids, which each Deployment without a job id has, to
// print one for the whole run. The zero value has none.
type Derived struct {
	first flinktarget.Problem
	n     int
}

// Take counts those of a list, and returns the others.
func (d *Derived) Take(list []flinktarget.Problem) []flinktarget.Problem {
	var others []flinktarget.Problem
	for _, p := range list {
		if p.Rule != "derived-id" || p.Severity != flinktarget.SeverityWarning {
			others = append(others, p)
			continue
		}
		if d.n++; d.n == 1 {
			d.first = p
		}
	}
	return others
}

// Rest returns the one that stands for all, if there are any.
func (d *Derived) Rest() []flinktarget.Problem {
	if d.n == 0 {
		return nil
	}
	p := d.first
	if d.n > 1 {
		p.Message += fmt.Sprintf("; the same holds for %d more", d.n-1)
	}
	return []flinktarget.Problem{p}
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
	"Job.SessionCluster":         "", // it is missing in the input
	"ParseDefaults":              "--defaults",
	"PatchEngine":                "--engine",
	"PodDisruptionBudgets":       "--pod-disruption-budgets",
	"SQLRunner":                  "--sql-runner",
	"StrictPatches":              "--strict-patches",
	"TLSSecret":                  "--tls-secret",
	"UseImages":                  "--image",
	"UseLoggingProfiles":         "--logging-profile",
	"WithAutoscaling":            "--autoscaling",
	"WithIngress":                "--ingress",
	"WithMetrics":                "--metrics",
	"WithNetworkPolicies":        "--network-policies",
}

// Flag returns the flag of an option, or the name where it is not in the list.
func Flag(option string) string {
	name, field, isField := strings.Cut(option, ".")
	if flag := flags[name]; isField && flags[option] == "" && flag != "" {
		return flag + "." + field
	}
	if flag, ok := flags[option]; ok {
		return flag
	}
	return option
}

// WriteJSON writes a document for programs, which people can read, too.
func WriteJSON(w io.Writer, document any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(document) // of w, which keeps it
}
